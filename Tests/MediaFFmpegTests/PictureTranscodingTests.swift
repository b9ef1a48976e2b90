import MediaBitstream
import MediaBytes
import MediaFFmpeg
import MediaModel
import TestSupport
import Testing

/// A size as FFmpeg's sources take it.
private struct Size: Sendable, CustomStringConvertible {
  var width: Int
  var height: Int
  var description: String { "\(width)x\(height)" }
  init(_ width: Int, _ height: Int) { (self.width, self.height) = (width, height) }
}

private func pictures(_ count: Int, _ format: String, _ size: Size, rate: String = "25") throws
  -> [UInt8]
{
  try generate(
    "testsrc2=size=\(size):rate=\(rate)", "-frames:v \(count) -pix_fmt \(format) -f rawvideo")
}

private var fine: TranscoderOptions {
  var options = TranscoderOptions()
  options.videoOptions = [("crf", "8")]
  return options
}

@Suite(.peers("ffmpeg")) struct PictureTranscodingTests {
  @Test(arguments: [
    "rgb24", "bgr24", "bgra", "nv12", "yuv420p", "yuv422p", "yuvj444p", "gray", "yuv420p10le",
  ])
  func formats(format: String) throws {
    let folder = try ScratchFolder()
    let raw = try pictures(10, format, Size(64, 48))
    let input = RawVideoInput(format: format, width: 64, height: 48, rate: Rational(25, 1))
    #expect(try input.frameByteCount() * 10 == raw.count)
    let coded = try Coded(try RawTranscoder(input, options: fine), raw, .of("formats \(format)"))
    #expect(coded.leftover == nil)
    #expect(coded.times == Array(0..<10))
    #expect(coded.end == 10)

    try folder.write(raw, to: "in.raw")
    let wanted = try ffmpeg(
      "-f", "rawvideo",
      "-pix_fmt \(format) -s 64x48 -r 25 -i \(folder["in.raw"]) "
        + "-vf scale=out_range=limited:flags=accurate_rnd -pix_fmt yuv420p -f rawvideo")
    let decoded = try coded.decoded(
      "-fps_mode passthrough -pix_fmt yuv420p -f rawvideo", in: folder)
    #expect(decoded.count == 10 * 64 * 48 * 3 / 2)
    let ratio = peakSignalToNoise(wanted, decoded)
    #expect(ratio > 36, "\(format): \(ratio) dB")
  }

  @Test func highDefinitionComesOutInTheColoursOfBT709() throws {
    let folder = try ScratchFolder()
    let raw = try pictures(2, "bgr24", Size(1280, 720))
    let input = try RawVideoInput(parsing: "bgr24:1280x720@25")
    let coded = try Coded(try RawTranscoder(input, options: fine), raw, .of("high definition"))
    try folder.write(raw, to: "in.raw")
    let wanted = try ffmpeg(
      "-f", "rawvideo",
      "-pix_fmt bgr24 -s 1280x720 -i \(folder["in.raw"]) "
        + "-vf scale=out_color_matrix=bt709:flags=accurate_rnd -pix_fmt yuv420p -f rawvideo")
    let decoded = try coded.decoded(
      "-fps_mode passthrough -pix_fmt yuv420p -f rawvideo", in: folder)
    let ratio = peakSignalToNoise(wanted, decoded)
    #expect(ratio > 36, "\(ratio) dB")

    let demuxer = try Demuxer(url: try coded.file(in: folder))
    try demuxer.findStreamInfo()
    let stream = try #require(demuxer.describe().streams.first)
    #expect(stream.colorSpace == "bt709")
    #expect(stream.colorRange == "tv")
    #expect(stream.pixelFormat == "yuv420p")
  }

  @Test(arguments: [Size(1, 1), Size(2, 1), Size(3, 5), Size(17, 16), Size(321, 181)])
  private func oddSizes(size: Size) throws {
    let folder = try ScratchFolder()
    let input = RawVideoInput(
      format: "gray", width: size.width, height: size.height, rate: Rational(25, 1))
    let (width, height) = (max(2, size.width & ~1), max(2, size.height & ~1))
    // Rows that all differ, so that a slip of one would be seen.
    let raw = (0..<3 * size.width * size.height).map { index in
      UInt8(truncatingIfNeeded: 60 + index % size.width / 2 + index / size.width % size.height / 2)
    }
    let coded = try Coded(try RawTranscoder(input, options: fine), raw, .of("sizes \(size)"))
    #expect((coded.track.width, coded.track.height) == (width, height))
    let decoded = try coded.decoded("-fps_mode passthrough -pix_fmt gray -f rawvideo", in: folder)
    #expect(decoded.count == 3 * width * height)
    guard size.width > 1, size.height > 1 else { return }
    let cropped = (0..<3 * width * height).map { index in
      let (row, column) = (index / width % height, index % width)
      return raw[index / (width * height) * size.width * size.height + row * size.width + column]
    }
    let ratio = peakSignalToNoise(cropped, decoded)
    #expect(ratio > 36, "\(size): \(ratio) dB")
  }

  @Test func keyframesStandOnTheGridAndNowhereElse() throws {
    // A cut to another picture every 17 frames, where an encoder would like to put one.
    let raw = try generate(
      "testsrc2=size=64x48:rate=30000/1001,hue=h=90*floor(n/17),negate=enable=mod(floor(n/17)\\,2)",
      "-frames:v 150 -pix_fmt yuv420p -f rawvideo")
    let input = try RawVideoInput(parsing: "yuv420p:64x48@29.97")
    #expect(input.rate == Rational(30_000, 1001))
    var options = TranscoderOptions()
    options.keyframeInterval = 1_500_000_000
    let coded = try Coded(try RawTranscoder(input, options: options), raw, .of("keyframes"))
    #expect(coded.track.timescale.ticksPerSecond == 30_000)
    #expect(coded.times == (0..<150).map { $0 * 1001 })
    // The first pictures at or after 0, 45000, 90000, 135000.
    #expect(coded.keys == [0, 45, 90, 135].map { $0 * 1001 })
  }

  @Test func picturesComeOutAsTheyGoIn() throws {
    let raw = try pictures(12, "yuv420p", Size(64, 48))
    var options = TranscoderOptions()
    (options.isLowDelay, options.bFrames) = (true, 0)
    let transcoder = try RawTranscoder(
      try RawVideoInput(parsing: "yuv420p:64x48@25"), options: options)
    var times: [Int64?] = []
    for index in 0..<12 {
      let picture = Array(raw[(index * 64 * 48 * 3 / 2)...].prefix(64 * 48 * 3 / 2))
      try picture.withUnsafeBytes { try transcoder.transcode($0) { times.append($0.pts) } }
      #expect(times.count == index + 1)
    }
    #expect(try transcoder.finish { times.append($0.pts) } == nil)
    #expect(times == (0..<12).map { Int64($0) })
  }

  @Test(arguments: [0, 2]) func decodingTimesRise(bFrames: Int) throws {
    let raw = try pictures(50, "yuv420p", Size(64, 48))
    var options = TranscoderOptions()
    options.bFrames = bFrames
    options.videoBitRate = 200_000
    let input = try RawVideoInput(parsing: "yuv420p:64x48@25")
    let coded = try Coded(try RawTranscoder(input, options: options), raw, .of("b frames"))
    let dts = coded.frames.compactMap(\.dts)
    #expect(dts.count == 50)
    #expect(zip(dts, dts.dropFirst()).allSatisfy { $0 < $1 })
    #expect(coded.frames.allSatisfy { ($0.dts ?? .max) <= ($0.pts ?? .min) })
    #expect(coded.frames.contains { $0.dts != $0.pts } == (bFrames > 0))
    #expect(coded.frames.allSatisfy { $0.duration == 1 })
  }

  @Test func framesAreLengthPrefixedAndSetsStandInTheRecord() throws {
    let raw = try pictures(3, "yuv420p", Size(64, 48))
    let input = try RawVideoInput(parsing: "yuv420p:64x48@25")
    let coded = try Coded(try RawTranscoder(input), raw, .of("form"))
    var reader = ByteReader(coded.track.configuration.span)
    let record = try AVCDecoderConfigurationRecord(parsing: &reader)
    #expect(record.lengthSize == .four)
    #expect(record.sequenceParameterSets.count == 1)
    for frame in coded.frames {
      var cursor = NALUnitCursor(.lengthPrefixed(.four))
      var types: [UInt8] = []
      while let range = try cursor.next(in: frame.data.span.bytes) {
        types.append(frame.data[range.lowerBound] & 0x1f)
      }
      #expect(types.last == (frame.isKey ? 5 : 1))
      #expect(!types.contains(7) && !types.contains(8))
    }
  }

  @Test func lastPictureThatIsCutIsTold() throws {
    let raw = try pictures(4, "yuv420p", Size(64, 48))
    let input = try RawVideoInput(parsing: "yuv420p:64x48@25")
    let coded = try Coded(try RawTranscoder(input), raw.dropLast(100) + [], .of("cut"))
    #expect(coded.frames.count == 3)
    #expect(coded.leftover?.byteCount == 64 * 48 * 3 / 2 - 100)
    #expect(coded.leftover?.expected == 64 * 48 * 3 / 2)
  }
}

