import MediaBytes
import MediaFLV
import Testing
import TestSupport

@Suite struct FLVWriterTests {
  @Test func writesWhatTheSpecificationSays() throws {
    var writer = FLVWriter()
    try writer.write(FLVTagHeader(.script, dataSize: 99, timestamp: 0), body: [2, 0])
    try writer.write(
      FLVTagHeader(.video, dataSize: 0, timestamp: 0x0123_4567), body: [0x17, 1, 2],
      isKeyframe: true)
    let bytes = writer.takeBytes()
    #expect(
      bytes == [
        0x46, 0x4c, 0x56, 1, 1, 0, 0, 0, 9, 0, 0, 0, 0,
        18, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 13,
        9, 0, 0, 3, 0x23, 0x45, 0x67, 0x01, 0, 0, 0, 0x17, 1, 2, 0, 0, 0, 14,
      ])
    #expect(writer.byteCount == bytes.count && writer.tagCount == 2)
  }

  @Test(arguments: [0, 1, 3]) func metadataAndIndexComeInFront(keyframes: Int) throws {
    var writer = FLVWriter()
    for index in 0..<12 {
      let time = Int32(index) * 500
      try writer.write(FLVTagHeader(.audio, dataSize: 0, timestamp: time), body: [0xaf, 1])
      try writer.write(
        FLVTagHeader(.video, dataSize: 0, timestamp: time),
        body: [index % 4 == 0 ? 0x17 : 0x27, 1, 0, 0, 0],
        isKeyframe: index % 4 == 0 && index < keyframes * 4)
    }
    let tags = writer.takeBytes()[FLVWriter.openingByteCount...]
    let opening = try #require(
      writer.opening([AMFProperty("filesize", .number(0)), AMFProperty("width", .number(64))]))
    let file = opening + tags
    let found = try scan(file)
    #expect(file[4] == 5)
    let first = try #require(found.tags.first)
    #expect(found.tags.count == 25 && first.header.type == .script)
    let metadata = try #require(FLVMetadata(script(Array(file[first.body]))))
    #expect(metadata.fileSize == Double(file.count) && metadata.width == 64)
    guard keyframes > 1 else {
      #expect(metadata.keyframes == nil)
      return
    }
    #expect(metadata.keyframes?.times == [0, 2, 4])
    let positions = metadata.keyframes?.filePositions.map { Int($0) }
    #expect(
      positions
        == found.tags.filter { $0.header.type == .video }.map(\.offset).enumerated()
        .filter { $0.offset % 4 == 0 }.map(\.element))
  }

  @Test func metadataThatDoesNotFitIsNone() {
    let long = AMFProperty("x", .longString(AMFString(String(repeating: "x", count: 0xff_ffff))))
    #expect(FLVWriter().opening([long]) == nil)
  }

  @Test(
    arguments: [
      (0, [0, 0, 0, 0]), (0xff_ffff, [0xff, 0xff, 0xff, 0]), (0x100_0000, [0, 0, 0, 1]),
      (Int32.max, [0xff, 0xff, 0xff, 0x7f]), (-1, [0xff, 0xff, 0xff, 0xff]),
      (-40, [0xff, 0xff, 0xd8, 0xff]), (Int32.min, [0, 0, 0, 0x80]),
    ] as [(Int32, [UInt8])])
  func timestampsAreSigned(milliseconds: Int32, wire: [UInt8]) throws {
    var writer = FLVWriter()
    try writer.write(FLVTagHeader(.audio, dataSize: 0, timestamp: milliseconds), body: [])
    let bytes = writer.takeBytes()
    #expect(Array(bytes[17..<21]) == wire)
    #expect(try scan(bytes).tags.map(\.header.timestamp) == [milliseconds])
  }

  @Test func flagsFollowTheTagsUnlessGiven() throws {
    let audio = FLVTagHeader(.audio, dataSize: 0, timestamp: 0)
    var writer = FLVWriter()
    let early = writer.takeBytes()
    #expect(early == [0x46, 0x4c, 0x56, 1, 0, 0, 0, 0, 9, 0, 0, 0, 0])
    try writer.write(audio, body: [1])
    #expect(writer.header.flags == 4 && writer.opening([])?[4] == 4)
    #expect(writer.takeBytes().count == 16)
    #expect(writer.takeBytes().isEmpty)

    var header = FLVHeader(hasAudio: true, hasVideo: true)
    header.dataOffset = 99
    var given = FLVWriter(header: header)
    try given.write(audio, body: [1])
    #expect(given.takeBytes()[4] == 5 && given.header.dataOffset == 9)
  }

  @Test func whatDoesNotFitIsRefusedAndNotWritten() throws {
    var writer = FLVWriter()
    var header = FLVTagHeader(.audio, dataSize: 0, timestamp: 0)
    #expect(throws: FLVWriter.Failure.bodyTooLarge(byteCount: 0x100_0000)) {
      try writer.write(header, body: [UInt8](repeating: 0, count: 0x100_0000))
    }
    header.streamID = 0x100_0000
    #expect(throws: FLVWriter.Failure.streamIDTooLarge(0x100_0000)) {
      try writer.write(header, body: [])
    }
    header.streamID = 0
    header.type = FLVTagType(rawValue: 32)
    #expect(throws: FLVWriter.Failure.typeTooLarge(32)) { try writer.write(header, body: []) }
    #expect(writer.takeBytes().count == 13 && writer.tagCount == 0)

    let largest = [UInt8](repeating: 7, count: 0xff_ffff)
    try writer.write(FLVTagHeader(.video, dataSize: 0, timestamp: 0), body: largest)
    #expect(
      try scan(FLVWriter().header.alone + writer.takeBytes()).tags.first?.body.count == 0xff_ffff)
  }

  @Test func whatIsWrittenIsRead() throws {
    var random = Seeded.of("written and read")
    let file = MadeFLV.random(40, using: &random)
    var writer = FLVWriter()
    var bytes: [UInt8] = []
    for tag in file.tags {
      try writer.write(tag.header, body: tag.body)
      if Bool.random(using: &random) { bytes += writer.takeBytes() }
    }
    bytes += writer.takeBytes()
    bytes[4] = 5
    #expect(bytes == file.bytes)
  }
}

extension FLVHeader {
  /// The header and `PreviousTagSize0`.
  fileprivate var alone: [UInt8] {
    var writer = ByteWriter()
    write(to: &writer)
    writer.integer(UInt32(0))
    return writer.bytes
  }
}
