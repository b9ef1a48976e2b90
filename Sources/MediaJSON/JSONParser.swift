/// Bounds on what the parser accepts, checked before memory is spent.
public struct JSONLimits: Sendable {
  /// Arrays and objects inside each other; our documents nest about 8 deep.
  public var maxDepth = 128
  /// Bytes of the whole text.
  public var maxByteCount = 64 << 20
  /// Values of every kind together.
  public var maxValueCount = 4 << 20

  /// Creates the default limits.
  public init() {}
}

/// Where a JSON text went wrong, and what would have been right there.
public struct JSONParseError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Offset in bytes from the start of the text.
  public var offset: Int
  /// What the grammar or the limits allow at that place, as in `a value`.
  public var expected: String
  /// What stands there instead: a quoted character, `end of text` or a number.
  public var found: String

  /// One sentence for a person.
  public var description: String { "byte \(offset): expected \(expected), found \(found)" }
}

extension JSONValue {
  /// Parses one JSON text, strictly as RFC 8259 has it.
  ///
  /// A whole number beyond `Int64` becomes `real`; one beyond `Double`, a lone surrogate escape
  /// and a byte order mark are errors. Of equal keys the first place and the last value count.
  public init(parsing text: String, limits: JSONLimits = .init()) throws(JSONParseError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }

  /// Parses one JSON text in UTF-8; invalid UTF-8 is an error at its first byte.
  public init(parsing bytes: [UInt8], limits: JSONLimits = .init()) throws(JSONParseError) {
    guard bytes.count <= limits.maxByteCount else {
      throw JSONParseError(
        offset: limits.maxByteCount, expected: "at most \(limits.maxByteCount) bytes",
        found: "\(bytes.count)")
    }
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      let offset = error.byteOffsets.lowerBound
      throw JSONParseError(
        offset: offset, expected: "UTF-8", found: "byte 0x\(String(bytes[offset], radix: 16))")
    }
    var parser = JSONParser(bytes: bytes, limits: limits)
    self = try parser.document()
  }
}

/// A recursive descent over bytes that are known to be UTF-8.
private struct JSONParser {
  let bytes: [UInt8]
  let limits: JSONLimits
  var offset = 0
  var valueCount = 0

  init(bytes: [UInt8], limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  mutating func document() throws(JSONParseError) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard offset == bytes.count else { throw failure("the end of the text") }
    return value
  }

  private mutating func value(depth: Int) throws(JSONParseError) -> JSONValue {
    skipSpace()
    valueCount += 1
    guard valueCount <= limits.maxValueCount else {
      throw failure("at most \(limits.maxValueCount) values")
    }
    guard let first = peek else { throw failure("a value") }
    switch first {
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw failure("a value")
    }
  }

