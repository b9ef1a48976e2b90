import MediaBytes
import MediaFLV
import TestSupport
import Testing

/// Every marker of AMF0, as its clause of the specification writes it.
private let vectors: [AMFWireVector] = [
  .init("number", "00 3ff8000000000000", .number(1.5)),
  .init("NaN", "00 7ff8000000000000", .number(.nan)),
  .init("NaN with a payload", "00 fff0000000000001", .number(.init(bitPattern: 0xfff0 << 48 | 1))),
  .init("infinity", "00 fff0000000000000", .number(-.infinity)),
  .init("minus zero", "00 8000000000000000", .number(-0.0)),
  .init("beyond 2^53", "00 4340000000000001", .number(0x1p53 + 2)),
  .init("false", "01 00", .boolean(false)),
  .init("true", "01 01", .boolean(true)),
  .init("string", "02 0003 616263", .string("abc")),
  .init("empty string", "02 0000", .string("")),
  .init("string with NUL", "02 0003 610062", .string("a\0b")),
  .init("null", "05", .null),
  .init("undefined", "06", .undefined),
  .init("unsupported", "0d", .unsupported),
  .init("empty object", "03 000009", .object(AMFObject([]))),
  .init(
    "object", "03 0001 61 05 0001 62 03 0001 63 0101 000009 000009",
    .object(
      AMFObject([
        AMFProperty("a", .null),
        AMFProperty("b", .object(AMFObject([AMFProperty("c", .boolean(true))]))),
      ]))),
  .init(
    "typed object", "10 0003 612e43 0001 78 06 000009",
    .object(AMFObject([AMFProperty("x", .undefined)], className: "a.C"))),
  .init(
    "typed object without a name", "10 0000 000009", .object(AMFObject([], className: ""))),
  .init(
    "ECMA array", "08 00000001 0001 61 02 0001 09 000009",
    .ecmaArray(AMFECMAArray([AMFProperty("a", .string("\t"))]))),
  .init("empty ECMA array", "08 00000000 000009", .ecmaArray(AMFECMAArray([]))),
  .init(
    "strict array", "0a 00000002 05 00 3ff0000000000000", .strictArray([.null, .number(1)])),
  .init(
    "reference", "0a 00000002 03 000009 07 0001",
    .strictArray([.object(AMFObject([])), .reference(1)])),
  .init(
    "date", "0b 426d1a94a2000000 fed4",
    .date(AMFDate(milliseconds: 1_000_000_000_000, zone: -300))),
  .init("long string", "0c 00000003 616263", .longString("abc")),
  .init("XML document", "0f 00000004 3c612f3e", .xmlDocument("<a/>")),
  .init("AMF3 integer", "11 04 05", .avmPlus(.integer(5))),
  .init(
    "AMF3 object in an object", "03 0001 6f 11 0a0b01 0361 0603 62 01 000009",
    .object(
      AMFObject([
        AMFProperty("o", .avmPlus(.object(AMFObject([AMFProperty("a", .string("b"))]))))
      ]))),
]

@Suite struct AMF0Tests {
  @Test(arguments: vectors) func parses(_ vector: AMFWireVector) {
    let outcome = AMFEncodingUnderTest.amf0.decode(vector.wire)
    #expect(outcome.error == nil)
    #expect(outcome.value == vector.value)
    #expect(outcome.anomalies == [])
    #expect(outcome.unread == 0)
  }

  @Test(arguments: vectors) func writes(_ vector: AMFWireVector) {
    #expect(AMFEncoder.amf0(vector.value) == vector.wire)
  }

  /// Of an object a prefix may be read, but never without a word.
  @Test(arguments: vectors) func everyPrefixIsNoticed(_ vector: AMFWireVector) {
    for count in 0..<vector.wire.count {
      let outcome = AMFEncodingUnderTest.amf0.decode(Array(vector.wire.prefix(count)))
      if let error = outcome.error {
        #expect((0...count).contains(error.offset))
      } else {
        #expect(outcome.anomalies.contains { $0.kind == .missingEndMarker }, "\(count) bytes")
        #expect(outcome.unread == 0)
      }
    }
  }

  @Test(arguments: [0x04, 0x09, 0x0e, 0x12, 0x7f, 0xff] as [UInt8])
  func markersWithoutAValue(_ marker: UInt8) {
    let outcome = AMFEncodingUnderTest.amf0.decode([marker, 0, 0, 0], baseOffset: 100)
    #expect(outcome.error?.offset == 100)
    let isReserved = marker == 4 || marker == 0x0e
    #expect(
      outcome.error?.reason
        == (isReserved ? .unsupported(UInt64(marker)) : .invalid(UInt64(marker)))
    )
  }

  @Test func longStringsAreWrittenAsSuch() {
    for count in [65_535, 65_536, 70_000] {
      let text = AMFString(String(repeating: "x", count: count))
      let wire = AMFEncoder.amf0(.string(text))
      #expect(wire.first == (count > 65_535 ? 0x0c : 0x02))
      let value = AMFEncodingUnderTest.amf0.decode(wire).value
      #expect(value == (count > 65_535 ? .longString(text) : .string(text)))
      #expect(value?.text == text.text)
    }
  }

  @Test func whatAMF0HasNoFormForGoesBehindTheSwitch() {
    let long = AMFString(String(repeating: "k", count: 65_536))
    let values: [AMFValue] = [
      .xml("<a/>"), .byteArray([1, 2]), .vector(AMFVector(.int([1]))),
      .dictionary(AMFDictionary([])), .object(AMFObject([AMFProperty(long, .null)])),
      .object(AMFObject([], className: long)),
    ]
    for value in values {
      let again = AMFEncodingUnderTest.amf0.decode(AMFEncoder.amf0(value)).value
      #expect(again == .avmPlus(value))
    }
    #expect(AMFEncoder.amf0(.integer(2)) == AMFEncoder.amf0(.number(2)))
    #expect(AMFEncoder.amf0(.reference(65_536)) == [0x0d])
  }
}

