internal import MediaJSON
internal import MediaModel
internal import MediaRTSP

/// What `rtsp-pull` has done, or has done so far.
struct RTSPPullResult {
  /// The URL without its secrets.
  var input: String
  var state = RTSPInput.State.connecting
  var presentation: RTSPPresentation?
  var streams: [RTSPStreamResult] = []
  /// What was written, in order; the first thousand.
  var files: [String] = []
  /// The first thousand.
  var gaps: [RecordingGap] = []
  /// Frames that are in none of the files, as decoding could not begin with them.
  var leftOut = 0
  /// Milliseconds of all gaps.
  var missing: Int64 = 0
  /// Frames of the recording, and seconds from its beginning to its end.
  var frames = 0
  var duration = 0.0
  var phases = RTSPPhases()
  var reconnects = 0
  /// Bytes received, over all connections.
  var networkBytes: Int64 = 0
  /// What the server said when it ended the presentation.
  var ending: String?
  var doctor: [Deviation] = []
  var notes: [String] = []
  var findings: [RTPFinding] = []
  var failure: FailedInput?
}

/// Something that happened, for a line of JSON.
struct RTSPPullEvent: ServerEvent {
  var phases: RTSPPhases?
  var transport: String?
  var message: String?
  var exit: ExitCode?
  var retry: Nanoseconds?
  var deviation: Deviation?
  var gap: RecordingGap?
  var file: String?
  var presentation: RTSPPresentation?
}

/// The document `mediatool.rtsp-pull/1`.
enum RTSPPullReport {
  static let schemaName = "mediatool.rtsp-pull/1"

  static let document = Report<RTSPPullResult>([
    .string("schema", "Name and version of this document's form") { _ in schemaName },
    .string("input", "The URL without its secrets") { $0.input },
    .string("state", "connecting, playing, waiting, finished or failed") { $0.state.rawValue },
    .string("ending", "Why the server ended the presentation; null where it did not") { $0.ending },
    .object(
      "presentation", "What DESCRIBE said; null before its answer",
      report: RTSPPresentationReport.report
    ) { $0.presentation },
    .array(
      "streams", "The tracks that were played, over all connections",
      report: RTSPStreamResult.report
    ) { $0.streams },
    .strings("files", "What was written, in order; the first thousand") { $0.files },
    .array(
      "gaps", "Where media did not come for a while; the first thousand",
      report: RecordingGap.report
    ) { $0.gaps },
    .object("phases", "How long each phase of the last connection took", report: phases) {
      $0.phases
    },
    .array(
      "doctor", "What the server does otherwise than the specification says, and how we coped",
      report: Report<Deviation>(ServerReportFields.doctor { $0 })
    ) { $0.doctor },
    .object(
      "error", "Why it ended early; what is said holds for the part played",
      when: { $0.failure != nil }, report: FailedInput.report
    ) { $0.failure },
    .object("totals", "Sums over all tracks and connections", report: totals) { $0 },
    .strings("notes", "What was tried otherwise, assumed or left out") { $0.notes },
    .array(
      "findings", "What was noticed; of each rule and track the first hundred",
      report: RTPFindingReport.report
    ) { $0.findings },
  ])

  static func jsonSchema() -> JSONValue {
    document.jsonSchema(title: schemaName, id: "urn:mediatool:rtsp-pull:1")
  }

  /// Members of a line about something that happened.
  static let event = Report<RTSPPullEvent>(
    [
      .object("phases", "How long each phase took", when: { $0.phases != nil }, report: phases) {
        $0.phases
      },
      .string("transport", "How packets come", when: { $0.transport != nil }) { $0.transport },
      .string("code", "The kind of deviation", when: { $0.deviation != nil }) {
        $0.deviation?.code.name
      },
    ] + ServerReportFields.ending() + ServerReportFields.deviation() + [
      .object(
        "gap", "The gap", when: { $0.gap != nil }, report: RecordingGap.report
      ) { $0.gap },
      .string("file", "The file it is about", when: { $0.file != nil }) { $0.file },
      .object(
        "presentation", "What DESCRIBE said", when: { $0.presentation != nil },
        report: RTSPPresentationReport.report
      ) { $0.presentation },
    ])

  private static let phases = Report<RTSPPhases>([
    .real("dns_ms", "The resolver's answer; null for an address") { milliseconds($0.dns) },
    .real("tcp_ms", "TCP, over all addresses tried") { milliseconds($0.tcp) },
    .real("tls_ms", "The handshake of TLS; null without") { milliseconds($0.tls) },
    .real("options_ms", "The answer to OPTIONS") { milliseconds($0.options) },
    .real("describe_ms", "The answer to DESCRIBE") { milliseconds($0.describe) },
    .real("setup_ms", "The answers to all SETUP") { milliseconds($0.setup) },
    .real("play_ms", "The answer to PLAY") { milliseconds($0.play) },
    .real("first_packet_ms", "The first packet behind it") { milliseconds($0.firstPacket) },
  ])

  private static func milliseconds(_ time: Nanoseconds?) -> Double? {
    time.map { Double($0) / 1e6 }
  }

  private static let totals = Report<RTSPPullResult>([
    .integer("packets", "Packets of RTP") { result in
      result.streams.reduce(0) { $0 + $1.figures.packets }
    },
    .integer("lost", "Sequence numbers never seen") { result in
      result.streams.reduce(0) { $0 + $1.figures.lost }
    },
    .integer("frames", "Frames put together") { result in
      result.streams.reduce(0) { $0 + ($1.figures.frames?.count ?? 0) }
    },
    .integer("recorded_frames", "Frames written") { $0.frames },
    .integer("left_out", "Frames not written: in front of a keyframe, or of no use without others")
    {
      $0.leftOut
    },
    .real("duration", "Seconds of what was recorded") { $0.duration },
    .integer("network_bytes", "Bytes received, over all connections") { $0.networkBytes },
    .integer("reconnects", "How often it was played again after a lost connection") {
      $0.reconnects
    },
    .real("gaps", "Seconds that are missing") { Double($0.missing) / 1000 },
  ])
}

extension RTSPPhases {
  /// `tcp 0.2 ms, options 1.1 ms`: the phases that were passed.
  var words: String {
    let all: [(String, Nanoseconds?)] = [
      ("dns", dns), ("tcp", tcp), ("tls", tls), ("options", options), ("describe", describe),
      ("setup", setup), ("play", play), ("first packet", firstPacket),
    ]
    return all.compactMap { name, time in
      time.map { "\(name) \(Quantity.decimal(Double($0) / 1e6, digits: 1)) ms" }
    }.joined(separator: ", ")
  }
}
