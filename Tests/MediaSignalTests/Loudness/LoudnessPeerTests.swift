import Foundation
import TestSupport
import Testing

@testable import MediaSignal

/// Our figures against those of libebur128, of FFmpeg's ebur128, and of interpolation by FFT.
@Suite("Loudness against peers", .peers("ffmpeg", Peers.python))
struct LoudnessPeerTests {
  /// A sound made for a comparison.
  struct Sound: CustomTestStringConvertible, Sendable {
    var name: String
    var rate: Int
    var seconds: Double
    var channels: Int
    /// Whether nothing of it is above 0.4 of the sampling rate.
    var isLow = false
    /// Whether loudness swings too widely for a range of one value a second, as libebur128 takes.
    var isSwinging = false
    /// A sample, by its time in seconds and its channel.
    var sample: @Sendable (Double, Int, inout Seeded) -> Double

    var testDescription: String { "\(name), \(rate) Hz, \(channels) channels" }

    /// Planes with soft ends, which the FFT takes for neighbours.
    func planes() -> [[Float]] {
      let count = Int(Double(rate) * seconds)
      return (0..<channels).map { channel in
        var random = Seeded.of("\(name) \(channel)")
        return (0..<count).map { index in
          let end = Double(min(index, count - 1 - index)) / (0.01 * Double(rate))
          return Float(sample(Double(index) / Double(rate), channel, &random) * min(1, end))
        }
      }
    }
  }

  static let longSounds: [Sound] =
    [8000, 22050, 44100, 48000, 96000].flatMap { rate in
      let seconds = rate < 44100 ? 24.0 : 12
      return [
        Sound(name: "slow noise", rate: rate, seconds: seconds, channels: 1) { time, _, random in
          Double.random(in: -1...1, using: &random) * pow(10, -1 - 0.2 * sin(time / 3))
        },
        Sound(name: "tones", rate: rate, seconds: 24, channels: 2) { time, channel, _ in
          0.3 * sin(2 * .pi * 440 * time * Double(channel + 1)) * (1.1 + sin(time / 2))
        },
        Sound(name: "low rumble", rate: rate, seconds: 8, channels: 2) { time, _, random in
          0.5 * sin(2 * .pi * 45 * time) + Double.random(in: -0.02...0.02, using: &random)
        },
      ]
    } + [
      Sound(name: "swing", rate: 8000, seconds: 24, channels: 1, isSwinging: true) {
        time, _, random in
        Double.random(in: -1...1, using: &random) * pow(10, -1 - 0.8 * sin(time / 3))
      }
    ]

  @Test("Integrated loudness and range")
  func programmes() throws {
    let folder = try ScratchFolder()
    let planes = Self.longSounds.map { $0.planes() }
    let library = try LibraryFigures.measure(Self.longSounds, planes, folder)
    let ffmpeg = try FFmpegFigures.measure(Self.longSounds, folder)
    for (index, sound) in Self.longSounds.enumerated() {
      let ours = try LoudnessRig(planes[index], sampleRate: sound.rate).measure()
      let integrated = try #require(ours.integrated.number)
      let range = try #require(ours.range.number)
      #expect(abs(integrated - library[index].integrated) <= 0.1, "\(sound)")
      #expect(abs(integrated - ffmpeg[index].integrated) <= 0.1, "\(sound)")
      #expect(abs(range - ffmpeg[index].range) <= 0.2, "\(sound)")
      if !sound.isSwinging {
        #expect(abs(range - library[index].range) <= 0.5, "\(sound)")
      }
    }
  }

  static let shortSounds: [Sound] = [44100, 48000, 96000].flatMap { rate -> [Sound] in
    let nyquist = Double(rate) / 2
    return [0.3, 0.5, 0.66, 0.76, 0.79].map { part in
      Sound(name: "sine \(part)", rate: rate, seconds: 1, channels: 1, isLow: true) { time, _, _ in
        0.7 * sin(2 * .pi * part * nyquist * time + 0.5)
      }
    } + [
      Sound(name: "high sine", rate: rate, seconds: 1, channels: 1) { time, _, _ in
        0.7 * sin(2 * .pi * 0.9 * nyquist * time)
      },
      Sound(name: "white noise", rate: rate, seconds: 1, channels: 1) { _, _, random in
        Double.random(in: -1...1, using: &random)
      },
      Sound(name: "clipped noise", rate: rate, seconds: 1, channels: 1) { _, _, random in
        max(-0.8, min(0.8, Double.random(in: -2...2, using: &random)))
      },
      Sound(name: "square", rate: rate, seconds: 1, channels: 1) { time, _, _ in
        sin(2 * .pi * 997 * time) > 0 ? 0.5 : -0.5
      },
      Sound(name: "chord", rate: rate, seconds: 1, channels: 1, isLow: true) { time, _, _ in
        (1...7).reduce(0.0) { $0 + 0.14 * sin(Double($1) * (2 * .pi * 0.113 * nyquist * time + 1)) }
      },
    ]
  }

  @Test("True peak")
  func peaks() throws {
    let planes = Self.shortSounds.map { $0.planes() }
    let peers = try LibraryFigures.measure(Self.shortSounds, planes, try ScratchFolder())
    for (index, sound) in Self.shortSounds.enumerated() {
      let ours = TruePeakRig(samples: planes[index][0], sampleRate: sound.rate).measure().decibels
      if sound.isLow {
        #expect((-0.4...0.2).contains(ours - peers[index].transformPeak), "\(sound)")
      } else {
        #expect(ours >= peers[index].peak - 0.2, "\(sound)")
        #expect(ours <= peers[index].transformPeak + 0.2, "\(sound)")
      }
    }
  }

