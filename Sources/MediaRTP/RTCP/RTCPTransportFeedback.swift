public import MediaBytes

/// `RTPFB`: feedback on the transport (RFC 4585 6.2).
public struct RTCPTransportFeedback: Hashable, Sendable {
  /// `SSRC of packet sender`.
  public var sender: UInt32
  /// `SSRC of media source`; 0 where the messages name their sources themselves.
  public var mediaSource: UInt32
  /// What it says.
  public var message: Message

  /// What feedback says: `FMT` and `FCI`.
  public enum Message: Hashable, Sendable {
    /// FMT 1: packets that are missing (RFC 4585 6.2.1).
    case nack([NACK])
    /// FMT 3: `TMMBR`, a request for a lower bit rate (RFC 5104 4.2.1).
    case maxBitRateRequest([MaxBitRate])
    /// FMT 4: `TMMBN`, the answer to it (RFC 5104 4.2.2).
    case maxBitRateNotification([MaxBitRate])
    /// FMT 15: when packets arrived (draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1).
    case transportWide(TransportWide)
    /// Any other, and those whose FCI is of another size.
    case other(format: UInt8, fci: [UInt8])
  }

  /// Up to 17 packets that are missing (RFC 4585 6.2.1).
  public struct NACK: Hashable, Sendable {
    /// `PID`: the first of them.
    public var packetID: RTPSequenceNumber
    /// `BLP`: which of the 16 that follow it are missing too, the nearest in the lowest bit.
    public var bitmask: UInt16

    /// Makes an entry.
    public init(packetID: RTPSequenceNumber, bitmask: UInt16) {
      self.packetID = packetID
      self.bitmask = bitmask
    }

    /// All the missing packets.
    public var missing: [RTPSequenceNumber] {
      [packetID]
        + (0..<16).filter { bitmask >> $0 & 1 == 1 }.map { packetID.advanced(by: $0 + 1) }
    }
  }

  /// An entry of TMMBR and TMMBN (RFC 5104 4.2.1.1).
  public struct MaxBitRate: Hashable, Sendable {
    /// The sender of media it is about.
    public var ssrc: UInt32
    /// `MxTBR Exp`, 6 bits.
    public var exponent: UInt8
    /// `MxTBR Mantissa`, 17 bits.
    public var mantissa: UInt32
    /// `Measured Overhead` a packet, 9 bits, in bytes.
    public var overhead: UInt16

    /// Makes an entry.
    public init(ssrc: UInt32, exponent: UInt8, mantissa: UInt32, overhead: UInt16) {
      self.ssrc = ssrc
      self.exponent = exponent
      self.mantissa = mantissa
      self.overhead = overhead
    }

    /// Bits a second; nil past 64 bits.
    public var bitRate: UInt64? { RTCPHeader.scaled(mantissa, exponent) }
  }

  /// The head of transport-wide congestion control feedback; its chunks and deltas stay bytes.
  public struct TransportWide: Hashable, Sendable {
    /// `base sequence number`: of the first packet reported, counted over all streams.
    public var baseSequenceNumber: UInt16
    /// `packet status count`: how many packets are reported.
    public var statusCount: UInt16
    /// `reference time`, 24 bits, in 64 ms.
    public var referenceTime: Int32
    /// `fb pkt. count`: counts these messages.
    public var feedbackCount: UInt8
    /// Packet chunks and receive deltas, without padding.
    public var rest: [UInt8]

    /// Makes it of its parts.
    public init(
      baseSequenceNumber: UInt16, statusCount: UInt16, referenceTime: Int32, feedbackCount: UInt8,
      rest: [UInt8]
    ) {
      self.baseSequenceNumber = baseSequenceNumber
      self.statusCount = statusCount
      self.referenceTime = referenceTime
      self.feedbackCount = feedbackCount
      self.rest = rest
    }
  }

  /// Makes a packet.
  public init(sender: UInt32, mediaSource: UInt32, message: Message) {
    self.sender = sender
    self.mediaSource = mediaSource
    self.message = message
  }
}

extension RTCPTransportFeedback {
  init(body reader: inout ByteReader, count: UInt8) throws(ParseError) {
    sender = try reader.u32("SSRC of packet sender")
    mediaSource = try reader.u32("SSRC of media source")
    switch count {
    case 1 where reader.remaining % 4 == 0 && !reader.isAtEnd:
      var entries: [NACK] = []
      while !reader.isAtEnd {
        entries.append(
          NACK(
            packetID: RTPSequenceNumber(rawValue: try reader.u16("PID")),
            bitmask: try reader.u16("BLP")))
      }
      message = .nack(entries)
    case 3 where reader.remaining % 8 == 0 && !reader.isAtEnd:
      message = .maxBitRateRequest(try Self.maxBitRates(&reader))
    case 4 where reader.remaining % 8 == 0:
      message = .maxBitRateNotification(try Self.maxBitRates(&reader))
    case 15 where reader.remaining >= 8:
      message = .transportWide(
        TransportWide(
          baseSequenceNumber: try reader.u16("base sequence number"),
          statusCount: try reader.u16("packet status count"),
          referenceTime: try reader.i24("reference time"),
          feedbackCount: try reader.u8("fb pkt. count"),
          rest: [UInt8](copying: reader.takeRest())))
    default:
      message = .other(format: count, fci: [UInt8](copying: reader.takeRest()))
    }
  }

  private static func maxBitRates(
    _ reader: inout ByteReader
  ) throws(ParseError) -> [MaxBitRate] {
    var entries: [MaxBitRate] = []
    while !reader.isAtEnd {
      let ssrc = try reader.u32("TMMBR SSRC")
      let word = try reader.u32("MxTBR")
      entries.append(
        MaxBitRate(
          ssrc: ssrc, exponent: UInt8(word >> 26), mantissa: word >> 9 & 0x1_ffff,
          overhead: UInt16(word & 0x1ff)))
    }
    return entries
  }

  /// `FMT`.
  public var format: UInt8 {
    switch message {
    case .nack: 1
    case .maxBitRateRequest: 3
    case .maxBitRateNotification: 4
    case .transportWide: 15
    case .other(let format, _): format
    }
  }

  /// Writes the whole packet.
  public func write(to writer: inout ByteWriter) {
    RTCPHeader.write(.transportFeedback, count: Int(format), to: &writer) { writer in
      writer.integer(sender)
      writer.integer(mediaSource)
      switch message {
      case .nack(let entries):
        for entry in entries {
          writer.integer(entry.packetID.rawValue)
          writer.integer(entry.bitmask)
        }
      case .maxBitRateRequest(let entries), .maxBitRateNotification(let entries):
        for entry in entries {
          precondition(entry.exponent < 64 && entry.mantissa < 1 << 17 && entry.overhead < 512)
          writer.integer(entry.ssrc)
          writer.integer(
            UInt32(entry.exponent) << 26 | entry.mantissa << 9 | UInt32(entry.overhead))
        }
      case .transportWide(let feedback):
        writer.integer(feedback.baseSequenceNumber)
        writer.integer(feedback.statusCount)
        writer.i24(feedback.referenceTime)
        writer.integer(feedback.feedbackCount)
        writer.append(feedback.rest)
      case .other(_, let fci): writer.append(fci)
      }
    }
  }
}

extension RTCPHeader {
  /// `mantissa * 2^exponent`; nil past 64 bits.
  static func scaled(_ mantissa: UInt32, _ exponent: UInt8) -> UInt64? {
    let value = UInt64(mantissa)
    return value.leadingZeroBitCount >= Int(exponent) ? value << UInt64(exponent) : nil
  }
}
