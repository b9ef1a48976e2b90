import Foundation
import MediaFFmpeg
import TestSupport
import Testing

@Suite("Still pictures of planes", .peers("ffmpeg"))
struct StillPlanesTests {
  private static func noise(_ format: String, _ width: Int, _ height: Int) -> PlainPicture {
    var random = Seeded.of("noise of \(format)")
    var picture = PlainPicture(format, width, height)
    picture.bytes = random.bytes(picture.bytes.count)
    return picture
  }

  private static func file(
    _ picture: PlainPicture, _ still: StillPicture
  ) throws -> [UInt8] {
    try picture.withReadPlanes {
      try still.file(
        ofPlanes: $0, pixelFormat: picture.format, width: picture.width, height: picture.height)
    }
  }

  /// What ffmpeg reads out of files, all in one run.
  private static func read(_ files: [(path: String, format: String)]) throws -> [[UInt8]] {
    var arguments = files.flatMap { ["-i", $0.path] }
    for (number, file) in files.enumerated() {
      arguments += [
        "-map", "\(number)", "-pix_fmt", file.format, "-f", "rawvideo", file.path + ".raw",
      ]
    }
    try runFFmpeg(arguments)
    return try files.map { try contents(of: $0.path + ".raw") }
  }

  @Test("ffmpeg reads every sample back as it was", arguments: [(37, 23), (64, 48)])
  func exact(width: Int, height: Int) throws {
    let folder = try ScratchFolder()
    var files: [(path: String, format: String)] = []
    var wanted: [[UInt8]] = []
    for container in StillPicture.Format.allCases where container != .jpeg {
      let still = try StillPicture(container)
      for format in StillPicture.pixelFormats(of: container) {
        var picture = Self.noise(format, width, height)
        // A bitmap has room for alpha, but nothing that says it is one.
        if container == .bmp, format == "bgra" {
          for index in stride(from: 3, to: picture.bytes.count, by: 4) {
            picture.bytes[index] = 255
          }
        }
        // The encoder is used for more than one picture.
        _ = try Self.file(Self.noise(format, width, height), still)
        let name = "\(container).\(format).\(container)"
        let path = try folder.write(try Self.file(picture, still), to: name)
        // A grey bitmap has a palette, of which ffmpeg does not make the same grey again.
        let isPalette = container == .bmp && format == "gray"
        files.append((path, isPalette ? "rgb24" : format))
        wanted.append(isPalette ? picture.bytes.flatMap { [$0, $0, $0] } : picture.bytes)
      }
    }
    #expect(files.count == 19)
    for (number, found) in try Self.read(files).enumerated() {
      let isSame = found == wanted[number]
      #expect(isSame, "\(files[number].path)")
    }
  }

  @Test("JPEG keeps every layout of chroma within what its best quality loses")
  func jpeg() throws {
    let folder = try ScratchFolder()
    let formats = StillPicture.pixelFormats(of: .jpeg)
    var arguments = ["-f", "lavfi", "-i", "testsrc2=size=202x150:rate=25"]
    for format in formats {
      arguments += ["-frames:v", "1", "-pix_fmt", format, "-f", "rawvideo", folder[format]]
    }
    try runFFmpeg(arguments)
    let still = try StillPicture(.jpeg)
    var files: [(path: String, format: String)] = []
    for format in formats {
      let picture = PlainPicture(format, 202, 150, try contents(of: folder[format]))
      let file = try Self.file(picture, still)
      #expect(file.starts(with: [0xff, 0xd8, 0xff, 0xe0, 0, 16] + Array("JFIF".utf8)))
      files.append((try folder.write(file, to: format + ".jpeg"), format))
    }
    for (file, found) in zip(files, try Self.read(files)) {
      let ratio = peakSignalToNoise(try contents(of: folder[file.format]), found)
      #expect(ratio > 45, "\(file.format): \(ratio) dB")
    }
    let coarse = try StillPicture(.jpeg, quality: 20)
    let picture = PlainPicture("yuvj420p", 202, 150, try contents(of: folder["yuvj420p"]))
    #expect(try Self.file(picture, coarse).count * 3 < contents(of: files[0].path).count)
  }

  @Test("An encoder follows a change of size and pixels")
  func changes() throws {
    let still = try StillPicture(.png)
    let first = Self.noise("rgb24", 16, 9)
    let file = try Self.file(first, still)
    _ = try Self.file(Self.noise("gray16be", 16, 9), still)
    _ = try Self.file(Self.noise("rgb24", 15, 9), still)
    #expect(try Self.file(first, still) == file)
  }

  @Test("Other pixels and sides that are none are refused")
  func refusals() throws {
    let picture = Self.noise("yuv420p", 16, 16)
    let still = try StillPicture(.png)
    let error = #expect(throws: FFmpegError.self) { try Self.file(picture, still) }
    #expect(error?.reason == .notImplemented)
    #expect(throws: FFmpegError.self) {
      try still.file(ofPlanes: [], pixelFormat: "gray", width: 16, height: 16)
    }
    #expect(throws: FFmpegError.self) {
      try still.file(ofPlanes: [], pixelFormat: "gray", width: 0, height: 1 << 40)
    }
  }
}
