import MediaCLI
import Testing
import TestSupport

/// A text and its value; nil when it must be refused.
private struct Value<T: Sendable>: Sendable, CustomTestStringConvertible {
  let text: String
  let value: T?
  var testDescription: String { text }
  init(_ text: String, _ value: T?) {
    self.text = text
    self.value = value
  }
}

private let times: [Value<Int64>] = [
  .init("0", 0), .init("5", 5_000_000_000), .init("1.5", 1_500_000_000), .init(".5", 500_000_000),
  .init("5.", 5_000_000_000), .init("5s", 5_000_000_000), .init("500ms", 500_000_000),
  .init("0.5ms", 500_000), .init("250us", 250_000), .init("1ns", 1), .init("2m", 120_000_000_000),
  .init("1h", 3_600_000_000_000), .init("1h30m", 5_400_000_000_000),
  .init("1m30.5s", 90_500_000_000), .init("00:00:01", 1_000_000_000),
  .init("01:02:03.004", 3_723_004_000_000), .init("1:30", 90_000_000_000),
  .init("90:00", 5_400_000_000_000), .init("100:00:00", 360_000_000_000_000),
  .init("0.000000001", 1), .init("0.0000000010000", 1), .init("9223372036.854775807", .max),
  .init("0.0000000001", nil), .init("9223372036.854775808", nil), .init("1.5ns", nil),
  .init("", nil), .init(".", nil), .init("s", nil), .init("-1", nil), .init("+1", nil),
  .init("1e3", nil), .init("1 s", nil), .init("5S", nil), .init("5 ", nil), .init("0x5", nil),
  .init("30m1h", nil), .init("1s1s", nil), .init("1h30", nil), .init("1d", nil),
  .init("1:60", nil), .init("1:60:00", nil), .init("1:2:3:4", nil), .init(":30", nil),
  .init("1:", nil), .init("1::2", nil), .init("1.5:00", nil), .init("-1:00", nil),
  .init("inf", nil),
  .init("99999999999999999999", nil), .init("3000000h", nil),
  .init("2562047:47:16.854775807", .max),
  .init("2562047:47:16.854775808", nil), .init("9223372036854775807:00:00", nil),
  .init("9223372036854775807:00", nil), .init("0.99999999999999999999999999", nil), .init("５", nil),
]

private let sizes: [Value<Int64>] = [
  .init("0", 0), .init("1500", 1500), .init("64k", 64_000), .init("64K", 64_000),
  .init("64kB", 64_000), .init("64Ki", 65_536), .init("64KiB", 65_536), .init("64kiB", 65_536),
  .init("4M", 4_000_000), .init("1G", 1_000_000_000), .init("1GiB", 1_073_741_824),
  .init("1T", 1_000_000_000_000), .init("1.5k", 1500), .init("1.5Ki", 1536), .init("100B", 100),
  .init("0.5k", 500), .init("9223372036854775807", .max), .init("9223372036854775808", nil),
  .init("9223373T", nil), .init("8388608Ti", nil), .init("1.0001k", nil), .init("0.5", nil),
  .init("", nil), .init("k", nil), .init("-1", nil), .init("1kk", nil), .init("1m", nil),
  .init("1i", nil), .init("1 k", nil), .init("1KB/s", nil), .init("1e3", nil), .init("1..2", nil),
]

private let rates: [Value<Int64>] = [
  .init("800k", 800_000), .init("2.5M", 2_500_000), .init("64kbps", 64_000),
  .init("64kbit/s", 64_000), .init("1Mi", 1_048_576), .init("5B", nil), .init("fast", nil),
]

private let integers: [Value<Int>] = [
  .init("64", 64), .init("0x40", 64), .init("+5", 5), .init("-5", -5), .init("007", 7),
  .init("65508", nil), .init("-65", nil), .init("", nil), .init("0x", nil), .init("0x-5", nil),
  .init("0x+5", nil), .init("5.0", nil), .init(" 5", nil), .init("5k", nil), .init("٥", nil),
  .init("9223372036854775808", nil),
]

