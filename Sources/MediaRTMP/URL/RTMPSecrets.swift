import MediaBytes

/// What must not be shown, and the hiding of it in what a peer says.
///
/// Servers repeat stream keys and queries in descriptions of theirs; their own words are worth
/// showing all the same.
public struct RTMPSecrets: Sendable {
  private var secrets: [[UInt8]] = []

  /// How many there are.
  var count: Int { secrets.count }

  /// Makes it of secrets as they are; empty ones do not count.
  public init(_ texts: [String] = []) {
    for text in texts { add(text) }
  }

  /// Makes it of all that is secret in a URL: key, password and queries.
  public init(_ url: RTMPURL) {
    add(url.streamKey)
    if let password = url.password { add(password) }
    for text in [url.streamKey, url.app] {
      let parts = text.split(atByte: UInt8(ascii: "?"), maxSplits: 1)
      if text == url.streamKey { add(String(parts[0])) }
      guard parts.count == 2 else { continue }
      add(String(parts[1]))
      for parameter in parts[1].split(atByte: UInt8(ascii: "&")) {
        let value = parameter.split(atByte: UInt8(ascii: "="), maxSplits: 1).last ?? parameter
        // Small numbers and words would be found everywhere.
        if value.utf8.count > 3 { add(String(value)) }
      }
    }
  }

  /// Adds a secret, as it is and percent-decoded.
  public mutating func add(_ text: String) {
    for form in Set([text, PercentCoding.decode(text)]) where !form.isEmpty {
      secrets.append([UInt8](form.utf8))
    }
    // The longest first, so that no part of a longer one stays behind.
    secrets.sort { $0.count > $1.count }
  }

  /// The text with `***` for each secret; one of up to three bytes only where it is a whole word.
  ///
  /// Of the words with which a server asks for authentication only the reason is left.
  public func masked(_ text: String) -> String {
    let bytes = Self.withoutChallenge([UInt8](text.utf8))
    var result: [UInt8] = []
    var position = 0
    while position < bytes.count {
      if let secret = secrets.first(where: { Self.stands($0, in: bytes, at: position) }) {
        result += "***".utf8
        position += secret.count
      } else {
        result.append(bytes[position])
        position += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// `?reason=needauth&user=U&salt=S` as `?reason=needauth&***`.
  private static func withoutChallenge(_ bytes: [UInt8]) -> [UInt8] {
    let mark = [UInt8]("?reason=".utf8)
    guard
      let start = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }),
      let from = bytes[start...].firstIndex(of: UInt8(ascii: "&"))
    else { return bytes }
    let end = bytes[from...].firstIndex { $0 <= 0x20 || $0 == UInt8(ascii: "\"") } ?? bytes.endIndex
    return Array(bytes[...from]) + "***".utf8 + bytes[end...]
  }

  private static func stands(_ secret: [UInt8], in bytes: [UInt8], at position: Int) -> Bool {
    guard bytes[position...].starts(with: secret) else { return false }
    guard secret.count <= 3 else { return true }
    let end = position + secret.count
    return !(position > 0 && isWord(bytes[position - 1]))
      && !(end < bytes.count && isWord(bytes[end]))
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x5f, 0x61...0x7a, 0x80...: true
    default: false
    }
  }
}

extension RTMPSecrets: CustomStringConvertible, CustomReflectable {
  /// Their number.
  public var description: String { "\(secrets.count) secrets" }

  /// The description alone.
  public var customMirror: Mirror { Mirror(self, children: ["count": secrets.count]) }
}
