import Foundation
import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

/// Pictures whose sides no grid of chroma, pair of pixels or vector divides.
@Suite("Pictures: odd sizes")
struct OddSizeTests {
  /// Of every subsampling, in planes, in pairs and in packed rows.
  static let samplings = [
    "yuv420p", "yuv422p", "yuv444p", "yuv411p", "gray", "nv12", "p010le", "uyvy422", "v210",
    "rgb24",
  ]

  @Test("Every size from 1x1 to 17x17, from and to every subsampling", arguments: samplings)
  func sizes(_ from: String) throws {
    var random = Seeded.of("odd sizes \(from)")
    for (number, to) in Self.samplings.enumerated() {
      for width in 1...17 {
        // Another height for each width, another for each output.
        try compare(from, to, width, (5 * width + 3 * number) % 17 + 1, &random)
      }
    }
  }

  /// `MEDIATOOL_EXHAUSTIVE=1` tries every pair of formats, at four sizes.
  @Test("Pairs of all formats, every fourth of them", arguments: [0, 1])
  func pairs(_ half: Int) throws {
    var random = Seeded.of("odd pairs \(half)")
    let formats = PixelFormat.all
    for (row, from) in formats.enumerated() where row % 2 == half {
      for (column, to) in formats.enumerated() {
        let number = row * formats.count + column
        if TestRun.isExhaustive {
          for size in stride(from: number % 73, to: 289, by: 73) {
            try compare(from.name, to.name, size % 17 + 1, size / 17 + 1, &random)
          }
        } else if (row + column) % 4 == 0 {
          try compare(from.name, to.name, number % 17 + 1, number / 17 % 17 + 1, &random)
        }
      }
    }
  }

  private func compare(
    _ from: String, _ to: String, _ width: Int, _ height: Int, _ random: inout Seeded
  ) throws {
    let conversion = PictureConversion(
      from: try form(from, width, height), to: try form(to, width, height))
    let picture = conversion.input.random(&random)
    let plain = try ReferenceConverter(conversion).convert(picture)
    let isEqual = try PictureConverter(conversion).convert(picture) == plain
    #expect(isEqual, "\(from) to \(to) \(width)x\(height)")
  }
}
