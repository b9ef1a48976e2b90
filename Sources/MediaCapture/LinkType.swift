/// What each record of a capture begins with: `LINKTYPE_` values of pcap and pcapng.
public struct LinkType: RawRepresentable, Hashable, Sendable {
  /// The number in the capture.
  public let rawValue: UInt16
  /// Makes it of its number.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The address family of BSD's loopback, in the byte order of whoever captured.
  public static let null = Self(rawValue: 0)
  /// Ethernet II or 802.3.
  public static let ethernet = Self(rawValue: 1)
  /// IPv4 or IPv6, told apart by its first four bits.
  public static let raw = Self(rawValue: 101)
  /// The address family of OpenBSD's loopback, most significant byte first.
  public static let loop = Self(rawValue: 108)
  /// Linux "cooked" capture.
  public static let linuxSLL = Self(rawValue: 113)
  /// IPv4 alone.
  public static let ipv4 = Self(rawValue: 228)
  /// IPv6 alone.
  public static let ipv6 = Self(rawValue: 229)
  /// Linux "cooked" capture, version 2.
  public static let linuxSLL2 = Self(rawValue: 276)

  /// `DLT_RAW` of most systems, which some programs write as it is instead of 101.
  static let rawDLT = Self(rawValue: 12)
  /// `DLT_RAW` of OpenBSD, likewise.
  static let rawOpenBSD = Self(rawValue: 14)

  /// Whether records of this type can be decoded.
  public var isKnown: Bool {
    switch self {
    case .null, .ethernet, .raw, .loop, .linuxSLL, .ipv4, .ipv6, .linuxSLL2, .rawDLT, .rawOpenBSD:
      true
    default: false
    }
  }
}
