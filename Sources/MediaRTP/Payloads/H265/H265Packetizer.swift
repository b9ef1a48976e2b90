public import MediaBitstream

/// Packets of H.265 (RFC 7798): single NAL units, AP and FU.
public struct H265Packetizer: RTPPacketizer {
  private var core: NALUnitPacketizer

  /// Makes one whose payloads have at most `maxPayload` bytes, 16 or more.
  ///
  /// `parameterSets` are those of hvcC, put before keyframes that have none themselves; sets in the
  /// stream take their place. `sendsDON` is for `sprop-max-don-diff` above 0. Frames are framed by
  /// `framing`.
  public init(
    maxPayload: Int, aggregate: NALUnitAggregation = .none,
    configInterval: ParameterSetInterval = .keyframe, parameterSets: [[UInt8]] = [],
    framing: NALUnitFraming = .lengthPrefixed(.four), sendsDON: Bool = false
  ) {
    core = NALUnitPacketizer(
      .h265, maxPayload: maxPayload, mode: 1, aggregation: aggregate,
      interval: configInterval, parameterSets: parameterSets, framing: framing, sendsDON: sendsDON)
  }

  /// Splits an access unit; the marker is on its last packet (RFC 7798 4.1).
  ///
  /// Throws for a NAL unit of a type that RTP uses itself, one without a whole header, and where
  /// lengths run past the end.
  public mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError) {
    try core.packetize(frame, time, into: &payloads)
  }

  /// Takes other parameter sets, which are sent before the next access unit.
  public mutating func take(parameterSets: [[UInt8]]) { core.take(parameterSets: parameterSets) }
}
