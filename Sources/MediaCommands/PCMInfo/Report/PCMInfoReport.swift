internal import MediaJSON
internal import MediaRaw
internal import MediaSignal

/// The document `mediatool.pcm-info/1`.
enum PCMInfoReport {
  static let schemaName = "mediatool.pcm-info/1"

  static let document = Report<PCMInfoResult>([
    .string("schema", "Name and version of this document's form") { _ in schemaName },
    .string("input", "The input as given, secrets masked") { $0.input },
    .object("format", "The form of the sound", report: SoundFormatReport.report) { $0 },
    .array("channels", "Each channel measured", report: LevelReport.channel) { $0.channelLines },
    .object("overall", "All channels together", report: LevelReport.overall) { $0.overallLine },
    .object("loudness", "Loudness; null with --no-loudness", report: LoudnessReport.report) {
      $0.loudnessLine
    },
    .array("silence", "Where all channels are silent at once", report: silence) {
      $0.silenceLines
    },
    .array("pairs", "How channels relate, of the first eight", report: pair) { $0.pairLines },
    .object(
      "target", "The verdict of --target", when: { $0.target != nil }, report: TargetReport.report
    ) { $0.target },
    .object("metadata", "What else the file tells", report: SoundMetadataReport.report) { $0 },
    .object(
      "error", "Why reading ended early; what is said holds for the part read",
      when: { $0.failure != nil }, report: FailedInput.report
    ) { $0.failure },
    .object("totals", "Of all that was measured", report: totals) { $0 },
    .array("findings", "What is odd about the file and the sound", report: FindingReport.report) {
      $0.findings
    },
  ])

  /// An input that could not be measured.
  static let failure = Report<FailedInput>([
    .string("schema", "Name and version of this document's form") { _ in schemaName },
    .string("input", "The input as given, secrets masked") { $0.input },
    .object("error", "Why it could not be measured", report: FailedInput.report) { $0 },
    .array(
      "findings", "What --check found", when: { $0.findings != nil }, report: FindingReport.report
    ) { $0.findings ?? [] },
  ])

  /// The schema of all that `--json` may print.
  static func jsonSchema() -> JSONValue {
    let id = "urn:mediatool:pcm-info:1"
    return .object([
      "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": .string(id),
      "title": .string(schemaName),
      "anyOf": [
        document.jsonSchema(title: "Sound measured", id: id + ":measured"),
        failure.jsonSchema(title: "An input that failed", id: id + ":failed"),
        ["type": "array", "title": "Several inputs", "items": ["$ref": "#"]],
      ],
    ])
  }

  // MARK: Parts

  private static let silence = Report<SilenceLine>(
    FrameSpan.fields { $0.span } + [
      .real("duration", "Its length in seconds") { $0.span.duration },
      .bool("digital", "Whether all its samples are 0") { $0.isDigital },
    ])

  private static let pair = Report<PairLine>([
    .integer("first", "Number of a channel within the input") { $0.first },
    .integer("second", "Number of the other") { $0.second },
    .real("correlation", "Pearson's coefficient, -1 to 1") {
      $0.measurement.correlation.map(\.micro)
    },
    .string(
      "correlation_reason", "Why that is null", when: { $0.measurement.correlation == nil }
    ) { _ in "a channel does not vary" },
    .bool("identical", "Whether all samples are equal") { $0.measurement.isIdentical },
    .bool("inverted", "Whether all samples are equal but for the sign") {
      $0.measurement.isInverted
    },
    .array(
      "out_of_phase", "Where they swing against each other for a second and more",
      report: FrameSpan.report
    ) { $0.outOfPhase },
  ])

  private static let totals = Report<PCMInfoResult>(
    FrameSpan.fields { $0.span } + [
      .integer("frames", "Frames measured") { $0.measurement.frameCount },
      .real("duration", "The same in seconds") { $0.span.duration },
      .integer("samples", "Samples measured") {
        $0.measurement.frameCount * Int64($0.measurement.channels.count)
      },
      .integer("silences", "Stretches of silence") { $0.measurement.silenceCount },
      .real("silence_duration", "Seconds of the silence listed") { result in
        result.silenceLines.reduce(0) { $0 + $1.span.duration }.nano
      },
    ])
}

/// A stretch of silence and its place in the input.
struct SilenceLine: Sendable {
  var span: FrameSpan
  var isDigital: Bool
}

/// Two channels, by their numbers within the input.
struct PairLine: Sendable {
  var first: Int
  var second: Int
  var measurement: ChannelPairMeasurement
  var outOfPhase: [FrameSpan]
}
