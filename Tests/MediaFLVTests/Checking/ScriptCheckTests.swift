import MediaFLV
import MediaModel
import Testing

/// Script data, and the form and place of `onMetaData`.
struct ScriptCheckTests {
  private static let name: [UInt8] = [2, 0, 10] + Array("onMetaData".utf8)

  struct Script: CustomTestStringConvertible {
    var name: String
    var body: [UInt8]
    /// Codes, each with its offset in the body.
    var findings: [String]
    var testDescription: String { name }

    init(_ name: String, _ body: [UInt8], _ findings: String...) {
      (self.name, self.body, self.findings) = (name, ScriptCheckTests.name + body, findings)
    }
  }

  private static let end: [UInt8] = [0, 0, 9]
  private static let one: [UInt8] = [0, 1, 0x61, 5]

  @Test(arguments: [
    Script("right", [8, 0, 0, 0, 1] + one + end),
    Script("count 0", [8, 0, 0, 0, 0] + one + end, "I12002 14"),
    Script("count 0x7FFFFFFF", [8, 0x7f, 0xff, 0xff, 0xff] + one + end, "I12002 14"),
    Script("no end marker", [8, 0, 0, 0, 1] + one, "I12003 22"),
    Script("one end marker more", [8, 0, 0, 0, 1] + one + end + end, "I12009 25"),
    Script("bytes behind", [8, 0, 0, 0, 1] + one + end + [0xff, 0xff], "W12004 25"),
    Script("no UTF-8", [8, 0, 0, 0, 1, 0, 1, 0xff, 5] + end, "W12005 20"),
    Script("reference to nothing", [8, 0, 0, 0, 1, 0, 1, 0x61, 7, 0, 9] + end, "W12006 21"),
    Script("a name twice", [8, 0, 0, 0, 2] + one + one + end, "I12007 22"),
    Script("true as 7", [8, 0, 0, 0, 1, 0, 1, 0x61, 1, 7] + end, "I12014 22"),
    Script("unknown marker", [8, 0, 0, 0, 1, 0, 1, 0x61, 0x55] + end, "W12001 21"),
    Script("string past the end", [8, 0, 0, 0, 1, 0, 1, 0x61, 2, 0, 9, 0x61], "W12001 24"),
    Script("an object", [3] + one + end, "I12008 -11"),
    Script("a name alone", [], "I12008 -11"),
    Script(
      "duration as text", [8, 0, 0, 0, 1, 0, 8] + Array("duration".utf8) + [2, 0, 1, 0x30] + end,
      "I12008 -11", "I12015 -11"),
  ])
  func damageHasACodeAndAPlace(_ script: Script) throws {
    var file = MadeFLV()
    file.add(.script, script.body)
    file.videoConfig()
    file.audioConfig()
    file.frames(0..<400)
    let found = try check(file.bytes).map { "\($0.code) \(($0.offset ?? 0) - 24)" }
    #expect(found == script.findings)
  }

  @Test func scriptsWithoutANameAreUnusual() throws {
    var file = MadeFLV.clip()
    file.add(.script, [5])
    #expect(try check(file.bytes).map(\.code) == [.unusualAMF])
  }

  @Test func setDataFrameHidesMetadata() throws {
    var file = MadeFLV()
    file.script("@setDataFrame", [.string("onMetaData"), .ecmaArray(AMFECMAArray([]))])
    file.videoConfig()
    file.audioConfig()
    file.frames(0..<400)
    #expect(places(try check(file.bytes)) == ["W12013 at 24"])
  }

  @Test func thePlaceOfMetadataIsJudged() throws {
    var none = MadeFLV()
    none.videoConfig()
    none.audioConfig()
    none.frames(0..<400)
    #expect(places(try check(none.bytes)) == ["I12010"])

    var late = none
    late.metadata()
    late.frames(400..<600)
    let tag = try #require(late.tags.first { $0.header.type == .script })
    #expect(places(try check(late.bytes)) == ["I12011 at \(tag.offset)"])

    var twice = MadeFLV.clip()
    twice.metadata()
    let last = try #require(twice.tags.last)
    #expect(places(try check(twice.bytes)) == ["I12032 at \(last.offset)"])

    // Other script tags may come first, as RTMP servers send them.
    var behind = MadeFLV()
    behind.script("|RtmpSampleAccess", [.boolean(true), .boolean(true)])
    behind.metadata()
    behind.videoConfig()
    behind.audioConfig()
    #expect(try check(behind.bytes).isEmpty)
  }
}