@Suite(.peers("ffmpeg")) struct DecodedPictureTests {
  /// Three seconds of MPEG-2 with B frames and short groups of pictures, not from 0, and MP2.
  static func clip(
    _ folder: ScratchFolder, _ name: String = "in.ts", size: String = "96x64", rate: Int = 44_100
  ) throws -> String {
    let path = folder[name]
    let made = try ProcessRunner.run(
      "ffmpeg",
      "-v error -nostdin -f lavfi -i testsrc2=size=\(size):rate=25:duration=3".words
        + "-f lavfi -i sine=440:sample_rate=\(rate):duration=3".words
        + "-c:v mpeg2video -bf 2 -g 7 -q:v 2 -c:a mp2 -b:a 192k -muxdelay 0".words + [path])
    try #require(made.exitCode == 0, "\(made)")
    return path
  }

  @Test func anotherSizeAndRateAndAClockThatBeginsAgainAreFollowed() throws {
    let folder = try ScratchFolder()
    let halves = [
      try Self.clip(folder, "first.ts"),
      try Self.clip(folder, "second.ts", size: "65x49", rate: 32_000),
    ]
    let joined = try folder.write(try halves.flatMap(contents(of:)), to: "joined.ts")
    let pictures = try Coded(file: joined, stream: 0)
    #expect((148...150).contains(pictures.frames.count))
    #expect(zip(pictures.times, pictures.times.dropFirst()).allSatisfy { $0 < $1 })
    let decoded = try pictures.decoded("-fps_mode passthrough -f rawvideo", in: folder)
    #expect(decoded.count == pictures.frames.count * 96 * 64 * 3 / 2)

    let sound = try Coded(file: joined, stream: 1)
    let first = try #require(sound.frames.first?.pts)
    let length = Double((sound.end ?? 0) - first - Int64(sound.initialPadding))
    // Two halves of 3 s in frames of 1152 samples each.
    let seconds = length / Double(sound.track.timescale.ticksPerSecond)
    #expect((5.99...6.09).contains(seconds), "\(seconds) s")
    #expect(
      sound.frames.dropFirst().indices.allSatisfy {
        sound.frames[$0].pts == first + Int64($0) * 1024
      })
  }

  @Test func timesStayAndKeyframesAreOurs() throws {
    let folder = try ScratchFolder()
    let path = try Self.clip(folder)
    let demuxer = try Demuxer(url: path)
    try demuxer.findStreamInfo()
    var source: [Int64] = []
    let packet = try Packet()
    while try demuxer.read(into: packet) {
      if packet.streamIndex == 0, let pts = packet.pts { source.append(pts) }
    }
    var options = fine
    options.keyframeInterval = 1_000_000_000
    let coded = try Coded(file: path, stream: 0, options)
    #expect(coded.times == source.sorted())
    let first = try #require(coded.times.first)
    #expect(coded.keys == [first, first + 90_000, first + 180_000])
    let wanted = try ffmpeg(
      "-i", path, "-map 0:v -fps_mode passthrough -pix_fmt yuv420p -f rawvideo")
    let decoded = try coded.decoded(
      "-fps_mode passthrough -pix_fmt yuv420p -f rawvideo", in: folder)
    #expect(wanted.count == decoded.count)
    let ratio = peakSignalToNoise(wanted, decoded)
    #expect(ratio > 36, "\(ratio) dB")
  }

  @Test func gapsStay() throws {
    let folder = try ScratchFolder()
    let path = try Self.clip(folder)
    let whole = try Coded(file: path, stream: 0)
    // A group of pictures and what refers to it.
    let first = try #require(whole.times.first)
    let lost = (first + 90_000 / 2)..<(first + 90_000 * 2)
    let coded = try Coded(file: path, stream: 0) { lost.contains($0.dts ?? 0) }
    #expect(Set(coded.times).isSubset(of: Set(whole.times)))
    #expect(coded.times.last == whole.times.last)
    let gaps = zip(coded.times, coded.times.dropFirst()).map { $1 - $0 }
    #expect((gaps.max() ?? 0) > 90_000)
  }
}

