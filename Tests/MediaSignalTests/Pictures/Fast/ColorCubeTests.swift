import CPixelReference
import MediaRaw
import Testing

@testable import MediaSignal

/// How many values of the third component one picture holds.
///
/// All values of three are in planes of 256 by 4096: x in columns, y in rows, z one below the other.
/// Pictures of the same bytes but fewer rows take less time.
private let slices = 16
private let planeByteCount = 65_536 * slices

private func fillSlices(_ picture: UnsafeMutableRawBufferPointer, _ planes: [Int], firstZ: Int) {
  guard let bytes = picture.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
  reference_fill(
    bytes + planes[0] * planeByteCount, bytes + planes[1] * planeByteCount,
    bytes + planes[2] * planeByteCount, CInt(firstZ), CInt(slices))
}

@Suite struct `Exact colours` {
  @Test(arguments: ReferenceColors.all) func `every YCbCr gives the nearest RGB`(
    _ colors: ReferenceColors
  ) throws {
    try check(
      from: "yuv444p", to: "gbrp", colors, ReferenceFormula.toRGB(colors), inputPlanes: [0, 1, 2],
      outputPlanes: [2, 0, 1])
  }

  @Test(arguments: ReferenceColors.all) func `every RGB gives the nearest YCbCr`(
    _ colors: ReferenceColors
  ) throws {
    try check(
      from: "gbrp", to: "yuv444p", colors, ReferenceFormula.toYUV(colors), inputPlanes: [2, 0, 1],
      outputPlanes: [0, 1, 2])
  }

  private func check(
    from inputName: String, to outputName: String, _ colors: ReferenceColors,
    _ formulas: [ReferenceFormula],
    inputPlanes: [Int], outputPlanes: [Int]
  ) throws {
    let forms = try [inputName, outputName].map { name in
      let format = try #require(PixelFormat(named: name))
      let range = format.model == .rgb ? .full : colors.range
      return PictureForm(
        try PictureLayout(format, width: 16_384, height: planeByteCount / 16_384),
        PictureColor(matrix: colors.matrix, range: range))
    }
    let loops = try PixelKernels.Level.allCases.compactMap { PixelKernels($0) }.map {
      try #require(FastConversion.make(PictureConversion(from: forms[0], to: forms[1]), $0))
    }
    let source = UnsafeMutableRawBufferPointer.allocate(
      byteCount: 3 * planeByteCount, alignment: 64)
    let targets = loops.map { _ in
      UnsafeMutableRawBufferPointer.allocate(byteCount: 3 * planeByteCount, alignment: 64)
    }
    defer {
      source.deallocate()
      for target in targets { target.deallocate() }
    }
    for firstZ in stride(from: 0, to: 256, by: slices) {
      fillSlices(source, inputPlanes, firstZ: firstZ)
      for (number, loop) in loops.enumerated() {
        loop.run(UnsafeRawBufferPointer(source), into: targets[number])
        #expect(number == 0 || compare(targets[number], targets[0]), "kernels differ")
      }
      for (formula, plane) in zip(formulas, outputPlanes) {
        for slice in 0..<slices {
          let codes = try #require(targets[0].baseAddress) + plane * planeByteCount + 65_536 * slice
          let wrong = reference_wrong_codes(
            formula.factors, formula.constant, formula.divisor, CInt(firstZ + slice),
            codes.assumingMemoryBound(to: UInt8.self))
          #expect(wrong == 0, "plane \(plane), z \(firstZ + slice)")
        }
      }
    }
  }

  private func compare(
    _ first: UnsafeMutableRawBufferPointer, _ second: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard let a = first.baseAddress, let b = second.baseAddress, first.count == second.count else {
      return false
    }
    return reference_equal(a, b, first.count) != 0
  }
}
