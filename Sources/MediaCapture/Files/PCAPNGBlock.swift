import MediaBytes

/// `Block Type` of pcapng (draft-ietf-opsawg-pcapng section 11.1).
struct PCAPNGBlockType: RawRepresentable, Hashable, Sendable {
  let rawValue: UInt32

  /// The same in both byte orders, so that it can be found before the order is known.
  static let sectionHeader = Self(rawValue: 0x0a0d_0d0a)
  static let interfaceDescription = Self(rawValue: 1)
  /// The one before the enhanced packet block.
  static let obsoletePacket = Self(rawValue: 2)
  static let simplePacket = Self(rawValue: 3)
  static let enhancedPacket = Self(rawValue: 6)

  /// Whether Wireshark shows such a block as a frame, and so counts it, though it is no packet.
  var isCountedByWireshark: Bool {
    switch rawValue {
    case 0xbad, 0x4000_0bad: true  // custom blocks
    case 9: true  // systemd journal export
    case 0x204, 0x208, 0x216, 0x221, 0x222, 0x223: true  // events of Sysdig
    default: false
    }
  }
}

/// An interface of a section, as far as it matters to packets.
struct PCAPNGInterface: Sendable {
  var linkType: LinkType
  var snapLength: UInt32
  var resolution = PCAPNGResolution()
  /// Seconds to add to every time.
  var offsetSeconds: Int64 = 0

  /// Reads the body of an interface description block (section 4.2).
  init(parsing reader: inout ByteReader, _ order: ByteOrder) throws(ParseError) {
    linkType = LinkType(rawValue: try reader.u16(order, "LinkType"))
    try reader.skip(2, "Reserved")
    snapLength = try reader.u32(order, "SnapLen")
    // Options end where the block does, too: `opt_endofopt` is often missing.
    while reader.remaining >= 4 {
      let code = try reader.u16(order, "Option Type")
      let count = Int(try reader.u16(order, "Option Length"))
      guard code != 0 else { break }
      let valueOffset = reader.offset
      var value = try reader.reader(count, "Option Value")
      try reader.skip(min(-count & 3, reader.remaining), "Option padding")
      switch code {
      case 9 where count == 1:
        resolution = try PCAPNGResolution(try value.u8("if_tsresol"), at: valueOffset)
      case 14 where count == 8:
        offsetSeconds = Int64(bitPattern: try value.u64(order, "if_tsoffset"))
      default: break
      }
    }
  }

  /// Nanoseconds since 1970 of a block's 64-bit time; nil before that and past 2^62, in the year 2116,
  /// so that the difference of two times never overflows.
  func time(_ timestamp: UInt64) -> Int64? {
    let (seconds, fraction) = timestamp.quotientAndRemainder(dividingBy: resolution.unitsPerSecond)
    let (whole, overflow) = Int64(clamping: seconds).addingReportingOverflow(offsetSeconds)
    guard !overflow, (0..<Int64(1) << 62 / 1_000_000_000).contains(whole) else { return nil }
    // The fraction is less than a second, so the quotient fits.
    let wide = fraction.multipliedFullWidth(by: 1_000_000_000)
    let nanoseconds = resolution.unitsPerSecond.dividingFullWidth(wide).quotient
    return whole * 1_000_000_000 + Int64(nanoseconds)
  }
}

/// `if_tsresol`: a negative power of ten, or with the top bit set of two (section 4.2).
struct PCAPNGResolution: Sendable {
  var unitsPerSecond: UInt64 = 1_000_000

  init() {}

  init(_ value: UInt8, at offset: Int) throws(ParseError) {
    let exponent = Int(value & 0x7f)
    guard exponent <= (value & 0x80 == 0 ? 19 : 63) else {
      throw ParseError(.unsupported(UInt64(value)), "if_tsresol", at: offset)
    }
    let base: UInt64 = value & 0x80 == 0 ? 10 : 2
    unitsPerSecond = (0..<exponent).reduce(1) { units, _ in units * base }
  }
}