  /// What FFmpeg's ebur128 says of sounds that are in files already, by one process for all.
  struct FFmpegFigures {
    var integrated: Double
    var range: Double

    static func measure(_ sounds: [Sound], _ folder: ScratchFolder) throws -> [FFmpegFigures] {
      var inputs: [String] = []
      var outputs: [String] = []
      for (index, sound) in sounds.enumerated() {
        let path = LoudnessPeerTests.path(index, folder)
        inputs += ["-f", "f32le", "-ar", "\(sound.rate)", "-ac", "\(sound.channels)", "-i", path]
        let filters = "ebur128=metadata=1,ametadata=mode=print:file=\(path).txt"
        outputs += ["-map", "\(index)", "-af", filters, "-f", "null", "-"]
      }
      let outcome = try ProcessRunner.run("ffmpeg", ["-v", "error"] + inputs + outputs)
      return try sounds.indices.map { index in
        let path = LoudnessPeerTests.path(index, folder) + ".txt"
        let text = try #require(try? String(contentsOfFile: path, encoding: .utf8), "\(outcome)")
        return FFmpegFigures(
          integrated: try last("lavfi.r128.I=", text), range: try last("lavfi.r128.LRA=", text))
      }
    }

    private static func last(_ key: String, _ output: String) throws -> Double {
      let line = output.split(separator: "\n").last { $0.hasPrefix(key) }
      return try #require(line.flatMap { Double($0.dropFirst(key.count)) })
    }
  }

  private static func path(_ index: Int, _ folder: ScratchFolder) -> String {
    folder["\(index).f32"]
  }

  /// What libebur128 says of sounds, and of short ones the peak of interpolation by FFT.
  struct LibraryFigures {
    var integrated: Double
    var range: Double
    var peak: Double
    var transformPeak: Double

    /// Writes the sounds into files and measures them in one process.
    static func measure(
      _ sounds: [Sound], _ planes: [[[Float]]], _ folder: ScratchFolder
    ) throws -> [LibraryFigures] {
      var words: [String] = []
      for (index, sound) in sounds.enumerated() {
        let path = try folder.write(interleaved(planes[index]), to: "\(index).f32")
        words += [path, "\(sound.rate)", "\(sound.channels)", sound.seconds <= 1 ? "fft" : "-"]
      }
      let outcome = try ProcessRunner.run(Peers.python, ["-c", script] + words)
      let lines = outcome.output.split(separator: "\n").map { line in
        line.split(separator: " ").compactMap { Double($0) }
      }
      try #require(lines.count == sounds.count && lines.allSatisfy { $0.count == 4 }, "\(outcome)")
      return lines.map {
        LibraryFigures(integrated: $0[0], range: $0[1], peak: $0[2], transformPeak: $0[3])
      }
    }

    private static func interleaved(_ planes: [[Float]]) -> [UInt8] {
      if planes.count == 1 { return planes[0].withUnsafeBytes { Array($0) } }
      var samples: [Float] = []
      samples.reserveCapacity(planes.count * planes[0].count)
      for frame in planes[0].indices { for plane in planes { samples.append(plane[frame]) } }
      return samples.withUnsafeBytes { Array($0) }
    }

    /// Prints of each sound, by its path, rate, channels and "fft": integrated loudness, range, true
    /// peak (dB) and the peak of 16-fold interpolation by FFT.
    private static let script = """
      import ctypes as c, numpy as np, sys
      lib = c.CDLL('libebur128.so.1')
      lib.ebur128_init.restype = c.c_void_p
      lib.ebur128_init.argtypes = [c.c_uint, c.c_ulong, c.c_int]
      lib.ebur128_add_frames_float.argtypes = [c.c_void_p, c.c_void_p, c.c_size_t]
      for name in ('global', 'range'):
          getattr(lib, 'ebur128_loudness_' + name).argtypes = [c.c_void_p, c.POINTER(c.c_double)]
      lib.ebur128_true_peak.argtypes = [c.c_void_p, c.c_uint, c.POINTER(c.c_double)]
      lib.ebur128_destroy.argtypes = [c.POINTER(c.c_void_p)]
      value = c.c_double()
      for path, rate, channels, fft in zip(*[iter(sys.argv[1:])] * 4):
          x, channels, peak = np.fromfile(path, dtype='<f4'), int(channels), 0
          # I, S, LRA and, of short sounds, sample peak and true peak
          state = c.c_void_p(lib.ebur128_init(channels, int(rate), 0x3f if fft == 'fft' else 0xf))
          lib.ebur128_add_frames_float(state, x.ctypes.data, len(x) // channels)
          lib.ebur128_loudness_global(state, c.byref(value)); print(value.value, end=' ')
          lib.ebur128_loudness_range(state, c.byref(value)); print(value.value, end=' ')
          if fft == 'fft':
              lib.ebur128_true_peak(state, 0, c.byref(value)); peak = value.value
              y = np.fft.irfft(np.fft.rfft(x), 16 * len(x)) * 16
              print(20 * np.log10(peak), 20 * np.log10(np.max(np.abs(y))))
          else:
              print('nan nan')
          lib.ebur128_destroy(c.byref(state))
      """
  }
}
