import MediaBytes
import MediaCapture
import TestSupport
import Testing

/// A datagram behind the header of a link.
struct LinkVector: Sendable, CustomTestStringConvertible {
  var name: String
  var linkType: LinkType
  var frame: [UInt8]
  var isIPv6 = false
  var testDescription: String { name }
}

private let four = Packet.ipv4(17, Packet.udp4([1, 2, 3]))
private let six = Packet.ipv6(17, Packet.udp6([1, 2, 3]))

private let links: [LinkVector] = [
  .init(name: "Ethernet", linkType: .ethernet, frame: Packet.ethernet(0x0800, four)),
  .init(
    name: "Ethernet with padding", linkType: .ethernet,
    frame: Packet.ethernet(0x0800, four) + [UInt8](repeating: 0xff, count: 15)),
  .init(
    name: "Ethernet IPv6", linkType: .ethernet, frame: Packet.ethernet(0x86dd, six), isIPv6: true),
  .init(
    name: "VLAN", linkType: .ethernet, frame: Packet.ethernet(0x0800, four, tags: [0x8100])),
  .init(
    name: "QinQ", linkType: .ethernet,
    frame: Packet.ethernet(0x0800, four, tags: [0x88a8, 0x8100])),
  .init(
    name: "SNAP", linkType: .ethernet,
    frame: Packet.ethernet(UInt16(8 + four.count), hex("aaaa03 000000 0800") + four)),
  .init(
    name: "SLL", linkType: .linuxSLL,
    frame: hex("0000 0001 0006 020000000001 0000 0800") + four),
  .init(
    name: "SLL IPv6", linkType: .linuxSLL,
    frame: hex("0000 0304 0006 000000000000 0000 86dd") + six, isIPv6: true),
  .init(
    name: "SLL with VLAN", linkType: .linuxSLL,
    frame: hex("0000 0001 0006 020000000001 0000 8100 0007 0800") + four),
  .init(
    name: "SLL2", linkType: .linuxSLL2,
    frame: hex("0800 0000 00000002 0001 00 06 0200000000010000") + four),
  .init(name: "raw", linkType: .raw, frame: four),
  .init(name: "raw IPv6", linkType: .raw, frame: six, isIPv6: true),
  .init(name: "DLT_RAW", linkType: LinkType(rawValue: 12), frame: four),
  .init(name: "IPv4", linkType: .ipv4, frame: four),
  .init(name: "IPv6", linkType: .ipv6, frame: six, isIPv6: true),
  .init(name: "null", linkType: .null, frame: hex("02000000") + four),
  .init(name: "null, big-endian", linkType: .null, frame: hex("00000002") + four),
  .init(name: "null of Darwin", linkType: .null, frame: hex("1e000000") + six, isIPv6: true),
  .init(name: "loop", linkType: .loop, frame: hex("00000018") + six, isIPv6: true),
  .init(
    name: "options", linkType: .raw,
    frame: Packet.ipv4(17, Packet.udp4([1, 2, 3]), options: hex("94040000 01010100"))),
  .init(
    name: "no total length", linkType: .raw,
    frame: Packet.ipv4(17, Packet.udp4([1, 2, 3]), total: 0)),
  .init(
    name: "extension headers", linkType: .raw,
    frame: Packet.ipv6(
      0,
      hex("2b 00 0104 00000000") + hex("3c 00 0000 00000000")  // hop-by-hop, routing
        + hex("33 01 0104 00000000 00000000 00000000")  // destination options of 16
        + hex("2c 02 0000 00000001 00000002 00000003")  // authentication
        + hex("11 00 0000 00000009")  // an atomic fragment
        + Packet.udp6([1, 2, 3])), isIPv6: true),
]

