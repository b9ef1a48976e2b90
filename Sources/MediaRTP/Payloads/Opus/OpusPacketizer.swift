import MediaBitstream
import MediaBytes

/// Sends each Opus packet as it is, one in each RTP packet (RFC 7587 4.2).
public struct OpusPacketizer: RTPPacketizer {
  private let maxPayload: Int
  private let marksTalkSpurts: Bool
  /// Where sound goes on if there is no silence.
  private var expected: Int64?

  /// Makes one; `marksTalkSpurts` sets the marker after a gap in time (RFC 7587 4.1).
  public init(maxPayload: Int, marksTalkSpurts: Bool = true) {
    self.maxPayload = maxPayload
    self.marksTalkSpurts = marksTalkSpurts
  }

  /// Takes an Opus packet.
  public mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError) {
    let count = frame.byteCount
    guard count > 0 else {
      throw RTPPayloadError("the Opus packet is empty", clause: "RFC 6716 3.1")
    }
    guard count <= maxPayload else {
      throw RTPPayloadError(
        "the Opus packet has \(count) bytes, the limit is \(maxPayload), and it cannot be split",
        clause: "RFC 7587 4.2")
    }
    // A frame of 2.5 ms is the shortest that can be left out.
    let isAfterSilence = expected.map { time.timestamp &- $0 >= 120 } ?? false
    var reader = ByteReader(frame)
    let packet = try? OpusPacket(parsing: &reader)
    expected = packet.map { time.timestamp &+ Int64($0.samples) }
    payloads.begin()
    payloads.add(frame: 0..<count)
    payloads.end(marker: marksTalkSpurts && isAfterSilence)
  }
}
