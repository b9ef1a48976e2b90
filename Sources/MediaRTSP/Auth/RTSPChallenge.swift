import MediaBytes

/// One way that a server offers to be told who asks: part of a `WWW-Authenticate` header
/// (RFC 9110 §11.6.1).
public struct RTSPChallenge: Hashable, Sendable {
  /// `Digest` or `Basic`, as it is written.
  public var scheme: String
  /// Names in small letters, values without quotes.
  public var parameters: [String: String]

  /// Makes one of its parts.
  public init(_ scheme: String, _ parameters: [String: String] = [:]) {
    (self.scheme, self.parameters) = (scheme, parameters)
  }

  subscript(name: String) -> String? { parameters[name] }

  /// The challenges of all fields of that name, in their order: each field may have several.
  public static func parse(_ values: [String]) -> [Self] { values.flatMap(parse) }

  /// The challenges of one field's value.
  ///
  /// A comma stands between parameters and between challenges alike: what has no `=` behind its first
  /// word begins a challenge. Commas that are missing, or too many, do no harm.
  public static func parse(_ value: String) -> [Self] {
    var challenges: [Self] = []
    var scanner = Scanner(value)
    while let word = scanner.word() {
      if scanner.takeEquals() {
        let value = scanner.value()
        guard !challenges.isEmpty else { continue }
        let name = word.lowercased()
        let last = challenges.count - 1
        challenges[last].parameters[name] = challenges[last].parameters[name] ?? value
      } else {
        challenges.append(Self(word))
      }
    }
    return challenges
  }

  private struct Scanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) { rest = [UInt8](text.utf8)[...] }

    private mutating func skip(_ isSkipped: (UInt8) -> Bool) { rest = rest.drop(while: isSkipped) }
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// The next word, up to a blank, comma or equals sign; nil at the end.
    mutating func word() -> String? {
      skip { Self.isBlank($0) || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "=") }
      let word = rest.prefix {
        !Self.isBlank($0) && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=")
      }
      rest = rest.dropFirst(word.count)
      return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }

    mutating func takeEquals() -> Bool {
      skip(Self.isBlank)
      guard rest.first == UInt8(ascii: "=") else { return false }
      rest = rest.dropFirst()
      return true
    }

    /// A quoted string without its quotes and backslashes, or all up to a comma or blank.
    mutating func value() -> String {
      skip(Self.isBlank)
      guard rest.first == UInt8(ascii: "\"") else {
        let value = rest.prefix { !Self.isBlank($0) && $0 != UInt8(ascii: ",") }
        rest = rest.dropFirst(value.count)
        return String(decoding: value, as: UTF8.self)
      }
      rest = rest.dropFirst()
      var value: [UInt8] = []
      while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
        if byte == UInt8(ascii: "\\"), let next = rest.popFirst() {
          value.append(next)
        } else {
          value.append(byte)
        }
      }
      return String(decoding: value, as: UTF8.self)
    }
  }
}
