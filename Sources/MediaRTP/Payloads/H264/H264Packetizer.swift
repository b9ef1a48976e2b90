public import MediaBitstream

/// Packets of H.264 (RFC 6184): single NAL units, STAP-A and FU-A.
public struct H264Packetizer: RTPPacketizer {
  private var core: NALUnitPacketizer

  /// Makes one whose payloads have at most `maxPayload` bytes, 16 or more.
  ///
  /// `packetizationMode` is 0 or 1; in mode 0 there are neither aggregates nor fragments, and a NAL
  /// unit that does not fit throws. `parameterSets` are those of avcC, put before keyframes that
  /// have none themselves; sets in the stream take their place. Frames are framed by `framing`.
  public init(
    maxPayload: Int, packetizationMode: Int = 1, aggregate: NALUnitAggregation = .none,
    configInterval: ParameterSetInterval = .keyframe, parameterSets: [[UInt8]] = [],
    framing: NALUnitFraming = .lengthPrefixed(.four)
  ) {
    core = NALUnitPacketizer(
      .h264, maxPayload: maxPayload, mode: packetizationMode, aggregation: aggregate,
      interval: configInterval, parameterSets: parameterSets, framing: framing, sendsDON: false)
  }

  /// Splits an access unit; the marker is on its last packet (RFC 6184 5.1).
  ///
  /// Throws for a NAL unit that mode 0 cannot carry, one of a type that RTP uses itself, and where
  /// lengths run past the end.
  public mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError) {
    try core.packetize(frame, time, into: &payloads)
  }

  /// Takes other parameter sets, which are sent before the next access unit.
  public mutating func take(parameterSets: [[UInt8]]) { core.take(parameterSets: parameterSets) }
}
