/// A number that is exact, in its lowest terms.
struct Fraction: Hashable, Sendable, ExpressibleByIntegerLiteral {
  let numerator: Int128
  /// Positive.
  let denominator: Int128

  init(_ numerator: Int128, _ denominator: Int128 = 1) {
    let divisor = greatestCommonDivisor(numerator, denominator) * (denominator < 0 ? -1 : 1)
    self.numerator = numerator / divisor
    self.denominator = denominator / divisor
  }

  init(integerLiteral value: Int) { self.init(Int128(value)) }

  static func + (left: Self, right: Self) -> Self {
    Self(
      left.numerator * right.denominator + right.numerator * left.denominator,
      left.denominator * right.denominator)
  }

  static func - (left: Self, right: Self) -> Self { left + Self(-1) * right }

  static func * (left: Self, right: Self) -> Self {
    Self(left.numerator * right.numerator, left.denominator * right.denominator)
  }

  static func / (left: Self, right: Self) -> Self {
    Self(left.numerator * right.denominator, left.denominator * right.numerator)
  }
}

/// Positive; of two zeros, 1.
func greatestCommonDivisor(_ first: Int128, _ second: Int128) -> Int128 {
  var (large, small) = (first.magnitude, second.magnitude)
  while small != 0 { (large, small) = (small, large % small) }
  return large == 0 ? 1 : Int128(large)
}

/// A sum of variables, each with a factor, and a constant.
struct LinearSum: Hashable, Sendable {
  var factors: [Fraction]
  var constant: Fraction

  /// One of `count` variables alone, or none.
  init(variable: Int?, of count: Int, constant: Fraction = 0) {
    factors = (0..<count).map { $0 == variable ? 1 : 0 }
    self.constant = constant
  }

  static func + (left: Self, right: Self) -> Self {
    var sum = left
    for (index, factor) in right.factors.enumerated() {
      sum.factors[index] = sum.factors[index] + factor
    }
    sum.constant = sum.constant + right.constant
    return sum
  }

  static func * (scale: Fraction, sum: Self) -> Self {
    var product = sum
    product.factors = sum.factors.map { scale * $0 }
    product.constant = scale * sum.constant
    return product
  }

  static func + (sum: Self, constant: Fraction) -> Self {
    var result = sum
    result.constant = sum.constant + constant
    return result
  }
}
