import MediaBytes
import MediaCapture
import TestSupport
import Testing

private let a = Endpoint(address: IPAddress(ipv4: 0x7f00_0001), port: 5000)
private let b = Endpoint(address: IPAddress(ipv4: 0x7f00_0001), port: 5004)
private let a6 = Endpoint(address: IPAddress(ipv6: 0, 1), port: 5000)
private let b6 = Endpoint(address: IPAddress(ipv6: 0xff02_0000_0000_0000, 0x1234_5678), port: 5004)

struct CaptureWriterTests {
  /// Every byte of a file of one datagram.
  @Test func pcapByHand() throws {
    var writer = CaptureWriter(.pcap)
    try writer.write([1, 2, 3], from: a, to: b, at: 0x6553_f100 * 1_000_000_000 + 1_234_567)
    #expect(
      writer.takeBytes()
        == hex(
          """
          d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000
          00f15365 d2040000 2d000000 2d000000
          020000000002 020000000001 0800
          4500001f 00004000 40113ccc 7f000001 7f000001
          1388 138c 000b d6bf 010203
          """))
    #expect(writer.byteCount == 24 + 16 + 45 && writer.recordCount == 1)
    #expect(writer.pendingByteCount == 0)
  }

  @Test func pcapngByHand() throws {
    var writer = CaptureWriter(.pcapng)
    try writer.write([1, 2, 3], from: a6, to: b6, at: 1_700_000_000_123_456_789)
    #expect(
      writer.takeBytes()
        == hex(
          """
          0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000
          01000000 20000000 0100 0000 00000400 0900 0100 09 000000 00000000 20000000
          06000000 64000000 00000000 fe9c9717 15cd853d 41000000 41000000
          333312345678 020000000001 86dd
          60000000 000b 11 40 00000000000000000000000000000001 ff020000000000000000000012345678
          1388 138c 000b 6d12 010203 000000 64000000
          """))
  }

  @Test func rtpdumpByHand() throws {
    var writer = CaptureWriter(.rtpdump)
    try writer.write([0x80, 96], from: a, to: b, at: 1_500_000_999)
    try writer.write([0x80, 200], from: a, to: b, at: 2_500_000_000, isRTCP: true)
    let line = Array("#!rtpplay1.0 127.0.0.1/5004\n".utf8)
    #expect(
      writer.takeBytes()
        == line
        + hex(
          """
          00000001 0007a120 7f000001 1388 0000
          000a 0002 00000000 8060
          000a 0000 000003e8 80c8
          """))
  }

  @Test(arguments: CaptureWriter.Format.allCases)
  func whatIsWrittenIsReadAgain(_ format: CaptureWriter.Format) throws {
    var random = Seeded.of("whatIsWrittenIsReadAgain")
    var writer = CaptureWriter(format)
    var file: [UInt8] = []
    var sent: [(payload: [UInt8], time: Int64, isIPv6: Bool, isRTCP: Bool)] = []
    var time: Int64 = 1_700_000_000_000_000_000
    for _ in 0..<300 {
      let payload = (0..<Int.random(in: 1...300, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      let isIPv6 = format != .rtpdump && Bool.random(using: &random)
      let isRTCP = Bool.random(using: &random)
      try writer.write(
        payload, from: isIPv6 ? a6 : a, to: isIPv6 ? b6 : b, at: time,
        isRTCP: isRTCP)
      sent.append((payload, time, isIPv6, isRTCP))
      time += Int64.random(in: 0...50_000_000, using: &random)
      if Int.random(in: 0..<10, using: &random) == 0 {
        writer.drain { file += [UInt8](copying: $0) }
      }
    }
    file += writer.takeBytes()
    #expect(writer.byteCount == file.count && writer.recordCount == 300)
    let reading = read(file)
    #expect(reading.error == nil && reading.payloads == sent.map(\.payload))
    let unit: Int64 = [.pcap: 1000, .rtpdump: 1_000_000][format] ?? 1
    #expect(reading.datagrams.map(\.time) == sent.map { $0.time / unit * unit })
    if format == .rtpdump {
      #expect(reading.records.map { $0.content == .rtcp } == sent.map(\.isRTCP))
    } else {
      #expect(reading.checksums.allSatisfy { $0 == .right })
      #expect(reading.datagrams.map(\.source) == sent.map { $0.isIPv6 ? a6 : a })
      #expect(reading.datagrams.map(\.destination) == sent.map { $0.isIPv6 ? b6 : b })
    }
  }

  @Test(arguments: CaptureWriter.Format.allCases)
  func limits(_ format: CaptureWriter.Format) throws {
    for (from, to) in [(a, b), (a6, b6)] {
      var writer = CaptureWriter(format)
      let limit = writer.maxPayloadByteCount(to: to.address)
      let largest = [UInt8](repeating: 0xff, count: limit)
      try writer.write(largest, from: from, to: to, at: 0)
      let before = writer.byteCount
      #expect(throws: CaptureWriter.Failure.payloadTooLarge(byteCount: limit + 1, limit: limit)) {
        try writer.write(largest + [0], from: from, to: to, at: 0)
      }
      for time in [-1, (1 << 32) * 1_000_000_000] as [Int64] {
        #expect(throws: CaptureWriter.Failure.timeOutOfRange(time)) {
          try writer.write([1], from: from, to: to, at: time)
        }
      }
      #expect(writer.byteCount == before && writer.recordCount == 1)
      let reading = read(writer.takeBytes())
      #expect(reading.payloads == [largest])
      #expect(format == .rtpdump || reading.checksums == [.right])
    }
  }

  @Test func whatRTPDumpAndIPCannotSay() throws {
    var dump = CaptureWriter(.rtpdump)
    try dump.write([1], from: a, to: b, at: 1_000_000_000)
    #expect(throws: CaptureWriter.Failure.timeOutOfRange(999_000_000)) {
      try dump.write([1], from: a, to: b, at: 999_000_000)
    }
    let late: Int64 = 1_000_000_000 + (1 << 32) * 1_000_000
    #expect(throws: CaptureWriter.Failure.timeOutOfRange(late)) {
      try dump.write([1], from: a, to: b, at: late)
    }
    var file = CaptureWriter(.pcap)
    #expect(throws: CaptureWriter.Failure.mixedAddresses(a, b6)) {
      try file.write([1], from: a, to: b6, at: 0)
    }
    #expect(file.byteCount == 24)
  }

  @Test func aDrainThatFailsLosesNothing() throws {
    struct Full: Error {}
    var writer = CaptureWriter(.pcap)
    try writer.write([1], from: a, to: b, at: 0)
    #expect(throws: Full.self) { try writer.drain { _ throws(Full) in throw Full() } }
    #expect(read(writer.takeBytes()).payloads == [[1]])
  }

  @Test func groupsHaveTheirOwnEthernetAddress() throws {
    var writer = CaptureWriter(.pcap)
    let group = Endpoint(address: IPAddress(ipv4: 0xef81_0203), port: 5004)
    try writer.write([1], from: a, to: group, at: 0)
    #expect(Array(writer.takeBytes()[40..<46]) == hex("01005e010203"))
  }
}