private let reals: [Value<Double>] = [
  .init("0", 0), .init("-23", -23), .init("0.5", 0.5), .init("1e2", 100), .init("+3", 3),
  .init("1e999", nil), .init("nan", nil), .init("inf", nil), .init("0x1p3", nil), .init("", nil),
  .init("1,5", nil), .init("--1", nil),
]

private let headers: [Value<KeyValuePair>] = [
  .init("A: b", .init(key: "A", value: "b")), .init("A:b", .init(key: "A", value: "b")),
  .init("X-Y:  b c \t", .init(key: "X-Y", value: "b c")), .init("A:", .init(key: "A", value: "")),
  .init("A: b:c", .init(key: "A", value: "b:c")), .init("Ä: b", nil), .init("A b: c", nil),
  .init(": b", nil), .init("A", nil), .init("A: b\r\nC: d", nil), .init("A: b\u{0}", nil),
  .init("A : b", nil),
]

@Suite struct ValueParserTests {
  private func check<T: Equatable & Sendable>(
    _ value: Value<T>, _ parse: (String) throws(UsageError) -> T
  ) throws {
    if let expected = value.value {
      #expect(try parse(value.text) == expected)
      return
    }
    do {
      Issue.record("\(value.text) gave \(try parse(value.text))")
    } catch {
      #expect(!error.message.isEmpty && !error.message.hasSuffix("."))
    }
  }

  @Test(arguments: times) private func time(_ value: Value<Int64>) throws {
    try check(value, ValueParsers.time)
  }
  @Test(arguments: times) private func signedTime(_ value: Value<Int64>) throws {
    let negative = Value("-" + value.text, value.value.map { -$0 })
    if negative.text.hasPrefix("--") { return }
    if value.text.hasPrefix("-") { return }
    try check(negative, ValueParsers.signedTime)
  }
  @Test(arguments: sizes) private func size(_ value: Value<Int64>) throws {
    try check(value, ValueParsers.size)
  }
  @Test(arguments: rates) private func rate(_ value: Value<Int64>) throws {
    try check(value, ValueParsers.bitRate)
  }
  @Test(arguments: integers) private func integer(_ value: Value<Int>) throws {
    try check(value, ValueParsers.integer(in: -64...65_507))
  }
  @Test(arguments: reals) private func real(_ value: Value<Double>) throws {
    try check(value, ValueParsers.real)
  }
  @Test(arguments: headers) private func header(_ value: Value<KeyValuePair>) throws {
    try check(value, ValueParsers.header)
  }

  @Test func boundsAreInclusive() throws {
    let byte = ValueParsers.integer(in: UInt8.min...UInt8.max)
    #expect(try byte("255") == 255)
    #expect(throws: UsageError("must be a whole number from 0 to 255")) { try byte("256") }
    #expect(throws: UsageError("must be a whole number, 1 or more")) {
      try ValueParsers.integer(atLeast: 1)("0")
    }
    #expect(throws: UsageError("must be a number from 0.0 to 1.0")) {
      try ValueParsers.real(in: 0...1)("1.1")
    }
    #expect(throws: UsageError("must be a or b")) { try ValueParsers.choice(["a", "b"])("c") }
  }

  /// What is written from nanoseconds reads back as the same nanoseconds.
  @Test func everyTimeReadsBack() throws {
    let seed = testSeed("ValueParserTests")
    var random = Seeded(seed)
    for _ in 0..<2000 {
      let time = Int64(random.next() >> (1 + random.next() % 63))
      let fraction = String(String(1_000_000_000 + time % 1_000_000_000).dropFirst())
      let seconds = time / 1_000_000_000
      let forms = [
        "\(time)ns", "\(seconds).\(fraction)", "\(seconds)s\(time % 1_000_000_000)ns",
        "\(seconds / 3600):\(seconds / 60 % 60):\(seconds % 60).\(fraction)",
        "\(seconds / 60)m\(seconds % 60).\(fraction)s",
      ]
      for form in forms {
        #expect(try ValueParsers.time(form) == time, "seed \(seed): \(form)")
      }
    }
  }
}
