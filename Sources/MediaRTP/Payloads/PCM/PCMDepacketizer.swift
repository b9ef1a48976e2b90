import MediaBytes
import MediaModel

/// Takes samples out of packets; each packet is a frame of its own.
public struct PCMDepacketizer: RTPDepacketizer {
  /// What SDP says of the packets.
  public let format: PCMPayloadFormat
  private let outputIsLittleEndian: Bool
  private var expected: Int64?

  /// Makes one; with `outputIsLittleEndian` the bytes of L16 and L24 samples are turned around.
  public init(_ format: PCMPayloadFormat, outputIsLittleEndian: Bool = false) {
    self.format = format
    self.outputIsLittleEndian = outputIsLittleEndian
  }

  /// Takes a packet.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.kind = format.name
    let block = format.blockByteCount
    let rest = payload.byteCount % block
    if rest > 0 {
      output.note(
        .partialSample,
        "\(payload.byteCount) bytes are not whole samples of all channels, \(block) bytes each",
        in: packet)
    }
    // Less than 2 ms is a sender that rounds times.
    let step = expected.map { packet.timestamp &- $0 } ?? 0
    if packet.lost == 0, step < 0, step.magnitude > UInt64(format.clockRate / 500) {
      output.note(
        .audioTimestampStep, "it is \(step.magnitude) ticks less than the packet before lasts",
        in: packet)
    }
    expected = packet.timestamp &+ format.ticks(payload.byteCount)
    guard payload.byteCount >= block else { return }
    var samples = [UInt8](copying: payload.extracting(0..<payload.byteCount - rest))
    if outputIsLittleEndian { format.swapped(&samples) }
    output.frames.append(
      RTPFrame(
        samples, timestamp: packet.timestamp, isKeyframe: true,
        packets: packet.packet...packet.packet))
  }

  /// Adds nothing: nothing is held back.
  public mutating func finish(into output: inout RTPOutput) {}
}
