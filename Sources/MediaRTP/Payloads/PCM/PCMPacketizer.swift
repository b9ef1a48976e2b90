import MediaBytes

/// Puts samples in packets of equal time; frames may be of any length (RFC 3551 4.2).
///
/// What does not fill a packet is held back for the next frame, unless time does not go on there.
public struct PCMPacketizer: RTPPacketizer {
  /// What SDP says of it.
  public let format: PCMPayloadFormat
  /// How many bytes a packet has, but the last.
  public let packetByteCount: Int
  private let sourceIsLittleEndian: Bool
  /// What did not fill a packet, and its timestamp.
  private var held: [UInt8] = []
  private var heldTimestamp: Int64 = 0
  private var lastTimestamp: Int64 = 0

  /// Makes one; `packetTime` in milliseconds is cut to what fits into `maxPayload` bytes, which must
  /// have room for a sample of all channels.
  ///
  /// With `sourceIsLittleEndian` the bytes of L16 and L24 samples are turned around.
  public init(
    _ format: PCMPayloadFormat, maxPayload: Int, packetTime: Double = 20,
    sourceIsLittleEndian: Bool = false
  ) {
    precondition(maxPayload >= format.blockByteCount, "no room for a sample of all channels")
    precondition(packetTime > 0 && packetTime <= 10_000, "packetTime is in milliseconds")
    self.format = format
    let blocks = packetTime * Double(format.clockRate) / 1000 / Double(format.blockTicks)
    let most = maxPayload / format.blockByteCount
    packetByteCount = min(max(Int(blocks.rounded()), 1), most) * format.blockByteCount
    self.sourceIsLittleEndian = sourceIsLittleEndian && format.swappedByteCount > 1
  }

  /// Takes whole samples of all channels.
  public mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError) {
    let block = format.blockByteCount
    guard frame.byteCount % block == 0 else {
      throw RTPPayloadError(
        "\(frame.byteCount) bytes are not whole samples of all channels, \(block) bytes each",
        clause: "RFC 3551 4.3")
    }
    let jump = time.timestamp &- (heldTimestamp &+ format.ticks(held.count))
    if !held.isEmpty, jump.magnitude > UInt64(format.clockRate / 500) {
      lastTimestamp = time.timestamp
      finish(into: &payloads)
    }
    lastTimestamp = time.timestamp
    var position = 0
    var timestamp = held.isEmpty ? time.timestamp : heldTimestamp
    while held.count + frame.byteCount - position >= packetByteCount {
      payloads.begin()
      if !held.isEmpty { payloads.add(held) }
      let end = position + packetByteCount - held.count
      add(frame, position..<end, to: &payloads)
      payloads.end(marker: false, delay: UInt32(delayFrom: time.timestamp, to: timestamp))
      timestamp &+= format.ticks(packetByteCount)
      position = end
      held.removeAll(keepingCapacity: true)
    }
    heldTimestamp = timestamp
    held += samples(frame, position..<frame.byteCount)
  }

  /// Sends what does not fill a packet, with a timestamp counted from the last frame's.
  public mutating func finish(into payloads: inout RTPPayloads) {
    guard !held.isEmpty else { return }
    payloads.begin()
    payloads.add(held)
    payloads.end(marker: false, delay: UInt32(delayFrom: lastTimestamp, to: heldTimestamp))
    held.removeAll(keepingCapacity: true)
  }

  private func add(_ frame: RawSpan, _ range: Range<Int>, to payloads: inout RTPPayloads) {
    if sourceIsLittleEndian {
      payloads.add(samples(frame, range))
    } else {
      payloads.add(frame: range)
    }
  }

  private func samples(_ frame: RawSpan, _ range: Range<Int>) -> [UInt8] {
    var bytes = [UInt8](copying: frame.extracting(range))
    if sourceIsLittleEndian { format.swapped(&bytes) }
    return bytes
  }
}
