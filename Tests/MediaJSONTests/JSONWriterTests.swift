import MediaJSON
import Testing
import TestSupport

private let sample: JSONValue = [
  "name": "a \"q\" é \\ x", "count": 2, "ratio": 20.0, "none": .null, "yes": true,
  "list": [1, [2], ["k": 3]], "empty": [], "hollow": [:],
]

@Test func compactLayout() {
  #expect(
    sample.text()
      == #"{"name":"a \"q\" é \\ x","count":2,"ratio":20.0,"none":null,"yes":true,"#
      + #""list":[1,[2],{"k":3}],"empty":[],"hollow":{}}"#)
}

@Test func prettyLayout() {
  #expect(
    sample.text(style: .pretty) == #"""
      {
        "name": "a \"q\" é \\ x",
        "count": 2,
        "ratio": 20.0,
        "none": null,
        "yes": true,
        "list": [
          1,
          [
            2
          ],
          {
            "k": 3
          }
        ],
        "empty": [],
        "hollow": {}
      }
      """#)
  #expect(JSONValue.array([]).text(style: .pretty) == "[]")
}

/// Printed by ffprobe 5.1.9 with `-show_entries
/// format=filename,nb_streams:format_tags=title:stream=index,codec_name -show_chapters -of json`.
private let ffprobe = #"""
  {
      "programs": [

      ],
      "streams": [
          {
              "index": 0,
              "codec_name": "h264"
          },
          {
              "index": 1,
              "codec_name": "vorbis"
          }
      ],
      "chapters": [

      ],
      "format": {
          "filename": "a.mkv",
          "nb_streams": 2,
          "tags": {
              "title": "a \"q\" é \\ / x\u0001\ty"
          }
      }
  }

  """#

@Test func ffprobeLayout() throws {
  var writer = JSONWriter(style: .ffprobe)
  writer.value(try JSONValue(parsing: ffprobe))
  writer.newline()
  #expect(writer.text == ffprobe)
  #expect(JSONValue.object([:]).text(style: .ffprobe) == "{\n\n}")
}

@Test func tokensAndValuesAgree() throws {
  for style in [JSONWriter.Style.compact, .pretty, .ffprobe] {
    var writer = JSONWriter(style: style)
    writer.beginObject()
    writer.key("name")
    writer.string("a \"q\" é \\ x")
    writer.key("count" as String)
    writer.integer(2)
    writer.key("ratio")
    writer.real(20)
    writer.key("none")
    writer.null()
    writer.key("yes")
    writer.bool(true)
    writer.key("list")
    writer.beginArray()
    writer.integer(1)
    writer.value([2])
    writer.beginObject()
    writer.key("k")
    writer.integer(UInt64(3))
    writer.endObject()
    writer.endArray()
    writer.key("empty")
    writer.beginArray()
    writer.endArray()
    writer.key("hollow")
    writer.beginObject()
    writer.endObject()
    writer.endObject()
    #expect(writer.text == sample.text(style: style))
    #expect(try JSONValue(parsing: writer.text) == sample)
  }
}

@Test func linesOfManyDocuments() {
  var writer = JSONWriter()
  for number in 0..<3 {
    writer.beginObject()
    writer.key("n")
    writer.integer(number)
    writer.endObject()
    writer.newline()
  }
  #expect(writer.text == "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n")
}

@Test func drainingHandsOutEachByteOnce() {
  struct Full: Error {}
  var writer = JSONWriter()
  var collected: [UInt8] = []
  writer.beginArray()
  for number in 0..<1000 {
    writer.integer(number)
    if number.isMultiple(of: 7) {
      let before = writer.byteCount
      writer.drain { bytes in
        #expect(bytes.count == before)
        for index in bytes.indices { collected.append(bytes[index]) }
      }
      #expect(writer.byteCount == 0)
    }
  }
  writer.endArray()
  collected += Array(writer.text.utf8)
  let expected = "[" + (0..<1000).map(String.init).joined(separator: ",") + "]"
  #expect(String(decoding: collected, as: UTF8.self) == expected)
  #expect(throws: Full.self) { try writer.drain { _ in throw Full() } }
  #expect(writer.byteCount == 0)
}

// MARK: Numbers

private func written(_ body: (inout JSONWriter) -> Void) -> String {
  var writer = JSONWriter()
  body(&writer)
  return writer.text
}

@Test func integersOfEveryLength() {
  var number: UInt64 = 0
  for digit in 1...20 {
    for near in [number &- 1, number, number &+ 1] {
      #expect(written { $0.integer(near) } == near.description)
      let signed = Int64(truncatingIfNeeded: near)
      #expect(written { $0.integer(signed) } == signed.description)
      #expect(written { $0.integer(0 &- signed) } == (0 &- signed).description)
    }
    number = number &* 10 &+ UInt64(digit % 10)
  }
  #expect(written { $0.integer(UInt64.max) } == "18446744073709551615")
  #expect(written { $0.integer(Int64.min) } == "-9223372036854775808")
  #expect(written { $0.integer(Int.max) } == "9223372036854775807")
  #expect(written { $0.integer(UInt8(255)) } == "255")
  #expect(written { $0.integer(Int16(-5)) } == "-5")
  #expect(written { $0.integer(UInt32.max) } == "4294967295")
}

struct Real: Sendable {
  let value: Double
  let text: String
  init(_ value: Double, _ text: String) {
    self.value = value
    self.text = text
  }
}

@Test(arguments: [
  Real(0, "0.0"), Real(-0.0, "-0.0"), Real(20, "20.0"), Real(-23.5, "-23.5"), Real(0.04, "0.04"),
  Real(1.0 / 3, "0.3333333333333333"), Real(0.1 + 0.2, "0.30000000000000004"),
  Real(1e-4, "0.0001"), Real(1e-5, "1e-05"), Real(0.000123, "0.000123"),
  Real(123456.000001, "123456.000001"), Real(999_999_999.5, "999999999.5"),
  Real(1_000_000_000, "1000000000.0"), Real(1e15, "1000000000000000.0"), Real(1e22, "1e+22"),
  Real(.greatestFiniteMagnitude, "1.7976931348623157e+308"), Real(.leastNonzeroMagnitude, "5e-324"),
  Real(.nan, "null"), Real(.infinity, "null"), Real(-.infinity, "null"),
]) func realsAreShortestWithAFraction(_ vector: Real) {
  #expect(written { $0.real(vector.value) } == vector.text)
}

@Test(arguments: [UInt64(1), 2, 3]) func realsRoundTripAndAreShortest(seed: UInt64) throws {
  var generator = Seeded(seed)
  for _ in 0..<5_000 {
    let value = randomReal(using: &generator)
    let text = written { $0.real(value) }
    #expect(text == value.description, "seed \(seed)")
    #expect(try JSONValue(parsing: text) == .real(value), "seed \(seed)")
  }
}

@Test func decimalsAreExact() {
  #expect(written { $0.decimal(33_367, fractionDigits: 6) } == "0.033367")
  #expect(written { $0.decimal(20_000_000, fractionDigits: 6) } == "20.0")
  #expect(written { $0.decimal(-1_500, fractionDigits: 3) } == "-1.5")
  #expect(written { $0.decimal(-5, fractionDigits: 3) } == "-0.005")
  #expect(written { $0.decimal(0, fractionDigits: 9) } == "0.0")
  #expect(written { $0.decimal(1_050, fractionDigits: 3) } == "1.05")
  #expect(written { $0.decimal(.max, fractionDigits: 9) } == "9223372036.854775807")
  #expect(written { $0.decimal(.min, fractionDigits: 18) } == "-9.223372036854775808")
  #expect(written { $0.decimal(7, fractionDigits: 1) } == "0.7")
}

// MARK: Strings

@Test func everyScalarBelow256IsWrittenAsItShouldBe() {
  for code in UInt8.min...UInt8.max {
    let scalar = String(Unicode.Scalar(code))
    let expected =
      switch code {
      case 0x22: #"\""#
      case 0x5c: #"\\"#
      case 0x08: #"\b"#
      case 0x09: #"\t"#
      case 0x0a: #"\n"#
      case 0x0c: #"\f"#
      case 0x0d: #"\r"#
      case 0..<0x20: "\\u00" + (code < 16 ? "0" : "") + String(code, radix: 16)
      default: scalar
      }
    // At every place in a word of eight bytes and in the rest after one.
    for before in 0...9 {
      for after in [0, 1, 8] {
        let left = String(repeating: "~", count: before)
        let right = String(repeating: "\u{ff}", count: after)
        let text = written { $0.string(left + scalar + right) }
        #expect(text == "\"" + left + expected + right + "\"")
      }
    }
  }
}

@Test(arguments: [UInt64(7), 8, 9]) func valuesRoundTripInEveryStyle(seed: UInt64) throws {
  var generator = Seeded(seed)
  for _ in 0..<200 {
    let value = JSONValue.random(using: &generator)
    for style in [JSONWriter.Style.compact, .pretty, .ffprobe] {
      #expect(try JSONValue(parsing: value.text(style: style)) == value, "seed \(seed)")
    }
  }
}

@Test func misuseStopsTheProgram() async {
  await #expect(processExitsWith: .failure) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.integer(1)
  }
  await #expect(processExitsWith: .failure) {
    var writer = JSONWriter()
    writer.beginArray()
    writer.key("a")
  }
  await #expect(processExitsWith: .failure) {
    var writer = JSONWriter()
    writer.beginArray()
    writer.endObject()
  }
  await #expect(processExitsWith: .failure) {
    var writer = JSONWriter()
    writer.integer(1)
    writer.integer(2)
  }
  await #expect(processExitsWith: .failure) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("a")
    writer.endObject()
  }
}
