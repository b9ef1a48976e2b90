import MediaBytes
import MediaFLV
import TestSupport
import Testing

/// Bytes that want to cost more than they weigh.
@Suite struct AMFHostileTests {
  private static let depthBombs: [(encoding: AMFEncodingUnderTest, level: String)] = [
    (.amf0, "0a 00000001"), (.amf0, "03 0001 61"), (.amf0, "08 00000001 0001 61"),
    (.amf0, "10 0001 43 0001 61"), (.amf3, "09 03 01"), (.amf3, "09 01 0361"),
    (.amf3, "0a 0b 01 0361"), (.amf3, "10 03 00 01"), (.amf3, "11 03 00"),
  ]

  @Test(arguments: depthBombs.indices) func depthIsLimited(_ index: Int) throws {
    let bomb = Self.depthBombs[index]
    let level = hex(bomb.level)
    let wire = [[UInt8]](repeating: level, count: 100_000).flatMap { $0 }
    let outcome = bomb.encoding.decode(wire)
    let error = try #require(outcome.error)
    #expect(error.reason == .overLimit(33, limit: 32))
    #expect(error.offset == 32 * level.count)
    #expect(outcome.partial != nil)
  }

  /// A depth of exactly the limit is read, in containers of all kinds and behind the switch.
  @Test func depthUpToTheLimitIsRead() {
    var value = AMFValue.null
    for _ in 0..<16 { value = .dictionary(AMFDictionary([.init(.null, value)])) }
    value = .avmPlus(value)
    for _ in 0..<16 { value = .strictArray([value]) }
    #expect(AMFEncodingUnderTest.amf0.decode(AMFEncoder.amf0(value)).value == value)
    value = .object(AMFObject([AMFProperty("a", value)]))
    let outcome = AMFEncodingUnderTest.amf0.decode(AMFEncoder.amf0(value))
    #expect(outcome.error?.reason == .overLimit(33, limit: 32))
  }

  /// Each claims a count or a length that nothing stands behind: an error, and nothing allocated.
  @Test(arguments: [
    (AMFEncodingUnderTest.amf0, "0a 7fffffff"), (.amf0, "0a ffffffff 05"), (.amf0, "0c ffffffff"),
    (.amf0, "0f 7fffffff"), (.amf0, "02 ffff"), (.amf0, "03 ffff"), (.amf3, "09 ffffffff 01"),
    (.amf3, "06 ffffffff"), (.amf3, "0c ffffffff"), (.amf3, "0d ffffffff 00"),
    (.amf3, "0e ffffffff 00"), (.amf3, "0f ffffffff 00"), (.amf3, "10 ffffffff 00 01"),
    (.amf3, "11 ffffffff 00"), (.amf3, "0a fffffff3 01"), (.amf3, "0b ffffffff"),
  ]) func countsAndLengthsAreNotBelieved(_ encoding: AMFEncodingUnderTest, _ wire: String) {
    let outcome = encoding.decode(hex(wire))
    guard case .truncated = outcome.error?.reason else {
      Issue.record("\(String(describing: outcome.error))")
      return
    }
  }