  private mutating func object(depth: Int) throws(JSONParseError) -> JSONObject {
    try open(depth: depth)
    var object = JSONObject()
    if take(UInt8(ascii: "}")) { return object }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw failure("a key in quotes") }
      let key = try string()
      guard take(UInt8(ascii: ":")) else { throw failure("\":\" after the key") }
      object[key] = try value(depth: depth)
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw failure("\",\" or \"}\"") }
    return object
  }

  private mutating func array(depth: Int) throws(JSONParseError) -> [JSONValue] {
    try open(depth: depth)
    var elements: [JSONValue] = []
    if take(UInt8(ascii: "]")) { return elements }
    repeat {
      elements.append(try value(depth: depth))
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw failure("\",\" or \"]\"") }
    return elements
  }

  /// Passes the opening bracket, which the caller has seen.
  private mutating func open(depth: Int) throws(JSONParseError) {
    guard depth <= limits.maxDepth else {
      throw failure("at most \(limits.maxDepth) levels of nesting")
    }
    offset += 1
  }

  private mutating func literal(
    _ name: String, _ value: JSONValue
  ) throws(JSONParseError) -> JSONValue {
    for byte in name.utf8 {
      guard peek == byte else { throw failure(name) }
      offset += 1
    }
    return value
  }

  // MARK: Numbers, RFC 8259 section 6

  private mutating func number() throws(JSONParseError) -> JSONValue {
    let start = offset
    var isWhole = true
    takeByte(UInt8(ascii: "-"))
    if !takeByte(UInt8(ascii: "0")) { try digits() }  // no leading zeros
    if takeByte(UInt8(ascii: ".")) {
      isWhole = false
      try digits()
    }
    if takeByte(UInt8(ascii: "e")) || takeByte(UInt8(ascii: "E")) {
      isWhole = false
      if !takeByte(UInt8(ascii: "+")) { takeByte(UInt8(ascii: "-")) }
      try digits()
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isWhole, let number = Int64(text) { return .integer(number) }
    guard let number = Double(text), number.isFinite else {
      offset = start
      throw failure("a number within the range of a 64-bit float")
    }
    return .real(number)
  }

  private mutating func digits() throws(JSONParseError) {
    let start = offset
    while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { offset += 1 }
    guard offset > start else { throw failure("a digit") }
  }

  // MARK: Strings, RFC 8259 section 7

  private mutating func string() throws(JSONParseError) -> String {
    offset += 1
    var runStart = offset
    var text = ""
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        text += String(decoding: bytes[runStart..<offset], as: UTF8.self)
        offset += 1
        return text
      case UInt8(ascii: "\\"):
        text += String(decoding: bytes[runStart..<offset], as: UTF8.self)
        offset += 1
        text.unicodeScalars.append(try escape())
        runStart = offset
      case 0..<0x20: throw failure("an escape for a control character")
      default: offset += 1
      }
    }
    throw failure("a closing quote")
  }

  /// Reads what follows a backslash.
  private mutating func escape() throws(JSONParseError) -> Unicode.Scalar {
    guard let byte = peek else { throw failure("an escape") }
    let scalar: Unicode.Scalar
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scalar = Unicode.Scalar(byte)
    case UInt8(ascii: "b"): scalar = "\u{8}"
    case UInt8(ascii: "f"): scalar = "\u{c}"
    case UInt8(ascii: "n"): scalar = "\n"
    case UInt8(ascii: "r"): scalar = "\r"
    case UInt8(ascii: "t"): scalar = "\t"
    case UInt8(ascii: "u"):
      offset += 1
      return try unicodeEscape()
    default: throw failure("one of \" \\ / b f n r t u after a backslash")
    }
    offset += 1
    return scalar
  }

  /// Reads the digits after `\u`, and the second half of a surrogate pair where one is due.
  private mutating func unicodeEscape() throws(JSONParseError) -> Unicode.Scalar {
    let start = offset
    let unit = try hex4()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard unit < 0xdc00, takeByte(UInt8(ascii: "\\")), takeByte(UInt8(ascii: "u")) else {
      offset = start
      throw failure("a surrogate pair")
    }
    let low = try hex4()
    guard (0xdc00...0xdfff).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
    else {
      offset = start
      throw failure("a surrogate pair")
    }
    return scalar
  }

  private mutating func hex4() throws(JSONParseError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = peek.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
        throw failure("four hexadecimal digits")
      }
      unit = unit << 4 | UInt32(digit)
      offset += 1
    }
    return unit
  }

  // MARK: Bytes

  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      offset += 1
    }
  }

  /// Passes white space and then `byte`, if that comes next.
  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    return takeByte(byte)
  }

  @discardableResult
  private mutating func takeByte(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    offset += 1
    return true
  }

  private func failure(_ expected: String) -> JSONParseError {
    // The bytes are UTF-8, so the character here spans at most four of them.
    let here = String(decoding: bytes[offset..<min(offset + 4, bytes.count)], as: UTF8.self)
    let found = here.unicodeScalars.first.map { JSONValue.string(String($0)).text() }
    return JSONParseError(offset: offset, expected: expected, found: found ?? "end of text")
  }
}
