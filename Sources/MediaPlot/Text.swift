/// `text` for XML character data or a quoted attribute.
///
/// Characters XML 1.0 has no form for (section 2.2) become U+FFFD.
func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0x26: result += "&amp;"
    case 0x3C: result += "&lt;"
    case 0x3E: result += "&gt;"
    case 0x22: result += "&quot;"
    case 0x27: result += "&#39;"
    case 0x09, 0x0A, 0x0D: result += " "
    case 0..<0x20, 0x7F...0x9F, 0xFFFE, 0xFFFF: result += "\u{FFFD}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// An estimate of how wide `text` is drawn, in ems of a common sans-serif face.
func emWidth(_ text: String) -> Double {
  text.unicodeScalars.reduce(0.0) { $0 + ($1.value < 0x2E80 ? 0.58 : 1.0) }
}

/// `text`, cut with an ellipsis where it would be wider than `ems`.
func elided(_ text: String, ems: Double) -> String {
  guard emWidth(text) > ems else { return text }
  var result = ""
  var width = 1.0
  for character in text {
    width += emWidth(String(character))
    if width > ems { break }
    result.append(character)
  }
  return result + "…"
}

/// A coordinate or a small quantity with at most two decimals, for a finite value below 1e15.
func number(_ value: Double) -> String {
  decimal(Int((value * 100).rounded()), exponent: -2)
}

/// `value` times ten to the power of `exponent`, without needless zeros: `(150, -2)` is `1.5`.
func decimal(_ value: Int, exponent: Int) -> String {
  if exponent >= 0 || value == 0 {
    return String(value) + String(repeating: "0", count: value == 0 ? 0 : exponent)
  }
  var digits = String(abs(value))
  if digits.utf8.count <= -exponent {
    digits = String(repeating: "0", count: 1 - exponent - digits.utf8.count) + digits
  }
  var fraction = digits.suffix(-exponent)
  let whole = digits.dropLast(-exponent)
  while fraction.last == "0" { fraction.removeLast() }
  return (value < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
}

/// The decimal prefix `value` is written with, and its power of ten.
func metricPrefix(of value: Double) -> (power: Int, prefix: String) {
  let prefixes = [(12, "T"), (9, "G"), (6, "M"), (3, "k")]
  return prefixes.first { abs(value) >= Ticks.scaled(1, by: $0.0) } ?? (0, "")
}

/// A value with at most two decimals, in the manner of its axis.
func quantity(_ value: Double, scale: Chart.Scale) -> String {
  switch scale {
  case .plain: return number(value)
  case .time: return number(value) + " s"
  case .metric:
    let (power, prefix) = metricPrefix(of: value)
    return number(Ticks.scaled(value, by: -power)) + prefix
  }
}

func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }

/// A number with a minus sign as wide as a plus, for people; `-5` becomes `−5`.
func withMinus(_ number: String) -> String {
  number.hasPrefix("-") ? "\u{2212}" + number.dropFirst() : number
}
