import MediaBytes

/// `payload type` of an RTP packet, 7 bits (RFC 3550 5.1).
public struct RTPPayloadType: RawRepresentable, Hashable, Sendable {
  /// The seven bits.
  public let rawValue: UInt8
  /// Makes it of the low seven bits of `rawValue`.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x7f }

  /// Whether only a description such as SDP says what it means (RFC 3551 3): 96...127.
  public var isDynamic: Bool { rawValue >= 96 }
  /// Whether it looks like RTCP when both share a port (RFC 5761 4): 64...95.
  public var conflictsWithRTCP: Bool { (64...95).contains(rawValue) }

  /// What RFC 3551 6 says it means; nil for those it leaves open.
  public var staticFormat: RTPStaticFormat? { RTPStaticFormat.table[rawValue] }

  /// The type that RFC 3551 6 assigns to a format, names compared without regard to case.
  public init?(encodingName: String, clockRate: UInt32, channels: Int = 1) {
    let found = RTPStaticFormat.table.first { _, format in
      format.encodingName.isSameToken(as: encodingName) && format.clockRate == clockRate
        && format.channels ?? 1 == channels
    }
    guard let found else { return nil }
    self.init(rawValue: found.key)
  }
}

extension RTPPayloadType: CustomStringConvertible {
  /// The number.
  public var description: String { "\(rawValue)" }
}

/// The format behind a static payload type (RFC 3551 6, tables 4 and 5).
public struct RTPStaticFormat: Hashable, Sendable {
  /// What it carries.
  public enum Kind: Hashable, Sendable {
    /// Sound.
    case audio
    /// Pictures.
    case video
    /// Both, multiplexed.
    case both
  }

  /// Its name as `a=rtpmap` has it.
  public let encodingName: String
  /// What it carries.
  public let kind: Kind
  /// Ticks of the timestamp in a second.
  public let clockRate: UInt32
  /// How many channels; nil of pictures, and of MPEG audio, whose frames say it.
  public let channels: Int?

  private static func audio(_ name: String, _ rate: UInt32, _ channels: Int? = 1) -> Self {
    Self(encodingName: name, kind: .audio, clockRate: rate, channels: channels)
  }
  private static func video(_ name: String, _ kind: Kind = .video) -> Self {
    Self(encodingName: name, kind: kind, clockRate: 90_000, channels: nil)
  }

  // G.722 samples at 16 kHz, but its clock stays 8000 for ever (RFC 3551 4.5.2).
  static let table: [UInt8: RTPStaticFormat] = [
    0: audio("PCMU", 8000), 3: audio("GSM", 8000), 4: audio("G723", 8000), 5: audio("DVI4", 8000),
    6: audio("DVI4", 16_000), 7: audio("LPC", 8000), 8: audio("PCMA", 8000),
    9: audio("G722", 8000), 10: audio("L16", 44_100, 2), 11: audio("L16", 44_100),
    12: audio("QCELP", 8000), 13: audio("CN", 8000), 14: audio("MPA", 90_000, nil),
    15: audio("G728", 8000), 16: audio("DVI4", 11_025), 17: audio("DVI4", 22_050),
    18: audio("G729", 8000), 25: video("CelB"), 26: video("JPEG"), 28: video("nv"),
    31: video("H261"), 32: video("MPV"), 33: video("MP2T", .both), 34: video("H263"),
  ]
}
