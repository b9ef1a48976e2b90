import MediaJSON
import Testing
import TestSupport

struct Expected: Sendable, CustomTestStringConvertible {
  let text: String
  let passes: Bool
  init(_ text: String, _ passes: Bool) {
    self.text = text
    self.passes = passes
  }
  var testDescription: String { "\(text) is \(passes)" }
}

private let document: JSONValue = probeReport.value(sampleProbe)

private let expectations: [Expected] = [
  // Names, indices, selectors, count.
  .init("input == in.mp4", true), .init("format.filename == in.mp4", true),
  .init("streams[0].codec_name == h264", true), .init("streams[1].codec_name == h264", false),
  .init("streams[-1].index == 2", true), .init("streams[-3].index == 0", true),
  .init("streams[-4].index == null", true), .init("streams[3].index == null", true),
  .init("streams[99999999999999999999].index == null", false),
  .init("streams[codec_name=aac].index == 1", true), .init("streams[index=2].index == 2", true),
  .init("streams[codec_name==aac].index == 1", true),
  .init("streams[codec_name=\"aac\"].index == 1", true),
  .init("streams[ codec_name = aac ].index == 1", true),
  .init("streams[default=false].index == 1", true),
  .init("streams[codec_name=null].index == 2", true),
  .init("streams[codec_name=vp9].index == null", true),
  .init("streams[codec_name=vp9].index == 0", false),
  .init("streams[tags.language=deu].index == 1", true),
  .init("streams[gop.frames=50].index == 0", true),
  .init("streams[duration=19.960].index == 0", true),
  .init("streams[tags.\"language\"=deu].index == 1", true),
  .init("streams.count == 3", true), .init("streams.count >= 4", false),
  .init("streams[0].profiles.count == 2", true), .init("streams[0].profiles[1] == Main", true),
  .init("totals.count == 9", true), .init("extra.list.count == 3", true),
  .init("extra.list[-1] == 3", true),
  .init("extra.free.a.count == 2", true), .init("extra.free.a[0] == 1", true),
  .init("extra.free.b.c == null", true),
  .init("extra.free[\"a\"].count == 2", true),
  // Open maps and odd keys.
  .init("format.tags.title == \"A \\\"film\\\"\"", true),
  .init("format.tags.nothing == null", true),
  .init("format.tags[\"com.apple.x\"] == y", true), .init("format.tags.\"com.apple.x\" == y", true),
  .init("format.tags.com == null", true), .init("format.tags.empty == \"\"", true),
  .init("format.tags.nothing == \"\"", false), .init("format.tags.nothing != \"\"", true),
  // Numbers as numbers, exactly.
  .init("streams[0].width == 1920", true), .init("streams[0].width == 1920.0", true),
  .init("streams[0].width==1.92e3", true), .init("streams[0].width > 1919.999", true),
  .init("streams[0].width >= 1920", true), .init("streams[0].width < 1920", false),
  .init("streams[0].width <= 1920", true), .init("streams[0].width != 1920", false),
  .init("format.duration == 20", true), .init("format.duration >= 19.9", true),
  .init("format.duration < 20.0000001", true), .init("format.duration > -1", true),
  .init("format.bit_rate == 9007199254740993", true),
  .init("format.bit_rate == 9007199254740992", false),
  .init("format.bit_rate == 9007199254740992.0", false),
  .init("format.bit_rate > 9007199254740992.0", true),
  .init("format.bit_rate < 9007199254740994.0", true), .init("format.bit_rate < 1e300", true),
  .init("format.bit_rate > -1e300", true), .init("format.bit_rate < 99999999999999999999", true),
  .init("streams[0].width == \"1920\"", false), .init("streams[0].width == wide", false),
  .init("streams[0].width != wide", true), .init("streams[0].width < wide", false),
  // Booleans and null.
  .init("streams[0].default == true", true), .init("streams[0].default == false", false),
  .init("streams[0].default != false", true), .init("streams[0].default == \"true\"", false),
  .init("streams[0].default == 1", false), .init("streams[0].default > false", false),
  .init("streams[1].duration == null", true), .init("streams[1].duration != null", false),
  .init("streams[0].duration != null", true), .init("streams[1].duration == 0", false),
  .init("streams[1].duration != 0", true), .init("streams[1].duration < 5", false),
  .init("streams[1].duration >= 0", false), .init("streams[1].duration <= null", false),
  .init("streams[2].duration == null", true), .init("streams[1].gop.frames == null", true),
  .init("streams[1].width == null", true), .init("streams[0].codec_name == \"null\"", false),
  // Text, bare and in quotes; by scalars.
  .init("streams[0].codec_name==h264", true), .init("  streams[0].codec_name  ==  h264  ", true),
  .init("streams[0].codec_name != \"h264\"", false), .init("streams[0].codec_name == H264", false),
  .init("streams[0].codec_name < h265", true), .init("streams[0].codec_name > aac", true),
  .init("streams[0].codec_name >= h264", true), .init("streams[0].codec_name < Z", false),
  .init("format.tags.track == 5", true), .init("format.tags.track == \"5\"", true),
  .init("format.tags.track == 5.0", false), .init("format.tags.track < 6", false),
  .init("format.tags.title == A \"film\"", true), .init("input == \"in\\u002emp4\"", true),
  .init("input == a == b", false), .init("input != in.mp4 ", false),
  // Searched patterns.
  .init("input ~ mp4", true), .init("input ~ ^mp4", false), .init("input ~ ^in\\.(mp4|mkv)$", true),
  .init("input ~ \"^in\\.mp4$\"", true), .init("format.tags.title ~ \\bfilm\\b", true),
  .init("format.tags.title ~ \"\\\"film\\\"\"", true),
  .init("streams[0].codec_name ~ ^h26[45]$", true),
  .init("streams[0].codec_name~(?i)H264", true), .init("streams[0].width ~ ^19", true),
  .init("streams[0].default ~ ^true$", true), .init("format.duration ~ \\.0$", true),
  .init("streams[1].duration ~ .*", false), .init("streams ~ .*", false),
  .init("format ~ .*", false),
  // Whole arrays and objects are there or not, nothing else.
  .init("streams != null", true), .init("streams == null", false), .init("format == format", false),
  .init("streams[0].gop != null", true), .init("streams[1].gop == null", true),
  .init("extra.list == [1,2,3]", false),
]

