import MediaBytes
import MediaCapture
import TestSupport
import Testing

/// One record of four bytes, of six on the wire, at 1.5 s.
struct PCAPVector: Sendable, CustomTestStringConvertible {
  var name: String
  var wire: String
  var order: ByteOrder
  var isNanoseconds = false
  var isModified = false
  var testDescription: String { name }
}

private let vectors = [
  PCAPVector(
    name: "little-endian",
    wire: """
      d4c3b2a1 0200 0400 00000000 00000000 ffff0000 65000000
      01000000 20a10700 04000000 06000000 deadbeef
      """, order: .little),
  PCAPVector(
    name: "big-endian",
    wire: """
      a1b2c3d4 0002 0004 00000000 00000000 0000ffff 00000065
      00000001 0007a120 00000004 00000006 deadbeef
      """, order: .big),
  PCAPVector(
    name: "nanoseconds",
    wire: """
      4d3cb2a1 0200 0400 00000000 00000000 ffff0000 65000000
      01000000 0065cd1d 04000000 06000000 deadbeef
      """, order: .little, isNanoseconds: true),
  PCAPVector(
    name: "nanoseconds, big-endian",
    wire: """
      a1b23c4d 0002 0004 00000000 00000000 0000ffff 00000065
      00000001 1dcd6500 00000004 00000006 deadbeef
      """, order: .big, isNanoseconds: true),
  PCAPVector(
    name: "modified",
    wire: """
      34cdb2a1 0200 0400 00000000 00000000 ffff0000 65000000
      01000000 20a10700 04000000 06000000 02000000 0800 00 00 deadbeef
      """, order: .little, isModified: true),
]

private let refused: [(String, String)] = [
  ("1f8b08000000", "capture compressed with gzip"),
  ("28b52ffd0000", "capture compressed with zstd"),
  ("736e6f6f7000", "snoop capture"), ("474d42550000", "Network Monitor capture"),
  ("a1b234cd0000", "pcap as F. Mesquita modified it"), ("ac01001c0000", "pcap of Ixia"),
  ("a12b3c4d0000", "pcap of Navtel"), ("12cbe2a10000", "pcap of netsniff-ng"),
]

struct CaptureReaderTests {
  @Test(arguments: vectors) func readsPCAP(_ vector: PCAPVector) throws {
    let bytes = hex(vector.wire)
    let reading = read(bytes)
    guard case .pcap(let header) = reading.format else {
      Issue.record("not pcap")
      return
    }
    #expect(header.byteOrder == vector.order && header.isNanoseconds == vector.isNanoseconds)
    #expect(header.isModified == vector.isModified)
    #expect(header.snapLength == 0xffff && header.linkType == .raw)
    let record = try #require(reading.records.first)
    #expect(reading.records.count == 1 && reading.error == nil)
    #expect(record.number == 1 && record.offset == 24 && record.time == 1_500_000_000)
    #expect(record.data == bytes.count - 4..<bytes.count && record.originalByteCount == 6)
    #expect(record.isCut && reading.data == [[0xde, 0xad, 0xbe, 0xef]])
  }

  @Test(arguments: vectors) func writesTheHeader(_ vector: PCAPVector) throws {
    var header = PCAPHeader(
      byteOrder: vector.order, isNanoseconds: vector.isNanoseconds, snapLength: 0xffff,
      linkType: .raw)
    header.isModified = vector.isModified
    var writer = ByteWriter()
    header.write(to: &writer)
    #expect(writer.bytes == Array(hex(vector.wire).prefix(24)))
  }

  /// Each prefix gives the records that are whole and says what is missing where.
  @Test(arguments: vectors) func everyPrefixFails(_ vector: PCAPVector) {
    let bytes = hex(vector.wire)
    let file = bytes + bytes[24...]
    let size = bytes.count - 24
    for count in 0..<file.count where count != 24 && count != 24 + size {
      let reading = read(Array(file.prefix(count)))
      #expect(reading.records.count == max(0, count - 24) / size)
      let start = count < 4 ? 0 : count < 24 ? 0 : 24 + (count - 24) / size * size
      let inData = count >= 24 && count - start >= size - 4
      let expected =
        count < 4
        ? ParseError(.truncated(needed: 4), "magic number", at: 0)
        : count < 24
          ? ParseError(.truncated(needed: 24), "pcap header", at: 0)
          : inData
            ? ParseError(.truncated(needed: 4), "Packet Data", at: start + size - 4)
            : ParseError(.truncated(needed: size - 4), "record header", at: start)
      #expect(reading.error == expected, "\(count) bytes")
    }
  }

