import MediaJSON
import Testing
import TestSupport

struct Accepted: Sendable, CustomTestStringConvertible {
  let text: String
  let value: JSONValue
  init(_ text: String, _ value: JSONValue) {
    self.text = text
    self.value = value
  }
  var testDescription: String { text }
}

private let accepted: [Accepted] = [
  .init("null", .null), .init("true", true), .init("false", false),
  .init(" \t\r\n1\n", 1), .init("0", 0), .init("-0", 0), .init("-1", -1),
  .init("9223372036854775807", .integer(.max)), .init("-9223372036854775808", .integer(.min)),
  .init("9223372036854775808", .real(9223372036854775808)),
  .init("-9223372036854775809", .real(-9223372036854775808)),
  .init("1.0", 1.0), .init("-0.0", .real(-0.0)), .init("1e2", 100.0), .init("1E+2", 100.0),
  .init("1e-2", 0.01), .init("0e0", 0.0), .init("123.456e-1", 12.3456), .init("20.0", 20.0),
  .init("5e-324", .real(.leastNonzeroMagnitude)), .init("1e-999", 0.0),
  .init("1.7976931348623157e308", .real(.greatestFiniteMagnitude)),
  .init(#""""#, ""), .init(#""a""#, "a"), .init(#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
  .init(#""\u0041\u00e9\u20AC""#, "Aé€"), .init(#""\u0000""#, "\u{0}"),
  .init(#""\uD83D\uDE00""#, "😀"), .init(#""\udbff\udfff""#, "\u{10ffff}"),
  .init(#""\uFFFD\uF8FF""#, "\u{fffd}\u{f8ff}"),
  .init("\"é€😀\u{7f}\u{2028}\"", "é€😀\u{7f}\u{2028}"),
  .init("[]", []), .init("[ ]", []), .init("[1]", [1]), .init("[1 , [ ] ,{}]", [1, [], [:]]),
  .init("{}", [:]), .init("{ }", [:]), .init(#"{"a":1}"#, ["a": 1]),
  .init(#"{ "a" : { "b" : [ null ] } , "" : 2 }"#, ["a": ["b": [.null]], "": 2]),
  .init(#"{"a":1,"b":2,"a":3}"#, ["a": 3, "b": 2]),
  .init(#"{"b":1,"a":2}"#, ["b": 1, "a": 2]),
]

@Test(arguments: accepted) func parses(_ vector: Accepted) throws {
  #expect(try JSONValue(parsing: vector.text) == vector.value)
}

@Test(arguments: accepted) func everyPrefixFailsOrIsANumber(_ vector: Accepted) {
  let bytes = Array(vector.text.utf8)
  for count in 0..<bytes.count {
    let prefix = Array(bytes.prefix(count))
    do {
      switch try JSONValue(parsing: prefix) {
      case .integer, .real: break  // only a number, or space after a value, can be cut short
      case let value: #expect(value == vector.value, "cut at \(count)")
      }
    } catch {
      #expect((0...count).contains(error.offset), "cut at \(count): \(error)")
    }
  }
}

struct Rejected: Sendable, CustomTestStringConvertible {
  let bytes: [UInt8]
  let offset: Int
  let expected: String
  init(_ text: String, _ offset: Int, _ expected: String) {
    self.init(Array(text.utf8), offset, expected)
  }
  init(_ bytes: [UInt8], _ offset: Int, _ expected: String) {
    self.bytes = bytes
    self.offset = offset
    self.expected = expected
  }
  var testDescription: String { String(decoding: bytes, as: UTF8.self) }
}

private let rejected: [Rejected] = [
  .init("", 0, "a value"), .init("  ", 2, "a value"), .init("\u{feff}1", 0, "a value"),
  .init("nul", 3, "null"), .init("nULL", 1, "null"), .init("True", 0, "a value"),
  .init("truE", 3, "true"), .init("truex", 4, "the end of the text"),
  .init("1 2", 2, "the end of the text"), .init("[1]]", 3, "the end of the text"),
  .init("{}x", 2, "the end of the text"), .init("'a'", 0, "a value"), .init("a", 0, "a value"),
  .init("//x", 0, "a value"), .init("1/**/", 1, "the end of the text"),
  .init("NaN", 0, "a value"), .init("Infinity", 0, "a value"), .init("-Infinity", 1, "a digit"),
  .init("+1", 0, "a value"), .init(".5", 0, "a value"), .init("-", 1, "a digit"),
  .init("-a", 1, "a digit"), .init("--1", 1, "a digit"), .init("01", 1, "the end of the text"),
  .init("-01", 2, "the end of the text"), .init("1.", 2, "a digit"), .init("1.e1", 2, "a digit"),
  .init("1e", 2, "a digit"), .init("1e+", 3, "a digit"), .init("1e+-1", 3, "a digit"),
  .init("1e1.5", 3, "the end of the text"), .init("0x10", 1, "the end of the text"),
  .init("1_000", 1, "the end of the text"), .init("-.5", 1, "a digit"),
  .init("1e999", 0, "a number within the range of a 64-bit float"),
  .init("[-1e999]", 1, "a number within the range of a 64-bit float"),
  .init("[", 1, "a value"), .init("[1", 2, "\",\" or \"]\""), .init("[1,", 3, "a value"),
  .init("[1,]", 3, "a value"), .init("[,1]", 1, "a value"), .init("[1,,2]", 3, "a value"),
  .init("[1 2]", 3, "\",\" or \"]\""), .init("[1}", 2, "\",\" or \"]\""), .init("]", 0, "a value"),
  .init("{", 1, "a key in quotes"), .init("{a:1}", 1, "a key in quotes"),
  .init("{1:1}", 1, "a key in quotes"), .init(#"{"a"}"#, 4, "\":\" after the key"),
  .init(#"{"a" 1}"#, 5, "\":\" after the key"), .init(#"{"a":}"#, 5, "a value"),
  .init(#"{"a":1"#, 6, "\",\" or \"}\""), .init(#"{"a":1,}"#, 7, "a key in quotes"),
  .init(#"{,}"#, 1, "a key in quotes"), .init(#"{"a":1]"#, 6, "\",\" or \"}\""),
  .init(#"{"a"::1}"#, 5, "a value"), .init(#"{"a":1 "b":2}"#, 7, "\",\" or \"}\""),
  .init(#"""#, 1, "a closing quote"), .init(#""a"#, 2, "a closing quote"),
  .init(#""\"#, 2, "an escape"),
  .init(#""\x41""#, 2, "one of \" \\ / b f n r t u after a backslash"),
  .init(#""\""#, 3, "a closing quote"), .init("\"a\nb\"", 2, "an escape for a control character"),
  .init("\"\u{0}\"", 1, "an escape for a control character"),
  .init("\"\t\"", 1, "an escape for a control character"),
  .init(#""\u12""#, 5, "four hexadecimal digits"),
  .init(#""\u12g4""#, 5, "four hexadecimal digits"),
  .init(#""\u+123""#, 3, "four hexadecimal digits"),
  .init("\"\\u１234\"", 3, "four hexadecimal digits"),
  .init(#""\uD800""#, 3, "a surrogate pair"), .init(#""\uDC00""#, 3, "a surrogate pair"),
  .init(#""\uD800\n""#, 3, "a surrogate pair"), .init(#""\uD800\u0041""#, 3, "a surrogate pair"),
  .init(#""\uD800\uD800""#, 3, "a surrogate pair"),
  .init(#""\uDE00\uD83D""#, 3, "a surrogate pair"),
  .init(#""\uD800x""#, 3, "a surrogate pair"), .init(#""\ud800\u""#, 9, "four hexadecimal digits"),
  .init([0x22, 0xff, 0x22], 1, "UTF-8"), .init([0x22, 0xc0, 0x80, 0x22], 1, "UTF-8"),
  .init([0x22, 0xed, 0xa0, 0x80, 0x22], 1, "UTF-8"), .init([0x22, 0xe2, 0x82, 0x22], 1, "UTF-8"),
  .init([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], 1, "UTF-8"), .init([0x80], 0, "UTF-8"),
  .init([0x22, 0xf0, 0x9f, 0x98], 1, "UTF-8"), .init([0xfe, 0xff, 0x00, 0x31], 0, "UTF-8"),
  .init("1\u{a0}", 1, "the end of the text"), .init("[1\u{c}]", 2, "\",\" or \"]\""),
]

@Test(arguments: rejected) func rejects(_ vector: Rejected) {
  do {
    let value = try JSONValue(parsing: vector.bytes)
    Issue.record("parsed as \(value)")
  } catch {
    #expect(error.offset == vector.offset)
    #expect(error.expected == vector.expected)
  }
}

@Test func errorsNameWhatStandsThere() {
  func description(_ text: String) -> String {
    do { return "parsed: \(try JSONValue(parsing: text))" } catch { return "\(error)" }
  }
  #expect(description("[1,]") == #"byte 3: expected a value, found "]""#)
  #expect(description("[1,é]") == #"byte 3: expected a value, found "é""#)
  #expect(description("[") == "byte 1: expected a value, found end of text")
}

@Test func limitsHoldDepthSizeAndCount() throws {
  var limits = JSONLimits()
  let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
  _ = try JSONValue(parsing: deep)
  #expect(throws: JSONParseError.self) { try JSONValue(parsing: "[" + deep + "]") }
  // Brackets far past any stack, as an attacker would send them.
  let abyss = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
  #expect(throws: JSONParseError.self) { try JSONValue(parsing: abyss) }
  limits.maxByteCount = 4
  _ = try JSONValue(parsing: "1234", limits: limits)
  #expect(throws: JSONParseError.self) { try JSONValue(parsing: "12345", limits: limits) }
  limits = JSONLimits()
  limits.maxValueCount = 3
  _ = try JSONValue(parsing: "[1,2]", limits: limits)
  #expect(throws: JSONParseError.self) { try JSONValue(parsing: "[1,2,3]", limits: limits) }
}

@Test func longNumbersAndKeysStayCheap() throws {
  let digits = String(repeating: "7", count: 100_000)
  #expect(try JSONValue(parsing: "0." + digits).number == 7.0 / 9)
  #expect(throws: JSONParseError.self) { try JSONValue(parsing: digits) }
  let keys = 20_000
  let text = "{" + (0..<keys).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}"
  let object = try #require(try JSONValue(parsing: text).object)
  #expect(object.count == keys)
  #expect(object["k19999"] == 19_999)
}

@Test(arguments: [UInt64(1), 2, 3, 20_250_101]) func damagedTextNeverTraps(seed: UInt64) throws {
  var generator = Seeded(seed)
  for _ in 0..<300 {
    var bytes = Array(JSONValue.random(using: &generator).text().utf8)
    for _ in 0..<3 where !bytes.isEmpty {
      bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
        UInt8.random(in: 0...255, using: &generator)
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      #expect((0...bytes.count).contains(error.offset), "seed \(seed): \(error)")
      continue
    }
    #expect(try JSONValue(parsing: value.text()) == value, "seed \(seed)")
  }
}
