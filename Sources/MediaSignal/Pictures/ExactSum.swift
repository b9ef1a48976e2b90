/// A formula over the inputs that take part alone, at most three, in 64 bits where these hold it.
struct ExactSum: Sendable {
  private let wide: (a: Int128, b: Int128, c: Int128, constant: Int128, divisor: Int128)
  private let narrow: (a: Int, b: Int, c: Int, constant: Int, divisor: Int)?
  private let maximum: Int

  init(_ formula: ColorFormula, depths: [Int]) {
    var factors = formula.inputs.map { formula.factors[$0] }
    factors += [Int128](repeating: 0, count: max(0, 3 - factors.count))
    wide = (factors[0], factors[1], factors[2], formula.constant, formula.divisor)
    maximum = formula.maximum
    var largest = formula.constant.magnitude + formula.divisor.magnitude
    for (factor, depth) in zip(factors, depths) { largest += factor.magnitude << UInt128(depth) }
    narrow =
      largest < 1 << 62
      ? (Int(wide.a), Int(wide.b), Int(wide.c), Int(wide.constant), Int(wide.divisor)) : nil
  }

  /// The code, before clipping.
  func unclipped(_ a: Int, _ b: Int = 0, _ c: Int = 0) -> Int {
    if let narrow {
      let sum = narrow.a * a + narrow.b * b + narrow.c * c + narrow.constant
      return (sum >= 0 ? sum : sum - narrow.divisor + 1) / narrow.divisor
    }
    let sum = wide.a * Int128(a) + wide.b * Int128(b) + wide.c * Int128(c) + wide.constant
    return Int((sum >= 0 ? sum : sum - wide.divisor + 1) / wide.divisor)
  }

  /// The code.
  func code(_ a: Int, _ b: Int = 0, _ c: Int = 0) -> Int {
    min(max(unclipped(a, b, c), 0), maximum)
  }
}
