internal import MediaJSON
internal import MediaModel
internal import MediaRTMP

/// What `rtmp-push` has done, or has done so far.
struct RTMPPushResult {
  /// The input as the user gave it, secrets masked.
  var input: String
  var formatName: String?
  var encoded: [EncodedTrack] = []
  var outputs: [Output] = []
  var doctor: [OutputDeviation] = []
  var notes: [String] = []
  /// How far sending is behind real time, where that is much.
  var lateness: Nanoseconds?
  /// Why reading ended early.
  var failure: FailedInput?

  struct Output {
    var index: Int
    var url: String
    var state: PushOutput.State
    var totals: PushOutput.Totals
    var dropped: Int
    /// Milliseconds of media that wait.
    var queued: Int64
    var roundTrip: Nanoseconds?
    var phases: RTMPPhases
    var failure: FailedInput?

    init(_ output: PushOutput) {
      (index, url, state) = (output.index, output.url.description, output.state)
      (totals, dropped, phases) = (output.totals, output.dropped, output.phases)
      (queued, roundTrip) = (output.queuedTime, output.roundTrip)
    }
  }

  /// What the server of one URL does.
  struct OutputDeviation {
    var output: Int
    var deviation: Deviation
  }
}

/// Something that happened to an output, for a line of JSON.
struct RTMPPushEvent: ServerEvent {
  var output: Int
  var url: String
  var phases: RTMPPhases?
  var message: String?
  var exit: ExitCode?
  var retry: Nanoseconds?
  var deviation: Deviation?
}

/// The document `mediatool.rtmp-push/1`.
enum RTMPPushReport {
  static let schemaName = "mediatool.rtmp-push/1"

  static let document = Report<RTMPPushResult>([
    .string("schema", "Name and version of this document's form") { _ in schemaName },
    .string("input", "The input as given, secrets masked") { $0.input },
    .string("format_name", "What the input is; null where it could not be opened") {
      $0.formatName
    },
    .array("encoded", "Tracks that are not sent as they are", report: encodedTrack) {
      $0.encoded
    },
    .array("outputs", "The URLs in their order", report: output) { $0.outputs },
    .array(
      "doctor", "What servers do otherwise than the specification says, and how we coped",
      report: deviation
    ) { $0.doctor },
    .object(
      "error", "Why reading ended early; what is said holds for the part read",
      when: { $0.failure != nil }, report: FailedInput.report
    ) { $0.failure },
    .object("totals", "Sums over all URLs", report: totals) { $0 },
    .strings("notes", "What was assumed or left out") { $0.notes },
  ])

  static func jsonSchema() -> JSONValue {
    document.jsonSchema(title: schemaName, id: "urn:mediatool:rtmp-push:1")
  }

  /// Members of a line that tells how it goes on.
  static let progress = Report<RTMPPushResult>([
    .array("outputs", "The URLs in their order", report: output) { $0.outputs },
    .real("late", "Seconds behind real time, where input or encoding is too slow for it") {
      $0.lateness.map { Double($0) / 1e9 }
    },
  ])

  /// Members of a line about one URL.
  static let event = Report<RTMPPushEvent>(
    [
      .integer("output", "Its index in outputs") { $0.output },
      .string("url", "Where it leads, without secrets") { $0.url },
      .object("phases", "How long each phase took", when: { $0.phases != nil }, report: phases) {
        $0.phases
      },
    ] + ServerReportFields.ending() + [
      .string("code", "The kind of deviation", when: { $0.deviation != nil }) {
        $0.deviation?.code.name ?? ""
      }
    ] + ServerReportFields.deviation())

  private static let encodedTrack = Report<EncodedTrack>([
    .string("kind", "video or audio") { $0.kind.rawValue },
    .string("from", "The input's codec or raw format; null for added silence") { $0.from },
    .string("to", "The codec that is sent") { $0.to },
    .string("encoder", "FFmpeg's name of the encoder; null for silence") { $0.encoder },
  ])

  private static let output = Report<RTMPPushResult.Output>([
    .integer("index", "Position in this list") { $0.index },
    .string("url", "Where it leads, without secrets") { $0.url },
    .string("state", "connecting, publishing, waiting, finishing, finished or failed") {
      $0.state.rawValue
    },
    .integer("bytes", "Bytes handed to the network, over all connections") { $0.totals.bytes },
    .integer("frames", "Frames sent, those sent again after an outage included") {
      $0.totals.frames
    },
    .integer("keyframes", "Keyframes among them") { $0.totals.keyframes },
    .integer("dropped", "Frames never sent") { $0.dropped },
    .integer("reconnects", "How often it was published again") { $0.totals.reconnects },
    .real("duration", "Seconds of media sent, from the first frame to the last") {
      Double($0.totals.mediaTime) / 1000
    },
    .real("queue", "Seconds of media that wait") { Double($0.queued) / 1000 },
    .real("rtt_ms", "The kernel's round trip; null where there is no connection") {
      $0.roundTrip.map { Double($0) / 1e6 }
    },
    .object("phases", "How long each phase of the last connection took", report: phases) {
      $0.phases
    },
    .object(
      "error", "Why it failed", when: { $0.failure != nil }, report: FailedInput.report
    ) { $0.failure },
  ])

  private static let phases = RTMPPhases.report(start: "publish")

  private static let deviation = Report<RTMPPushResult.OutputDeviation>(
    [.integer("output", "The URL's index in outputs") { $0.output }]
      + ServerReportFields.doctor { $0.deviation })

  private static let totals = Report<RTMPPushResult>([
    .integer("bytes", "Bytes handed to the network") {
      $0.outputs.reduce(0) { $0 + $1.totals.bytes }
    },
    .integer("frames", "Frames sent") { $0.outputs.reduce(0) { $0 + $1.totals.frames } },
    .integer("dropped", "Frames never sent") { $0.outputs.reduce(0) { $0 + $1.dropped } },
    .integer("reconnects", "How often URLs were published again") {
      $0.outputs.reduce(0) { $0 + $1.totals.reconnects }
    },
    .integer("failed", "URLs that failed") {
      $0.outputs.count { $0.state == .failed }
    },
  ])
}
