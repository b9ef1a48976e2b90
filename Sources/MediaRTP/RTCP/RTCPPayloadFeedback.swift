public import MediaBytes

/// `PSFB`: feedback on the payload (RFC 4585 6.3).
public struct RTCPPayloadFeedback: Hashable, Sendable {
  /// `SSRC of packet sender`.
  public var sender: UInt32
  /// `SSRC of media source`; 0 where the messages name their sources themselves.
  public var mediaSource: UInt32
  /// What it says.
  public var message: Message

  /// What feedback says: `FMT` and `FCI`.
  public enum Message: Hashable, Sendable {
    /// FMT 1: `PLI`, a picture was lost (RFC 4585 6.3.1).
    case pictureLoss
    /// FMT 2: `SLI`, parts of pictures were lost (RFC 4585 6.3.2).
    case sliceLoss([SliceLoss])
    /// FMT 4: `FIR`, send a picture to begin with (RFC 5104 4.3.1).
    case fullIntraRequest([FullIntraRequest])
    /// FMT 15 with the identifier `REMB`: what the receiver estimates (draft-alvestrand-rmcat-remb
    /// 2.2).
    case maxBitRateEstimate(MaxBitRateEstimate)
    /// Any other, and those whose FCI is of another size.
    case other(format: UInt8, fci: [UInt8])
  }

  /// Macroblocks that were lost (RFC 4585 6.3.2.2).
  public struct SliceLoss: Hashable, Sendable {
    /// `First`, 13 bits: the address of the first.
    public var first: UInt16
    /// `Number`, 13 bits.
    public var number: UInt16
    /// `PictureID`, 6 bits.
    public var pictureID: UInt8

    /// Makes an entry.
    public init(first: UInt16, number: UInt16, pictureID: UInt8) {
      self.first = first
      self.number = number
      self.pictureID = pictureID
    }
  }

  /// An entry of FIR (RFC 5104 4.3.1.1).
  public struct FullIntraRequest: Hashable, Sendable {
    /// The sender of media that is asked.
    public var ssrc: UInt32
    /// `Seq nr.`: tells a new request from a repeated one.
    public var sequenceNumber: UInt8

    /// Makes an entry.
    public init(ssrc: UInt32, sequenceNumber: UInt8) {
      self.ssrc = ssrc
      self.sequenceNumber = sequenceNumber
    }
  }

  /// What a receiver estimates to be able to receive.
  public struct MaxBitRateEstimate: Hashable, Sendable {
    /// `BR Exp`, 6 bits.
    public var exponent: UInt8
    /// `BR Mantissa`, 18 bits.
    public var mantissa: UInt32
    /// The streams that share it, at most 255.
    public var sources: [UInt32]

    /// Makes an estimate.
    public init(exponent: UInt8, mantissa: UInt32, sources: [UInt32]) {
      self.exponent = exponent
      self.mantissa = mantissa
      self.sources = sources
    }

    /// Bits a second; nil past 64 bits.
    public var bitRate: UInt64? { RTCPHeader.scaled(mantissa, exponent) }
  }

  /// Makes a packet.
  public init(sender: UInt32, mediaSource: UInt32, message: Message) {
    self.sender = sender
    self.mediaSource = mediaSource
    self.message = message
  }
}

extension RTCPPayloadFeedback {
  private static let remb: UInt32 = 0x5245_4d42

  init(body reader: inout ByteReader, count: UInt8) throws(ParseError) {
    sender = try reader.u32("SSRC of packet sender")
    mediaSource = try reader.u32("SSRC of media source")
    switch count {
    case 1 where reader.isAtEnd: message = .pictureLoss
    case 2 where reader.remaining % 4 == 0 && !reader.isAtEnd:
      message = .sliceLoss(try Self.sliceLosses(&reader))
    case 4 where reader.remaining % 8 == 0 && !reader.isAtEnd:
      message = .fullIntraRequest(try Self.fullIntraRequests(&reader))
    default:
      if count == 15, let estimate = try Self.estimate(&reader) {
        message = .maxBitRateEstimate(estimate)
      } else {
        message = .other(format: count, fci: [UInt8](copying: reader.takeRest()))
      }
    }
  }

  private static func sliceLosses(_ reader: inout ByteReader) throws(ParseError) -> [SliceLoss] {
    var entries: [SliceLoss] = []
    while !reader.isAtEnd {
      let word = try reader.u32("SLI")
      entries.append(
        SliceLoss(
          first: UInt16(word >> 19), number: UInt16(word >> 6 & 0x1fff),
          pictureID: UInt8(word & 0x3f)))
    }
    return entries
  }

  private static func fullIntraRequests(
    _ reader: inout ByteReader
  ) throws(ParseError) -> [FullIntraRequest] {
    var entries: [FullIntraRequest] = []
    while !reader.isAtEnd {
      let ssrc = try reader.u32("FIR SSRC")
      let number = try reader.u8("FIR Seq nr.")
      try reader.skip(3, "FIR reserved")
      entries.append(FullIntraRequest(ssrc: ssrc, sequenceNumber: number))
    }
    return entries
  }

  /// Reads an estimate, or nothing where it is something else.
  private static func estimate(
    _ reader: inout ByteReader
  ) throws(ParseError) -> MaxBitRateEstimate? {
    guard let head = reader.peek(8), head.u32(at: 0) == remb else { return nil }
    let word = head.u32(at: 4)
    let count = Int(word >> 24)
    guard reader.remaining == 8 + 4 * count else { return nil }
    try reader.skip(8, "REMB")
    var sources: [UInt32] = []
    for _ in 0..<count { sources.append(try reader.u32("SSRC feedback")) }
    return MaxBitRateEstimate(
      exponent: UInt8(word >> 18 & 0x3f), mantissa: word & 0x3_ffff, sources: sources)
  }

  /// `FMT`.
  public var format: UInt8 {
    switch message {
    case .pictureLoss: 1
    case .sliceLoss: 2
    case .fullIntraRequest: 4
    case .maxBitRateEstimate: 15
    case .other(let format, _): format
    }
  }

  /// Writes the whole packet.
  public func write(to writer: inout ByteWriter) {
    RTCPHeader.write(.payloadFeedback, count: Int(format), to: &writer) { writer in
      writer.integer(sender)
      writer.integer(mediaSource)
      switch message {
      case .pictureLoss: break
      case .sliceLoss(let entries):
        for entry in entries {
          precondition(entry.first < 8192 && entry.number < 8192 && entry.pictureID < 64)
          writer.integer(
            UInt32(entry.first) << 19 | UInt32(entry.number) << 6 | UInt32(entry.pictureID))
        }
      case .fullIntraRequest(let entries):
        for entry in entries {
          writer.integer(entry.ssrc)
          writer.integer(entry.sequenceNumber)
          writer.fill(3)
        }
      case .maxBitRateEstimate(let estimate):
        precondition(
          estimate.sources.count < 256 && estimate.exponent < 64 && estimate.mantissa < 1 << 18)
        writer.integer(Self.remb)
        writer.integer(
          UInt32(estimate.sources.count) << 24 | UInt32(estimate.exponent) << 18
            | estimate.mantissa)
        for source in estimate.sources { writer.integer(source) }
      case .other(_, let fci): writer.append(fci)
      }
    }
  }
}
