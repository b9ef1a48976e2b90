/// Quantities in words for a person.
///
/// Machines get JSON.
enum Quantity {
  /// `1:02:03.45`, `0:20.00`.
  static func time(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e9 else { return "?" }
    let hundredths = Int64((abs(seconds) * 100).rounded())
    let (whole, fraction) = (hundredths / 100, hundredths % 100)
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    let sign = seconds < 0 ? "-" : ""
    let tail = ":" + two(rest) + "." + two(fraction)
    return hours > 0 ? "\(sign)\(hours):\(two(minutes))\(tail)" : "\(sign)\(minutes)\(tail)"
  }

  /// `0.040 s`, three decimals.
  static func seconds(_ seconds: Double) -> String { decimal(seconds, digits: 3) + " s" }

  /// `2.023`, of whole milliseconds.
  static func decimal(milliseconds: Int64) -> String {
    let (whole, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
    let digits = String(rest)
    return (milliseconds < 0 ? "-" : "") + "\(whole)."
      + String(repeating: "0", count: 3 - digits.count) + digits
  }

  /// `571.2 kB`, `1.4 GB`.
  static func bytes(_ count: Int64) -> String {
    scaled(Double(count), units: ["bytes", "kB", "MB", "GB", "TB"])
  }

  /// `228 kb/s`, `4.1 Mb/s`.
  static func bitRate(_ bits: Double) -> String {
    scaled(bits, units: ["b/s", "kb/s", "Mb/s", "Gb/s"])
  }

  /// A number and what is counted: `1 frame`, `2 frames`; `plural` is what many end in.
  static func counted(
    _ count: some BinaryInteger, _ noun: String, _ plural: String = "s"
  ) -> String {
    "\(count) \(noun)\(count == 1 ? "" : plural)"
  }

  private static func scaled(_ value: Double, units: [String]) -> String {
    var value = value
    var unit = 0
    while value >= 999.5, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return decimal(value, digits: unit == 0 || value >= 100 ? 0 : 1) + " " + units[unit]
  }

  /// At most `digits` decimals, as few as say the same: `29.97`, `25`.
  static func short(_ value: Double, digits: Int = 3) -> String {
    var text = decimal(value, digits: digits)
    if text.contains(".") {
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
    }
    return text
  }

  /// Exactly `digits` decimals.
  static func decimal(_ value: Double, digits: Int) -> String {
    var scale: Int64 = 1
    for _ in 0..<digits { scale *= 10 }
    guard value.isFinite, abs(value) * Double(scale) < 9e18 else { return "\(value)" }
    let scaled = Int64((abs(value) * Double(scale)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(scaled) }
    let fraction = String(scaled % scale)
    return sign + String(scaled / scale) + "."
      + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  /// Text from outside on one line: control characters are spelled out, so that nothing moves the
  /// cursor.
  static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isControl(scalar) {
        result += scalar == "\t" ? " " : "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Lines of text from outside, each as `printable`.
  static func printableLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }
      .joined(separator: "\n")
  }

  /// C0, DEL and C1, and what turns the direction of writing.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : String(value) }
}
