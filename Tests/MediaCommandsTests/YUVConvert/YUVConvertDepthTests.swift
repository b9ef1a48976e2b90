import MediaRaw
import TestSupport
import Testing

@testable import MediaCommands

/// Depths up and down again.
@Suite struct YUVConvertDepthTests {
  @Test(
    "From depth to depth and back nothing is lost",
    arguments: [
      "yuv420p yuv420p10le p010le yuv420p10be p016le yuv420p16be p010be yuv420p12le yuv420p",
      "yuv422p y210le v210 p210le yuv422p10be yuv422p16le p216be yuv422p",
      "yuv444p y410 yuv444p10le yuv444p16le yuv444p12be yuv444p",
      "gray gray10le gray16be gray12le gray",
    ], ["limited", "full"])
  func roundTrips(_ formats: String, _ range: String) throws {
    var names = formats.split(separator: " ").map(String.init)
    var generator = Seeded.of("\(range) \(formats)")
    let source = try RawPicture.random(names.removeFirst(), 33, 9, &generator)
    var picture = source
    for name in names { picture = try picture.converted(to: name, ["--range", range]) }
    #expect(picture == source)
  }

  @Test("White and black of P010 have no bits below the ten")
  func white() throws {
    // Of 4x2: a white and a black column of two, codes of gray.
    let white = RawPicture(
      try picture("yuv420p").layout,
      [235, 235, 16, 16] + [235, 235, 16, 16] + [128, 128, 128, 128])
    let words = try white.converted(to: "p010", ["--matrix", "bt709"]).bytes
    let luma: [UInt8] = [0x00, 0xeb, 0x00, 0xeb, 0x00, 0x10, 0x00, 0x10]
    #expect(words == luma + luma + [0, 0x80, 0, 0x80, 0, 0x80, 0, 0x80])
    let rgb = try white.converted(to: "rgb24", ["--matrix", "bt709"]).bytes
    let row = [UInt8](repeating: 255, count: 6) + [UInt8](repeating: 0, count: 6)
    #expect(rgb == row + row)
  }

  private func picture(_ format: String) throws -> RawPicture {
    try RawPicture(format, 4, 2) { _, _ in 0 }
  }
}
