import MediaFLV
import Testing

@Suite struct AMFPrintingTests {
  private static let lines: [(AMFValue, String)] = [
    (.number(14), "14"), (.number(29.97), "29.97"), (.number(-0.0), "-0"), (.number(.nan), "NaN"),
    (.number(-.infinity), "-Infinity"), (.number(0x1p60), "1.152921504606847e+18"),
    (.integer(-3), "-3"), (.boolean(true), "true"), (.null, "null"), (.undefined, "undefined"),
    (.unsupported, "unsupported"), (.reference(2), "reference(2)"),
    (.string("a\"b\\\n\u{1b}[0m\u{9b}é"), #""a\"b\\\n\u001b[0m\u009bé""#),
    (.strictArray([.number(1), .string("x")]), #"[1, "x"]"#),
    (
      .object(AMFObject([AMFProperty("a", .null), AMFProperty("b", .number(1))], className: "C")),
      #""C" {"a": null, "b": 1}"#
    ),
    (.ecmaArray(AMFECMAArray([])), "{}"),
    (.date(AMFDate(milliseconds: 1.5, zone: -60)), "date(1.5 ms, zone -60)"),
    (.byteArray([1, 2, 3]), "bytes(3)"),
    (.vector(AMFVector(.uint([1, 2]))), "[1, 2]"),
    (.dictionary(AMFDictionary([.init(.number(1), .null)])), "{1: null}"),
    (.avmPlus(.xml("<a/>")), #""<a/>""#),
  ]

  @Test(arguments: lines.indices) func oneLine(_ index: Int) {
    #expect(Self.lines[index].0.description == Self.lines[index].1)
  }

  @Test func longArraysAreCut() {
    let array = AMFValue.strictArray((0..<100).map { .number(Double($0)) })
    #expect(array.text(maxElements: 3) == "[0, 1, 2, ... 97 more]")
    #expect(array.text(maxElements: 0) == "[... 100 more]")
    #expect(array.text(maxElements: 100) == array.description)
  }

  @Test func comparesBytesNotCharacters() {
    #expect(AMFString("\u{e9}") != AMFString("e\u{301}"))
    #expect(AMFString(bytes: [0x61]) == "a")
    #expect(AMFString(bytes: [0xff]) != AMFString("\u{fffd}"))
    #expect(AMFValue.number(.nan) == .number(.nan))
    #expect(AMFValue.number(0) != .number(-0.0))
  }
}
