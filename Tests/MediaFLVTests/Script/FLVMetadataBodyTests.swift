import MediaBytes
import MediaFLV
import Testing

@Suite struct FLVMetadataBodyTests {
  private static let properties = [
    AMFProperty("duration", .number(0)), AMFProperty("encoder", .string("x")),
    AMFProperty("keyframes", .string("an old one")), AMFProperty("filesize", .number(0)),
  ]

  @Test func sizeIsKnownBeforeTheNumbers() throws {
    var body = try #require(FLVMetadataBody(Self.properties, keyframeCount: 3))
    let size = body.bytes.count
    let known = ["duration", "filesize", "encoder", "width"].map {
      body.setNumber(AMFString($0), 5e9)
    }
    #expect(known == [true, true, false, false])
    body.setNumber("duration", 12.5)
    for index in 0..<3 { body.setKeyframe(index, position: 13 + index << 33, time: Double(index)) }
    #expect(body.bytes.count == size)
    let read = script(body.bytes)
    #expect(read.anomalies == [] && read.damage == nil)
    let metadata = try #require(FLVMetadata(read))
    #expect(metadata.duration == 12.5)
    #expect(metadata.fileSize == 5e9)
    #expect(metadata.encoder == "x")
    #expect(
      metadata.keyframes
        == .init(filePositions: (0..<3).map { Double(13 + $0 << 33) }, times: [0, 1, 2]))
    #expect(metadata.problems == [])
    #expect(amfWritten(read) == body.bytes)
  }

  @Test func withoutAnIndexAllPropertiesStay() throws {
    let body = try #require(FLVMetadataBody(Self.properties, keyframeCount: nil))
    let expected = FLVScriptData("onMetaData", [.ecmaArray(AMFECMAArray(Self.properties))])
    #expect(script(body.bytes) == expected)
    let empty = try #require(FLVMetadataBody([], keyframeCount: 0))
    #expect(FLVMetadata(script(empty.bytes))?.keyframes == .init(filePositions: [], times: []))
  }

  @Test func whatDoesNotFitIsRefused() {
    #expect(FLVMetadataBody([], keyframeCount: 932_000) != nil)
    #expect(FLVMetadataBody([], keyframeCount: 932_100) == nil)
    #expect(FLVMetadataBody([], keyframeCount: .max) == nil)
    let long = AMFProperty(AMFString(String(repeating: "k", count: 65_536)), .number(1))
    let body = FLVMetadataBody([long], keyframeCount: nil)
    #expect(body.map { script($0.bytes).arguments.first?.properties } == [])
  }
}
