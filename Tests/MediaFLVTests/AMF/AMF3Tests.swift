import MediaBytes
import MediaFLV
import TestSupport
import Testing

private func object(
  _ properties: [AMFProperty], className: AMFString? = nil, sealed: Int = 0, isDynamic: Bool = true
) -> AMFValue {
  var object = AMFObject(properties, className: className)
  object.sealedCount = sealed
  object.isDynamic = isDynamic
  return .object(object)
}

private func mixed(_ properties: [AMFProperty], _ elements: [AMFValue]) -> AMFValue {
  var array = AMFECMAArray(properties)
  array.elements = elements
  return .ecmaArray(array)
}

/// Every marker of AMF3 and every size of U29, as its clause of the specification writes it.
private let vectors: [AMFWireVector] = [
  .init("undefined", "00", .undefined),
  .init("null", "01", .null),
  .init("false", "02", .boolean(false)),
  .init("true", "03", .boolean(true)),
  .init("0", "04 00", .integer(0)),
  .init("127", "04 7f", .integer(127)),
  .init("128", "04 8100", .integer(128)),
  .init("16383", "04 ff7f", .integer(16_383)),
  .init("16384", "04 818000", .integer(16_384)),
  .init("2097151", "04 ffff7f", .integer(2_097_151)),
  .init("2097152", "04 80c08000", .integer(2_097_152)),
  .init("largest integer", "04 bfffffff", .integer(0xfff_ffff)),
  .init("-1", "04 ffffffff", .integer(-1)),
  .init("smallest integer", "04 c0808000", .integer(-0x1000_0000)),
  .init("double", "05 c000000000000000", .number(-2)),
  .init("string", "06 07 616263", .string("abc")),
  .init("empty string", "06 01", .string("")),
  .init("XMLDocument", "07 09 3c612f3e", .xmlDocument("<a/>")),
  .init("date", "08 01 4059000000000000", .date(AMFDate(milliseconds: 100))),
  .init("array", "09 05 01 0401 0402", .strictArray([.integer(1), .integer(2)])),
  .init("empty array", "09 01 01", .strictArray([])),
  .init(
    "array with a name", "09 03 0361 0401 01 0402",
    mixed([AMFProperty("a", .integer(1))], [.integer(2)])),
  .init("anonymous object", "0a 0b 01 0361 01 01", object([AMFProperty("a", .null)])),
  .init(
    "sealed object", "0a 13 0343 0378 0401",
    object([AMFProperty("x", .integer(1))], className: "C", sealed: 1, isDynamic: false)),
  .init(
    "dynamic object", "0a 1b 0343 0378 0401 0379 0402 01",
    object(
      [AMFProperty("x", .integer(1)), AMFProperty("y", .integer(2))], className: "C", sealed: 1)),
  .init(
    "class by reference", "09 05 01 0a 13 0343 0378 0401 0a 01 0402",
    .strictArray([
      object([AMFProperty("x", .integer(1))], className: "C", sealed: 1, isDynamic: false),
      object([AMFProperty("x", .integer(2))], className: "C", sealed: 1, isDynamic: false),
    ])),
  .init(
    "string by reference", "09 07 01 060361 0601 0600",
    .strictArray([.string("a"), .string(""), .string("a")])),
  .init(
    "object by reference", "09 05 01 080140590000 00000000 0802",
    .strictArray([.date(AMFDate(milliseconds: 100)), .reference(1)])),
  .init(
    "object in itself", "0a 0b 01 036d 0a00 01", object([AMFProperty("m", .reference(0))])),
  .init("XML", "0b 09 3c612f3e", .xml("<a/>")),
  .init("bytes", "0c 07 0100ff", .byteArray([1, 0, 255])),
  .init(
    "vector of int", "0d 05 00 00000001 ffffffff", .vector(AMFVector(.int([1, -1])))),
  .init(
    "vector of uint", "0e 03 01 ffffffff", .vector(AMFVector(.uint([.max]), isFixed: true))),
  .init(
    "vector of double", "0f 03 00 3ff0000000000000", .vector(AMFVector(.double([1])))),
  .init(
    "vector of objects", "10 03 01 0354 0405",
    .vector(AMFVector(.object(typeName: "T", [.integer(5)]), isFixed: true))),
  .init(
    "dictionary", "11 03 01 0401 060361",
    .dictionary(AMFDictionary([.init(.integer(1), .string("a"))], hasWeakKeys: true))),
]

@Suite struct AMF3Tests {
  @Test(arguments: vectors) func parses(_ vector: AMFWireVector) {
    let outcome = AMFEncodingUnderTest.amf3.decode(vector.wire)
    #expect(outcome.error == nil)
    #expect(outcome.value == vector.value)
    #expect(outcome.anomalies == [])
    #expect(outcome.unread == 0)
  }

