internal import MediaJSON
internal import MediaModel
internal import MediaRTP

/// A track of a presentation as it is reported: what came of it over all connections.
struct RTSPStreamResult: Sendable {
  /// In the presentation.
  var index: Int
  /// Sums over all sources.
  var figures: RTPStreamFigures
  /// What is known of the last source; nil where nothing came.
  var stream: RTPStreamResult?
  /// What the description says.
  var media: SDPMedia?
  /// How many sources there were: one for each connection, unless a sender began anew in between.
  var sources = 0
  /// Parts per million.
  var drift: Double?
  /// Seconds.
  var clockOffset: Double?
  var lastFrameAge: Double?
  /// From the sender's clock to ours when a frame came, the least of late, in nanoseconds.
  var delay: Nanoseconds?
  /// Seconds that sound comes later than the pictures that belong to it.
  var soundDelay: Double?

  init(index: Int, figures: RTPStreamFigures) { (self.index, self.figures) = (index, figures) }

  /// The format of most packets, or the first that is described.
  var format: SDPPayloadFormat? {
    guard let stream else { return media?.payloadFormats.first }
    return stream.format?.payload
  }
  var kind: MediaKind? { stream?.kind ?? media.flatMap { MediaKind(rawValue: $0.media.kind) } }
  var flow: RTPFlow? { stream?.flow }
  var facts: RTCPFacts? { stream?.facts }
}

extension RTSPStreamResult {
  static let report = Report<RTSPStreamResult>(
    identity + RTPStreamFields.packets { $0.figures } + times
      + RTPStreamFields.frames { $0.figures } + RTPStreamFields.rates { $0.figures }
      + RTPStreamFields.clocks { $0.stream?.drift } + clocks)

  private static let identity: [ReportField<RTSPStreamResult>] = [
    .integer("index", "The track's position in the description") { $0.index },
    .integer("ssrc", "SSRC of the last source; null where nothing came") { $0.stream?.ssrc },
    .integer("sources", "Sources that followed each other, one for each connection at least") {
      $0.sources
    },
    .string("source", "Where it comes from") { $0.flow.map { "\($0.source)" } },
    .string("destination", "Where it goes") { $0.flow.map { "\($0.destination)" } },
    .string("transport", "udp or interleaved") { $0.flow?.transport.rawValue },
    .integer(
      "channel", "Channel of interleaved packets", when: { $0.flow?.transport == .interleaved }
    ) { $0.flow?.channel ?? 0 },
    .integer("payload_type", "PT of most packets") {
      ($0.stream?.type ?? $0.format?.payloadType)?.rawValue
    },
    .string("codec_type", "video, audio or data") { $0.kind?.rawValue },
    .string("codec", "FFmpeg's name of the codec; null where nothing came or it is unknown") {
      $0.stream?.codec?.rawValue
    },
    .string("encoding", "The payload format's name, as in a=rtpmap") { $0.format?.encodingName },
    .integer("clock_rate", "Ticks of the timestamp in a second") { $0.format?.clockRate },
  ]

  private static let times: [ReportField<RTSPStreamResult>] = [
    .real("start_time", "When the last source's first packet came, seconds since that of all") {
      $0.stream?.startTime
    },
    .real("duration", "Seconds from the first arrival to the last, summed over sources") {
      $0.figures.duration.map(RTPStreamFields.rounded)
    },
  ]

  private static let clocks: [ReportField<RTSPStreamResult>] = [
    .real("drift_ppm", "How much faster its clock runs than ours; null before ten seconds") {
      $0.drift.map(RTPStreamFields.rounded)
    },
    .real(
      "sr_clock_offset",
      "Seconds that its sender reports' wall clock is ahead of ours, less the time on the way"
    ) { $0.clockOffset.map(RTPStreamFields.rounded) },
    .real(
      "av_offset",
      "Of sound, seconds that it comes later than the pictures it belongs to, by sender reports"
    ) { $0.soundDelay.map(RTPStreamFields.rounded) },
    .real("last_frame_age", "Seconds since the last frame was complete") {
      $0.lastFrameAge.map(RTPStreamFields.rounded)
    },
    .string("cname", "CNAME") { $0.facts?.canonicalName },
    .bool("bye", "It said goodbye") { $0.facts?.goodbye != nil },
  ]
}
