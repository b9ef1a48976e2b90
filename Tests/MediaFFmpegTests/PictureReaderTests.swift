import Foundation
import MediaFFmpeg
import MediaModel
import TestSupport
import Testing

@Suite("Reading pictures", .peers("ffmpeg"))
struct PictureReaderTests {
  private struct Read {
    var description: PictureReader.Description
    var bytes: [[UInt8]] = []
    var undecodable = 0
    var failure: FFmpegError?

    init(_ path: String, accepts: (String) -> Bool = { _ in true }) throws {
      let demuxer = try Demuxer(url: path)
      try demuxer.findStreamInfo()
      let reader = try PictureReader(demuxer, streamIndex: 0, accepts: accepts)
      let description = reader.description
      self.description = description
      var all: [[UInt8]] = []
      let end = Result {
        while try reader.next({
          all.append(
            PlainPicture.bytes(
              of: $0, description.pixelFormat, description.width, description.height))
        }) {}
      }
      if case .failure(let error) = end { failure = try #require(error as? FFmpegError) }
      bytes = all
      undecodable = reader.undecodablePackets
    }
  }

  @Test("Films give the pictures and tags that ffmpeg gives")
  func films() throws {
    let folder = try ScratchFolder()
    var write = "-f lavfi -i testsrc2=size=98x66:rate=30000/1001 -frames:v 12".words
    write += "-c:v libx264 -bf 2 -g 5 -pix_fmt yuv420p -color_range pc -colorspace bt709".words
    write += "-color_primaries bt709 -color_trc bt709 -aspect 16:9".words
    // Later releases take these from the pictures, whatever the encoder is told.
    let place = Peers.ffmpegMajor > 6 ? ":chroma_location=topleft" : ""
    write += ["-vf", "setparams=color_primaries=bt709:color_trc=bt709" + place]
    write += ["-chroma_sample_location", "topleft", folder["a.mp4"]]
    write += "-frames:v 7 -c:v ffv1 -pix_fmt yuv422p10le".words + [folder["b.mkv"]]
    write += "-frames:v 9 -c:v mpeg2video -flags +ildct+ilme -s 96x64".words
    write += "-vf setfield=tff".words + [folder["c.ts"]]
    write += "-frames:v 3 -c:v mjpeg -pix_fmt yuvj422p".words + [folder["d.avi"]]
    try runFFmpeg(write)
    let names = ["a.mp4", "b.mkv", "c.ts", "d.avi"]
    var decode = names.flatMap { ["-i", folder[$0]] }
    for (number, name) in names.enumerated() {
      decode += ["-map", "\(number)", "-fps_mode", "passthrough", "-f", "rawvideo"]
      decode.append(folder[name] + ".raw")
    }
    try runFFmpeg(decode)
    var reads: [String: Read] = [:]
    for name in names {
      let read = try Read(folder[name])
      reads[name] = read
      #expect(read.failure == nil && read.undecodable == 0)
      let wanted = try contents(of: folder[name] + ".raw")
      let isSame = Array(read.bytes.joined()) == wanted
      #expect(isSame, "\(name)")
    }
    let a = try #require(reads["a.mp4"]?.description)
    #expect((a.pixelFormat, a.width, a.height) == ("yuvj420p", 98, 66))
    #expect((a.matrix, a.primaries, a.transfer) == (1, 1, 1))
    #expect(a.primariesName == "bt709" && a.transferName == "bt709")
    let chroma = Peers.ffmpegMajor == 8 ? "left" : "topleft"  // 8.0 loses it
    #expect(a.isFullRange == true && a.chromaLocation == chroma && !a.isInterlaced)
    #expect(a.frameRate?.numerator == 30_000 && a.frameRate?.denominator == 1001)
    #expect(a.frameCount == 12 && a.codecName == "h264" && a.rotation == nil)
    let aspect = try #require(a.sampleAspectRatio)
    #expect(aspect.numerator * 98 * 9 == aspect.denominator * 66 * 16)
    let b = try #require(reads["b.mkv"]?.description)
    #expect(b.pixelFormat == "yuv422p10le" && b.matrix == 2 && b.isFullRange != true)
    let c = try #require(reads["c.ts"]?.description)
    #expect(c.isInterlaced && c.isTopFieldFirst && c.codecName == "mpeg2video")
    let d = try #require(reads["d.avi"]?.description)
    #expect(d.pixelFormat == "yuvj422p" && d.isFullRange == true && d.convertedFrom == nil)
  }

  /// An image as ffmpeg writes it, and what is to come out of it.
  struct Image: Sendable, CustomTestStringConvertible {
    var stored: String
    var container: String
    var found: String
    var dropsAlpha = false
    var encoder: String?
    init(
      _ stored: String, _ container: String, _ found: String, dropsAlpha: Bool = false,
      encoder: String? = nil
    ) {
      (self.stored, self.container, self.found) = (stored, container, found)
      (self.dropsAlpha, self.encoder) = (dropsAlpha, encoder)
    }
    var testDescription: String { "\(stored) in \(container)" }
  }