@Suite(.peers("ffmpeg")) struct TranscodingRefusalTests {
  @Test(arguments: ["nosuch", "vaapi", "pal8"]) func formatsThatAreNoRawPictures(format: String) {
    let input = RawVideoInput(format: format, width: 64, height: 48, rate: Rational(25, 1))
    #expect { try RawTranscoder(input) } throws: {
      ($0 as? FFmpegError)?.reason == .notImplemented && "\($0)".contains(format)
    }
  }

  @Test func sizesBeyondMemoryAreRefused() {
    for side in [40_000, 1 << 31 - 1] {
      let input = RawVideoInput(format: "rgba", width: side, height: side, rate: Rational(25, 1))
      #expect(throws: FFmpegError.self) { try RawTranscoder(input) }
    }
  }

  @Test func missingEncodersAreNamedWithTheirPackage() throws {
    var options = TranscoderOptions()
    options.videoEncoder = "libnosuch"
    let input = try RawVideoInput(parsing: "yuv420p:64x48@25")
    #expect { try RawTranscoder(input, options: options) } throws: {
      ($0 as? FFmpegError)?.reason == .notImplemented && "\($0)".contains("'libnosuch'")
        && "\($0)".contains("libavcodec")
    }
  }

  @Test func settingsThatTheEncoderRefusesAreNamed() throws {
    let input = try RawVideoInput(parsing: "yuv420p:64x48@25")
    var options = TranscoderOptions()
    options.preset = "sideways"
    #expect { try RawTranscoder(input, options: options) } throws: {
      "\($0)".contains("libx264") && "\($0)".contains("preset=sideways")
    }
    options = TranscoderOptions()
    options.videoOptions = [("nosuch", "1")]
    #expect { try RawTranscoder(input, options: options) } throws: {
      ($0 as? FFmpegError)?.reason == .optionNotFound(["nosuch"])
    }
  }
}

extension String {
  var words: [String] { split(separator: " ").map(String.init) }
}
