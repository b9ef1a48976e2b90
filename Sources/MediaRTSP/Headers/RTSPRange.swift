import MediaBytes

/// Which part of a presentation: a `Range` header (RFC 2326 §12.29).
public enum RTSPRange: Hashable, Sendable {
  /// Seconds from the beginning (§3.6); a nil begin is now, a nil end is the end of all.
  case npt(Double?, Double?)
  /// Absolute times as they are written, such as `20261121T120000.25Z` (§3.7).
  case clock(String?, String?)
  /// Time codes as they are written, and the form that they have: `smpte`, `smpte-25` (§3.5).
  case smpte(String, String?, String?)

  /// Takes a value apart, such as `npt=10-20` or `clock=20261121T120000Z-`; nil where it is no range.
  public init?(parsing text: String) {
    let (unit, rest) = (text.parts(";").first ?? "").cut(at: "=")
    guard let rest, rest.utf8.contains(UInt8(ascii: "-")) else { return nil }
    let parts = rest.parts("-").map(\.trimmed)
    guard parts.count == 2, parts.contains(where: { !$0.isEmpty }) else { return nil }
    let (first, last) = (Self.nonEmpty(parts[0]), Self.nonEmpty(parts[1]))
    let name = unit.trimmed.lowercased()
    switch name {
    case "npt":
      let begin = first.flatMap(Self.seconds)
      let end = last.flatMap(Self.seconds)
      guard begin != nil || first == nil || first?.isSameToken(as: "now") == true,
        end != nil || last == nil
      else { return nil }
      self = .npt(begin, end)
    case "clock":
      guard [first, last].allSatisfy({ $0.map(Self.isClock) ?? true }) else { return nil }
      self = .clock(first, last)
    case "smpte", "smpte-25", "smpte-30-drop":
      guard [first, last].allSatisfy({ $0.map(Self.isTimeCode) ?? true }) else { return nil }
      self = .smpte(name, first, last)
    default: return nil
    }
  }

  /// Seconds, or hours, minutes and seconds.
  private static func seconds(_ text: String) -> Double? {
    let parts = text.parts(":")
    guard parts.count == 3 else { return parts.count == 1 ? text.decimal : nil }
    guard let hours: Int = parts[0].number(0...1_000_000),
      let minutes: Int = parts[1].number(0...59),
      let seconds = parts[2].decimal, seconds < 60
    else { return nil }
    return Double(hours * 3600 + minutes * 60) + seconds
  }

  /// `20261121T120000Z`, with or without a fraction.
  private static func isClock(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 16, bytes[8] == UInt8(ascii: "T"), bytes.last == UInt8(ascii: "Z") else {
      return false
    }
    let (date, time) = (bytes[..<8], bytes[9...].dropLast())
    let digits = date + time.prefix(6)
    return digits.allSatisfy { (0x30...0x39).contains($0) }
      && (time.count == 6 || String(decoding: time, as: UTF8.self).decimal != nil)
  }

  private static func isTimeCode(_ text: String) -> Bool {
    (3...4).contains(text.parts(":").count)
      && text.parts(":").allSatisfy { $0.decimal != nil }
  }

  private static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }
}

extension RTSPRange: CustomStringConvertible {
  /// As it stands in a header.
  public var description: String {
    switch self {
    case .npt(let begin, let end):
      "npt=\(begin.map(Self.decimal) ?? "now")-\(end.map(Self.decimal) ?? "")"
    case .clock(let begin, let end): "clock=\(begin ?? "")-\(end ?? "")"
    case .smpte(let unit, let begin, let end): "\(unit)=\(begin ?? "")-\(end ?? "")"
    }
  }

  /// To the millisecond, without exponents.
  private static func decimal(_ seconds: Double) -> String {
    let milliseconds = Int64((min(max(seconds, 0), 1e12) * 1000).rounded())
    let fraction = String(1000 + milliseconds % 1000).dropFirst()
    return milliseconds % 1000 == 0
      ? "\(milliseconds / 1000)" : "\(milliseconds / 1000).\(fraction)"
  }
}
