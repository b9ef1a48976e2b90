import MediaBitstream
import MediaBytes
import MediaModel

/// Takes Opus packets out of RTP packets (RFC 7587 4.2).
///
/// That the timestamp goes on by more than was sent, with no packet missing, is discontinuous
/// transmission, not loss.
public struct OpusDepacketizer: RTPDepacketizer {
  private var expected: Int64?

  /// Makes one.
  public init() {}

  /// Takes a packet.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.kind = "Opus"
    var reader = ByteReader(payload)
    let head = Self.head(&reader)
    guard case .success(let head) = head else {
      if case .failure(let error) = head { output.note(.opusPacket, "\(error)", in: packet) }
      output.droppedFrames += 1
      expected = nil
      return
    }
    if packet.lost == 0, let expected {
      let step = packet.timestamp &- expected
      if step < 0 {
        output.note(
          .audioTimestampStep, "it is \(step.magnitude) ticks less than the packet before lasts",
          in: packet)
      }
    }
    expected = packet.timestamp &+ Int64(head.samples)
    output.frames.append(
      RTPFrame(
        [UInt8](copying: payload), timestamp: packet.timestamp, isKeyframe: true,
        packets: packet.packet...packet.packet))
  }

  /// Adds nothing: nothing is held back.
  public mutating func finish(into output: inout RTPOutput) {}

  private static func head(_ reader: inout ByteReader) -> Result<OpusPacket, ParseError> {
    Result { () throws(ParseError) in try OpusPacket(parsing: &reader) }
  }
}
