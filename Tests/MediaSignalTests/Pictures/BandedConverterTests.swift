import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

/// Bands behind each other against the whole picture.
@Suite struct `Conversions in bands` {
  struct Case: CustomTestStringConvertible {
    var input: String
    var output: String
    var height = 37
    var change: @Sendable (inout PictureConversion) -> Void = { _ in }
    var testDescription: String { "\(input) to \(output) of \(height) rows" }
  }

  static let cases = [
    Case(input: "yuv420p", output: "rgb24"),
    Case(input: "yuv420p", output: "bgra", height: 32),
    Case(input: "nv12", output: "rgb24", height: 9),
    Case(input: "yuv422p10le", output: "v210"),
    Case(input: "yuyv422", output: "rgb48le"),
    Case(input: "yuv420p", output: "gray"),
    Case(input: "rgb24", output: "uyvy422"),
    Case(input: "yuv420p10le", output: "rgb24") { $0.dither = .bayer },
    Case(input: "yuv422p", output: "rgb24") { $0.chromaFilter = .bilinear },
    Case(input: "yuv420p", output: "rgb24", height: 38) { $0.isInterlaced = true },
  ]

  @Test(arguments: cases) func `are the whole picture's`(_ test: Case) throws {
    var generator = Seeded(14)
    var input = try form(test.input, 21, test.height)
    // Rows and planes with gaps between them.
    let strides = input.layout.planes.map { $0.stride + 8 }
    input.layout = try PictureLayout(
      input.layout.format, width: 21, height: test.height, strides: strides)
    let isRGB = PixelFormat(named: test.output)?.model == .rgb
    let output = try form(test.output, 21, test.height, .bt709, isRGB ? .full : .limited)
    var conversion = PictureConversion(from: input, to: output)
    test.change(&conversion)
    let converter = PictureConverter(conversion)
    let bands = try #require(BandedConverter(converter, bandByteCount: 1))
    #expect(bands.bandCount == (test.height + 7) / 8)

    let source = input.random(&generator)
    var expected = [UInt8](repeating: 1, count: output.layout.byteCount)
    source.withUnsafeBytes { from in
      expected.withUnsafeMutableBytes { converter.apply(from, into: $0) }
    }
    var found: [UInt8] = []
    for band in 0..<bands.bandCount {
      var part = [UInt8](repeating: 2, count: bands.inputByteCount)
      for piece in bands.pieces(ofBand: band) {
        let bytes = source[piece.pictureOffset..<piece.pictureOffset + piece.bandRange.count]
        part.replaceSubrange(piece.bandRange, with: bytes)
      }
      var made = [UInt8](repeating: 3, count: bands.outputByteCount(ofBand: band))
      part.withUnsafeBytes { from in
        made.withUnsafeMutableBytes { bands.convert(band: band, from, into: $0) }
      }
      found += made
    }
    let isEqual = found == expected
    #expect(isEqual)
  }

  @Test func `are not made where pictures are needed whole`() throws {
    let coarse = try form("yuv420p", 16, 64)
    let planar = PictureConversion(from: coarse, to: try form("nv12", 16, 64))
    #expect(BandedConverter(PictureConverter(planar), bandByteCount: 1) == nil)
    let rgb = try form("rgb24", 16, 64, .bt709, .full)
    var smooth = PictureConversion(from: coarse, to: rgb)
    #expect(BandedConverter(PictureConverter(smooth), bandByteCount: 1) != nil)
    smooth.chromaFilter = .bilinear
    #expect(BandedConverter(PictureConverter(smooth), bandByteCount: 1) == nil)
    // One band is no division.
    let plain = PictureConversion(from: coarse, to: rgb)
    #expect(BandedConverter(PictureConverter(plain), bandByteCount: 1 << 20) == nil)
  }
}
