import CPixelReference
import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

/// Planes of 10 bits, of which no test can try all values.
@Suite struct `Exact colours of 10 bits` {
  /// For each of five matrices and two ranges, in each direction: ten million in all.
  private static let sampleCount = 500_000
  private static let width = 1000

  @Test(arguments: ReferenceColors.all) func `any YCbCr gives the nearest RGB`(
    _ colors: ReferenceColors
  ) throws {
    try check(
      from: "yuv444p10le", to: "gbrp10le", colors,
      ReferenceFormula.toRGB(colors, from: 10, to: 10), inputPlanes: [0, 1, 2],
      outputPlanes: [2, 0, 1])
  }

  @Test(arguments: ReferenceColors.all) func `any RGB gives the nearest YCbCr`(
    _ colors: ReferenceColors
  ) throws {
    try check(
      from: "gbrp10le", to: "yuv444p10le", colors,
      ReferenceFormula.toYUV(colors, from: 10, to: 10), inputPlanes: [2, 0, 1],
      outputPlanes: [0, 1, 2])
  }

  @Test(arguments: ReferenceColors.all) func `depths may differ`(_ colors: ReferenceColors) throws {
    try check(
      from: "yuv444p10le", to: "gbrp16le", colors,
      ReferenceFormula.toRGB(colors, from: 10, to: 16), inputPlanes: [0, 1, 2],
      outputPlanes: [2, 0, 1], sampleCount: 50_000)
    try check(
      from: "gbrp10le", to: "yuv444p16le", colors,
      ReferenceFormula.toYUV(colors, from: 10, to: 16), inputPlanes: [2, 0, 1],
      outputPlanes: [0, 1, 2], sampleCount: 50_000)
  }

  private func check(
    from inputName: String, to outputName: String, _ colors: ReferenceColors,
    _ formulas: [ReferenceFormula], inputPlanes: [Int], outputPlanes: [Int],
    sampleCount count: Int = sampleCount
  ) throws {
    let forms = try [inputName, outputName].map { name in
      var form = try form(name, Self.width, count / Self.width, colors.matrix)
      form.color.range = form.layout.format.model == .rgb ? .full : colors.range
      return form
    }
    let source = UnsafeMutablePointer<UInt16>.allocate(capacity: 3 * count)
    let target = UnsafeMutablePointer<UInt16>.allocate(capacity: 3 * count)
    defer {
      source.deallocate()
      target.deallocate()
    }
    let seed = testSeed("\(inputName) \(outputName) \(colors.testDescription)")
    reference_noise(source, 3 * count, 10, seed)
    let converter = PictureConverter(PictureConversion(from: forms[0], to: forms[1]))
    converter.apply(
      UnsafeRawBufferPointer(start: source, count: 6 * count),
      into: UnsafeMutableRawBufferPointer(start: target, count: 6 * count))
    for (formula, plane) in zip(formulas, outputPlanes) {
      let wrong = reference_wrong_words(
        formula.factors, formula.constant, formula.divisor,
        CInt(1 << forms[1].layout.format.depth - 1), source + inputPlanes[0] * count,
        source + inputPlanes[1] * count, source + inputPlanes[2] * count, target + plane * count,
        count)
      #expect(wrong == 0, "\(outputName), plane \(plane), seed \(seed)")
    }
  }
}
