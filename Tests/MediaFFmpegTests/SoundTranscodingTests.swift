import Foundation
import MediaBitstream
import MediaBytes
import MediaFFmpeg
import MediaModel
import TestSupport
import Testing

/// Two tones, one a channel.
private func tones(_ rate: Int, _ seconds: String, _ arguments: String) throws -> [UInt8] {
  try generate(
    "aevalsrc=0.4*sin(880*PI*t)|0.3*sin(1320*PI*t):s=\(rate):d=\(seconds)", arguments)
}

@Suite(.peers("ffmpeg")) struct SoundTranscodingTests {
  @Test(arguments: [
    ("s16le", "s16le"), ("s16", "s16le"), ("s32", "s32le"), ("flt", "f32le"), ("u8", "u8"),
    ("s24be", "s24be"), ("f64le", "f64le"),
  ])
  func formats(name: String, muxer: String) throws {
    let folder = try ScratchFolder()
    let raw = try tones(48_000, "1.5", "-f \(muxer)")
    let input = try RawAudioInput(parsing: "\(name):48000:2")
    var options = TranscoderOptions()
    options.audioBitRate = 192_000
    let coded = try Coded(try RawTranscoder(input, options: options), raw, .of("sound \(name)"))
    #expect(coded.leftover == nil)
    #expect(coded.initialPadding == 1024)
    #expect(coded.frames.first?.pts == -1024)
    #expect(coded.end == 72_000)
    let dts = coded.frames.compactMap(\.dts)
    #expect(dts == dts.indices.map { Int64($0 - 1) * 1024 })
    let wanted = try tones(48_000, "1.5", "-f s16le")
    let decoded = try coded.decoded("-f s16le", in: folder)
    #expect(abs(decoded.count - wanted.count) <= 4 * 1024)
    let ratio = signalToNoise(wanted, decoded)
    // A slip of one sample alone would be 22 dB.
    #expect(ratio > 25, "\(name): \(ratio) dB")
  }

  @Test(arguments: [
    (8000, 1, 48_000), (22_050, 1, 44_100), (32_000, 2, 48_000), (44_100, 2, 44_100),
    (96_000, 2, 48_000), (48_000, 6, 48_000),
  ])
  func ratesAndChannels(rate: Int, channels: Int, wanted: Int) throws {
    let folder = try ScratchFolder()
    let count = rate * 3 / 2
    let raw = [UInt8](repeating: 0, count: 2 * channels * count)
    let input = RawAudioInput(format: "s16le", sampleRate: rate, channels: channels)
    let coded = try Coded(try RawTranscoder(input), raw, .of("rates \(rate)"))
    #expect(coded.track.sampleRate == wanted)
    #expect(coded.track.channels == min(2, channels))
    #expect(Int(coded.track.timescale.ticksPerSecond) == wanted)
    let end = try #require(coded.end)
    #expect(abs(Int(end) - wanted * 3 / 2) <= 1)
    var reader = ByteReader(coded.track.configuration.span)
    let config = try AudioSpecificConfig(parsing: &reader)
    #expect(config.samplingFrequency == wanted)
    #expect(config.objectType == .lowComplexity)
    let decoded = try coded.decoded("-f u8", in: folder)
    #expect(decoded.count >= wanted * 3 / 2 * min(2, channels))
  }

  @Test func minutesOfAnotherRateDoNotDrift() throws {
    var options = TranscoderOptions()
    options.sampleRate = 48_000
    let transcoder = try RawTranscoder(try RawAudioInput(parsing: "u8:44100:1"), options: options)
    let second = [UInt8](repeating: 128, count: 44_100)
    var (count, end) = (0, 0 as Int64)
    func take(_ frame: Frame) {
      count += 1
      end = (frame.pts ?? 0) + (frame.duration ?? 0)
    }
    for _ in 0..<120 { try second.withUnsafeBytes { try transcoder.transcode($0, output: take) } }
    _ = try transcoder.finish(output: take)
    #expect(abs(end - 120 * 48_000) <= 1)
    #expect(count == (120 * 48_000 + 1024 + 1023) / 1024)
  }

  @Test func lastSampleThatIsCutIsTold() throws {
    let input = try RawAudioInput(parsing: "s16le:48000:2")
    let raw = [UInt8](repeating: 0, count: 4 * 5000 + 3)
    let coded = try Coded(try RawTranscoder(input), raw, .of("cut sample"))
    #expect(coded.leftover?.byteCount == 3)
    #expect(coded.leftover?.expected == 4)
    #expect(coded.end == 5000)
  }

  @Test func lostSoundBecomesSilence() throws {
    let folder = try ScratchFolder()
    let path = try DecodedPictureTests.clip(folder)
    let whole = try Coded(file: path, stream: 1)
    let first = try #require(whole.frames.first?.pts)
    let lost = (first * 90_000 / 44_100 + 90_000)..<(first * 90_000 / 44_100 + 135_000)
    let coded = try Coded(file: path, stream: 1) { lost.contains($0.pts ?? 0) }
    #expect(coded.frames.compactMap(\.pts) == whole.frames.compactMap(\.pts))
    #expect(coded.end == whole.end)
    let heard = try coded.decoded("-ss 1.15 -t 0.25 -f s16le", in: folder)
    #expect(heard.count > 20_000)
    #expect(heard.allSatisfy { $0 == 0 || $0 == 255 || $0 < 3 })
    let sound = try coded.decoded("-ss 0.2 -t 0.25 -f s16le", in: folder)
    #expect(sound.contains { (50...200).contains($0) })
  }

  @Test(arguments: ["nosuch", "bluray", "s16_planar"]) func unknownFormats(format: String) {
    let input = RawAudioInput(format: format, sampleRate: 48_000, channels: 2)
    #expect { try RawTranscoder(input) } throws: {
      ($0 as? FFmpegError)?.reason == .notImplemented && "\($0)".contains("'\(format)'")
    }
  }
}

@Suite(.peers("ffmpeg")) struct SilentAACPeerTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6, 8], [44_100, 48_000, 16_000])
  func decodesToNothingButZeros(channels: Int, rate: Int) throws {
    let folder = try ScratchFolder()
    let silence = try #require(SilentAAC(sampleRate: rate, channels: channels))
    var framer = try ADTSFramer(silence.configuration)
    var writer = ByteWriter()
    for _ in 0..<50 { try framer.write(silence.frame.span.bytes, to: &writer) }
    let path = try folder.write(writer.bytes, to: "silence.aac")
    let decoded = try ffmpeg("-i", path, "-f s16le")
    #expect(decoded.count == 50 * 1024 * 2 * channels)
    #expect(decoded.allSatisfy { $0 == 0 })
  }
}
