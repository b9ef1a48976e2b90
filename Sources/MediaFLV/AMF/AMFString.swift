/// A string of AMF: UTF-8 by its specification, any bytes in practice, which are kept.
///
/// Two strings are equal when their bytes are. Swift's own strings would also equate different
/// spellings of an accented letter, and a table of strings built on that would change the bytes.
public struct AMFString: Sendable {
  private enum Storage: Sendable {
    case text(String)
    case invalid([UInt8])
  }
  private let storage: Storage

  /// Makes it of text.
  public init(_ text: String) { storage = .text(text) }

  /// Makes it of bytes, which need not be UTF-8.
  public init(bytes: [UInt8]) {
    if let text = String(validating: bytes, as: UTF8.self) {
      storage = .text(text)
    } else {
      storage = .invalid(bytes)
    }
  }

  /// Whether the bytes are UTF-8.
  public var isValidUTF8: Bool {
    if case .text = storage { true } else { false }
  }

  /// The bytes as on the wire, without their length.
  public var bytes: [UInt8] {
    switch storage {
    case .text(let text): [UInt8](text.utf8)
    case .invalid(let bytes): bytes
    }
  }

  /// How many bytes there are.
  public var byteCount: Int {
    switch storage {
    case .text(let text): text.utf8.count
    case .invalid(let bytes): bytes.count
    }
  }

  /// Whether there are none.
  public var isEmpty: Bool { byteCount == 0 }

  /// The text; what is not UTF-8 shows as U+FFFD.
  public var text: String {
    switch storage {
    case .text(let text): text
    case .invalid(let bytes): String(decoding: bytes, as: UTF8.self)
    }
  }
}

extension AMFString: Hashable {
  /// Whether both have the same bytes.
  public static func == (a: Self, b: Self) -> Bool {
    switch (a.storage, b.storage) {
    case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
    case (.invalid(let a), .invalid(let b)): a == b
    case (.text, .invalid), (.invalid, .text): false
    }
  }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) {
    switch storage {
    case .text(let text): for byte in text.utf8 { hasher.combine(byte) }
    case .invalid(let bytes): for byte in bytes { hasher.combine(byte) }
    }
  }
}

extension AMFString: ExpressibleByStringLiteral, CustomStringConvertible {
  /// Makes it of a literal.
  public init(stringLiteral text: String) { self.init(text) }

  /// The text.
  public var description: String { text }

  /// The text between quotation marks, its control characters escaped as in JSON.
  public var quoted: String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      // C0, DEL and C1: a terminal would obey them.
      case "\0"..<" ", "\u{7f}"..."\u{9f}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