  @Test func ecmaCountOf7FFFFFFFAllocatesNothing() {
    let outcome = AMFEncodingUnderTest.amf0.decode(hex("08 7fffffff 000009"))
    #expect(outcome.value?.properties == [])
    #expect(
      outcome.anomalies
        == [AMFAnomaly(.countDiffers(declared: 0x7fff_ffff, actual: 0), at: 1)])
  }

  @Test func valuesAreLimited() throws {
    let limit = AMFLimits().maxValues
    let nulls = [0x0a, 0, 2, 0, 0] + [UInt8](repeating: 5, count: 0x20000)
    let outcome = AMFEncodingUnderTest.amf0.decode(nulls)
    #expect(outcome.error?.reason == .overLimit(UInt64(limit) + 1, limit: limit))
    guard case .strictArray(let elements) = try #require(outcome.partial) else {
      Issue.record("not an array")
      return
    }
    #expect(elements.count == limit - 1, "the array itself counts as well")
    // Sealed names, which are no values but cost as much: 2^17 empty ones.
    let names = hex("0a 81808003") + [UInt8](repeating: 1, count: 0x20000)
    #expect(
      AMFEncodingUnderTest.amf3.decode(names).error?.field.description == "count of AMF values")
  }

  /// Ten hours of a keyframe a second, twice: more numbers than the limit of values.
  @Test func numbersInArraysDoNotCount() {
    let value = AMFValue.strictArray([AMFValue](repeating: .number(1), count: 72_000))
    for encoding in AMFEncodingUnderTest.allCases {
      #expect(encoding.decode(encoding.encode(value)).value == value)
    }
  }

  @Test func numbersWithNamesCount() {
    var object = AMFObject((0..<100).map { AMFProperty(AMFString("k\($0)"), .number(1)) })
    object.sealedCount = 50
    var limits = AMFLimits()
    for encoding in AMFEncodingUnderTest.allCases {
      // In AMF3 the names of the class count as well.
      let needed = 101 + (encoding == .amf3 ? 50 : 0)
      for limit in [needed - 1, needed] {
        limits.maxValues = limit
        let outcome = encoding.decode(encoding.encode(.object(object)), limits: limits)
        #expect((outcome.error == nil) == (limit == needed))
        #expect(
          (outcome.value ?? outcome.partial)?.properties?.count == (limit == needed ? 100 : 99))
      }
    }
  }

  /// A chain in which each array holds the one before it twice would be 2^1000 values if followed.
  @Test func referencesAreNotFollowed() {
    var value = AMFValue.strictArray([])
    for index in 1..<16 { value = .strictArray([value, .reference(16 - index)]) }
    let outcome = AMFEncodingUnderTest.amf3.decode(AMFEncoder.amf3(value))
    #expect(outcome.value == value)
    let cycle = AMFEncodingUnderTest.amf0.decode(hex("03 0001 61 07 0000 000009"))
    #expect(cycle.value == .object(AMFObject([AMFProperty("a", .reference(0))])))
    #expect(cycle.value?.description == #"{"a": reference(0)}"#)
    #expect(cycle.anomalies == [])
  }

  /// A string or a class that is referred to again and again would fill a disk when printed.
  @Test func whatReferencesStandForIsLimited() throws {
    var limits = AMFLimits()
    limits.maxRepeatedBytes = 100_000
    let text = AMFString(String(repeating: "x", count: 1000))
    for count in [101, 102] {
      let strings = AMFValue.strictArray([AMFValue](repeating: .string(text), count: count))
      var object = AMFObject([AMFProperty(text, .null)])
      object.sealedCount = 1
      let objects = AMFValue.strictArray([AMFValue](repeating: .object(object), count: count))
      for value in [strings, objects] {
        let wire = AMFEncoder.amf3(value)
        #expect(wire.count < 1500)
        let outcome = AMFEncodingUnderTest.amf3.decode(wire, limits: limits)
        #expect(outcome.value == (count == 101 ? value : nil))
        #expect(
          outcome.error?.reason == (count == 101 ? nil : .overLimit(101_000, limit: 100_000)))
      }
    }
  }

  @Test func anomaliesAreCapped() {
    var limits = AMFLimits()
    limits.maxAnomalies = 5
    let wire = hex("0a 00000064" + String(repeating: "0107", count: 100))
    let outcome = AMFEncodingUnderTest.amf0.decode(wire, limits: limits)
    #expect(outcome.anomalies.count == 5)
    #expect(outcome.anomalyCount == 100)
  }

  /// A large object whose keys are all alike, and one whose keys are all different.
  @Test func manyKeysAreNotComparedAllWithAll() {
    for isSame in [true, false] {
      let properties = (0..<60_000).map { AMFProperty(isSame ? "k" : AMFString("\($0)"), .null) }
      let value = AMFValue.object(AMFObject(properties))
      let outcome = AMFEncodingUnderTest.amf0.decode(AMFEncoder.amf0(value))
      #expect(outcome.value == value)
      #expect(outcome.anomalyCount == (isSame ? 59_999 : 0))
    }
  }
}
