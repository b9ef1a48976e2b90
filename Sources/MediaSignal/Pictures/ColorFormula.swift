public import MediaRaw

/// One component of the output as a rational function of the input's: ITU-T H.273 §8.3 with both
/// ranges and depths, without any rounding.
///
/// `floor((a·x + b·y + c·z + constant) / divisor)`, half of the divisor being in the constant, is the
/// value rounded to the nearest, halves up.
public struct ColorFormula: Hashable, Sendable {
  /// Of the input's components in their order; zero for what has no part.
  public var factors: [Int128]
  /// With half of the divisor in it.
  public var constant: Int128
  /// Positive; the fraction is in its lowest terms.
  public var divisor: Int128
  /// The largest code of the output's component.
  public var maximum: Int

  /// One formula for each component of the output, alpha included, between formats of these
  /// forms (their layouts' sizes are not looked at).
  ///
  /// Alpha that the input lacks is opaque; gray has the chroma of gray.
  ///
  /// - Parameters:
  ///   - input: its format, matrix and range.
  ///   - output: likewise; the matrix is that of Y, Cb and Cr, or of Y alone.
  /// - Returns: formulas in the order of the output's components.
  public static func formulas(from input: PictureForm, to output: PictureForm) -> [ColorFormula] {
    let values = CodeEquations(from: input, to: output).values
    return zip(values, output.layout.format.components).map { value, component in
      ColorFormula(value, depth: component.depth)
    }
  }

  /// What rounds a value so that what is `threshold` below a code, or less, becomes that code:
  /// halves up by default.
  init(_ value: LinearSum, depth: Int, threshold: Fraction = Fraction(1, 2)) {
    let value = value + threshold
    var divisor = value.constant.denominator
    for factor in value.factors {
      divisor = divisor / greatestCommonDivisor(divisor, factor.denominator) * factor.denominator
    }
    self.divisor = divisor
    factors = value.factors.map { $0.numerator * (divisor / $0.denominator) }
    constant = value.constant.numerator * (divisor / value.constant.denominator)
    maximum = 1 << depth - 1
  }

  /// The code for a sample of each input component, before clipping.
  ///
  /// - Parameter samples: in the order of the input's components.
  /// - Returns: the value rounded; perhaps below 0 or above `maximum`.
  public func unclipped(_ samples: [Int]) -> Int {
    var sum = constant
    for (factor, sample) in zip(factors, samples) { sum += factor * Int128(sample) }
    let quotient = sum / divisor
    return Int(sum % divisor < 0 ? quotient - 1 : quotient)
  }

  /// The code for a sample of each input component.
  ///
  /// - Parameter samples: in the order of the input's components.
  /// - Returns: 0 to `maximum`.
  public func code(_ samples: [Int]) -> Int { min(max(unclipped(samples), 0), maximum) }
}

extension ColorFormula {
  /// The input components that take part.
  var inputs: [Int] { factors.indices.filter { factors[$0] != 0 } }

  /// The only component that takes part, where the output is the same number.
  var copiedInput: Int? {
    guard let input = inputs.first, inputs.count == 1, factors[input] == divisor,
      (0..<divisor).contains(constant)
    else { return nil }
    return input
  }
}
