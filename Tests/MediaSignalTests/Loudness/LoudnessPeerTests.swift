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
      [
        Sound(name: "slow noise", rate: rate, seconds: 24, channels: 1) { time, _, random in
          Double.random(in: -1...1, using: &random) * pow(10, -1 - 0.2 * sin(time / 3))
        },
        Sound(name: "tones", rate: rate, seconds: 24, channels: 2) { time, channel, _ in
          0.3 * sin(2 * .pi * 440 * time * Double(channel + 1)) * (1.1 + sin(time / 2))
        },
        Sound(name: "low rumble", rate: rate, seconds: 12, channels: 2) { time, _, random in
          0.5 * sin(2 * .pi * 45 * time) + Double.random(in: -0.02...0.02, using: &random)
        },
      ]
    } + [
      Sound(name: "swing", rate: 8000, seconds: 24, channels: 1, isSwinging: true) {
        time, _, random in
        Double.random(in: -1...1, using: &random) * pow(10, -1 - 0.8 * sin(time / 3))
      }
    ]

  @Test("Integrated loudness and range", arguments: longSounds)
  func programmes(_ sound: Sound) throws {
    let planes = sound.planes()
    let peers = try Figures.measure(sound, planes)
    let ours = try LoudnessRig(planes, sampleRate: sound.rate).measure()
    let integrated = try #require(ours.integrated.number)
    let range = try #require(ours.range.number)
    #expect(abs(integrated - peers.libraryIntegrated) <= 0.1)
    #expect(abs(integrated - peers.ffmpegIntegrated) <= 0.1)
    if !sound.isSwinging { #expect(abs(range - peers.libraryRange) <= 0.5) }
    #expect(abs(range - peers.ffmpegRange) <= 0.2)
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

  @Test("True peak", arguments: shortSounds)
  func peaks(_ sound: Sound) throws {
    let planes = sound.planes()
    let peers = try Figures.measure(sound, planes)
    let ours = TruePeakRig(samples: planes[0], sampleRate: sound.rate).measure().decibels
    if sound.isLow {
      #expect((-0.4...0.2).contains(ours - peers.transformPeak))
    } else {
      #expect(ours >= peers.libraryPeak - 0.2)
      #expect(ours <= peers.transformPeak + 0.2)
    }
  }

  /// What the peers say of a sound.
  struct Figures {
    var libraryIntegrated: Double
    var libraryRange: Double
    var libraryPeak: Double
    var transformPeak: Double
    var ffmpegIntegrated: Double
    var ffmpegRange: Double

    static func measure(_ sound: Sound, _ planes: [[Float]]) throws -> Figures {
      let folder = try ScratchFolder()
      let path = try folder.write(interleaved(planes), to: "sound.f32")
      let rate = String(sound.rate)
      let channels = String(sound.channels)
      let library = try ProcessRunner.run(
        Peers.python, ["-c", script, path, rate, channels, sound.seconds <= 1 ? "fft" : ""])
      let words = library.output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
      try #require(words.count == 4, "\(library)")
      let ffmpeg = try ProcessRunner.run(
        "ffmpeg",
        [
          "-v", "error", "-f", "f32le", "-ar", rate, "-ac", channels, "-i", path, "-af",
          "ebur128=metadata=1,ametadata=mode=print:file=-", "-f", "null", "-",
        ])
      return Figures(
        libraryIntegrated: words[0], libraryRange: words[1], libraryPeak: words[2],
        transformPeak: words[3], ffmpegIntegrated: try last("lavfi.r128.I=", ffmpeg.output),
        ffmpegRange: try last("lavfi.r128.LRA=", ffmpeg.output))
    }

    private static func last(_ key: String, _ output: String) throws -> Double {
      let line = output.split(separator: "\n").last { $0.hasPrefix(key) }
      return try #require(line.flatMap { Double($0.dropFirst(key.count)) })
    }

    private static func interleaved(_ planes: [[Float]]) -> [UInt8] {
      var samples: [Float] = []
      for frame in planes[0].indices { samples += planes.map { $0[frame] } }
      return samples.withUnsafeBytes { Array($0) }
    }

    /// Prints integrated loudness, range, true peak (dB) and the peak of 16-fold interpolation by FFT.
    private static let script = """
      import ctypes as c, numpy as np, sys
      path, rate, channels = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
      x = np.fromfile(path, dtype='<f4')
      lib = c.CDLL('libebur128.so.1')
      lib.ebur128_init.restype = c.c_void_p
      lib.ebur128_init.argtypes = [c.c_uint, c.c_ulong, c.c_int]
      lib.ebur128_add_frames_float.argtypes = [c.c_void_p, c.c_void_p, c.c_size_t]
      for name in ('global', 'range'):
          getattr(lib, 'ebur128_loudness_' + name).argtypes = [c.c_void_p, c.POINTER(c.c_double)]
      lib.ebur128_true_peak.argtypes = [c.c_void_p, c.c_uint, c.POINTER(c.c_double)]
      # I, S, LRA, sample peak and true peak
      state = lib.ebur128_init(channels, rate, 0x3f)
      lib.ebur128_add_frames_float(state, x.ctypes.data, len(x) // channels)
      value, peak = c.c_double(), 0
      lib.ebur128_loudness_global(state, c.byref(value)); print(value.value, end=' ')
      lib.ebur128_loudness_range(state, c.byref(value)); print(value.value, end=' ')
      for channel in range(channels):
          lib.ebur128_true_peak(state, channel, c.byref(value)); peak = max(peak, value.value)
      print(20 * np.log10(peak), end=' ')
      if sys.argv[4]:
          spectrum = np.fft.rfft(x.reshape(-1, channels), axis=0)
          y = np.fft.irfft(spectrum, 16 * len(x) // channels, axis=0) * 16
          print(20 * np.log10(np.max(np.abs(y))))
      else:
          print('nan')
      """
  }
}
