/// Puts AAC access units in packets, AAC-hbr or AAC-lbr (RFC 3640 3.3.5, 3.3.6).
///
/// By default each packet holds one access unit, so that none waits for the next. With
/// `framesPerPacket` above 1 they are held back until that many are there, the next one does not fit,
/// or its timestamp is not where a receiver would put it.
public struct AACPacketizer: RTPPacketizer {
  /// What SDP says of it.
  public let format: AACPayloadFormat
  private let maxPayload: Int
  private let framesPerPacket: Int
  private let isLowBitRate: Bool
  private var held = RTPHeldFrames()
  private var lastTimestamp: Int64 = 0

  /// Makes one for a format of mode AAC-hbr or AAC-lbr; `maxPayload` is at least 8 bytes.
  public init(_ format: AACPayloadFormat, maxPayload: Int, framesPerPacket: Int = 1) {
    precondition(format.mode == .highBitRate || format.mode == .lowBitRate, "no AAC mode")
    precondition(maxPayload >= 8 && framesPerPacket >= 1, "no room for a frame")
    self.format = format
    self.maxPayload = maxPayload
    // AU-headers-length counts bits in 16 bits.
    self.framesPerPacket = min(framesPerPacket, 4095)
    isLowBitRate = format.mode == .lowBitRate
  }

  private var headerByteCount: Int { isLowBitRate ? 1 : 2 }
  private var largestUnit: Int { isLowBitRate ? 63 : 8191 }

  /// Takes an access unit without ADTS header.
  public mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError) {
    let count = frame.byteCount
    try check(count)
    lastTimestamp = time.timestamp
    if !held.isEmpty, !fits(count) || !held.isFollowed(at: time.timestamp, format.frameLength) {
      sendHeld(into: &payloads)
    }
    if 2 + headerByteCount + count > maxPayload {
      fragment(count, into: &payloads)
    } else if held.sizes.count + 1 >= framesPerPacket {
      let first = held.isEmpty ? time.timestamp : held.timestamp
      writeHeaders(held.sizes + [count], into: &payloads)
      if !held.isEmpty { payloads.add(held.bytes) }
      payloads.add(frame: 0..<count)
      payloads.end(marker: true, delay: UInt32(delayFrom: time.timestamp, to: first))
      held.removeAll()
    } else {
      held.add(frame, at: time.timestamp)
    }
  }

  /// Sends the access units that are held back, with timestamps counted from the last one given.
  public mutating func finish(into payloads: inout RTPPayloads) {
    if !held.isEmpty { sendHeld(into: &payloads) }
  }

  private func check(_ count: Int) throws(RTPPayloadError) {
    let clause = isLowBitRate ? "RFC 3640 3.3.5" : "RFC 3640 3.3.6"
    guard count > 0 else {
      throw RTPPayloadError("the access unit is empty", clause: "RFC 3640 3.2.1.1")
    }
    guard count <= largestUnit else {
      throw RTPPayloadError(
        "the access unit has \(count) bytes, the limit of \(isLowBitRate ? "AAC-lbr" : "AAC-hbr") "
          + "is \(largestUnit)", clause: clause)
    }
    guard !isLowBitRate || 3 + count <= maxPayload else {
      throw RTPPayloadError(
        "the access unit has \(count) bytes, a packet has room for \(maxPayload - 3), and AAC-lbr "
          + "does not split access units", clause: clause)
    }
  }

  private func fits(_ count: Int) -> Bool {
    2 + (held.sizes.count + 1) * headerByteCount + held.bytes.count + count <= maxPayload
  }

  private mutating func sendHeld(into payloads: inout RTPPayloads) {
    writeHeaders(held.sizes, into: &payloads)
    payloads.add(held.bytes)
    payloads.end(marker: true, delay: UInt32(delayFrom: lastTimestamp, to: held.timestamp))
    held.removeAll()
  }

  /// Begins a payload with the AU header section; all indices are 0: nothing is interleaved.
  private func writeHeaders(_ sizes: [Int], into payloads: inout RTPPayloads) {
    payloads.begin()
    payloads.add(u16: UInt16(sizes.count * headerByteCount * 8))
    for size in sizes {
      if isLowBitRate {
        payloads.add(UInt8(size << 2))
      } else {
        payloads.add(u16: UInt16(size << 3))
      }
    }
  }

  /// Each fragment repeats the size of the whole (RFC 3640 3.2.3.1).
  private func fragment(_ count: Int, into payloads: inout RTPPayloads) {
    let most = maxPayload - 4
    for start in stride(from: 0, to: count, by: most) {
      let end = min(start + most, count)
      writeHeaders([count], into: &payloads)
      payloads.add(frame: start..<end)
      payloads.end(marker: end == count)
    }
  }
}
