internal import MediaModel
internal import MediaRTP

/// A source of RTP as it is reported.
struct RTPStreamResult: Sendable {
  var index: Int
  var flow: RTPFlow
  var ssrc: UInt32
  var figures: RTPStreamFigures
  var type: RTPPayloadType
  var otherTypes: [RTPPayloadType]
  var format: RTPFormat?
  var kind: MediaKind?
  var codec: Codec?
  var isEncrypted: Bool
  /// The streams of a programme.
  var elementaryStreams: [RTPElementaryResult]
  var facts: RTCPFacts?
  var packetsAfterGoodbye: Int
  var startTime: Double?
  var packets: ClosedRange<Int>

  init(_ source: RTPSource, index: Int, _ session: RTPSession) {
    let main = source.main
    self.index = index
    flow = source.flow
    ssrc = source.ssrc
    type = main?.type ?? RTPPayloadType(rawValue: 0)
    otherTypes = source.payloads.map(\.type).filter { $0 != main?.type }
    format = main?.format
    isEncrypted = source.isEncrypted
    let unpacker = source.isEncrypted ? nil : main?.unpacker
    codec = unpacker?.codec
    kind = unpacker?.kind ?? Self.kind(main)
    elementaryStreams = (unpacker?.elementaryStreams ?? []).map { stream in
      RTPElementaryResult(
        stream: stream, codec: unpacker?.content(of: stream)?.codec,
        counts: main?.streamCounts[stream] ?? RTPFrameCounts())
    }
    facts = session.facts(source)
    // Packets of a transport stream are no frames.
    let counts = unpacker == nil || codec?.rawValue == "mpegts" ? nil : main?.counts
    figures = RTPStreamFigures(
      source, kind, counts, dropped: main?.droppedFrames ?? 0, facts: facts)
    packetsAfterGoodbye = source.packetsAfterGoodbye
    startTime = session.seconds(source.firstTime)
    packets = source.packets
  }

  private static func kind(_ payload: RTPPayloadState?) -> MediaKind? {
    if let kind = payload?.format?.media?.media.kind { return MediaKind(rawValue: kind) }
    switch payload?.type.staticFormat?.kind {
    case .audio: return .audio
    case .video: return .video
    case .both, nil: return nil
    }
  }

  /// Ticks of the timestamp in a second; nil where nobody says it.
  var clockRate: UInt32? { format?.payload.clockRate }
  var drift: RTCPFacts.Drift? { clockRate.flatMap { facts?.drift(clockRate: $0) } }
}

/// A stream of a programme as it is reported.
struct RTPElementaryResult: Sendable {
  /// `stream_id`.
  var stream: UInt8
  var codec: Codec?
  var counts: RTPFrameCounts
}
