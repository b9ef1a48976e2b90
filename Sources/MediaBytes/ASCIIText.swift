/// Text as protocols have it: what separates its parts is ASCII, so it is taken apart byte by byte.
///
/// Characters would not do: `\r\n` is one, and so is a semicolon with an accent upon it.
extension String {
  /// Whether both are the same but for the case of ASCII letters.
  package func isSameToken(as other: String) -> Bool {
    utf8.count == other.utf8.count
      && zip(utf8, other.utf8).allSatisfy { Self.lowered($0) == Self.lowered($1) }
  }

  /// Whether it begins with `prefix`, but for the case of ASCII letters.
  package func hasTokenPrefix(_ prefix: String) -> Bool {
    utf8.count >= prefix.utf8.count
      && zip(utf8, prefix.utf8).allSatisfy { Self.lowered($0) == Self.lowered($1) }
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
  }

  /// Without spaces and tabs at both ends.
  package var trimmed: String {
    let all = utf8
    guard let first = all.firstIndex(where: { !Self.isBlank($0) }),
      let last = all.lastIndex(where: { !Self.isBlank($0) })
    else { return "" }
    return String(Substring(all[first..<all.index(after: last)]))
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// The parts between runs of spaces and tabs, none of them empty; at most `maxSplits` cuts.
  package func fields(maxSplits: Int = .max) -> [String] {
    var parts: [String] = []
    var rest = utf8[...]
    while let start = rest.firstIndex(where: { !Self.isBlank($0) }) {
      rest = rest[start...]
      if parts.count == maxSplits {
        parts.append(String(Substring(rest)).trimmed)
        break
      }
      let end = rest.firstIndex(where: { Self.isBlank($0) }) ?? rest.endIndex
      parts.append(String(Substring(rest[..<end])))
      rest = rest[end...]
    }
    return parts
  }

  /// What stands before and after the first `separator`; nil after it where there is none.
  package func cut(at separator: Unicode.Scalar) -> (String, String?) {
    guard let index = utf8.firstIndex(of: UInt8(ascii: separator)) else { return (self, nil) }
    let after = utf8.index(after: index)
    return (String(Substring(utf8[..<index])), String(Substring(utf8[after...])))
  }

  /// The parts between separators, those that are empty included.
  package func parts(_ separator: Unicode.Scalar) -> [String] {
    utf8.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false).map {
      String(Substring($0))
    }
  }

  /// The number whose decimal digits it is, within `range`; nil for anything else.
  package func number<Number: FixedWidthInteger>(_ range: ClosedRange<Number>) -> Number? {
    guard !utf8.isEmpty, utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let value = Number(self), range.contains(value)
    else { return nil }
    return value
  }

  /// The number whose digits it is, with or without a decimal point; not negative.
  package var decimal: Double? {
    let isPlain = utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e }
    guard isPlain, utf8.count <= 40, let value = Double(self), value.isFinite else { return nil }
    return value
  }
}
