public import MediaModel

/// Puts together the packets of any payload format that is known.
public struct RTPUnpacker: Sendable {
  /// FFmpeg's name of the codec, or of the container where that is what is carried.
  public let codec: Codec
  /// What kind of content it is.
  public let kind: MediaKind
  private var depacketizer: any RTPDepacketizer

  /// Makes one for a payload format; nil where there is none for it.
  ///
  /// `keepDamaged` keeps frames of which packets are missing, and flags them.
  public init?(_ format: SDPPayloadFormat, keepDamaged: Bool = false) {
    return nil
  }

  /// Takes the payload of a packet, as `RTPDepacketizer.receive` does.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    depacketizer.receive(payload, packet, into: &output)
  }

  /// Says that no packet follows.
  public mutating func finish(into output: inout RTPOutput) {
    depacketizer.finish(into: &output)
  }
}