// MARK: - What is tolerated

@Suite struct AMF0AnomalyTests {
  private func decode(_ text: String) -> AMFOutcome {
    AMFEncodingUnderTest.amf0.decode(hex(text), baseOffset: 10)
  }

  /// Also where the end marker itself is cut.
  @Test(arguments: ["", "00", "0000"]) func missingEndMarker(_ rest: String) {
    let outcome = decode("08 00000001 0001 61 05" + rest)
    #expect(outcome.value == .ecmaArray(AMFECMAArray([AMFProperty("a", .null)])))
    #expect(outcome.anomalies == [AMFAnomaly(.missingEndMarker, at: 19)])
    #expect(outcome.unread == 0)
  }

  @Test func everyOpenObjectMissesItsEndMarker() {
    let outcome = decode("03 0001 61 03 0001 62 05")
    let inner = AMFValue.object(AMFObject([AMFProperty("b", .null)]))
    #expect(outcome.value == .object(AMFObject([AMFProperty("a", inner)])))
    #expect(outcome.anomalies.map(\.kind) == [.missingEndMarker, .missingEndMarker])
  }

  @Test(arguments: [0, 2, 0x7fff_ffff, .max] as [UInt32]) func countDiffers(_ declared: UInt32) {
    var wire = AMFEncoder.amf0(.ecmaArray(AMFECMAArray([AMFProperty("a", .null)])))
    wire.replaceSubrange(1..<5, with: (0..<4).map { UInt8(declared >> (24 - 8 * $0) & 0xff) })
    let outcome = AMFEncodingUnderTest.amf0.decode(wire)
    #expect(
      outcome.anomalies == [AMFAnomaly(.countDiffers(declared: declared, actual: 1), at: 1)])
    #expect(outcome.value?["a"] == .null)
    // The count is kept for whoever writes the value again.
    #expect(outcome.value.map(AMFEncoder.amf0) == wire)
  }

  @Test func invalidUTF8IsKept() {
    let outcome = decode("02 0003 61ff62")
    #expect(outcome.anomalies == [AMFAnomaly(.invalidUTF8, at: 13)])
    #expect(outcome.value?.text == "a\u{fffd}b")
    #expect(outcome.value.map(AMFEncoder.amf0) == hex("02 0003 61ff62"))
  }

  @Test func referenceOutOfRange() {
    #expect(decode("07 0000").anomalies == [AMFAnomaly(.referenceOutOfRange(0), at: 10)])
    let inObject = decode("03 0001 61 07 0001 000009")
    #expect(inObject.anomalies == [AMFAnomaly(.referenceOutOfRange(1), at: 14)])
  }

  @Test func duplicateAndEmptyKeys() {
    let outcome = decode("03 0001 61 05 0000 06 0001 61 0101 000009")
    #expect(
      outcome.anomalies == [AMFAnomaly(.emptyKey, at: 15), AMFAnomaly(.duplicateKey, at: 18)])
    #expect(outcome.value?.properties?.count == 3)
    #expect(outcome.value?["a"] == .boolean(true), "the last one counts")
    #expect(
      outcome.value.map(AMFEncoder.amf0) == hex("03 0001 61 05 0000 06 0001 61 0101 000009"))
  }

  @Test func duplicatesAreFoundAmongManyKeys() {
    let keys = (0..<40).map { AMFString("k\($0)") } + ["k3", "k39", "k3"]
    let value = AMFValue.object(AMFObject(keys.map { AMFProperty($0, .null) }))
    let outcome = AMFEncodingUnderTest.amf0.decode(AMFEncoder.amf0(value))
    #expect(outcome.anomalies.map(\.kind) == [.duplicateKey, .duplicateKey, .duplicateKey])
    #expect(outcome.value == value)
  }

  @Test func unusualBoolean() {
    let outcome = decode("01 ff")
    #expect(outcome.value == .boolean(true))
    #expect(outcome.anomalies == [AMFAnomaly(.unusualBoolean(0xff), at: 11)])
  }

  /// Damage inside leaves what came before it, however deep.
  @Test func damageKeepsWhatCameBefore() {
    let outcome = decode("08 00000003 0001 61 0101 0001 62 03 0001 63 05 0001 64 0e")
    #expect(outcome.error == ParseError(.unsupported(0x0e), "AMF0 marker", at: 31))
    let inner = AMFValue.object(AMFObject([AMFProperty("c", .null)]))
    #expect(
      outcome.partial?.properties
        == [AMFProperty("a", .boolean(true)), AMFProperty("b", inner)])
    #expect(outcome.anomalies == [], "the count of a damaged array says nothing")
  }

  @Test func everyKindIsPrinted() {
    let kinds: [AMFAnomaly.Kind] = [
      .missingEndMarker, .countDiffers(declared: 1, actual: 2), .trailingBytes(1), .invalidUTF8,
      .referenceOutOfRange(3), .referenceOfOtherType(marker: 9), .duplicateKey, .emptyKey,
      .unusualBoolean(2), .unusualFlag(2),
    ]
    #expect(Set(kinds.map(\.description)).count == kinds.count)
    #expect(
      AMFAnomaly(kinds[1], at: 7).description
        == "at byte 7: ECMAArrayLength is 1, the array has 2")
  }
}
