internal import CKernels
internal import MediaRaw

/// The constants with which 16-bit products give the exact formula, of any matrix with weights.
///
/// A real factor c is kept as 2^15·high + low in units of 2^-(15 + shift). What rounding it to such a
/// unit changes is far less than the distance of any sum from the next tie, but sums may be ties: a
/// few units more in the rounding put these, too, on their right side. Tests prove it of every value.
enum RGBTerms {
  /// What Cb and Cr add to R, G and B of full range (in this order), for 8 bits.
  static func chroma(_ weights: ColorMatrix.Weights, _ range: ColorRange)
    -> [ckernels_chroma_term]
  {
    let (red, blue, green) = (weights.red, weights.blue, weights.green)
    // Limited: R is (85·(Y − 16) + K) / 73, and K 73 times 255/224 of the difference to luma.
    let (scale, divisor, half) = range == .limited ? (73 * 255, 224, 73) : (1, 1, 1)
    let whole = 10_000 * divisor
    func factor(_ numerator: Int, _ denominator: Int) -> Ratio {
      Ratio(numerator * scale, denominator * whole)
    }
    return [
      chromaTerm(Ratio(0, 1), factor(2 * (10_000 - red), 1), half: half),
      chromaTerm(
        factor(-2 * (10_000 - blue) * blue, green), factor(-2 * (10_000 - red) * red, green),
        half: half),
      chromaTerm(factor(2 * (10_000 - blue), 1), Ratio(0, 1), half: half),
    ]
  }

  /// How Y, Cb and Cr of 8 bits come of R, G and B of full range.
  static func components(_ weights: ColorMatrix.Weights, _ range: ColorRange)
    -> [ckernels_rgb_term]
  {
    let (red, blue, green) = (weights.red, weights.blue, weights.green)
    let (luma, chroma, unit) = range == .limited ? (219, 224, 255) : (1, 1, 1)
    func term(_ factors: [Int], _ scale: Int, _ divisor: Int, _ offset: Int) -> ckernels_rgb_term {
      rgbTerm(factors.map { Ratio($0 * scale, divisor * unit) }, offset: offset)
    }
    return [
      term([red, green, blue], luma, 10_000, range == .limited ? 16 : 0),
      term([-red, -green, 10_000 - blue], chroma, 2 * (10_000 - blue), 128),
      term([10_000 - red, -green, -blue], chroma, 2 * (10_000 - red), 128),
    ]
  }

  /// A fraction whose denominator is positive.
  private struct Ratio {
    var numerator: Int
    var denominator: Int

    init(_ numerator: Int, _ denominator: Int) {
      self.numerator = numerator
      self.denominator = denominator
    }

    /// Times 2^bits, to the nearest.
    func scaled(_ bits: Int) -> Int {
      let doubled = Int128(numerator) << Int128(bits + 1) + Int128(denominator)
      let divisor = 2 * Int128(denominator)
      let quotient = doubled / divisor
      return Int(doubled < quotient * divisor ? quotient - 1 : quotient)
    }
  }

  private static func parts(_ value: Int) -> (high: Int, low: Int) {
    let high = (value + 1 << 14) >> 15
    return (high, value - high << 15)
  }

  private static func chromaTerm(_ u: Ratio, _ v: Ratio, half: Int) -> ckernels_chroma_term {
    // As fine as 16 bits hold both high parts, and 32 the half, which is in units of a half.
    var shift = 14
    while max(abs(u.scaled(shift)), abs(v.scaled(shift))) > 32_700 || half << (14 + shift) > 1 << 30
    {
      shift -= 1
    }
    let (first, second) = (parts(u.scaled(15 + shift)), parts(v.scaled(15 + shift)))
    return ckernels_chroma_term(
      high: (Int16(first.high), Int16(second.high)), low: (Int16(first.low), Int16(second.low)),
      rounding: Int32(half << (14 + shift) + 100), shift: Int32(shift))
  }

  private static func rgbTerm(_ factors: [Ratio], offset: Int) -> ckernels_rgb_term {
    let all = factors.map { parts($0.scaled(30)) }
    return ckernels_rgb_term(
      high: (Int16(all[0].high), Int16(all[1].high), Int16(all[2].high)),
      low: (Int16(all[0].low), Int16(all[1].low), Int16(all[2].low)),
      base: Int32(offset << 15 + 1 << 14), rounding: 400)
  }
}
