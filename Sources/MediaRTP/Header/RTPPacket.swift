public import MediaBytes

/// An RTP packet as it lies in its bytes: the fields of its header, and where the rest is.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
/// |                           timestamp                           |
/// |           synchronization source (SSRC) identifier            |
/// |            contributing source (CSRC) identifiers ...         |
/// ```
/// All ranges count from the packet's first byte and lie within it. See RFC 3550 5.1 and 5.3.1.
public struct RTPPacket: Hashable, Sendable {
  /// The header without contributing sources and extension, in bytes.
  public static let fixedByteCount = 12

  /// `M`: what it means depends on the payload format.
  public var marker: Bool
  /// `PT`.
  public var payloadType: RTPPayloadType
  /// Counts packets, from a random start.
  public var sequenceNumber: RTPSequenceNumber
  /// When the first byte of the payload was sampled, in ticks, from a random start.
  public var timestamp: RTPTimestamp
  /// `SSRC`: the source, unique in a session.
  public var ssrc: UInt32
  /// The list of CSRC identifiers, four bytes each, at most 15.
  public var contributingSources: Range<Int>
  /// The header extension, if there is one.
  public var headerExtension: Extension?
  /// The payload, padding excluded; may be empty.
  public var payload: Range<Int>
  /// Bytes of padding behind the payload, the count itself included: 0...255.
  public var paddingByteCount: Int

  /// Where a header extension lies (RFC 3550 5.3.1).
  public struct Extension: Hashable, Sendable {
    /// The 16 bits `defined by profile`.
    public var profile: UInt16
    /// Its data, without these 16 bits and the length: a multiple of four bytes.
    public var data: Range<Int>

    /// Makes it of its parts.
    public init(profile: UInt16, data: Range<Int>) {
      self.profile = profile
      self.data = data
    }
  }
}

extension RTPPacket {
  /// Reads all that is left as one packet.
  ///
  /// `isCut` says that a capture kept only the beginning of the packet: then its padding, which is
  /// counted in the last byte, is not looked at. Throws on another version, on a header that does
  /// not fit and on a padding count that is 0 or more than what follows the header.
  public init(parsing reader: inout ByteReader, isCut: Bool = false) throws(ParseError) {
    let start = reader.position
    let origin = reader.offset
    let first = try reader.u8("V")
    guard first >> 6 == 2 else { throw ParseError(.invalid(UInt64(first >> 6)), "V", at: origin) }
    let second = try reader.u8("PT")
    marker = second & 0x80 != 0
    payloadType = RTPPayloadType(rawValue: second)
    sequenceNumber = RTPSequenceNumber(rawValue: try reader.u16("sequence number"))
    timestamp = RTPTimestamp(rawValue: try reader.u32("timestamp"))
    ssrc = try reader.u32("SSRC")
    try reader.skip(4 * Int(first & 0x0f), "CSRC list")
    contributingSources = Self.fixedByteCount..<reader.position - start
    headerExtension = nil
    if first & 0x10 != 0 {
      let profile = try reader.u16("header extension")
      let length = 4 * Int(try reader.u16("header extension length"))
      let data = reader.position - start
      try reader.skip(length, "header extension")
      headerExtension = Extension(profile: profile, data: data..<data + length)
    }
    let body = reader.position - start
    let rest = reader.takeRest()
    paddingByteCount = 0
    if first & 0x20 != 0, !isCut {
      let end = origin + body + rest.byteCount
      guard rest.byteCount > 0 else {
        throw ParseError(.truncated(needed: 1), "padding count", at: end)
      }
      let count = rest.byte(at: rest.byteCount - 1)
      guard (1...rest.byteCount).contains(Int(count)) else {
        throw ParseError(.invalid(UInt64(count)), "padding count", at: end - 1)
      }
      paddingByteCount = Int(count)
    }
    payload = body..<body + rest.byteCount - paddingByteCount
  }

  /// What almost every packet is: nothing but the fixed header and a payload; nil where it is not.
  ///
  /// A payload type that RTCP could be taken for is none either.
  @inlinable public init?(plain bytes: RawSpan) {
    guard bytes.byteCount >= Self.fixedByteCount, bytes.byte(at: 0) == 0x80 else { return nil }
    let second = bytes.byte(at: 1)
    guard !(192...223).contains(second) else { return nil }
    marker = second & 0x80 != 0
    payloadType = RTPPayloadType(rawValue: second)
    sequenceNumber = RTPSequenceNumber(rawValue: bytes.u16(at: 2))
    timestamp = RTPTimestamp(rawValue: bytes.u32(at: 4))
    ssrc = bytes.u32(at: 8)
    contributingSources = Self.fixedByteCount..<Self.fixedByteCount
    headerExtension = nil
    paddingByteCount = 0
    payload = Self.fixedByteCount..<bytes.byteCount
  }

  /// The CSRC identifiers; `bytes` is the packet that this was read from.
  public func contributingSources(in bytes: RawSpan) -> [UInt32] {
    stride(from: contributingSources.lowerBound, to: contributingSources.upperBound, by: 4).map {
      bytes.u32(at: $0)
    }
  }

  /// The elements of the header extension, none where its profile is not that of RFC 8285.
  ///
  /// `bytes` is the packet that this was read from, which begins at byte `offset` of the input.
  /// Throws when an element does not fit.
  public func extensionElements(
    in bytes: RawSpan, at offset: Int = 0
  ) throws(ParseError) -> [RTPExtensionElement] {
    guard let found = headerExtension, let form = RTPExtensionForm(profile: found.profile) else {
      return []
    }
    return try form.elements(in: bytes, found.data, at: offset)
  }

  /// Its header with copies of what is variable in it; `bytes` is the packet this was read from.
  public func header(in bytes: RawSpan) -> RTPHeader {
    var header = RTPHeader(
      payloadType: payloadType, sequenceNumber: sequenceNumber, timestamp: timestamp, ssrc: ssrc)
    header.marker = marker
    header.contributingSources = contributingSources(in: bytes)
    header.headerExtension = headerExtension.map {
      RTPHeaderExtension(
        profile: $0.profile, data: [UInt8](copying: bytes.extracting($0.data)))
    }
    return header
  }
}
