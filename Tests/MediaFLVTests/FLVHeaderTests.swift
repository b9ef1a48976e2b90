import MediaBytes
import MediaFLV
import Testing

struct FLVHeaderTests {
  @Test func headerRoundTrips() throws {
    var header = FLVHeader(hasAudio: true, hasVideo: false)
    header.dataOffset = 16
    var writer = ByteWriter()
    header.write(to: &writer)
    #expect(writer.bytes == [0x46, 0x4c, 0x56, 1, 4, 0, 0, 0, 16])
    var reader = ByteReader(writer.bytes.span)
    #expect(try FLVHeader(parsing: &reader) == header)
  }

  @Test func tagHeaderTakesTheExtendedTimestampAsTheHighestByte() throws {
    let bytes: [UInt8] = [0x29, 0, 1, 2, 0x10, 0x20, 0x30, 0x80, 0, 0, 7]
    var reader = ByteReader(bytes.span)
    let header = try FLVTagHeader(parsing: &reader)
    #expect(header.type == .video)
    #expect(header.isFiltered)
    #expect(header.dataSize == 0x102)
    #expect(header.timestamp == Int32(bitPattern: 0x8010_2030))
    #expect(header.streamID == 7)
    var writer = ByteWriter()
    header.write(to: &writer)
    #expect(writer.bytes == bytes)
  }

  @Test(
    arguments: [
      ([0x46, 0x4c, 0x57, 1, 5, 0, 0, 0, 9], "Signature at byte 0"),
      ([0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 8], "DataOffset at byte 5"),
      ([0x46, 0x4c, 0x56, 1, 5, 0, 0, 0], "DataOffset at byte 5"),
    ] as [([UInt8], String)])
  func headerErrorsNameTheField(bytes: [UInt8], message: String) {
    var reader = ByteReader(bytes.span)
    do throws(ParseError) {
      _ = try FLVHeader(parsing: &reader)
      Issue.record("parsed")
    } catch {
      #expect(error.description.hasPrefix(message))
    }
  }

  @Test func fourCCReadsAsText() {
    #expect(FourCC.flac.description == "fLaC")
    #expect(FourCC(rawValue: 0x6176_3031) == .av01)
    #expect(FourCC(rawValue: 1).description == "0x00000001")
  }
}
