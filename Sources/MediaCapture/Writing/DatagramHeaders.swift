import MediaBytes

/// The headers of Ethernet, IP and UDP in front of every datagram between two endpoints, made once;
/// lengths and checksums are filled in for each.
struct DatagramHeaders: Sendable {
  let source: Endpoint
  let destination: Endpoint
  let bytes: [UInt8]
  /// What the checksums have in common.
  private var ipv4Sum = InternetChecksum()
  private var udpSum = InternetChecksum()

  static let ethernetByteCount = 14

  /// Both endpoints are of the same version of IP.
  init(source: Endpoint, destination: Endpoint) {
    self.source = source
    self.destination = destination
    var writer = ByteWriter(capacity: 62)
    writer.append(Self.ethernetAddress(of: destination.address, isSource: false))
    writer.append(Self.ethernetAddress(of: source.address, isSource: true))
    let isIPv4 = source.address.isIPv4
    writer.integer(isIPv4 ? EtherType.ipv4 : EtherType.ipv6)
    if isIPv4 {
      writer.integer(0x4500 as UInt16)
      writer.fill(4)  // length; no identification, as nothing may be fragmented (RFC 6864)
      writer.integer(0x4000 as UInt16)  // don't fragment
      writer.integer(0x4011 as UInt16)  // 64 hops, UDP
      writer.fill(2)
    } else {
      writer.integer(0x6000_0000 as UInt32)
      writer.fill(2)
      writer.integer(0x1140 as UInt16)  // UDP, 64 hops
    }
    writer.append(source.address.bytes)
    writer.append(destination.address.bytes)
    let udpStart = writer.count
    writer.integer(source.port)
    writer.integer(destination.port)
    writer.fill(4)
    bytes = writer.bytes
    if isIPv4 {
      let all = writer.bytes
      unsafe ipv4Sum.add(all.span.bytes.extracting(Self.ethernetByteCount..<udpStart))
    }
    udpSum.add(source.address)
    udpSum.add(destination.address)
    udpSum.add(17 as UInt16)
  }

  /// A group's own address (RFC 1112 section 6.4, RFC 2464 section 7), else a made-up local one.
  private static func ethernetAddress(of address: IPAddress, isSource: Bool) -> [UInt8] {
    guard address.isMulticast, !isSource else { return [2, 0, 0, 0, 0, isSource ? 1 : 2] }
    let last = address.bytes.suffix(4)
    return address.isIPv4
      ? [1, 0, 0x5e, address.bytes[1] & 0x7f] + last.suffix(2) : [0x33, 0x33] + last
  }

  /// How many bytes stand in front of a datagram.
  static func byteCount(isIPv4: Bool) -> Int { ethernetByteCount + (isIPv4 ? 20 : 40) + 8 }

  /// Stores the headers of a frame whose payload is in its place already.
  @unsafe func store(in frame: UnsafeMutableRawBufferPointer) {
    let isIPv4 = source.address.isIPv4
    let udpStart = bytes.count - 8
    let udpByteCount = frame.count - udpStart
    unsafe frame.store(bytes.span.bytes, at: 0)
    let ipStart = Self.ethernetByteCount
    if isIPv4 {
      let total = UInt16(20 + udpByteCount)
      var sum = ipv4Sum
      sum.add(total)
      unsafe frame.storeBig(total, at: ipStart + 2)
      unsafe frame.storeBig(sum.value, at: ipStart + 10)
    } else {
      unsafe frame.storeBig(UInt16(udpByteCount), at: ipStart + 4)
    }
    unsafe frame.storeBig(UInt16(udpByteCount), at: udpStart + 4)
    var sum = udpSum
    sum.add(UInt16(udpByteCount))
    unsafe sum.add(UnsafeRawBufferPointer(rebasing: frame[udpStart...]))
    // Zero would say that there is none.
    unsafe frame.storeBig(sum.value == 0 ? 0xffff : sum.value, at: udpStart + 6)
  }
}