@Test(arguments: expectations) func evaluates(_ vector: Expected) throws {
  guard !vector.text.contains("99999999999999999999].") else {
    #expect(throws: ExpressionError.self) {
      try Expectation(parsing: vector.text, shape: probeReport.shape)
    }
    return
  }
  let expectation = try Expectation(parsing: vector.text, shape: probeReport.shape)
  let result = expectation.evaluate(on: document)
  #expect(result.passed == vector.passes, "\(result)")
}

@Test(arguments: [
  Refused(
    "streams[0].codec_name == vp9", #"expected streams[0].codec_name == vp9, found "h264""#),
  Refused("streams[0].width<100", "expected streams[0].width < 100, found 1920"),
  Refused("format.duration == 21", "expected format.duration == 21, found 20.0"),
  Refused(
    " streams.count  ==  \"x y\" ", #"expected streams.count == "x y", found 3"#),
  Refused(
    "streams[7].index == 7",
    "expected streams[7].index == 7, found null: streams is an array of 3 elements"),
  Refused(
    "streams[codec_name=vp9].width > 0",
    "expected streams[codec_name=vp9].width > 0, found null: nothing is streams[codec_name=vp9]"),
  Refused(
    "format.tags.nothing == x",
    "expected format.tags.nothing == x, found null: format.tags has no nothing"),
  Refused(
    "streams[1].gop.frames == 5",
    "expected streams[1].gop.frames == 5, found null: streams[1].gop is null"),
  Refused("streams[1].duration > 1", "expected streams[1].duration > 1, found null"),
  Refused("streams == null", "expected streams == null, found an array of 3 elements"),
  Refused("format == null", "expected format == null, found an object"),
  Refused("input ~ ^x", #"expected input ~ ^x, found "in.mp4""#),
]) func failuresAreOneSentence(_ vector: Refused) throws {
  let expectation = try Expectation(parsing: vector.text, shape: probeReport.shape)
  let result = expectation.evaluate(on: document)
  #expect(!result.passed)
  #expect(result.message == vector.message)
}

@Test(arguments: [
  // Names.
  Refused("streems[0] == 1", #"no field "streems" in the document; did you mean "streams"?"#),
  Refused(
    "streams[0].codec_nam == 1", #"no field "codec_nam" in streams[0]; did you mean "codec_name"?"#),
  Refused(
    "streams[codecname=h264].index == 1",
    #"no field "codecname" in streams[]; did you mean "codec_name"?"#),
  Refused(
    "streams[tags.x.y=1].index == 1", #"no field "y" in streams[]: it is a string"#),
  Refused(
    "format.zzz == 1", #"no field "zzz" in format; it has filename, duration, bit_rate, tags"#),
  Refused("input.x == 1", #"no field "x" in input: it is a string"#),
  Refused("format.tags.a.b == 1", #"no field "b" in format.tags.a: it is a string"#),
  Refused("streams.count.x == 1", #"no field "x" in streams.count: it is a whole number"#),
  Refused("streams.index == 1", "streams is an array: write streams[0].index"),
  Refused("streams.zzz == 1", "streams is an array: it has [n], [key=value] and .count"),
  Refused("format[0] == 1", "format is an object, not an array"),
  Refused("input[a=b] == 1", "input is a string, not an array"),
  Refused("[0].x == 1", "the document is an object, not an array"),
  Refused(
    "format.count == 1",
    #"no field "count" in format; it has filename, duration, bit_rate, tags"#),
  // Streamed arrays.
  Refused(
    "packets.count == 5",
    "packets is written as it happens and cannot be tested; use totals.packets"),
  Refused(
    "packets[0].pts == 5",
    "packets is written as it happens and cannot be tested; use totals.packets"),
  // Syntax.
  Refused("", "expected a name at the end"), Refused("== 1", #"expected a name at "== 1""#),
  Refused("input", "expected == != < <= > >= or ~ at the end"),
  Refused("input in.mp4", #"expected == != < <= > >= or ~ at "in.mp4""#),
  Refused("input = x", "expected == != < <= > >= or ~ at \"= x\"; to compare write =="),
  Refused("input ==", "the value is missing; an empty string is \"\""),
  Refused("input ~ ", "the regular expression is missing"),
  Refused("input ~ \"\"", "the regular expression is missing"),
  Refused("format. == 1", #"expected a name at "== 1""#),
  Refused("format..x == 1", #"expected a name at ".x == 1""#),
  Refused("streams[ == 1", #"expected a name at "== 1""#),
  Refused("streams[] == 1", #"expected a name at "] == 1""#),
  Refused("streams[0 == 1", #"expected "]" at the end"#),
  Refused("streams[x] == 1", "expected a number, key=value or a key in quotes in [x]"),
  Refused("streams[1.5] == 1", "expected a number, key=value or a key in quotes in [1.5]"),
  Refused("streams[index=] == 1", "the value is missing; an empty string is \"\""),
  Refused("streams[index=\"0\" == 1", #"expected "]" at "== 1""#),
  Refused("format.tags[\"a == 1", "a string lacks its closing quote"),
  Refused("input == \"x", "a string lacks its closing quote"),
  Refused("input == \"x\\", "a string lacks its closing quote"),
  Refused("input == \"x\" y", #"unexpected text after the value at "y""#),
  Refused("input ~ \"x\" y", #"unexpected text after the pattern at "y""#),
]) func badExpectationsAreUsageErrors(_ vector: Refused) {
  do {
    let expectation = try Expectation(parsing: vector.text, shape: probeReport.shape)
    Issue.record("parsed as \(expectation.text)")
  } catch {
    #expect(error.message == vector.message)
  }
}

@Test(arguments: ["(", "[a", "*", "a{2,1}", "(?<n>x)\\k<m>", "\\"])
func badPatternsAreUsageErrors(pattern: String) {
  do {
    _ = try Expectation(parsing: "input ~ \(pattern)", shape: probeReport.shape)
    Issue.record("accepted")
  } catch {
    #expect(error.message.hasPrefix("bad regular expression \(pattern): "))
    #expect(!error.message.contains("\n"))
  }
}

@Test func countOfAnArrayWinsOverAFieldOfThatName() throws {
  let shape = JSONShape.object([
    JSONShapeField("a", .array(.object([JSONShapeField("count", .integer)]))),
    JSONShapeField("count", .integer),
  ])
  let document: JSONValue = ["a": [["count": 7], ["count": 8]], "count": 3]
  for (text, passes) in [
    ("a.count == 2", true), ("a[0].count == 7", true), ("count == 3", true),
    ("a.count == 7", false),
  ] {
    let expectation = try Expectation(parsing: text, shape: shape)
    #expect(expectation.evaluate(on: document).passed == passes, "\(text)")
  }
}

@Test func anArrayAtTheTopIsReachedByIndex() throws {
  let shape = JSONShape.array(.object([JSONShapeField("a", .integer)]))
  let expectation = try Expectation(parsing: "[-1].a == 2", shape: shape)
  #expect(expectation.evaluate(on: [["a": 1], ["a": 2]]).passed)
}

@Test(arguments: expectations) func everyPrefixIsParsedOrExplained(_ vector: Expected) {
  for count in 0..<vector.text.count {
    do {
      let cut = try Expectation(
        parsing: String(vector.text.prefix(count)), shape: probeReport.shape)
      _ = cut.evaluate(on: document)
    } catch {
      #expect(!error.message.isEmpty && !error.message.contains("\n"))
    }
  }
}

@Test(arguments: [UInt64(1), 2, 3]) func damagedExpectationsNeverTrap(seed: UInt64) {
  var generator = Seeded(seed)
  let signs = Array("[]\"\\.=!<>~ -0a,é\u{0}")
  for vector in expectations {
    var text = Array(vector.text)
    for _ in 0..<3 {
      text.insert(
        signs[Int.random(in: 0..<signs.count, using: &generator)],
        at: Int.random(in: 0...text.count, using: &generator))
    }
    do {
      let changed = try Expectation(parsing: String(text), shape: probeReport.shape)
      _ = changed.evaluate(on: document)
      _ = changed.evaluate(on: JSONValue.random(using: &generator))
    } catch {
      #expect(!error.message.isEmpty, "seed \(seed)")
    }
  }
}
