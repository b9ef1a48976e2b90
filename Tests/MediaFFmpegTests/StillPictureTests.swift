import Foundation
import MediaFFmpeg
import TestSupport
import Testing

@Suite("Still picture", .peers("ffmpeg"))
struct StillPictureTests {
  /// Sides of a picture.
  struct Size: Sendable, CustomTestStringConvertible {
    var width: Int
    var height: Int
    init(_ width: Int, _ height: Int) { (self.width, self.height) = (width, height) }
    var testDescription: String { "\(width)x\(height)" }
  }

  @Test(
    "A PNG of plain pixels holds every one of them",
    arguments: [Size(1, 1), Size(3, 2), Size(37, 41), Size(960, 500), Size(1, 2000)])
  func plainPixels(size: Size) throws {
    var random = Seeded.of("StillPictureTests")
    let pixels = (0..<3 * size.width * size.height).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
    let file = try StillPicture(.png).file(ofRGB: pixels, width: size.width, height: size.height)
    #expect(file.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    let folder = try ScratchFolder()
    let path = try folder.write(file, to: "picture.png")
    let run = try ProcessRunner.run(
      "ffmpeg", ["-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
    #expect(run.errors == "")
    #expect(run.stdout == pixels)
  }
}
