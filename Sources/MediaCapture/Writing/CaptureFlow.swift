import MediaBytes

/// Two endpoints with the headers of Ethernet, IP and UDP that every datagram between them has,
/// made once; lengths and checksums are filled in for each.
public final class CaptureFlow: Sendable {
  /// Where datagrams come from.
  public let source: Endpoint
  /// Where they go to.
  public let destination: Endpoint
  let bytes: [UInt8]
  let isIPv4: Bool
  /// What the checksums have in common.
  private let ipv4Sum: InternetChecksum
  private let udpSum: InternetChecksum

  static let ethernetByteCount = 14

  /// Throws `mixedAddresses` where the endpoints are not of one version of IP.
  public init(from source: Endpoint, to destination: Endpoint) throws(CaptureWriter.Failure) {
    let isIPv4 = source.address.isIPv4
    guard isIPv4 == destination.address.isIPv4 else {
      throw .mixedAddresses(source, destination)
    }
    self.isIPv4 = isIPv4
    self.source = source
    self.destination = destination
    var writer = ByteWriter(capacity: 62)
    writer.append(Self.ethernetAddress(of: destination.address, isSource: false))
    writer.append(Self.ethernetAddress(of: source.address, isSource: true))
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
    var (ipv4Sum, udpSum) = (InternetChecksum(), InternetChecksum())
    if isIPv4 {
      let all = writer.bytes
      unsafe ipv4Sum.add(all.span.bytes.extracting(Self.ethernetByteCount..<udpStart))
    }
    udpSum.add(source.address)
    udpSum.add(destination.address)
    udpSum.add(17 as UInt16)
    (self.ipv4Sum, self.udpSum) = (ipv4Sum, udpSum)
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
    let udpStart = bytes.count - 8
    let udpByteCount = frame.count - udpStart
    let headers = bytes
    unsafe frame.store(headers.span.bytes, at: 0)
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
