public import MediaBytes

/// The header of an RTP packet to write (RFC 3550 5.1); `RTPPacket` reads.
public struct RTPHeader: Hashable, Sendable {
  /// `M`.
  public var marker = false
  /// `PT`.
  public var payloadType: RTPPayloadType
  /// Counts packets.
  public var sequenceNumber: RTPSequenceNumber
  /// In ticks of the clock rate.
  public var timestamp: RTPTimestamp
  /// `SSRC`.
  public var ssrc: UInt32
  /// `CSRC`, at most 15.
  public var contributingSources: [UInt32] = []
  /// The header extension, if there is one.
  public var headerExtension: RTPHeaderExtension?

  /// Makes a header without marker, contributing sources and extension.
  public init(
    payloadType: RTPPayloadType, sequenceNumber: RTPSequenceNumber, timestamp: RTPTimestamp,
    ssrc: UInt32
  ) {
    self.payloadType = payloadType
    self.sequenceNumber = sequenceNumber
    self.timestamp = timestamp
    self.ssrc = ssrc
  }

  /// How many bytes it takes: 12 in the simplest case.
  public var byteCount: Int {
    let extensionByteCount = headerExtension.map { 4 + $0.data.count } ?? 0
    return RTPPacket.fixedByteCount + 4 * contributingSources.count + extensionByteCount
  }

  /// Writes the header of a packet without padding.
  public func write(to writer: inout ByteWriter) {
    write(to: &writer, isPadded: false)
  }

  /// Writes a whole packet; `paddingByteCount` counts its own last byte too.
  public func write(
    to writer: inout ByteWriter, payload: RawSpan, paddingByteCount: UInt8 = 0
  ) {
    write(to: &writer, isPadded: paddingByteCount > 0)
    writer.append(payload)
    guard paddingByteCount > 0 else { return }
    writer.fill(Int(paddingByteCount) - 1)
    writer.integer(paddingByteCount)
  }

  private func write(to writer: inout ByteWriter, isPadded: Bool) {
    precondition(contributingSources.count <= 15, "CC has four bits")
    let first = 0x80 | (isPadded ? 0x20 : 0) | (headerExtension == nil ? 0 : 0x10)
    writer.integer(UInt8(first | contributingSources.count))
    writer.integer((marker ? 0x80 : 0) | payloadType.rawValue)
    writer.integer(sequenceNumber.rawValue)
    writer.integer(timestamp.rawValue)
    writer.integer(ssrc)
    for source in contributingSources { writer.integer(source) }
    guard let headerExtension else { return }
    let words = headerExtension.data.count / 4
    precondition(
      headerExtension.data.count % 4 == 0 && words <= 0xffff, "an extension is 0...65,535 words")
    writer.integer(headerExtension.profile)
    writer.integer(UInt16(words))
    writer.append(headerExtension.data)
  }
}
