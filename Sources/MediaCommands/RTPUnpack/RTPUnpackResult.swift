internal import MediaCapture
internal import MediaModel
internal import MediaRTP

/// All that `rtp-unpack` found out about one input, less its packets.
struct RTPUnpackResult: Sendable {
  /// The input as the user gave it, secrets masked.
  var input: String
  /// `pcap`, `pcapng`, `rtpdump`, `rtp`; nil where the input is none of these.
  var format: String?
  /// Packets of any kind in the capture.
  var records: Int?
  var startTime: Nanoseconds?
  var duration: Double?
  var streams: [RTPStreamResult] = []
  var dialogues: [RTSPDialogueResult] = []
  var counts = RTPDatagramCounts()
  var findings: [RTPFinding] = []
  /// How many findings there were of each level.
  var levels: [Severity: Int] = [:]
  /// Why reading ended early.
  var failure: FailedInput?
}

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

/// A dialogue of RTSP as it is reported.
struct RTSPDialogueResult: Sendable {
  var client: String
  var server: String
  var url: String?
  var firstPacket: Int
  var messages: Int
  var methods: [String]
  var failures: [String]
  var serverName: String?
  var userAgent: String?
  var hasDescription: Bool
  var hasInterleaved: Bool

  init(_ dialogue: RTSPDialogue, _ redact: (String) -> String) {
    client = "\(dialogue.flow.source)"
    server = "\(dialogue.flow.destination)"
    url = dialogue.url.map { MediaURL($0)?.masked ?? redact($0) }
    firstPacket = dialogue.firstPacket
    messages = dialogue.messages
    methods = dialogue.methods
    failures = dialogue.failures
    serverName = dialogue.server
    userAgent = dialogue.userAgent
    hasDescription = dialogue.hasDescription
    hasInterleaved = dialogue.hasInterleaved
  }
}
