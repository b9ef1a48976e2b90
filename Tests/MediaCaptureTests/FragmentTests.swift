import MediaBytes
import MediaCapture
import TestSupport
import Testing

/// A datagram of 40 bytes with its header, cut into fragments of 16, 16 and 8.
struct FragmentTests {
  private static let whole = Packet.udp4((0..<32).map { UInt8($0) })

  private static func four(_ range: Range<Int>, id: UInt16 = 7, last: Bool? = nil) -> [UInt8] {
    let isLast = last ?? (range.upperBound == whole.count)
    return Packet.ipv4(
      17, Array(whole[range]), id: id,
      fragment: UInt16(range.lowerBound / 8) | (isLast ? 0 : 0x2000))
  }

  private static let pieces = [0..<16, 16..<32, 32..<40]

  @Test func putsThemTogetherInAnyOrder() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2], [0, 0, 1, 0, 1, 2]] {
      let reading = read(Packet.pcap(order.map { Self.four(Self.pieces[$0]) }))
      #expect(reading.packets.dropLast().allSatisfy { $0 == .fragment })
      #expect(reading.datagrams.count == 1 && reading.payloads == [(0..<32).map { UInt8($0) }])
      #expect(reading.datagrams.first?.number == order.count && reading.checksums == [.right])
    }
  }

  @Test func ofIPv6WithHeadersInside() {
    let inner = hex("11 00 0104 00000000") + Packet.udp6((0..<32).map { UInt8($0) })
    let packets = [0..<24, 24..<48].map { range in
      // Options before the fragment header, and others behind it.
      Packet.ipv6(
        0,
        hex("2c 00 0104 00000000") + [60, 0]
          + big(UInt16(range.lowerBound | (range.lowerBound == 0 ? 1 : 0)))
          + hex("00000007") + inner[range])
    }
    let reading = read(Packet.pcap(packets))
    #expect(reading.packets.first == .fragment)
    #expect(reading.payloads == [(0..<32).map { UInt8($0) }] && reading.checksums == [.right])
    #expect(reading.datagrams.first?.source.description == "[fd00::1]:4000")
  }

  @Test func datagramsDoNotMix() {
    let packets = [
      Self.four(0..<16, id: 1), Self.four(0..<16, id: 2), Self.four(16..<40, id: 2),
      Self.four(16..<40, id: 1),
    ]
    #expect(read(Packet.pcap(packets)).datagrams.map(\.number) == [3, 4])
  }

  @Test func overlapsAreRefused() {
    let cases: [(String, [[UInt8]])] = [
      ("overlap of fragments", [Self.four(0..<16), Self.four(8..<24)]),
      ("overlap of fragments", [Self.four(8..<24), Self.four(0..<16)]),
      ("overlap of fragments", [Self.four(0..<16), Self.four(0..<24)]),
      ("end of last fragment", [Self.four(32..<40), Self.four(16..<32, last: true)]),
      ("end of fragment", [Self.four(16..<24, last: true), Self.four(24..<32)]),
      ("size of fragment", [Self.four(0..<12), Self.four(16..<32)]),
    ]
    for (name, packets) in cases {
      let rest = Self.pieces.map { Self.four($0) }
      let reading = read(Packet.pcap(packets + rest))
      let errors = reading.packets.compactMap { packet -> String? in
        if case .malformed(let error) = packet { error.field.description } else { nil }
      }
      #expect(errors == [name] && reading.datagrams.isEmpty)
    }
    var changed = Self.four(0..<16)
    changed[25] ^= 1
    #expect(read(Packet.pcap([Self.four(0..<16), changed])).packets.last != .fragment)
  }

  @Test func aFragmentPastTheEndOfAnyPacket() {
    let packet = Packet.ipv4(17, [UInt8](repeating: 0, count: 16), id: 1, fragment: 0x1fff)
    #expect(
      read(Packet.pcap([packet])).packets == [
        .malformed(ParseError(.overLimit(65_544, limit: 65_535), "end of fragment", at: 60))
      ])
  }

  @Test func memoryIsBounded() {
    var limits = CaptureLimits()
    limits.maxFragmentedDatagrams = 2
    let begun = (0..<3).map { Self.four(0..<16, id: $0) }
    let ended = (0..<3).map { Self.four(16..<40, id: $0) }
    // The first one has given way to the third; its end makes it wait anew.
    #expect(
      read(Packet.pcap(begun + ended.reversed()), limits: limits).datagrams.map(\.number) == [4, 5])
    limits = CaptureLimits()
    limits.maxFragmentBytes = 2 * (16 + 64)
    #expect(
      read(Packet.pcap(begun + ended.reversed()), limits: limits).datagrams.map(\.number) == [4, 5])
    limits = CaptureLimits()
    limits.maxFragments = 2
    let reading = read(Packet.pcap(Self.pieces.map { Self.four($0) }), limits: limits)
    #expect(reading.datagrams.isEmpty && reading.packets.last != .fragment)
  }

  /// Records are a second apart.
  @Test func identificationsAreUsedAgain() {
    var limits = CaptureLimits()
    limits.fragmentTimeout = 1_500_000_000
    let other = Packet.ipv4(1, [1])
    let packets = [Self.four(0..<16), other, Self.four(0..<8), Self.four(8..<40)]
    #expect(read(Packet.pcap(packets), limits: limits).datagrams.map(\.number) == [4])
    limits.fragmentTimeout = 3_000_000_000
    #expect(read(Packet.pcap(packets), limits: limits).datagrams.isEmpty)
  }

  @Test func aCutFragmentIsOfNoUse() {
    var file = Packet.pcap([Array(Self.four(0..<16).dropLast())])
    file.replaceSubrange(36..<40, with: little(36 as UInt32))
    #expect(read(file).packets == [.other(.cut)])
  }
}
