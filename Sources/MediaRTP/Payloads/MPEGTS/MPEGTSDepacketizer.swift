import MediaBytes
import MediaModel

/// Takes TS packets out of RTP packets, as many as each has (RFC 2250 2).
public struct MPEGTSDepacketizer: RTPDepacketizer {
  private var hasToldSize = false

  /// Makes one.
  public init() {}

  /// Takes a packet; what is whole in it becomes a frame.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.kind = "MP2T"
    if packet.lost > 0 {
      output.note(
        .tsGap, "\(packet.lost) RTP packet\(packet.lost == 1 ? "" : "s") before it", in: packet)
    }
    guard payload.byteCount > 0 else {
      return output.note(
        .videoEmptyPayload, "it holds no TS packet", in: packet, clause: "RFC 2250 2")
    }
    let size = MPEGTSPacketizer.packetByteCount
    let framing = MPEGTSFraming(of: payload)
    if let framing, framing.stride != size, !hasToldSize {
      hasToldSize = true
      output.note(.tsPacketSize, "they have \(framing.stride) bytes", in: packet)
    }
    let found = packets(payload, framing, packet, into: &output)
    output.kind = "MP2T \(found.count / size)"
    guard !found.isEmpty else { return }
    output.frames.append(
      RTPFrame(
        found, timestamp: packet.timestamp, isKeyframe: true,
        packets: packet.packet...packet.packet))
  }

  /// Adds nothing: nothing is held back.
  public mutating func finish(into output: inout RTPOutput) {}

  /// The whole TS packets of a payload; without a framing those that stand where they should.
  private func packets(
    _ payload: RawSpan, _ framing: MPEGTSFraming?, _ packet: RTPPacketInfo,
    into output: inout RTPOutput
  ) -> [UInt8] {
    let size = MPEGTSPacketizer.packetByteCount
    let (stride, start) = (framing?.stride ?? size, framing?.start ?? 0)
    var found: [UInt8] = []
    found.reserveCapacity(payload.byteCount)
    var position = start
    var withoutSync = stride == 192 ? 0 : start
    while payload.byteCount - position >= size {
      if payload.byte(at: position) == 0x47 {
        found.append(copying: payload.extracting(position..<position + size))
      } else {
        withoutSync += size
      }
      position += stride
    }
    if withoutSync > 0 {
      output.note(.tsSync, "\(withoutSync) of its \(payload.byteCount) bytes", in: packet)
    }
    // Behind the last packet of 204 bytes its code may be missing.
    if position < payload.byteCount {
      output.note(
        .tsOddSize, "\(payload.byteCount - position) bytes are left behind the last whole one",
        in: packet)
    }
    return found
  }
}
