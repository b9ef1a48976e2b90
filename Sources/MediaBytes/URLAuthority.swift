/// `[user[:password]@]host[:port]` of a URL (RFC 3986 §3.2).
package struct URLAuthority: Hashable, Sendable {
  /// What is wrong with one.
  package enum Fault: Error {
    /// No host, or one with characters that no host has.
    case host
    /// A port that is no number of 1...65535.
    case port
  }

  /// A name or an address; IPv6 without its brackets.
  package var host: String
  package var port: UInt16?
  /// Percent-decoded.
  package var user: String?
  /// Percent-decoded.
  package var password: String?
  /// Host and port as they were written.
  package var place: String

  package init(_ text: Substring) throws(Fault) {
    var rest = text
    // A password with an unencoded `@` in it is still told apart: no host has one.
    if let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) {
      let account = text[..<at]
      let colon = account.utf8.firstIndex(of: UInt8(ascii: ":"))
      user = PercentCoding.decode(account[..<(colon ?? account.endIndex)])
      password = colon.map { PercentCoding.decode(account[account.utf8.index(after: $0)...]) }
      rest = text[text.utf8.index(after: at)...]
    }
    place = String(rest)
    let portText: Substring?
    if rest.utf8.first == UInt8(ascii: "[") {
      guard let close = rest.utf8.firstIndex(of: UInt8(ascii: "]")) else { throw .host }
      // An interface stands behind `%25` (RFC 6874).
      host = PercentCoding.decode(rest[rest.utf8.index(after: rest.startIndex)..<close])
      let tail = rest[rest.utf8.index(after: close)...]
      guard tail.isEmpty || tail.utf8.first == UInt8(ascii: ":") else { throw .host }
      guard host.utf8.contains(UInt8(ascii: ":")) else { throw .host }
      portText = tail.isEmpty ? nil : Substring(tail.utf8.dropFirst())
    } else {
      let colon = rest.utf8.firstIndex(of: UInt8(ascii: ":"))
      host = String(rest[..<(colon ?? rest.endIndex)])
      portText = colon.map { rest[rest.utf8.index(after: $0)...] }
      guard !host.utf8.contains(where: { #""<>[\]^`{|}"#.utf8.contains($0) }) else { throw .host }
    }
    guard !host.isEmpty else { throw .host }
    guard let portText, !portText.isEmpty else { return }
    guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(portText),
      number > 0
    else { throw .port }
    port = number
  }

  /// Splits a URL into its scheme, in small letters, and what is behind `://`; nil without one.
  package static func splitScheme(_ text: String) -> (scheme: String, rest: Substring)? {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
      text[colon...].utf8.starts(with: "://".utf8), colon > text.startIndex
    else { return nil }
    return (text[..<colon].lowercased(), text[text.utf8.index(colon, offsetBy: 3)...])
  }
}
