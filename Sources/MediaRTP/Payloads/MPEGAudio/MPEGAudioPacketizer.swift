import MediaBitstream
import MediaBytes

/// Puts frames of MPEG audio in packets, layer 1, 2 or 3 (RFC 2250 3.5).
///
/// By default each packet holds one frame, so that none waits for the next; with `framesPerPacket`
/// above 1 they are held back as in `AACPacketizer`. One that does not fit goes on in further packets.
public struct MPEGAudioPacketizer: RTPPacketizer {
  private let maxPayload: Int
  private let framesPerPacket: Int
  private var held = RTPHeldFrames()
  private var length = RTPFrameLength(
    samples: 1152, samplingFrequency: 44_100, clockRate: MPEGAudioPayloadFormat.clockRate)
  private var lastTimestamp: Int64 = 0
  /// Where time goes on unless it jumps, which the marker tells.
  private var expected: Int64?

  /// Makes one; `maxPayload` is at least 8 bytes.
  public init(maxPayload: Int, framesPerPacket: Int = 1) {
    precondition(maxPayload >= 8 && framesPerPacket >= 1, "no room for a frame")
    self.maxPayload = maxPayload
    self.framesPerPacket = framesPerPacket
  }

  /// Takes a frame, its header included.
  public mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError) {
    let count = frame.byteCount
    guard count <= 0xffff else {
      throw RTPPayloadError(
        "the frame has \(count) bytes, the limit is 65535", clause: "RFC 2250 3.5")
    }
    var reader = ByteReader(frame)
    guard let header = try? MPEGAudioHeader(parsing: &reader) else {
      throw RTPPayloadError("the frame does not begin with a header", clause: "RFC 2250 3.5")
    }
    lastTimestamp = time.timestamp
    let doesFit = 4 + held.bytes.count + count <= maxPayload
    if !held.isEmpty, !doesFit || !held.isFollowed(at: time.timestamp, length) {
      sendHeld(into: &payloads)
    }
    length.samples = header.samplesPerFrame
    length.samplingFrequency = header.samplingFrequency
    if 4 + count > maxPayload {
      fragment(count, time, into: &payloads)
    } else if held.sizes.count + 1 >= framesPerPacket {
      let first = held.isEmpty ? time.timestamp : held.timestamp
      begin(offset: 0, into: &payloads)
      if !held.isEmpty { payloads.add(held.bytes) }
      payloads.add(frame: 0..<count)
      end(first, held.sizes.count + 1, into: &payloads)
      held.removeAll()
    } else {
      held.add(frame, at: time.timestamp)
    }
  }

  /// Sends the frames that are held back, with a timestamp counted from the last one given.
  public mutating func finish(into payloads: inout RTPPayloads) {
    if !held.isEmpty { sendHeld(into: &payloads) }
  }

  private mutating func sendHeld(into payloads: inout RTPPayloads) {
    begin(offset: 0, into: &payloads)
    payloads.add(held.bytes)
    end(held.timestamp, held.sizes.count, into: &payloads)
    held.removeAll()
  }

  private func begin(offset: Int, into payloads: inout RTPPayloads) {
    payloads.begin()
    payloads.add(u16: 0)
    payloads.add(u16: UInt16(offset))
  }

  /// Ends a packet of whole frames; the marker says that time does not go on (RFC 2250 3.3).
  private mutating func end(_ first: Int64, _ count: Int, into payloads: inout RTPPayloads) {
    payloads.end(marker: isJump(first), delay: UInt32(delayFrom: lastTimestamp, to: first))
    expected = first &+ length.ticks(count)
  }

  private mutating func fragment(
    _ count: Int, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) {
    for start in stride(from: 0, to: count, by: maxPayload - 4) {
      begin(offset: start, into: &payloads)
      payloads.add(frame: start..<min(start + maxPayload - 4, count))
      payloads.end(marker: start == 0 && isJump(time.timestamp))
    }
    expected = time.timestamp &+ length.ticks()
  }

  private func isJump(_ timestamp: Int64) -> Bool {
    guard let expected else { return false }
    return (timestamp &- expected).magnitude > UInt64(length.clockRate / 500)
  }
}