  private static let images = [
    Image("rgb24", "png", "rgb24"), Image("rgba", "png", "rgba"), Image("gray", "png", "gray"),
    Image("pal8", "png", "rgb24"), Image("monob", "png", "gray"), Image("ya8", "png", "rgba"),
    Image("rgb48be", "png", "rgb48be"), Image("ya16be", "png", "rgba64be"),
    Image("bgr24", "bmp", "bgr24"), Image("rgb24", "tiff", "rgb24"),
    Image("yuvj444p", "jpg", "yuvj444p"), Image("rgb24", "ppm", "rgb24"),
    Image("yuva420p", "mkv", "yuv420p", dropsAlpha: true, encoder: "ffv1"),
    Image("yuv440p", "mkv", "yuv444p", encoder: "ffv1"),
    Image("gbrap", "mkv", "rgba", encoder: "utvideo"),
  ]

  @Test("Images of any pixels come in a form that is taken")
  func images() throws {
    let folder = try ScratchFolder()
    let taken: Set = [
      "rgb24", "rgba", "gray", "rgb48be", "rgba64be", "bgr24", "yuvj444p", "yuv444p", "yuv420p",
    ]
    var write = ["-f", "lavfi", "-i", "testsrc2=size=58x46:rate=25"]
    var (inputs, outputs): ([String], [String]) = ([], [])
    for (number, image) in Self.images.enumerated() {
      let path = folder["\(number).\(image.container)"]
      // Alpha that differs from pixel to pixel.
      write += [
        "-vf",
        "format=rgba,geq=r='p(X,Y)':g='p(X,Y)':b='p(X,Y)':a='255-X-Y',format=\(image.stored)",
        "-frames:v", "1", "-pix_fmt", image.stored,
      ]
      if let encoder = image.encoder { write += ["-c:v", encoder] }
      if image.container != "mkv" { write += ["-update", "1"] }
      write.append(path)
      inputs += ["-i", path]
      outputs += [
        "-map", "\(number)", "-sws_flags", "neighbor+accurate_rnd", "-pix_fmt", image.found, "-f",
        "rawvideo", path + ".raw",
      ]
    }
    try runFFmpeg(write)
    try runFFmpeg(inputs + outputs)
    for (number, image) in Self.images.enumerated() {
      let path = folder["\(number).\(image.container)"]
      let read = try Read(path, accepts: taken.contains)
      let comment = Comment(rawValue: image.testDescription)
      #expect(read.description.pixelFormat == image.found, comment)
      #expect(
        read.description.convertedFrom == (image.stored == image.found ? nil : image.stored),
        comment)
      #expect(read.description.dropsAlpha == image.dropsAlpha, comment)
      #expect((read.description.frameRate == nil) == (image.container != "mkv"), comment)
      let isSame = read.bytes == [try contents(of: path + ".raw")]
      #expect(isSame, comment)
    }
  }

  @Test("Another size in midstream ends the pictures with a word on it")
  func changes() throws {
    let folder = try ScratchFolder()
    try runFFmpeg(
      "-f lavfi -i testsrc2=size=64x48:rate=25 -frames:v 3 -c:v mjpeg".words
        + [folder["a.mjpeg"]] + "-frames:v 2 -c:v mjpeg -s 32x32".words + [folder["b.mjpeg"]])
    let joined = try contents(of: folder["a.mjpeg"]) + contents(of: folder["b.mjpeg"])
    let read = try Read(try folder.write(joined, to: "both.mjpeg"))
    #expect(read.bytes.count == 3)
    #expect(read.failure?.reason == .notImplemented)
    #expect(read.failure?.description.contains("64x48 to 32x32") == true)
  }

  @Test("Broken packets are counted, and the rest is read")
  func damage() throws {
    let folder = try ScratchFolder()
    try runFFmpeg(
      "-f lavfi -i testsrc2=size=96x64:rate=25 -frames:v 30 -c:v mpeg4 -g 3 -f mpegts".words
        + [folder["in.ts"]])
    let whole = try Read(folder["in.ts"])
    #expect(whole.bytes.count == 30 && whole.undecodable == 0)
    var bytes = try contents(of: folder["in.ts"])
    var random = Seeded.of("damage")
    for index in (bytes.count / 3)..<(bytes.count * 2 / 3) where index % 188 > 40 {
      bytes[index] = UInt8.random(in: 0...255, using: &random)
    }
    let read = try Read(try folder.write(bytes, to: "out.ts"))
    #expect(read.undecodable > 0 && read.failure == nil)
    #expect(read.bytes.count >= 20 && read.bytes.last == whole.bytes.last)
  }

  @Test("A track of sound, and an image that is none, are refused")
  func refusals() throws {
    let folder = try ScratchFolder()
    try runFFmpeg("-f lavfi -i sine=duration=0.1".words + [folder["a.wav"]])
    let demuxer = try Demuxer(url: folder["a.wav"])
    let error = #expect(throws: FFmpegError.self) {
      try PictureReader(demuxer, streamIndex: 0)
    }
    #expect(error?.reason == .decoderNotFound)
    var options = DemuxerOptions()
    options.inputFormat = "png_pipe"
    let path = try folder.write(
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2], to: "a.png")
    let broken = try Demuxer(url: path, options: options)
    let second = #expect(throws: FFmpegError.self) {
      try PictureReader(broken, streamIndex: 0)
    }
    #expect(second?.reason == .invalidData)
  }
}
