public import MediaBytes

/// Where bytes of a packet are.
public enum CapturedBytes: Hashable, Sendable {
  /// In the input, and in the window that showed their record.
  case input(Range<Int>)
  /// Here: put together of fragments, or kept until what was missing came.
  case held([UInt8])

  /// How many there are.
  public var count: Int {
    switch self {
    case .input(let range): range.count
    case .held(let bytes): bytes.count
    }
  }

  /// Gives a view of them; the window, which begins at byte `windowOffset`, must hold them.
  @inlinable
  public func read<Value, Failure: Error>(
    in window: RawSpan, at windowOffset: Int, _ body: (RawSpan) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    switch self {
    case .input(let range):
      let lower = range.lowerBound - windowOffset
      return try body(window.extracting(lower..<lower + range.count))
    case .held(let bytes): return try unsafe body(bytes.span.bytes)
    }
  }
}

/// What a record carries.
public enum CapturedPacket: Hashable, Sendable {
  /// What is neither UDP nor TCP.
  public enum Other: Hashable, Sendable {
    /// A record of a link that is not known; another interface of the capture may have one that is.
    case linkType(LinkType)
    /// No IP: its EtherType, or under 1,536 a length of 802.3.
    case network(UInt16)
    /// No IP: its address family, of BSD's loopback.
    case addressFamily(UInt32)
    /// IP, but of this protocol number; 59 is an IPv6 packet without one.
    case transport(UInt8)
    /// The capture cut it off inside the headers, or it is a fragment that was cut.
    case cut
  }

  /// A datagram, whole or put together of fragments by their last one.
  case datagram(CapturedDatagram)
  /// A segment of TCP.
  case segment(CapturedSegment)
  /// A fragment of a packet whose others have not been seen yet.
  case fragment
  /// Something else.
  case other(Other)
  /// Headers that contradict themselves or the packet's size, or fragments that overlap.
  case malformed(ParseError)
}

/// A datagram of UDP (RFC 768), or a packet of rtpdump.
///
/// A capture taken on a host that sends or receives may hold as one what were several datagrams on
/// the wire: they are cut apart later (UDP GSO), or were put together before (UDP GRO). Nothing in
/// the capture says of what size the parts were, so it stays one, in which a reader of RTP finds a
/// packet with much too long a payload. Captures taken in between, or with these offloads turned
/// off, have none.
public struct CapturedDatagram: Hashable, Sendable {
  /// The number of its record, as Wireshark's; of a fragmented one, that of the last to come.
  public var number: Int
  /// Nanoseconds since 1970-01-01T00:00:00Z; nil where the record has no time.
  public var time: Int64?
  /// Where it came from.
  public var source: Endpoint
  /// Where it went.
  public var destination: Endpoint
  /// What it carries, without headers.
  public var payload: CapturedBytes
  /// How many bytes it carried on the wire.
  public var originalByteCount: Int
  /// The field of UDP; 0 is none, nil where there was no UDP header.
  public var checksum: UInt16?

  /// Whether the capture holds less of it than was on the wire.
  public var isCut: Bool { payload.count < originalByteCount }
}

extension CapturedDatagram {
  /// What comparing the checksum with the bytes says.
  public enum ChecksumResult: Hashable, Sendable {
    /// As it should be.
    case right
    /// Another one would be right; where a packet was captured on its way out, the network card may
    /// not have filled it in yet.
    case wrong(expected: UInt16)
    /// It has none, or is cut.
    case unknown
  }

  /// Verifies the checksum over pseudo header, header and payload (RFC 768, RFC 8200 section 8.1).
  ///
  /// The window must be the one that showed the record. A packet with a routing header has another
  /// last destination, and so seems wrong.
  public func verifyChecksum(in window: RawSpan, at windowOffset: Int) -> ChecksumResult {
    guard let checksum, checksum != 0, !isCut else { return .unknown }
    var sum = InternetChecksum()
    sum.add(source.address)
    sum.add(destination.address)
    let length = UInt32(originalByteCount) + 8
    sum.add(17 as UInt16)
    sum.add(length)  // in the pseudo header, and once more in the header
    sum.add(source.port)
    sum.add(destination.port)
    sum.add(UInt16(truncatingIfNeeded: length))
    payload.read(in: window, at: windowOffset) { sum.add($0) }
    let expected = sum.value == 0 ? 0xffff : sum.value
    return checksum == expected ? .right : .wrong(expected: expected)
  }
}

/// The control bits of TCP (RFC 9293 section 3.1).
public struct TCPFlags: OptionSet, Hashable, Sendable {
  /// The bits as they stand in the header.
  public let rawValue: UInt8
  /// Makes them of the byte in the header.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// No more data follows.
  public static let fin = Self(rawValue: 1)
  /// The connection begins with this sequence number.
  public static let syn = Self(rawValue: 2)
  /// The connection is over at once.
  public static let rst = Self(rawValue: 4)
  /// What has come should be handed on.
  public static let psh = Self(rawValue: 8)
  /// The acknowledgment number means something.
  public static let ack = Self(rawValue: 16)
}

/// A segment of TCP (RFC 9293); `TCPReassembler` makes streams of them.
public struct CapturedSegment: Hashable, Sendable {
  /// The number of its record, as Wireshark's.
  public var number: Int
  /// Nanoseconds since 1970-01-01T00:00:00Z; nil where the record has no time.
  public var time: Int64?
  /// Where it came from.
  public var source: Endpoint
  /// Where it went.
  public var destination: Endpoint
  /// The number of the first byte it carries, or of SYN before that.
  public var sequence: UInt32
  /// The number of the byte expected next from the other side.
  public var acknowledgment: UInt32
  /// Its control bits.
  public var flags: TCPFlags
  /// What it carries, without headers.
  public var payload: CapturedBytes
  /// How many bytes it carried on the wire.
  public var originalByteCount: Int

  /// Whether the capture holds less of it than was on the wire.
  public var isCut: Bool { payload.count < originalByteCount }
}
