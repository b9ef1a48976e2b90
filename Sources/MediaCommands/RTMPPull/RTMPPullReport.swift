internal import MediaFLV
internal import MediaJSON
internal import MediaModel
internal import MediaRTMP

/// What `rtmp-pull` has done, or has done so far.
struct RTMPPullResult {
  /// The URL without its secrets.
  var input: String
  /// What was written, in order.
  var files: [String] = []
  var state = PullInput.State.connecting
  var facts = FLVFacts()
  /// Milliseconds.
  var sourceOffset: Int64?
  /// Milliseconds from 0 to the last frame.
  var end: Int64 = 0
  var messages = 0
  var frames = 0
  var keyframes = 0
  /// Bytes of the messages' bodies.
  var payloadBytes: Int64 = 0
  /// Bytes of the network.
  var networkBytes: Int64 = 0
  var leftOut = 0
  var reconnects = 0
  /// The first thousand.
  var gaps: [RecordingGap] = []
  /// Milliseconds of all gaps.
  var missing: Int64 = 0
  var phases = RTMPPhases()
  /// What the server said when it ended the stream.
  var ending: String?
  var doctor: [Deviation] = []
  var notes: [String] = []
  var findings: [Finding] = []
  var failure: FailedInput?
}

/// Something that happened, for a line of JSON.
struct RTMPPullEvent: ServerEvent {
  var phases: RTMPPhases?
  var message: String?
  var exit: ExitCode?
  var retry: Nanoseconds?
  var code: String?
  var deviation: Deviation?
  var gap: RecordingGap?
  /// Milliseconds.
  var sourceOffset: Int64?
}

/// The document `mediatool.rtmp-pull/1`.
enum RTMPPullReport {
  static let schemaName = "mediatool.rtmp-pull/1"

  static let document = Report<RTMPPullResult>([
    .string("schema", "Name and version of this document's form") { _ in schemaName },
    .string("input", "The URL without its secrets") { $0.input },
    .streamed(
      "messages", "Every message, of --jsonl alone", isOptional: true,
      totals: ["totals.messages", "totals.frames", "streams[0].frames"],
      report: FLVTagReport.report),
    .strings("files", "What was written, in order") { $0.files },
    .string("state", "connecting, playing, waiting, finished or failed") { $0.state.rawValue },
    .string("ending", "What the server said at the end; null where it did not end the stream") {
      $0.ending
    },
    .real("source_offset", "The server's time of the first frame, seconds") {
      $0.sourceOffset.map { Double($0) / 1000 }
    },
    .array("streams", "The tracks, their times as in the recording", report: FLVStreamLine.report) {
      $0.facts.streams.map(FLVStreamLine.init)
    },
    .json("metadata", "The last onMetaData", shape: .any) {
      $0.facts.metadata.map { AMFJSON.value($0.source) }
    },
    .array(
      "gaps", "Where media did not come for a while; the first thousand",
      report: RecordingGap.report
    ) { $0.gaps },
    .object("phases", "How long each phase of the last connection took", report: phases) {
      $0.phases
    },
    .array(
      "doctor", "What the server does otherwise than the specification says, and how we coped",
      report: deviation
    ) { $0.doctor },
    .object(
      "error", "Why it ended early; what is said holds for the part played",
      when: { $0.failure != nil }, report: FailedInput.report
    ) { $0.failure },
    .object("totals", "Sums over all connections", report: totals) { $0 },
    .strings("notes", "What was assumed or left out") { $0.notes },
    .array(
      "findings", "What was noticed; of each rule the first hundred", report: FindingReport.report
    ) { $0.findings },
  ])

  static func jsonSchema() -> JSONValue {
    document.jsonSchema(title: schemaName, id: "urn:mediatool:rtmp-pull:1")
  }

  /// Members of a line about something that happened.
  static let event = Report<RTMPPullEvent>(
    [
      .object("phases", "How long each phase took", when: { $0.phases != nil }, report: phases) {
        $0.phases
      },
      .string("code", "The server's, or the kind of deviation", when: { $0.code != nil }) {
        $0.code ?? ""
      },
    ] + ServerReportFields.ending() + ServerReportFields.deviation() + [
      .object("gap", "The gap", when: { $0.gap != nil }, report: RecordingGap.report) { $0.gap },
      .real(
        "source_offset", "The server's time of the first frame, seconds",
        when: { $0.sourceOffset != nil }
      ) { Double($0.sourceOffset ?? 0) / 1000 },
    ])

  private static let phases = RTMPPhases.report(start: "play")

  private static let deviation = Report<Deviation>(ServerReportFields.doctor { $0 })

  private static let totals = Report<RTMPPullResult>([
    .integer("messages", "Messages of the recording") { $0.messages },
    .integer("frames", "Sound and pictures among them") { $0.frames },
    .integer("keyframes", "Keyframes of video among them") { $0.keyframes },
    .integer("bytes", "Bytes of their bodies") { $0.payloadBytes },
    .integer("network_bytes", "Bytes received, over all connections") { $0.networkBytes },
    .real("duration", "Seconds from 0 to the last frame") { Double($0.end) / 1000 },
    .integer("left_out", "Frames left out: before a keyframe, or there already") { $0.leftOut },
    .integer("reconnects", "How often it was played again after a lost connection") {
      $0.reconnects
    },
    .real("gaps", "Seconds that are missing") {
      Double($0.missing) / 1000
    },
  ])
}