  @Test func lengthsAreLimited() {
    var file = Packet.pcap([[1], [2]])
    file.replaceSubrange(24 + 17 + 8..<24 + 17 + 12, with: little(0xffff_ffff as UInt32))
    let reading = read(file)
    #expect(reading.records.count == 1)
    #expect(
      reading.error
        == ParseError(
          .overLimit(0xffff_ffff, limit: 262_144), "Captured Packet Length", at: 24 + 17 + 8))
    var limits = CaptureLimits()
    limits.maxRecordSize = 0
    #expect(read(Packet.pcap([[1]]), limits: limits).error?.offset == 32)
  }

  @Test(arguments: refused) func namesWhatItDoesNotRead(_ wire: String, _ name: String) {
    let error = read(hex(wire)).error
    #expect(error?.field.description == name && error?.offset == 0)
  }

  @Test func otherFilesAreNoCapture() {
    let error = read(Array("GIF89a, and so on and so on".utf8)).error
    #expect(error == ParseError(.invalid(0x4749_4638), "magic number", at: 0))
    #expect(
      read(hex("d4c3b2a1 0300 0400") + [UInt8](repeating: 0, count: 16)).error
        == ParseError(.unsupported(3), "major version", at: 4))
  }

  @Test func anErrorStays() {
    var reader = CaptureReader()
    for _ in 0..<2 {
      #expect(throws: ParseError(.truncated(needed: 4), "magic number", at: 0)) {
        let none: [UInt8] = []
        _ = try reader.step(none.span.bytes, at: 0, end: 0)
      }
    }
  }

  @Test func unknownLinkTypesAreNamed() {
    let reading = read(Packet.pcap([[1, 2, 3]], LinkType(rawValue: 147)))
    #expect(reading.records.count == 1)
    #expect(reading.packets == [.other(.linkType(LinkType(rawValue: 147)))])
  }
}

private let lines: [(String, String)] = [
  ("0.0.0.0/0", "0.0.0.0:0"), ("fd00::1/5004", "[fd00::1]:5004"), ("camera/5004", "0.0.0.0:5004"),
  ("", "0.0.0.0:0"), ("1.2.3.4", "1.2.3.4:0"), ("1.2.3.4/99999", "1.2.3.4:0"),
]

/// rtpdump: made by hand after rtptools' `rtpdump.h`.
struct RTPDumpTests {
  static let header =
    Array("#!rtpplay1.0 224.2.0.1/3456\n".utf8)
    + hex("65530000 0007a120 7f000001 1388 0000")
  static let file =
    header
    + hex("000c 0004 00000000 80600001")  // whole
    + hex("000c 0010 00000014 80600002")  // cut after the header
    + hex("0010 0000 000003e8 80c90001 11223344")  // RTCP

  @Test func reads() {
    let reading = read(Self.file)
    #expect(reading.error == nil)
    let start: Int64 = 0x6553_0000 * 1_000_000_000 + 500_000_000
    #expect(reading.records.map(\.time) == [start, start + 20_000_000, start + 1_000_000_000])
    #expect(reading.records.map(\.content) == [.rtp, .rtp, .rtcp])
    #expect(reading.datagrams.map(\.isCut) == [false, true, false])
    #expect(reading.datagrams.map(\.originalByteCount) == [4, 16, 8])
    #expect(
      reading.datagrams.map(\.source.description) == Array(repeating: "127.0.0.1:5000", count: 3))
    #expect(
      reading.datagrams.map(\.destination.description) == [
        "224.2.0.1:3456", "224.2.0.1:3456", "224.2.0.1:3457",
      ])
    #expect(reading.payloads[2] == hex("80c90001 11223344"))
    #expect(reading.checksums == [.unknown, .unknown, .unknown])
  }

  @Test func everyPrefixFails() {
    let ends = [Self.header.count, Self.header.count + 12, Self.header.count + 24]
    for count in 0..<Self.file.count where !ends.contains(count) {
      let reading = read(Array(Self.file.prefix(count)))
      #expect(reading.error != nil, "\(count)")
      #expect(reading.records.count == ends.dropFirst().count { $0 <= count })
    }
  }

  @Test func refusesWhatCannotBe() {
    #expect(
      read(Self.header + hex("0007 0000 00000000")).error
        == ParseError(.invalid(7), "length", at: Self.header.count))
    var limits = CaptureLimits()
    limits.maxRecordSize = 7
    let long = read(Self.file, limits: limits)
    #expect(long.records.count == 2)
    #expect(
      long.error == ParseError(.overLimit(8, limit: 7), "length", at: Self.header.count + 24))
    let endless = Array("#!rtpplay1.0 ".utf8) + [UInt8](repeating: 0x61, count: 1000)
    #expect(read(endless).error?.field.description == "address/port")
    #expect(read(Array("#!rtpplay2.0 1.2.3.4/5\n".utf8)).error?.reason == .unsupported(0))
  }

  @Test(arguments: lines) func readsTheLine(_ text: String, _ endpoint: String) {
    let file = Array("#!rtpplay1.0 \(text)\n".utf8) + Self.header.suffix(16)
    guard case .rtpdump(let header) = read(file).format else {
      Issue.record("not rtpdump")
      return
    }
    #expect(header.destination.description == endpoint)
  }
}
