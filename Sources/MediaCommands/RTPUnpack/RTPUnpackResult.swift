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
  var statistics: ReceptionStatistics
  var type: RTPPayloadType
  var otherTypes: [RTPPayloadType]
  var format: RTPFormat?
  var kind: MediaKind?
  var codec: Codec?
  var isEncrypted: Bool
  /// nil where nothing puts its packets together.
  var counts: RTPFrameCounts?
  /// The streams of a programme.
  var elementaryStreams: [RTPElementaryResult]
  var droppedFrames: Int
  var largestPacket: Int
  /// From the lowest timestamp to the highest, jumps left out.
  var ticks: Int64
  /// How often the timestamp changed.
  var changes: Int
  /// Packets whose turn was over when they came.
  var tooLate: Int
  var facts: RTCPFacts?
  var packetsAfterGoodbye: Int
  var startTime: Double?
  var hasTimes: Bool
  var packets: ClosedRange<Int>

  init(_ source: RTPSource, index: Int, _ session: RTPSession) {
    let main = source.main
    self.index = index
    flow = source.flow
    statistics = source.statistics
    type = main?.type ?? RTPPayloadType(rawValue: 0)
    otherTypes = source.payloads.map(\.type).filter { $0 != main?.type }
    format = main?.format
    isEncrypted = source.isEncrypted
    let unpacker = source.isEncrypted ? nil : main?.unpacker
    codec = unpacker?.codec
    kind = unpacker?.kind ?? Self.kind(main)
    // Packets of a transport stream are no frames.
    counts = unpacker == nil || codec?.rawValue == "mpegts" ? nil : main?.counts
    elementaryStreams = (unpacker?.elementaryStreams ?? []).map { stream in
      RTPElementaryResult(
        stream: stream, codec: unpacker?.content(of: stream)?.codec,
        counts: main?.streamCounts[stream] ?? RTPFrameCounts())
    }
    droppedFrames = main?.droppedFrames ?? 0
    largestPacket = source.largestPacket
    ticks = source.media.ticks
    changes = source.media.changes
    tooLate = source.tooLate
    facts = session.facts(source)
    packetsAfterGoodbye = source.packetsAfterGoodbye
    startTime = session.seconds(source.firstTime)
    hasTimes = !source.isTimeless
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
  var jitter: RTPJitter? { hasTimes ? statistics.jitter : nil }
  /// Bits of payload a second: of the time that passed, or of the media's where that is longer, as
  /// of packets sent in a burst.
  var bitRate: Double? {
    let media = clockRate.map { Double(ticks) / Double($0) } ?? 0
    // What was sent last takes as long as what was sent before it, on average.
    let last = changes > 0 ? 1 + 1 / Double(changes) : 1
    let duration = max(media, hasTimes ? statistics.duration : 0) * last
    return duration > 0 ? (Double(statistics.payloadByteCount) * 8 / duration).rounded() : nil
  }
  var frameRate: Double? { clockRate.flatMap { counts?.rate(clockRate: $0) } }
  var drift: RTCPFacts.Drift? { clockRate.flatMap { facts?.drift(clockRate: $0) } }
  /// Packets received less those expected, by the letter of RFC 3550: negative with duplicates.
  var reportedLost: Int? { statistics.source.map { Int($0.cumulativeLost) } }

  /// Ticks as seconds.
  func seconds(_ ticks: Int64?) -> Double? {
    guard let ticks, let clockRate else { return nil }
    return (Double(ticks) / Double(clockRate) * 1e6).rounded() / 1e6
  }

  /// From a keyframe to the next, in seconds; of video only, in sound every frame is one.
  var keyframeInterval: (min: Double?, mean: Double?, max: Double?)? {
    guard kind == .video, let found = counts?.intervals, let clockRate else { return nil }
    let mean = Double(found.sum) / Double(found.count) / Double(clockRate)
    return (seconds(found.min), (mean * 1e6).rounded() / 1e6, seconds(found.max))
  }
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
