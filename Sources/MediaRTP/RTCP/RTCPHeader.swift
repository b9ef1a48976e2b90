import MediaBytes

/// `PT` of an RTCP packet.
public struct RTCPPacketType: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt8
  /// Makes it of its number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// `SR` (RFC 3550 6.4.1).
  public static let senderReport = Self(rawValue: 200)
  /// `RR` (RFC 3550 6.4.2).
  public static let receiverReport = Self(rawValue: 201)
  /// `SDES` (RFC 3550 6.5).
  public static let sourceDescription = Self(rawValue: 202)
  /// `BYE` (RFC 3550 6.6).
  public static let goodbye = Self(rawValue: 203)
  /// `APP` (RFC 3550 6.7).
  public static let applicationDefined = Self(rawValue: 204)
  /// `RTPFB`: transport layer feedback (RFC 4585 6.2).
  public static let transportFeedback = Self(rawValue: 205)
  /// `PSFB`: payload-specific feedback (RFC 4585 6.3).
  public static let payloadFeedback = Self(rawValue: 206)
  /// `XR` (RFC 3611 2).
  public static let extendedReport = Self(rawValue: 207)
}

/// The four bytes that begin every RTCP packet (RFC 3550 6.4.1).
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |V=2|P|  count  |      PT       |            length             |
/// ```
struct RTCPHeader: Hashable, Sendable {
  static let byteCount = 4

  var isPadded: Bool
  /// `RC`, `SC`, `subtype` or `FMT`: 0...31.
  var count: UInt8
  var type: RTCPPacketType
  /// Bytes behind this header, padding included: 0...262,140.
  var bodyByteCount: Int

  init(parsing reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    let first = try reader.u8("RTCP V")
    guard first >> 6 == 2 else {
      throw ParseError(.invalid(UInt64(first >> 6)), "RTCP V", at: start)
    }
    isPadded = first & 0x20 != 0
    count = first & 0x1f
    type = RTCPPacketType(rawValue: try reader.u8("RTCP PT"))
    bodyByteCount = 4 * Int(try reader.u16("RTCP length"))
  }

  /// Whether it is transport-wide congestion control feedback.
  var isTransportWide: Bool { type == .transportFeedback && count == 15 }

  /// Writes a packet whose body comes from `body`, padded to whole words if need be.
  static func write(
    _ type: RTCPPacketType, count: Int, to writer: inout ByteWriter,
    body: (inout ByteWriter) -> Void
  ) {
    precondition((0...31).contains(count), "the count has five bits")
    let start = writer.count
    let first = writer.reserve(UInt8.self)
    writer.integer(type.rawValue)
    let length = writer.reserve(UInt16.self)
    body(&writer)
    let padding = (4 - (writer.count - start) % 4) % 4
    if padding > 0 {
      writer.fill(padding - 1)
      writer.integer(UInt8(padding))
    }
    writer.patch(first, with: UInt8(0x80 | (padding > 0 ? 0x20 : 0) | count))
    let words = (writer.count - start) / 4 - 1
    precondition(words <= 0xffff, "an RTCP packet has at most 65,536 words")
    writer.patch(length, with: UInt16(words))
  }
}
