import MediaBytes

/// The letter that begins a line of SDP (RFC 8866 5).
public struct SDPLineType: RawRepresentable, Hashable, Sendable {
  /// The letter, as ASCII.
  public let rawValue: UInt8
  /// Makes it of its letter.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// `v=` (5.1).
  public static let version = Self(rawValue: UInt8(ascii: "v"))
  /// `o=` (5.2).
  public static let origin = Self(rawValue: UInt8(ascii: "o"))
  /// `s=` (5.3).
  public static let sessionName = Self(rawValue: UInt8(ascii: "s"))
  /// `i=` (5.4).
  public static let information = Self(rawValue: UInt8(ascii: "i"))
  /// `u=` (5.5).
  public static let uri = Self(rawValue: UInt8(ascii: "u"))
  /// `e=` (5.6).
  public static let email = Self(rawValue: UInt8(ascii: "e"))
  /// `p=` (5.6).
  public static let phone = Self(rawValue: UInt8(ascii: "p"))
  /// `c=` (5.7).
  public static let connection = Self(rawValue: UInt8(ascii: "c"))
  /// `b=` (5.8).
  public static let bandwidth = Self(rawValue: UInt8(ascii: "b"))
  /// `t=` (5.9).
  public static let timing = Self(rawValue: UInt8(ascii: "t"))
  /// `r=` (5.10).
  public static let repeatTimes = Self(rawValue: UInt8(ascii: "r"))
  /// `z=` (5.11).
  public static let timeZones = Self(rawValue: UInt8(ascii: "z"))
  /// `k=`, obsolete (5.12).
  public static let encryptionKey = Self(rawValue: UInt8(ascii: "k"))
  /// `a=` (5.13).
  public static let attribute = Self(rawValue: UInt8(ascii: "a"))
  /// `m=` (5.14).
  public static let media = Self(rawValue: UInt8(ascii: "m"))
}

extension SDPLineType: CustomStringConvertible {
  /// Such as `m=`.
  public var description: String { "\(Unicode.Scalar(rawValue))=" }
}

/// A line of SDP, word for word (RFC 8866 5).
public struct SDPLine: Hashable, Sendable {
  /// The letter; nil of a line that has not the form of one.
  public let type: SDPLineType?
  /// What follows the `=`, or the whole line where it has no type.
  public let value: String

  /// Makes a line; what would end it (CR, LF, NUL) is left out of `value`.
  public init(_ type: SDPLineType, _ value: String) {
    self.type = type
    self.value = Self.clean(value)
  }

  init(malformed text: String) {
    type = nil
    value = Self.clean(text)
  }

  /// Makes an `a=` line.
  public init(_ attribute: SDPAttribute) {
    self.init(.attribute, attribute.description)
  }

  private static func clean(_ text: String) -> String {
    let isEnd = { (byte: UInt8) in byte == 0x0d || byte == 0x0a || byte == 0 }
    guard text.utf8.contains(where: isEnd) else { return text }
    return String(decoding: text.utf8.filter { !isEnd($0) }, as: UTF8.self)
  }

  /// The line without its end.
  public var text: String { type.map { "\($0)\(value)" } ?? value }
}

/// An attribute: `a=name` or `a=name:value` (RFC 8866 5.13).
public struct SDPAttribute: Hashable, Sendable {
  /// The name; case matters, though some devices do not know it.
  public var name: String
  /// What follows the colon; nil without one.
  public var value: String?

  /// Makes an attribute.
  public init(_ name: String, _ value: String? = nil) {
    self.name = name
    self.value = value
  }

  init(parsing text: String) {
    let (name, value) = text.cut(at: ":")
    self.init(name.trimmed, value?.trimmed)
  }
}

extension SDPAttribute: CustomStringConvertible {
  /// The value of its line.
  public var description: String { value.map { "\(name):\($0)" } ?? name }
}

/// Something about a session description that was put up with.
public struct SDPAnomaly: Hashable, Sendable {
  /// What it is.
  public enum Kind: Hashable, Sendable {
    /// Lines end with LF alone; reported once (RFC 8866 5 says CRLF and lets readers take LF).
    case lineFeedOnly
    /// A line ends with CR alone, or with more than one.
    case oddLineEnd
    /// The last line has no end.
    case missingLastLineEnd
    /// A line without anything.
    case blankLine
    /// Nulls in a line, which may not be there (RFC 8866 9); left out.
    case nullBytes
    /// A line that is no letter, `=` and value; kept as it is.
    case malformedLine
    /// A letter that RFC 8866 does not have; kept.
    case unknownType(SDPLineType)
    /// Spaces at the end of a line.
    case trailingSpace(SDPLineType)
    /// A line that must be there is not.
    case missing(SDPLineType)
    /// A line behind one that should follow it.
    case wrongOrder(SDPLineType)
    /// A second line where there may be only one.
    case duplicate(SDPLineType)
    /// A line whose fields are not those of its type.
    case malformedValue(SDPLineType)
    /// An attribute whose value is not as its specification has it.
    case malformedAttribute(String)
    /// The text is not UTF-8; taken for ISO 8859-1.
    case notUTF8
    /// A byte order mark in front of the text.
    case byteOrderMark
  }

  /// What it is.
  public var kind: Kind
  /// Where its line begins, in bytes of the input.
  public var offset: Int

  /// Makes an anomaly.
  public init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }
}

extension SDPAnomaly: CustomStringConvertible {
  /// One line, such as `at byte 40: t= is missing`.
  public var description: String { "at byte \(offset): \(kind)" }
}

extension SDPAnomaly.Kind: CustomStringConvertible {
  /// A sentence without its full stop.
  public var description: String {
    switch self {
    case .lineFeedOnly: "lines end with LF, not with CRLF"
    case .oddLineEnd: "the line does not end with CRLF"
    case .missingLastLineEnd: "the last line has no end"
    case .blankLine: "the line is blank"
    case .nullBytes: "the line holds nulls"
    case .malformedLine: "the line has not the form x=value"
    case .unknownType(let type): "no line of RFC 8866 begins with \(type)"
    case .trailingSpace(let type): "\(type) ends with a space"
    case .missing(let type): "\(type) is missing"
    case .wrongOrder(let type): "\(type) stands too late"
    case .duplicate(let type): "\(type) stands twice"
    case .malformedValue(let type): "the value of \(type) is malformed"
    case .malformedAttribute(let name): "the value of a=\(name) is malformed"
    case .notUTF8: "the text is not UTF-8"
    case .byteOrderMark: "a byte order mark precedes the text"
    }
  }
}
