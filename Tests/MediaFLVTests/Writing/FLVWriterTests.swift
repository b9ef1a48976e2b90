import MediaBytes
import MediaFLV
import Testing

@Suite struct FLVWriterTests {
  @Test func writesWhatTheSpecificationSays() throws {
    var writer = FLVWriter()
    try writer.write(FLVTagHeader(.script, dataSize: 99, timestamp: 0), body: [2, 0])
    try writer.write(
      FLVTagHeader(.video, dataSize: 0, timestamp: 0x0123_4567), body: [0x17, 1, 2],
      isKeyframe: true)
    #expect(writer.needsHeaderRewrite == false)
    let bytes = writer.takeBytes()
    #expect(
      bytes == [
        0x46, 0x4c, 0x56, 1, 1, 0, 0, 0, 9, 0, 0, 0, 0,
        18, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 13,
        9, 0, 0, 3, 0x23, 0x45, 0x67, 0x01, 0, 0, 0, 0x17, 1, 2, 0, 0, 0, 14,
      ])
    #expect(writer.byteCount == bytes.count && writer.tagCount == 2)
    #expect(
      writer.keyframes.entries == [.init(milliseconds: 0x0123_4567, filePosition: 30)])
    #expect(writer.keyframes.moved(by: 100).entries.map(\.filePosition) == [130])
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
    #expect(writer.needsHeaderRewrite && writer.header.flags == 4)
    #expect(writer.takeBytes().count == 16)
    #expect(writer.takeBytes().isEmpty)

    var header = FLVHeader(hasAudio: true, hasVideo: true)
    header.dataOffset = 99
    var given = FLVWriter(header: header)
    try given.write(audio, body: [1])
    #expect(given.takeBytes()[4] == 5 && given.header.dataOffset == 9)
    #expect(!given.needsHeaderRewrite)
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
    var random = ReaderSeed.fresh("written and read")
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
