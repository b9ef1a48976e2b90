import MediaBytes

/// What of the headers of an IP packet matters to the layers above.
struct IPHeader {
  /// The place of a fragment in its packet.
  struct Fragment {
    var identification: UInt32
    /// Bytes from the start of the packet's payload.
    var offset: Int
    var isLast: Bool
  }

  var source: IPAddress
  var destination: IPAddress
  /// The protocol behind all headers read; of an IPv6 fragment, what the whole begins with.
  var transport: UInt8
  /// How many bytes follow on the wire; the reader may have fewer.
  var payloadByteCount: Int
  var fragment: Fragment?
}

// MARK: - IPv4

extension IPHeader {
  /// Reads a header with its options (RFC 791 section 3.1).
  init(ipv4 reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    let present = reader.remaining
    let first = try reader.u8("IPv4 version and IHL")
    guard first >> 4 == 4 else {
      throw ParseError(.invalid(UInt64(first >> 4)), "IP version", at: start)
    }
    let headerByteCount = Int(first & 15) * 4
    guard headerByteCount >= 20 else {
      throw ParseError(.invalid(UInt64(first & 15)), "IPv4 IHL", at: start)
    }
    try reader.skip(1, "IPv4 type of service")
    var total = Int(try reader.u16("IPv4 Total Length"))
    // The network card fills the length in later where it cuts large packets up itself.
    if total == 0 { total = present }
    guard total >= headerByteCount else {
      throw ParseError(.invalid(UInt64(total)), "IPv4 Total Length", at: start + 2)
    }
    let identification = UInt32(try reader.u16("IPv4 Identification"))
    let flagsAndOffset = try reader.u16("IPv4 Fragment Offset")
    try reader.skip(1, "IPv4 Time to Live")
    transport = try reader.u8("IPv4 Protocol")
    try reader.skip(2, "IPv4 Header Checksum")
    source = IPAddress(ipv4: try reader.u32("IPv4 Source Address"))
    destination = IPAddress(ipv4: try reader.u32("IPv4 Destination Address"))
    try reader.skip(headerByteCount - 20, "IPv4 Options")
    payloadByteCount = total - headerByteCount
    let offset = Int(flagsAndOffset & 0x1fff) * 8
    let isLast = flagsAndOffset & 0x2000 == 0
    if offset > 0 || !isLast {
      fragment = Fragment(identification: identification, offset: offset, isLast: isLast)
    }
  }
}

// MARK: - IPv6

extension IPHeader {
  /// Reads the header alone (RFC 8200 section 3); the extension headers follow.
  init(ipv6 reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    let first = try reader.u32("IPv6 version")
    guard first >> 28 == 6 else {
      throw ParseError(.invalid(UInt64(first >> 28)), "IP version", at: start)
    }
    payloadByteCount = Int(try reader.u16("IPv6 Payload Length"))
    transport = try reader.u8("IPv6 Next Header")
    try reader.skip(1, "IPv6 Hop Limit")
    source = IPAddress(ipv6: try reader.u64("IPv6 Source"), try reader.u64("IPv6 Source"))
    destination = IPAddress(
      ipv6: try reader.u64("IPv6 Destination"), try reader.u64("IPv6 Destination"))
    // As of IPv4; a jumbogram's length too is in an option (RFC 2675).
    if payloadByteCount == 0, transport != Self.noNextHeader {
      payloadByteCount = reader.remaining
    }
  }

  private static let noNextHeader: UInt8 = 59

  /// Steps over extension headers up to the transport or a fragment (RFC 8200 section 4).
  mutating func skipExtensions(_ reader: inout ByteReader) throws(ParseError) {
    while fragment == nil {
      let start = reader.offset
      switch transport {
      case 0, 43, 60, 135, 139, 140:  // options, routing, mobility, HIP, Shim6
        transport = try reader.u8("Next Header")
        let more = Int(try reader.u8("Hdr Ext Len"))
        try reader.skip(6 + 8 * more, "extension header")
      case 51:  // authentication, which counts in other units (RFC 4302 section 2.2)
        transport = try reader.u8("Next Header")
        let more = Int(try reader.u8("Payload Len"))
        try reader.skip(6 + 4 * more, "authentication header")
      case 44:
        transport = try reader.u8("Next Header")
        try reader.skip(1, "Reserved")
        let offsetAndFlag = try reader.u16("Fragment Offset")
        let identification = try reader.u32("Identification")
        let place = Fragment(
          identification: identification, offset: Int(offsetAndFlag & 0xfff8),
          isLast: offsetAndFlag & 1 == 0)
        // One alone is no fragment (RFC 6946).
        if place.offset > 0 || !place.isLast { fragment = place }
      default: return
      }
      payloadByteCount -= reader.offset - start
      guard payloadByteCount >= 0 else {
        throw ParseError(.truncated(needed: reader.offset - start), "extension header", at: start)
      }
    }
  }
}
