import MediaRaw
import Testing

/// A matrix and the range of Y, Cb and Cr.
struct ReferenceColors: CustomTestStringConvertible {
  var matrix: ColorMatrix
  var range: ColorRange
  var testDescription: String { "\(matrix.name) \(range.rawValue)" }

  static let all = ColorMatrix.all.filter { $0.weights != nil }.flatMap { matrix in
    ColorRange.allCases.map { ReferenceColors(matrix: matrix, range: $0) }
  }
}

/// The formula of one component, of H.273 §8.3, in whole numbers: nothing of the program has a part
/// in it.
struct ReferenceFormula {
  var factors: [Int64]
  var constant: Int64
  var divisor: Int64

  /// Rounded to the nearest, halves up, for factors of x, y and z less their offsets.
  private init(_ factors: [Int], less offsets: [Int], plus offset: Int, over divisor: Int) {
    let moved = zip(factors, offsets).reduce(0) { $0 + $1.0 * $1.1 }
    self.factors = factors.map { Int64(2 * $0) }
    constant = Int64(2 * (offset * divisor - moved) + divisor)
    self.divisor = Int64(2 * divisor)
  }

  /// Codes of Y and of Cb and Cr: how many lie from 0 to 1, and which is 0.
  private struct Codes {
    var luma: Int
    var chroma: Int
    var zero: Int
    var middle: Int

    init(_ range: ColorRange, depth: Int) {
      let step = 1 << (depth - 8)
      let isLimited = range == .limited
      luma = isLimited ? 219 * step : 256 * step - 1
      chroma = isLimited ? 224 * step : 256 * step - 1
      zero = isLimited ? 16 * step : 0
      middle = 128 * step
    }
  }

  /// Of R, G and B, from Y, Cb and Cr of so many bits.
  static func toRGB(_ colors: ReferenceColors, from depth: Int = 8, to rgbDepth: Int = 8)
    -> [ReferenceFormula]
  {
    guard let weights = colors.matrix.weights else { return [] }
    let (red, green, blue) = (weights.red, weights.green, weights.blue)
    let codes = Codes(colors.range, depth: depth)
    let white = 1 << rgbDepth - 1
    let offsets = [codes.zero, codes.middle, codes.middle]
    let y = white * codes.chroma * 10_000
    let cb = white * codes.luma * 2 * (10_000 - blue)
    let cr = white * codes.luma * 2 * (10_000 - red)
    let divisor = codes.luma * codes.chroma * 10_000
    return [
      ReferenceFormula([y, 0, cr], less: offsets, plus: 0, over: divisor),
      ReferenceFormula(
        [y * green, -cb * blue, -cr * red], less: offsets, plus: 0, over: divisor * green),
      ReferenceFormula([y, cb, 0], less: offsets, plus: 0, over: divisor),
    ]
  }

  /// Of Y, Cb and Cr, from R, G and B of so many bits.
  static func toYUV(_ colors: ReferenceColors, from rgbDepth: Int = 8, to depth: Int = 8)
    -> [ReferenceFormula]
  {
    guard let weights = colors.matrix.weights else { return [] }
    let (red, green, blue) = (weights.red, weights.green, weights.blue)
    let codes = Codes(colors.range, depth: depth)
    let white = 1 << rgbDepth - 1
    let zero = [0, 0, 0]
    return [
      ReferenceFormula(
        [red, green, blue].map { codes.luma * $0 }, less: zero, plus: codes.zero,
        over: white * 10_000),
      ReferenceFormula(
        [-red, -green, 10_000 - blue].map { codes.chroma * $0 }, less: zero, plus: codes.middle,
        over: white * 2 * (10_000 - blue)),
      ReferenceFormula(
        [10_000 - red, -green, -blue].map { codes.chroma * $0 }, less: zero, plus: codes.middle,
        over: white * 2 * (10_000 - red)),
    ]
  }
}
