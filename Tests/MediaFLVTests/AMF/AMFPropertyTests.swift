import MediaBytes
import MediaFLV
import Testing
import TestSupport

/// Values of every kind at random.
private struct AMFGenerator {
  var random: Seeded

  mutating func value(_ encoding: AMFEncodingUnderTest, depth: Int = 0) -> AMFValue {
    let kinds = encoding == .amf0 ? 14 : 18
    // The first kinds hold no others.
    let kind = Int.random(in: 0..<(depth > 4 ? 9 : kinds), using: &random)
    switch kind {
    case 0: return .number(Double(bitPattern: random.next()))
    case 1: return .boolean(Bool.random(using: &random))
    case 2: return .string(string())
    case 3: return .null
    case 4: return .undefined
    case 5: return .reference(Int.random(in: 0...5, using: &random))
    case 6: return .xmlDocument(string())
    case 7 where encoding == .amf0:
      let zone = Int16.random(in: -720...720, using: &random)
      return .date(AMFDate(milliseconds: Double(bitPattern: random.next()), zone: zone))
    case 7: return .date(AMFDate(milliseconds: Double(bitPattern: random.next())))
    case 8 where encoding == .amf0:
      return Bool.random(using: &random) ? .unsupported : .longString(string())
    case 8: return .integer(Int32.random(in: -0x1000_0000..<0x1000_0000, using: &random))
    case 9: return .strictArray(values(encoding, depth))
    case 10, 11: return .object(object(encoding, depth))
    case 12 where encoding == .amf0:
      let declared = UInt32.random(in: 0...3, using: &random)
      return .ecmaArray(AMFECMAArray(properties(encoding, depth), declaredCount: declared))
    case 12:
      var array = AMFECMAArray(properties(encoding, depth) + [AMFProperty("last", .null)])
      array.elements = values(encoding, depth)
      return .ecmaArray(array)
    case 13 where encoding == .amf0: return .avmPlus(value(.amf3, depth: depth + 1))
    case 13: return .xml(string())
    case 14: return .byteArray(string().bytes)
    case 15: return .vector(vector(depth))
    default:
      return .dictionary(
        AMFDictionary(
          values(encoding, depth).map { .init(.string(string()), $0) },
          hasWeakKeys: Bool.random(using: &random)))
    }
  }

  private mutating func string() -> AMFString {
    // Few different ones, so that AMF3 has something to refer to.
    switch Int.random(in: 0..<6, using: &random) {
    case 0: ""
    case 1: "e\u{301}"
    case 2: "\u{e9}"
    case 3: AMFString(bytes: [0xff, UInt8.random(in: 0...255, using: &random)])
    case 4: AMFString(String(repeating: "long", count: Int.random(in: 0...50, using: &random)))
    default: AMFString("k\(Int.random(in: 0...3, using: &random))")
    }
  }

  private mutating func values(_ encoding: AMFEncodingUnderTest, _ depth: Int) -> [AMFValue] {
    (0..<Int.random(in: 0...4, using: &random)).map { _ in value(encoding, depth: depth + 1) }
  }

  private mutating func properties(
    _ encoding: AMFEncodingUnderTest, _ depth: Int
  ) -> [AMFProperty] {
    values(encoding, depth).map { value in
      let key = string()
      // AMF3's lists end at the empty name.
      return AMFProperty(encoding == .amf3 && key.isEmpty ? "x" : key, value)
    }
  }

  private mutating func object(_ encoding: AMFEncodingUnderTest, _ depth: Int) -> AMFObject {
    var object = AMFObject(properties(encoding, depth))
    if Bool.random(using: &random) { object.className = string() }
    guard encoding == .amf3 else { return object }
    if object.className?.isEmpty == true { object.className = nil }
    object.isDynamic = Bool.random(using: &random)
    let count = object.properties.count
    object.sealedCount = object.isDynamic ? Int.random(in: 0...count, using: &random) : count
    return object
  }

  private mutating func vector(_ depth: Int) -> AMFVector {
    let count = Int.random(in: 0...4, using: &random)
    let isFixed = Bool.random(using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      return AMFVector(
        .int((0..<count).map { _ in Int32(truncatingIfNeeded: random.next()) }), isFixed: isFixed)
    case 1:
      return AMFVector(
        .uint((0..<count).map { _ in UInt32(truncatingIfNeeded: random.next()) }),
        isFixed: isFixed)
    case 2:
      return AMFVector(
        .double((0..<count).map { _ in Double(bitPattern: random.next()) }), isFixed: isFixed)
    default:
      return AMFVector(.object(typeName: string(), values(.amf3, depth)), isFixed: isFixed)
    }
  }
}

@Suite struct AMFPropertyTests {
  @Test(arguments: AMFEncodingUnderTest.allCases)
  func whatIsWrittenIsReadAgain(_ encoding: AMFEncodingUnderTest) {
    var generator = AMFGenerator(random: .of("AMF round trips"))
    for _ in 0..<2000 {
      let value = generator.value(encoding)
      let wire = encoding.encode(value)
      let outcome = encoding.decode(wire)
      #expect(outcome.error == nil)
      #expect(outcome.value == value, "\(value)")
      #expect(outcome.unread == 0)
      #expect(outcome.value.map(encoding.encode) == wire)
    }
  }

  /// Whatever the bytes, an error lies inside, and what is read can be written and read again.
  @Test(arguments: AMFEncodingUnderTest.allCases)
  func damageNeverHurts(_ encoding: AMFEncodingUnderTest) {
    var generator = AMFGenerator(random: .of("AMF damage"))
    for _ in 0..<3000 {
      var wire = encoding.encode(generator.value(encoding))
      for _ in 0..<Int.random(in: 1...3, using: &generator.random) where !wire.isEmpty {
        let index = Int.random(in: 0..<wire.count, using: &generator.random)
        wire[index] = UInt8(truncatingIfNeeded: generator.random.next())
      }
      let outcome = encoding.decode(wire)
      if let error = outcome.error { #expect((0...wire.count).contains(error.offset)) }
      guard let value = outcome.value else { continue }
      #expect(encoding.decode(encoding.encode(value)).value == value, "\(value)")
    }
  }
}
