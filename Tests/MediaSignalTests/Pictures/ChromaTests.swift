import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

@Suite("Pictures: chroma on other grids")
struct ChromaTests {
  /// One column or row of chroma.
  struct Chroma: Sendable, CustomTestStringConvertible {
    var from: String
    var to: String
    var width: Int
    var height: Int
    var chroma: [Int]
    var result: [Int]
    var filter = PictureConversion.ChromaFilter.nearest
    var siting = ChromaSiting.left
    var isInterlaced = false
    var testDescription: String {
      "\(from) → \(to) \(width)x\(height) \(filter) \(siting)\(isInterlaced ? " interlaced" : "")"
    }
  }

  static let chromas = [
    Chroma(
      from: "yuv444p", to: "yuv422p", width: 5, height: 1, chroma: [1, 2, 4, 4, 9],
      result: [2, 4, 9]),
    Chroma(
      from: "yuv444p", to: "yuv411p", width: 7, height: 1, chroma: [1, 2, 3, 4, 1, 1, 2],
      result: [3, 1]),
    Chroma(
      from: "yuv444p", to: "yuv420p", width: 3, height: 3, chroma: [1, 1, 5, 1, 3, 6, 7, 8, 9],
      result: [2, 6, 8, 9]),
    Chroma(
      from: "yuv422p", to: "yuv420p", width: 1, height: 3, chroma: [1, 2, 9], result: [2, 9]),
    Chroma(
      from: "yuv411p", to: "yuv420p", width: 5, height: 2, chroma: [1, 9, 2, 9], result: [2, 2, 9]),
    Chroma(
      from: "yuv420p", to: "yuv444p", width: 3, height: 3, chroma: [1, 2, 3, 4],
      result: [1, 1, 2, 1, 1, 2, 3, 3, 4]),
    Chroma(
      from: "yuv420p", to: "yuv411p", width: 5, height: 2, chroma: [1, 2, 9],
      result: [2, 9, 2, 9]),
    // Bilinear, along rows.
    Chroma(
      from: "yuv422p", to: "yuv444p", width: 5, height: 1, chroma: [0, 80, 40],
      result: [0, 40, 80, 60, 40], filter: .bilinear),
    Chroma(
      from: "yuv422p", to: "yuv444p", width: 5, height: 1, chroma: [0, 80, 40],
      result: [0, 20, 60, 70, 50], filter: .bilinear, siting: .center),
    Chroma(
      from: "yuv411p", to: "yuv444p", width: 8, height: 1, chroma: [0, 80],
      result: [0, 20, 40, 60, 80, 80, 80, 80], filter: .bilinear),
    Chroma(
      from: "yuv411p", to: "yuv444p", width: 8, height: 1, chroma: [0, 80],
      result: [0, 0, 10, 30, 50, 70, 80, 80], filter: .bilinear, siting: .center),
    Chroma(
      from: "yuv422p", to: "yuv444p", width: 3, height: 1, chroma: [0, 1],
      result: [0, 1, 1], filter: .bilinear),
    // And between them.
    Chroma(
      from: "yuv420p", to: "yuv422p", width: 1, height: 4, chroma: [0, 80],
      result: [0, 20, 60, 80],
      filter: .bilinear),
    Chroma(
      from: "yuv420p", to: "yuv422p", width: 1, height: 4, chroma: [0, 80],
      result: [0, 40, 80, 80],
      filter: .bilinear, siting: .topleft),
    // By field: rows 0 and 2, then 1 and 3.
    Chroma(
      from: "yuv422p", to: "yuv420p", width: 1, height: 8, chroma: [0, 10, 20, 30, 40, 50, 60, 70],
      result: [10, 20, 50, 60], isInterlaced: true),
    Chroma(
      from: "yuv420p", to: "yuv422p", width: 1, height: 8, chroma: [1, 2, 3, 4],
      result: [1, 2, 1, 2, 3, 4, 3, 4], isInterlaced: true),
    // Of six lines the last two share a row.
    Chroma(
      from: "yuv422p", to: "yuv420p", width: 1, height: 6, chroma: [0, 10, 20, 30, 40, 50],
      result: [10, 20, 45], isInterlaced: true),
    Chroma(
      from: "yuv420p", to: "yuv422p", width: 1, height: 6, chroma: [1, 2, 3],
      result: [1, 2, 1, 2, 3, 3], isInterlaced: true),
    Chroma(
      from: "yuv422p", to: "yuv420p", width: 1, height: 7, chroma: [0, 10, 20, 30, 40, 50, 60],
      result: [10, 20, 50, 50], isInterlaced: true),
    // The upper field's rows lie a quarter of its lines down, the lower field's three quarters.
    Chroma(
      from: "yuv420p", to: "yuv422p", width: 1, height: 8, chroma: [0, 100, 80, 180],
      result: [0, 100, 30, 110, 70, 150, 80, 180], filter: .bilinear, isInterlaced: true),
  ]

  @Test("Chroma comes onto other grids as worked out by hand", arguments: chromas)
  func chroma(_ chroma: Chroma) throws {
    let input = try form(chroma.from, chroma.width, chroma.height)
    let output = try form(chroma.to, chroma.width, chroma.height)
    var conversion = PictureConversion(from: input, to: output)
    conversion.chromaFilter = chroma.filter
    conversion.siting = chroma.siting
    conversion.isInterlaced = chroma.isInterlaced
    let luma = (0..<chroma.width * chroma.height).map { 16 + $0 }
    let picture = input.picture([luma, chroma.chroma, chroma.chroma.map { $0 + 50 }])
    for step in [
      PictureConverter(conversion, usesFastLoops: false), ReferenceConverter(conversion),
    ] as [any PictureStep] {
      let result = output.samples(try step.convert(picture))
      #expect(result == [luma, chroma.result, chroma.result.map { $0 + 50 }])
    }
  }

  @Test("R, G and B become means before the matrix is applied")
  func meansFirst() throws {
    // Each mean is rounded up from a half.
    let input = try form("rgb24", 2, 2, .bt709, .full)
    let output = try form("yuvj420p", 2, 2, .bt709, .full)
    let samples = [[0, 0, 1, 1], [255, 255, 0, 254], [0, 1, 0, 1]]
    let result = try converted(samples, PictureConversion(from: input, to: output))
    let formulas = ColorFormula.formulas(from: input, to: output)
    #expect(result[1] == [formulas[1].code([1, 191, 1])])
    #expect(result[2] == [formulas[2].code([1, 191, 1])])
  }
}