  @Test(arguments: vectors) func writes(_ vector: AMFWireVector) {
    #expect(AMFEncoder.amf3(vector.value) == vector.wire)
  }

  @Test(arguments: vectors) func everyPrefixFails(_ vector: AMFWireVector) {
    for count in 0..<vector.wire.count {
      let outcome = AMFEncodingUnderTest.amf3.decode(Array(vector.wire.prefix(count)))
      #expect(outcome.value == nil)
      #expect(outcome.error.map { (0...count).contains($0.offset) } == true)
    }
  }

  /// A writer may use more bytes, and write out what it could refer to.
  @Test func otherSpellingsMeanTheSame() {
    let amf3 = AMFEncodingUnderTest.amf3
    #expect(amf3.decode(hex("04 80808005")).value == .integer(5))
    #expect(amf3.decode(hex("06 8007 616263")).value == .string("abc"))
    let twice = amf3.decode(hex("09 05 01 060361 060361"))
    #expect(twice.value == .strictArray([.string("a"), .string("a")]))
    #expect(twice.value.map(AMFEncoder.amf3) == hex("09 05 01 060361 0600"))
  }

  @Test func integersBeyond29BitsAreDoubles() {
    for value in [0x1000_0000, -0x1000_0001, Int32.max, .min] {
      let again = AMFEncodingUnderTest.amf3.decode(AMFEncoder.amf3(.integer(value))).value
      #expect(again == .number(Double(value)))
    }
  }

  @Test func externalizableClassesAreUnsupported() {
    let outcome = AMFEncodingUnderTest.amf3.decode(
      hex("09 03 0361 0401 01 0a 07 0343 ffff"), baseOffset: 50)
    #expect(
      outcome.error == ParseError(.unsupported(7), "externalizable class", at: 59))
    #expect(outcome.partial?["a"] == .integer(1))
  }

  @Test func referencesOutOfRange() {
    let amf3 = AMFEncodingUnderTest.amf3
    // What an object refers to is not needed to go on; a name or a class is.
    let object = amf3.decode(hex("09 03 01 0a 04"))
    #expect(object.value == .strictArray([.reference(2)]))
    #expect(object.anomalies == [AMFAnomaly(.referenceOutOfRange(2), at: 3)])
    #expect(
      amf3.decode(hex("06 00")).error
        == ParseError(.invalid(0), "AMF3 string reference", at: 1))
    #expect(
      amf3.decode(hex("0a 05")).error
        == ParseError(.invalid(1), "AMF3 traits reference", at: 2))
  }

  @Test func anomalies() {
    let amf3 = AMFEncodingUnderTest.amf3
    #expect(
      amf3.decode(hex("09 05 01 08014059000000000000 0a02")).anomalies
        == [AMFAnomaly(.referenceOfOtherType(marker: 10), at: 13)])
    #expect(amf3.decode(hex("06 03 ff")).anomalies == [AMFAnomaly(.invalidUTF8, at: 2)])
    #expect(amf3.decode(hex("0d 01 02")).anomalies == [AMFAnomaly(.unusualFlag(2), at: 2)])
    #expect(
      amf3.decode(hex("0a 0b 01 0361 01 0361 01 01")).anomalies.map(\.kind)
        == [.duplicateKey])
  }

  @Test func tablesAreSharedWithinABody() throws {
    // Two values behind the switch: the second refers to the first one's string and object.
    let wire = hex("11 09 03 01 060361 11 09 05 01 0600 0900")
    var decoder = AMFDecoder()
    var reader = ByteReader(wire.span)
    let first = try decoder.amf0(&reader)
    let second = try decoder.amf0(&reader)
    #expect(first == .avmPlus(.strictArray([.string("a")])))
    #expect(second == .avmPlus(.strictArray([.string("a"), .reference(0)])))
    #expect(decoder.anomalies == [])
    var encoder = AMFEncoder()
    var writer = ByteWriter()
    encoder.amf0(first, to: &writer)
    encoder.amf0(second, to: &writer)
    #expect(writer.bytes == wire)
  }

  @Test func whatAMF3HasNoFormForIsLeftOut() {
    let amf3 = AMFEncodingUnderTest.amf3
    let array = AMFValue.ecmaArray(
      AMFECMAArray([AMFProperty("", .null), AMFProperty("a", .null)], declaredCount: 9))
    #expect(
      amf3.decode(AMFEncoder.amf3(array)).value
        == .ecmaArray(AMFECMAArray([AMFProperty("a", .null)])))
    #expect(AMFEncoder.amf3(.unsupported) == [0])
    #expect(AMFEncoder.amf3(.longString("a")) == AMFEncoder.amf3(.string("a")))
    #expect(AMFEncoder.amf3(.avmPlus(.null)) == [1])
  }
}
