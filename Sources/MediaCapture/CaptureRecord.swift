/// A record of a capture and where its bytes lie; they stay in the input.
public struct CaptureRecord: Hashable, Sendable {
  /// What the bytes of a record are.
  public enum Content: Hashable, Sendable {
    /// A frame of a link, headers of all layers included.
    case frame(LinkType)
    /// An RTP packet without anything in front, of rtpdump.
    case rtp
    /// RTCP packets without anything in front, of rtpdump.
    case rtcp
  }

  /// From 1 on, as Wireshark counts: blocks of pcapng that it shows as a frame count too, though
  /// nothing else is made of them (custom blocks, entries of a journal or of Sysdig).
  public var number: Int
  /// Where its header, or block, begins in the input.
  public var offset: Int
  /// Nanoseconds since 1970-01-01T00:00:00Z; nil where it has no time (simple packet blocks).
  public var time: Int64?
  /// What its bytes are.
  public var content: Content
  /// Which interface of the capture it comes from, counted through all sections from 0.
  public var interface: Int
  /// Where its bytes lie in the input.
  public var data: Range<Int>
  /// How many bytes it had on the wire.
  public var originalByteCount: Int

  /// Whether the capture holds less than was on the wire.
  public var isCut: Bool { data.count < originalByteCount }
}

/// How much a capture may ask for; what is over is told, never stored.
public struct CaptureLimits: Hashable, Sendable {
  /// The most bytes of one record, as in Wireshark.
  public var maxRecordSize = 262_144
  /// The most interfaces of one section of pcapng; each costs some bytes.
  public var maxInterfaces = 65_536
  /// The most bytes that fragments of IP may hold together.
  public var maxFragmentBytes = 4 << 20
  /// The most datagrams whose fragments are waited for; the one begun first gives way.
  public var maxFragmentedDatagrams = 128
  /// The most fragments of one datagram; an MTU of 68, the smallest of IPv4, makes 1,366.
  public var maxFragments = 2048
  /// How long fragments wait for the others, nanoseconds (Linux waits as long).
  public var fragmentTimeout: Int64 = 30_000_000_000

  /// The limits as they are by default.
  public init() {}
}
