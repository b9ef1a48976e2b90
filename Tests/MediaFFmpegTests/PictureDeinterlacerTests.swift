import Foundation
import MediaFFmpeg
import TestSupport
import Testing

@Suite("Deinterlacing pictures", .peers("ffmpeg"))
struct PictureDeinterlacerTests {
  private static let size = (width: 66, height: 48)

  private static func run(
    _ raw: [UInt8], _ format: String, _ isTopFieldFirst: Bool?,
    _ method: PictureDeinterlacer.Method
  ) throws -> [[UInt8]] {
    let deinterlacer = try PictureDeinterlacer(
      format: format, width: size.width, height: size.height, isTopFieldFirst: isTopFieldFirst,
      method: method)
    let byteCount = PlainPicture.byteCount(format, size.width, size.height)
    var all: [[UInt8]] = []
    func take() throws {
      while try deinterlacer.next({
        all.append(PlainPicture.bytes(of: $0, format, size.width, size.height))
      }) {}
    }
    for start in stride(from: 0, to: raw.count, by: byteCount) {
      let picture = PlainPicture(
        format, size.width, size.height, Array(raw[start..<start + byteCount]))
      try picture.withReadPlanes { try deinterlacer.push($0) }
      try take()
      // Held back are never more than the two that the next may still be looked at with.
      #expect(all.count >= start / byteCount - 1)
    }
    try deinterlacer.finish()
    try take()
    return all
  }

  @Test(
    "Every sample is that of ffmpeg's filters",
    arguments: ["yuv420p", "yuvj422p", "yuv422p10le", "gray", "gbrp"])
  func likeFFmpeg(format: String) throws {
    let folder = try ScratchFolder()
    let raw = try generate(
      "testsrc2=size=\(Self.size.width)x\(Self.size.height):rate=50",
      "-vf tinterlace=interleave_top -frames:v 5 -pix_fmt \(format) -f rawvideo")
    try folder.write(raw, to: "in.raw")
    var arguments = [
      "-f", "rawvideo", "-pix_fmt", format, "-s", "\(Self.size.width)x\(Self.size.height)", "-i",
      folder["in.raw"],
    ]
    for method in PictureDeinterlacer.Method.allCases {
      for parity in ["tff", "bff", "auto"] {
        arguments += [
          "-vf", "\(method)=mode=send_frame:parity=\(parity)", "-fps_mode", "passthrough", "-f",
          "rawvideo",
          "-pix_fmt", format, folder["\(method).\(parity)"],
        ]
      }
    }
    try runFFmpeg(arguments)
    for method in PictureDeinterlacer.Method.allCases {
      for (parity, isTopFieldFirst) in [("tff", true), ("bff", false), ("auto", Bool?.none)] {
        let found = try Self.run(raw, format, isTopFieldFirst, method)
        #expect(found.count == 5)
        let wanted = try contents(of: folder["\(method).\(parity)"])
        let isSame = Array(found.joined()) == wanted
        #expect(isSame, "\(method) \(parity)")
        #expect(wanted != raw)
      }
    }
  }

  @Test("One picture alone comes out too, and none if there are none")
  func few() throws {
    let one = [UInt8](repeating: 90, count: PlainPicture.byteCount("gray", 66, 48))
    #expect(try Self.run(one, "gray", true, .bwdif) == [one])
    #expect(try Self.run([], "gray", true, .bwdif).isEmpty)
  }

  @Test("What would have to be converted is refused")
  func refusals() throws {
    for format in ["nv12", "rgb24", "yuyv422", "nosuch"] {
      let isSupported = try PictureDeinterlacer.supports(format)
      #expect(!isSupported, "\(format)")
      let error = #expect(throws: FFmpegError.self) {
        try PictureDeinterlacer(format: format, width: 64, height: 64, isTopFieldFirst: nil)
      }
      #expect(error?.reason == .notImplemented && error?.description.contains(format) == true)
    }
    let isSupported = try PictureDeinterlacer.supports("yuvj420p")
    #expect(isSupported)
    let error = #expect(throws: FFmpegError.self) {
      try PictureDeinterlacer(format: "gray", width: 2, height: 2, isTopFieldFirst: nil)
    }
    #expect(error?.reason == .notImplemented)
  }
}
