// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
/// A JSON document as written: members in order, numbers as their digits.
///
/// The tests read the tool's JSON with this and not with the tool's own parser.
package indirect enum JSONText: Equatable, Sendable, CustomStringConvertible {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSONText])
  case object([Member])

  package struct Member: Equatable, Sendable {
    package var name: String
    package var value: JSONText

    package init(name: String, value: JSONText) { (self.name, self.value) = (name, value) }
  }

  /// Where a text is not JSON (RFC 8259).
  package struct Malformed: Error, CustomStringConvertible {
    package var description: String
  }

  /// Reads one document; anything but white space after it is an error.
  package init(_ bytes: [UInt8]) throws {
    var reader = Reader(bytes: bytes)
    self = try reader.value()
    reader.skipSpace()
    guard reader.offset == bytes.count else { throw reader.malformed("end") }
  }

  package init(_ text: some StringProtocol) throws { try self.init(Array(text.utf8)) }

  package subscript(name: String) -> JSONText? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }
  package subscript(index: Int) -> JSONText? {
    guard case .array(let items) = self, items.indices.contains(index) else { return nil }
    return items[index]
  }
  package var names: [String]? {
    if case .object(let members) = self { members.map(\.name) } else { nil }
  }
  package var items: [JSONText]? {
    if case .array(let items) = self { items } else { nil }
  }
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }
  package var number: Double? {
    if case .number(let digits) = self { Double(digits) } else { nil }
  }
  package var integer: Int? {
    if case .number(let digits) = self { Int(digits) } else { nil }
  }
  package var isNull: Bool { self == .null }

  /// The kind, for messages.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  /// The value as short text, for messages.
  package var brief: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let digits): digits
    case .string(let text): "\"\(text)\""
    case .array(let items): "array of \(items.count)"
    case .object(let members): "object {\(members.map(\.name).joined(separator: ", "))}"
    }
  }

  /// The value as compact JSON.
  package var description: String {
    switch self {
    case .null, .bool, .number, .string: brief
    case .array(let items): "[\(items.map(\.description).joined(separator: ", "))]"
    case .object(let members):
      "{\(members.map { "\($0.name): \($0.value)" }.joined(separator: ", "))}"
    }
  }

  /// Visits every value with its path (`streams[0].tags.title`), containers before their parts.
  package func walk(path: String = "", _ visit: (String, JSONText) -> Void) {
    visit(path, self)
    switch self {
    case .array(let items):
      for (index, item) in items.enumerated() { item.walk(path: "\(path)[\(index)]", visit) }
    case .object(let members):
      for member in members {
        member.value.walk(path: path.isEmpty ? member.name : "\(path).\(member.name)", visit)
      }
    case .null, .bool, .number, .string: break
    }
  }
}

private struct Reader {
  var bytes: [UInt8]
  var offset = 0
  var depth = 0

  func malformed(_ expected: String) -> JSONText.Malformed {
    let around = String(decoding: bytes.dropFirst(max(0, offset - 20)).prefix(40), as: UTF8.self)
    return .init(description: "byte \(offset): expected \(expected) near ‘\(around)’")
  }
  var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { offset += 1 }
  }

  mutating func take(_ text: StaticString) -> Bool {
    guard bytes.count - offset >= text.utf8CodeUnitCount else { return false }
    for index in 0..<text.utf8CodeUnitCount where bytes[offset + index] != text.utf8Start[index] {
      return false
    }
    offset += text.utf8CodeUnitCount
    return true
  }

  mutating func value() throws -> JSONText {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try members())
    case UInt8(ascii: "["): return .array(try items())
    case UInt8(ascii: "\""): return .string(try string())
    case _ where take("true"): return .bool(true)
    case _ where take("false"): return .bool(false)
    case _ where take("null"): return .null
    default: return .number(try number())
    }
  }

  mutating func members() throws -> [JSONText.Member] {
    offset += 1
    var list: [JSONText.Member] = []
    skipSpace()
    if take("}") { return list }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw malformed("a name") }
      let name = try string()
      skipSpace()
      guard take(":") else { throw malformed(":") }
      list.append(.init(name: name, value: try value()))
      skipSpace()
    } while take(",")
    guard take("}") else { throw malformed("}") }
    return list
  }

  mutating func items() throws -> [JSONText] {
    offset += 1
    var list: [JSONText] = []
    skipSpace()
    if take("]") { return list }
    repeat {
      list.append(try value())
      skipSpace()
    } while take(",")
    guard take("]") else { throw malformed("]") }
    return list
  }

  /// `-? int frac? exp?`, no leading zero, a digit on both sides of the point.
  mutating func number() throws -> String {
    let start = offset
    _ = take("-")
    let whole = try digits()
    if whole.count > 1 && whole.first == UInt8(ascii: "0") { throw malformed("no leading zero") }
    if take(".") { _ = try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      _ = try digits()
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  mutating func digits() throws -> ArraySlice<UInt8> {
    let start = offset
    while let byte = next, (0x30...0x39).contains(byte) { offset += 1 }
    guard offset > start else { throw malformed("a value") }
    return bytes[start..<offset]
  }

  mutating func string() throws -> String {
    offset += 1
    var units: [UInt8] = []
    while let byte = next {
      offset += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: units, as: UTF8.self) else {
          throw malformed("valid UTF-8 in the string before")
        }
        return text
      case UInt8(ascii: "\\"): units += try escape()
      case 0..<0x20:
        offset -= 1
        throw malformed("no bare control character")
      default: units.append(byte)
      }
    }
    throw malformed("the string's end")
  }

  mutating func escape() throws -> [UInt8] {
    let simple: [(StaticString, UInt8)] = [
      ("\"", 0x22), ("\\", 0x5c), ("/", 0x2f), ("b", 8), ("f", 12), ("n", 10), ("r", 13), ("t", 9),
    ]
    for (letter, byte) in simple where take(letter) { return [byte] }
    guard take("u") else { throw malformed("an escape") }
    var code = try hexadecimal()
    if (0xd800..<0xdc00).contains(code), take("\\u") {
      let low = try hexadecimal()
      guard (0xdc00..<0xe000).contains(low) else { throw malformed("a low surrogate") }
      code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw malformed("a character") }
    return Array(String(Character(scalar)).utf8)
  }

  mutating func hexadecimal() throws -> UInt32 {
    guard bytes.count - offset >= 4,
      let code = UInt32(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
    else { throw malformed("four hexadecimal digits") }
    offset += 4
    return code
  }
}
#endif