struct DecodingTests {
  @Test(arguments: links) func reachesTheDatagram(_ vector: LinkVector) throws {
    let reading = read(Packet.pcap([vector.frame], vector.linkType))
    let datagram = try #require(reading.datagrams.first, "\(reading.packets)")
    #expect(datagram.number == 1 && datagram.time == 1_000_000_000)
    #expect(datagram.source.description == (vector.isIPv6 ? "[fd00::1]:4000" : "10.0.0.1:4000"))
    #expect(
      datagram.destination.description == (vector.isIPv6 ? "[ff02::42]:5004" : "10.0.0.2:5004"))
    #expect(reading.payloads == [[1, 2, 3]] && reading.checksums == [.right])
    #expect(datagram.originalByteCount == 3 && !datagram.isCut)
  }

  /// Cut by the capture, a packet is cut or tells less; cut for no reason, it is malformed or cut.
  @Test(arguments: links) func everyPrefix(_ vector: LinkVector) {
    for count in 0..<vector.frame.count {
      var file = Packet.pcap([Array(vector.frame.prefix(count))], vector.linkType)
      for isTold in [true, false] {
        if isTold { file.replaceSubrange(36..<40, with: little(UInt32(vector.frame.count))) }
        switch read(file).packets.first {
        case .datagram(let datagram):
          #expect(datagram.isCut == (datagram.payload.count < 3))
        case .other(.cut): #expect(isTold)
        case .other(.network(let type)): #expect(type < 0x600, "SNAP, cut")
        case .malformed(let error): #expect(error.offset >= 40)
        case let other: Issue.record("\(other as Any)")
        }
        file.replaceSubrange(36..<40, with: little(UInt32(count)))
      }
    }
  }

  /// What UDP GRO has put together, or GSO will cut apart, cannot be told from a large datagram.
  @Test func offloadedDatagramsStayOne() throws {
    let packet = hex("8060 0001 00000002 00000003 aabb")
    let reading = read(Packet.pcap([Packet.ipv4(17, Packet.udp4(packet + packet + packet))]))
    #expect(reading.payloads == [packet + packet + packet])
    #expect(reading.datagrams.first?.originalByteCount == 42)
  }

  @Test func whatIsNoDatagramIsNamed() {
    let frames = [
      Packet.ethernet(0x0806, [1]), Packet.ethernet(0x0800, Packet.ipv4(1, [8, 0])),
      Packet.ethernet(0x86dd, Packet.ipv6(59, [])), Packet.ethernet(0x86dd, Packet.ipv6(50, [1])),
    ]
    #expect(
      read(Packet.pcap(frames, .ethernet)).packets == [
        .other(.network(0x0806)), .other(.transport(1)), .other(.transport(59)),
        .other(.transport(50)),
      ])
    #expect(
      read(Packet.pcap([hex("07000000 01")], .null)).packets == [
        .other(.addressFamily(0x0700_0000))
      ])
  }

  @Test func contradictionsAreMalformed() {
    func error(_ packet: [UInt8]) -> ParseError? {
      guard case .malformed(let error) = read(Packet.pcap([packet])).packets.first else {
        return nil
      }
      return error
    }
    #expect(error([0x50]) == ParseError(.invalid(5), "IP version", at: 40))
    #expect(error([0x44] + four.dropFirst()) == ParseError(.invalid(4), "IPv4 IHL", at: 40))
    #expect(
      error(Packet.ipv4(17, [1], total: 19))
        == ParseError(.invalid(19), "IPv4 Total Length", at: 42))
    let short = Packet.ipv4(17, hex("0001 0002 0007 0000"))
    #expect(error(short) == ParseError(.invalid(7), "UDP Length", at: 64))
    let long = Packet.ipv4(17, hex("0001 0002 000a 0000 01"))
    #expect(error(long) == ParseError(.invalid(10), "UDP Length", at: 64))
    var segment = Packet.tcp([1], sequence: 0)
    segment[12] = 0x40
    #expect(error(Packet.ipv4(6, segment)) == ParseError(.invalid(4), "TCP Data Offset", at: 72))
    segment[12] = 0x60
    #expect(error(Packet.ipv4(6, segment)) == ParseError(.invalid(6), "TCP Data Offset", at: 72))
    // An extension header past the payload that IPv6 declares.
    #expect(error(Packet.ipv6(0, hex("11 01 0000 00000000 00000000"))) != nil)
  }

  @Test func checksums() {
    var wrong = four
    wrong[26] ^= 1
    var none = four
    none.replaceSubrange(26..<28, with: [0, 0])
    // Words that sum up to 0xffff have 0xffff, as 0 says that there is none.
    let sum = checksum(Array(Packet.udp4([0, 0]).suffix(4).prefix(2)))
    let full = Packet.ipv4(17, Packet.udp4(big(~sum)))
    #expect(full[26..<28] == [0xff, 0xff])
    let right = UInt16(four[26]) << 8 | UInt16(four[27])
    #expect(
      read(Packet.pcap([four, wrong, none, full])).checksums == [
        .right, .wrong(expected: right), .unknown, .right,
      ])
  }

  @Test func segments() throws {
    let options = hex("0101 080a 00000001 00000002")
    let packet = Packet.ipv4(
      6, Packet.tcp([9, 8, 7], sequence: 0xffff_fffe, flags: [.ack, .psh], options: options))
    let reading = read(Packet.pcap([packet]))
    let segment = try #require(reading.segments.first)
    #expect(segment.source.port == 1000 && segment.destination.port == 554)
    #expect(segment.sequence == 0xffff_fffe && segment.acknowledgment == 1)
    #expect(segment.flags == [.ack, .psh] && segment.originalByteCount == 3 && !segment.isCut)
    #expect(reading.payloads == [[9, 8, 7]])
  }
}

private let addresses: [(String, String?)] = [
  ("0.0.0.0", nil), ("255.255.255.255", nil), ("127.0.0.1", nil), ("::", nil), ("::1", nil),
  ("2001:db8::1", nil), ("fe80::1:0:0:1", nil), ("1:2:3:4:5:6:7:8", nil), ("1::", nil),
  ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("2001:db8:0:1:1:1:1:1", nil),
  ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
  ("::ffff:1.2.3.4", nil), ("::FFFF:102:304", "::ffff:1.2.3.4"), ("1::8", nil),
  ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("0:0:0:0:0:0:0:0", "::"),
]

struct IPAddressTests {
  @Test(arguments: addresses) func textIsThatOfRFC5952(_ text: String, _ canonical: String?) throws
  {
    let address = try #require(IPAddress(text))
    #expect(address.description == canonical ?? text)
    #expect(IPAddress(address.description) == address)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.256", "1.2.3.4.5", "01234.1.1.1", "1.2.3.+4", ":", ":::", "1:2", "1::2::3",
    "12345::", "g::", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "::1.2.3", "1.2.3.4::", ":1::2",
    "1:2:3:4:5:6:7:", "+1::", "::1%eth0", "localhost",
  ]) func otherTextIsNone(_ text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test func groupsOfMulticast() throws {
    for (text, isMulticast) in [
      ("224.0.0.1", true), ("239.255.255.255", true), ("223.1.1.1", false), ("240.0.0.1", false),
      ("ff02::1", true), ("fe80::1", false),
    ] {
      #expect(try #require(IPAddress(text)).isMulticast == isMulticast)
    }
  }
}
