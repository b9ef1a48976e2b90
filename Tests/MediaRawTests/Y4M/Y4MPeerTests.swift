import Foundation
import MediaModel
import MediaRaw
import TestSupport
import Testing

private func ffmpeg(_ arguments: [String]) throws {
  let outcome = try ProcessRunner.run("ffmpeg", ["-nostdin", "-v", "error", "-y"] + arguments)
  #expect(outcome.exitCode == 0, "\(outcome)")
}

private func bytes(_ path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// A Y4M file taken to pieces.
private struct Read {
  var header: Y4MHeader
  /// The pictures, one behind the other.
  var pictures: [UInt8]
  var frameCount: Int64
}

private func read(_ file: [UInt8]) throws -> Read {
  var parser = Y4MParser()
  var pictures: [UInt8] = []
  var rest = file[...]
  while parser.next != .end {
    if case .picture(let count) = parser.next {
      pictures += rest.prefix(count)
      parser.pass(min(count, rest.count))
      rest = rest.dropFirst(count)
    } else if rest.isEmpty {
      try parser.end()
    } else {
      let line = rest.prefix { $0 != 0x0a }
      try parser.receive(line: Array(line))
      rest = rest.dropFirst(line.count + 1)
    }
  }
  return Read(
    header: try #require(parser.header), pictures: pictures, frameCount: parser.frameCount)
}

private func write(_ header: Y4MHeader, _ pictures: [UInt8]) throws -> [UInt8] {
  let layout = try PictureLayout(header.format, width: header.width, height: header.height)
  return stride(from: 0, to: pictures.count, by: layout.byteCount).reduce(into: header.line) {
    $0 += Y4MHeader.frameLine + pictures[$1..<$1 + layout.byteCount]
  }
}

/// What FFmpeg 5.1 writes into such files.
private let names: [String] =
  ["yuv420p", "yuv422p", "yuv444p", "yuv411p", "yuvj420p", "gray"]
  + [9, 10, 12, 14, 16].flatMap { depth in
    ["yuv420p", "yuv422p", "yuv444p", "gray"].map { "\($0)\(depth)le" }
  }.filter { $0 != "gray14le" }

@Suite("Y4M: other programs", .serialized)
struct Y4MPeerTests {
  @Test("FFmpeg's files are read and written as they are, of every format", .peers("ffmpeg"))
  func ffmpegBothWays() throws {
    let folder = try ScratchFolder()
    let source = ["-f", "lavfi", "-i", "testsrc2=size=35x19:rate=30000/1001:duration=0.1"]
    let outputs = names.flatMap { name in
      // Without a scaler between, so that the range tag is the format's.
      ["-pix_fmt", name, "-strict", "-1", folder[name + ".y4m"]]
        + ["-pix_fmt", name, "-f", "rawvideo", folder[name + ".raw"]]
    }
    try ffmpeg(source + ["-sws_flags", "bitexact"] + outputs)
    for name in names {
      let theirs = try bytes(folder[name + ".y4m"])
      let file = try read(theirs)
      #expect(file.frameCount == 3, "\(name)")
      #expect(try file.pictures == bytes(folder[name + ".raw"]), "\(name)")
      #expect(file.header.frameRate == Rational(30_000, 1001), "\(name)")
      // FFmpeg scales to gray of full range.
      let isFull = name.hasPrefix("yuvj") || name.hasPrefix("gray")
      #expect((file.header.range == .full) == isFull, "\(name)")
      #expect(try write(file.header, file.pictures) == theirs, "\(name)")
    }
  }

  @Test("FFmpeg finds our pictures in our files, of every format", .peers("ffmpeg"))
  func ffmpegReadsOurs() throws {
    let folder = try ScratchFolder()
    var random = Seeded.of("y4m for ffmpeg")
    var pictures: [String: [UInt8]] = [:]
    for name in names {
      let format = try #require(PixelFormat(named: name))
      let header = Y4MHeader(
        width: 7, height: 5, frameRate: nil, format: format, interlacing: .topFirst,
        comments: ["made=here"])
      let layout = try PictureLayout(format, width: 7, height: 5)
      pictures[name] = random.bytes(2 * layout.byteCount)
      try folder.write(write(header, pictures[name] ?? []), to: name + ".y4m")
    }
    let inputs = names.flatMap { ["-strict", "-1", "-i", folder[$0 + ".y4m"]] }
    let outputs = names.indices.flatMap {
      ["-map", "\($0)", "-c", "copy", "-f", "rawvideo", folder["\($0).raw"]]
    }
    try ffmpeg(inputs + outputs)
    for (number, name) in names.enumerated() {
      #expect(try bytes(folder["\(number).raw"]) == pictures[name], "\(name)")
    }
  }

  @Test(
    "GStreamer reads our files", .peers("gst-launch-1.0"),
    arguments: ["yuv420p", "yuv422p", "yuv444p"])
  func gstreamer(_ name: String) throws {
    let folder = try ScratchFolder()
    var random = Seeded.of("y4m for gst")
    let format = try #require(PixelFormat(named: name))
    // GStreamer pads rows to four bytes: of 16 samples none does.
    let header = Y4MHeader(
      width: 16, height: 8, frameRate: Rational(25, 1), format: format, comments: ["made=here"])
    let layout = try PictureLayout(format, width: 16, height: 8)
    let pictures = random.bytes(3 * layout.byteCount)
    try folder.write(write(header, pictures), to: "in.y4m")
    let outcome = try ProcessRunner.run(
      "gst-launch-1.0",
      ["-q", "filesrc", "location=\(folder["in.y4m"])", "!", "y4mdec", "!", "filesink"]
        + ["location=\(folder["out.raw"])"])
    #expect(outcome.exitCode == 0, "\(outcome)")
    #expect(try bytes(folder["out.raw"]) == pictures)
  }
}
