internal import MediaModel

/// Ratios as reports have them, in ffprobe's forms.
extension Rational {
  /// Ticks of this time base in seconds; nil where the base is unknown.
  func seconds(_ ticks: Int64) -> Double? {
    guard denominator != 0 else { return nil }
    let (product, overflow) = ticks.multipliedReportingOverflow(by: Int64(numerator))
    guard !overflow else { return Double(ticks) * Double(numerator) / Double(denominator) }
    let exact = Double(product) / Double(denominator)
    // To the nanosecond: a third of a second needs no sixteen digits.
    return abs(exact) < 1e6 ? (exact * 1e9).rounded() / 1e9 : exact
  }

  /// `30000/1001`.
  var text: String { "\(numerator)/\(denominator)" }

  /// `16:9`; nil where unknown.
  var aspectText: String? { numerator == 0 ? nil : "\(numerator):\(denominator)" }
}
