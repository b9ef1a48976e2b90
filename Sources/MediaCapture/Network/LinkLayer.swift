import MediaBytes

/// The numbers that name what an Ethernet frame carries.
enum EtherType {
  static let ipv4: UInt16 = 0x0800
  static let ipv6: UInt16 = 0x86dd
  /// VLAN tags: 802.1Q, 802.1ad, and what came before that.
  static let tags: ClosedRange<UInt16> = 0x9100...0x9300

  static func isTag(_ type: UInt16) -> Bool {
    type == 0x8100 || type == 0x88a8 || (tags.contains(type) && type & 0xff == 0)
  }
}

/// What follows the header of a link.
enum LinkPayload {
  case network(UInt16)
  case addressFamily(UInt32)

  /// Reads the header of a known link type up to the network layer.
  init(parsing reader: inout ByteReader, _ linkType: LinkType) throws(ParseError) {
    switch linkType {
    case .ethernet:
      try reader.skip(12, "Ethernet addresses")
      self = .network(try Self.etherType(&reader))
    case .linuxSLL:
      try reader.skip(14, "SLL header")
      self = .network(try Self.etherType(&reader))
    case .linuxSLL2:
      // The protocol stands first; a tag's number follows the header all the same.
      let type = try reader.u16("SLL2 protocol")
      try reader.skip(18, "SLL2 header")
      self = .network(try Self.untagged(type, &reader))
    case .null, .loop:
      let family = try reader.u32("address family")
      self = Self.family(family) ?? Self.family(family.byteSwapped) ?? .addressFamily(family)
    case .ipv4: self = .network(EtherType.ipv4)
    case .ipv6: self = .network(EtherType.ipv6)
    default:  // raw IP of every number
      guard let first = reader.peekU8 else {
        throw ParseError(.truncated(needed: 1), "IP version", at: reader.offset)
      }
      switch first >> 4 {
      case 4: self = .network(EtherType.ipv4)
      case 6: self = .network(EtherType.ipv6)
      default: throw ParseError(.invalid(UInt64(first >> 4)), "IP version", at: reader.offset)
      }
    }
  }

  private static func etherType(_ reader: inout ByteReader) throws(ParseError) -> UInt16 {
    try untagged(try reader.u16("EtherType"), &reader)
  }

  /// Steps over VLAN tags, as many as there are, and the SNAP header of 802.2.
  private static func untagged(
    _ first: UInt16, _ reader: inout ByteReader
  ) throws(ParseError) -> UInt16 {
    var type = first
    while EtherType.isTag(type) {
      try reader.skip(2, "VLAN tag")
      type = try reader.u16("EtherType")
    }
    // 802.3 has a length here, and 4 stands for 802.2 in SLL; both bring LLC.
    if type < 0x600, let snap = reader.peek(8) {
      var header = ByteReader(snap, baseOffset: reader.offset)
      let control = try header.u24("LLC header")
      let organization = try header.u24("SNAP organization code")
      if control == 0xaaaa03, organization == 0 {
        type = try header.u16("EtherType")
        try reader.skip(8, "SNAP header")
      }
    }
    return type
  }

  /// IPv6 has a number of its own on every system.
  private static func family(_ value: UInt32) -> Self? {
    switch value {
    case 2: .network(EtherType.ipv4)
    case 10, 24, 28, 30: .network(EtherType.ipv6)
    default: nil
    }
  }
}
