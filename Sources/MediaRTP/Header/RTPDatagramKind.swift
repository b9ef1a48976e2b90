import MediaBytes

/// What a datagram on the port of an RTP session is.
///
/// The first byte tells the protocols apart (RFC 7983 7), the second RTP from RTCP (RFC 5761 4);
/// where more of the datagram can confirm it, it must.
public enum RTPDatagramKind: Hashable, Sendable {
  /// RTP or SRTP, which look the same: see `SRTPEvidence`.
  case rtp
  /// RTCP or SRTCP.
  case rtcp(RTCPForm)
  /// STUN (RFC 8489 5).
  case stun
  /// ZRTP (RFC 6189 5).
  case zrtp
  /// DTLS (RFC 6347 4.1).
  case dtls
  /// A channel of TURN (RFC 8656 12.4).
  case turnChannel
  /// None of these.
  case unknown

  /// Looks at a datagram; `isCut` says that a capture kept only its beginning.
  public init(of bytes: RawSpan, isCut: Bool = false) {
    self = .unknown
    guard bytes.byteCount >= 4 else { return }
    switch bytes.byte(at: 0) {
    case 0...3: if Self.isSTUN(bytes) { self = .stun }
    case 16...19:
      // "ZRTP" stands where an RTP packet has its timestamp.
      if bytes.byteCount >= 12, bytes.u32(at: 4) == 0x5a52_5450 { self = .zrtp }
    case 20...63:
      let version = bytes.u16(at: 1)
      if bytes.byteCount >= 13, version == 0xfeff || version == 0xfefd { self = .dtls }
    case 64...79:
      if isCut || Int(bytes.u16(at: 2)) <= bytes.byteCount - 4 { self = .turnChannel }
    case 128...191: self = Self.rtpOrRTCP(bytes, isCut: isCut)
    default: break
    }
  }

  private static func isSTUN(_ bytes: RawSpan) -> Bool {
    bytes.byteCount >= 20 && bytes.u16(at: 2) % 4 == 0 && bytes.u32(at: 4) == 0x2112_a442
  }

  private static func rtpOrRTCP(_ bytes: RawSpan, isCut: Bool) -> Self {
    let second = bytes.byte(at: 1)
    if (192...223).contains(second) {
      let form = RTCPForm(of: bytes, isCut: isCut)
      let isDefined = (200...207).contains(second)
      // Another number of the range may be a payload type in 64...95 with its marker set.
      if isDefined || !isCut && (form == .compound || form == .reducedSize) { return .rtcp(form) }
    }
    return bytes.byteCount >= RTPPacket.fixedByteCount ? .rtp : .unknown
  }
}

/// How a datagram of RTCP is made up, as far as its headers show.
public enum RTCPForm: Hashable, Sendable {
  /// Packets that fill the datagram and begin with a report (RFC 3550 6.1).
  case compound
  /// Packets that fill the datagram but do not begin with a report (RFC 5506).
  case reducedSize
  /// One readable header, then SRTCP's ciphertext and index (RFC 3711 3.4).
  case encrypted
  /// The packets do not fill the datagram.
  case malformed

  /// Looks at a datagram whose first bytes are those of RTCP.
  init(of bytes: RawSpan, isCut: Bool) {
    var position = 0
    while bytes.byteCount - position >= 4, bytes.byte(at: position) >> 6 == 2 {
      position += 4 * (Int(bytes.u16(at: position + 2)) + 1)
    }
    let type = bytes.byte(at: 1)
    if position == bytes.byteCount || isCut {
      self = type == 200 || type == 201 ? .compound : .reducedSize
    } else {
      self = Self.hasSRTCPTrailer(bytes) ? .encrypted : .malformed
    }
  }

  /// Whether the E flag and a small SRTCP index stand in front of a tag of usual length.
  private static func hasSRTCPTrailer(_ bytes: RawSpan) -> Bool {
    // 80 and 32 bits of HMAC-SHA1; AES-GCM has its tag in front of the index (RFC 7714 9.2).
    [10, 4, 0].contains { tagByteCount in
      let position = bytes.byteCount - tagByteCount - 4
      return position >= 8 && bytes.u32(at: position) >> 20 == 0x800
    }
  }
}
