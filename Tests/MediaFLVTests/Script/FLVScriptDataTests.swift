import MediaBytes
import MediaFLV
import TestSupport
import Testing

private let name = "02 000a 6f6e4d65746144617461"
private let array = "08 00000001 0001 61 0101 000009"
private let arrayValue = AMFValue.ecmaArray(AMFECMAArray([AMFProperty("a", .boolean(true))]))

@Suite struct FLVScriptDataTests {
  @Test func onMetaData() {
    let body = script(hex(name + array))
    #expect(body == FLVScriptData("onMetaData", [arrayValue]))
    #expect(body.name == "onMetaData")
    #expect(Array(body.arguments) == [arrayValue])
    #expect(!body.hasSetDataFrame)
    #expect(amfWritten(body) == hex(name + array))
  }

  @Test func setDataFrame() {
    let bytes = hex("02 000d 40736574446174614672616d65") + hex(name + array)
    let body = script(bytes)
    #expect(body.hasSetDataFrame)
    #expect(body.name == "onMetaData")
    #expect(Array(body.arguments) == [arrayValue])
    #expect(amfWritten(body) == bytes)
    let bare = script(hex("02 000d 40736574446174614672616d65"))
    #expect(bare.name == nil)
    #expect(bare.arguments == [])
  }

  /// All lawful: nothing at all, a name alone, an object where an ECMA array is usual.
  @Test(arguments: ["", name, name + "03 0001 61 0101 000009", "05", name + "05"])
  func unusualButLawful(_ text: String) {
    let bytes = hex(text)
    for type in [FLVTagType.script, .scriptAMF3] {
      // In TagType 15, null without a name would be AMF3.
      if type == .scriptAMF3, text == "05" { continue }
      let body = script(bytes, type: type)
      #expect(body.damage == nil)
      #expect(body.anomalies == [])
      #expect(body.encoding == .amf0)
      #expect(body.name == (text.hasPrefix(name) ? "onMetaData" : nil))
      #expect(amfWritten(body) == bytes)
    }
  }

  @Test func otherNames() {
    for event in ["onCuePoint", "onTextData", "onXMPData", "onLastSecond", "|RtmpSampleAccess"] {
      let body = FLVScriptData(AMFString(event), [.boolean(false), .boolean(false)])
      let again = script(amfWritten(body))
      #expect(again == body)
      #expect(again.name == event)
      #expect(again.arguments.count == 2)
      #expect(FLVMetadata(again) == nil)
    }
  }

  // MARK: TagType 15

  @Test func type15BehindItsFormatByte() {
    let bytes = hex("00" + name + "11 0a0b01 0361 0603 62 01")
    let body = script(bytes, type: .scriptAMF3)
    #expect(body.encoding == .amf0AfterFormatByte)
    #expect(body.name == "onMetaData")
    #expect(body.arguments.first?["a"] == .string("b"))
    #expect(amfWritten(body) == bytes)
    let empty = script([0], type: .scriptAMF3)
    #expect(empty.values == [] && empty.damage == nil)
    #expect(amfWritten(empty) == [0])
  }

  @Test func type15InAMF3() {
    let bytes = hex("06 15 6f6e4d65746144617461 0a0b01 0361 04 05 01")
    let body = script(bytes, type: .scriptAMF3)
    #expect(body.encoding == .amf3)
    #expect(body.name == "onMetaData")
    #expect(body.arguments.first?["a"]?.number == 5)
    #expect(amfWritten(body) == bytes)
  }

  // MARK: Damage

  /// Older editions of the specification end the body with one more end marker.
  @Test(arguments: ["000009", "ff", "000009000009", "04 ff"])
  func trailingBytes(_ rest: String) {
    let bytes = hex(name + array + rest)
    let body = script(bytes)
    #expect(body.damage == nil)
    #expect(Array(body.arguments) == [arrayValue])
    #expect(body.trailing == hex(rest))
    let start = hex(name + array).count
    #expect(body.anomalies == [AMFAnomaly(.trailingBytes(body.trailing.count), at: start)])
    #expect(amfWritten(body) == bytes)
  }

  @Test func damageKeepsWhatCameBefore() {
    let body = script(hex(name + "08 00000002 0001 61 0101 0001 62 ff 0001 63 05 000009"))
    #expect(body.damage == ParseError(.invalid(0xff), "AMF0 marker", at: 26))
    #expect(body.arguments.first?.properties == [AMFProperty("a", .boolean(true))])
    #expect(body.anomalies == [])
  }

  @Test func limitsAreNoTrailingBytes() {
    var limits = AMFLimits()
    limits.maxValues = 3
    let bytes = hex(name + "05 05 05")
    var reader = ByteReader(bytes.span)
    let body = FLVScriptData(parsing: &reader, limits: limits)
    #expect(body.damage?.reason == .overLimit(4, limit: 3))
    #expect(body.values.count == 3)
    let isAtEnd = reader.isAtEnd
    #expect(isAtEnd)
  }

  /// Nothing is lost without a word, wherever the body is cut.
  @Test func everyPrefix() {
    let bytes = hex(name + "08 00000002 0001 61 0101 0001 62 03 0001 63 05 000009 000009")
    for count in 0..<bytes.count {
      let body = script(Array(bytes.prefix(count)))
      let isCutBetween = count == 0 || count == 13
      #expect((body.damage == nil && body.anomalies == []) == isCutBetween, "\(count) bytes")
      if let damage = body.damage { #expect(damage.offset <= count) }
      if count >= 23 { #expect(body.arguments.first?["a"] == .boolean(true), "\(count) bytes") }
    }
  }
}
