internal import MediaFLV
internal import MediaJSON
internal import MediaModel

/// What a repair did, less its changes.
struct FLVRepairResult {
  /// The input as the user gave it.
  var input: String
  var outputs: [FLVRepairOutputFile] = []
  var totals = FLVRepairTotals()
  var verification: FLVRepairVerification?
  var findings: [Finding] = []
  /// Why it ended early.
  var failure: FailedInput?
}

/// A file written, as it is told.
struct FLVRepairOutputFile {
  var index: Int
  var path: String
  var planned: FLVRepairPlan.File
}

/// What comparing the copy with the input found.
struct FLVRepairVerification {
  /// Tags whose type and payload were compared.
  var compared = 0
  /// Tags of them that differ, or are on one side alone.
  var different = 0
  /// Bytes outside all changes, compared one by one.
  var bytesCompared = 0
  /// Places outside all changes that differ.
  var unreported = 0

  var exitCode: ExitCode { different == 0 && unreported == 0 ? .success : .checkFailed }
}

/// The document `mediatool.flv-repair/1`.
enum FLVRepairReport {
  static let schemaName = "mediatool.flv-repair/1"

  static let document = Report<FLVRepairResult>([
    .string("schema", "Name and version of this document's form") { _ in schemaName },
    .string("input", "The input as given") { $0.input },
    .array("outputs", "The files written", report: output) { $0.outputs },
    .streamed(
      "changes", "Every range of bytes that differs, in the order of the input",
      totals: ["totals.changes", "totals.timestamp", "totals.dropped"], report: change),
    .object(
      "verify", "What comparing the files with the input found; with --verify",
      when: { $0.verification != nil }, report: verification
    ) { $0.verification },
    .object(
      "error", "Why it ended early", when: { $0.failure != nil }, report: FailedInput.report
    ) { $0.failure },
    .object("totals", "Sums over all files", report: totals) { $0.totals },
    .array(
      "findings", "What cannot be mended; of each rule the first thousand",
      report: FindingReport.report
    ) { $0.findings },
  ])

  static func jsonSchema() -> JSONValue {
    document.jsonSchema(title: schemaName, id: "urn:mediatool:flv-repair:1")
  }

  static let change = Report<FLVRepairChange>([
    .string(
      "kind",
      "header, metadata, data_size, previous_tag_size, timestamp, stream_id, filter, "
        + "reserved_bits, dropped or inserted"
    ) { $0.kind.rawValue },
    .integer("output", "Index of the file written") { $0.file },
    .integer("input_offset", "Where it begins in the input") { $0.input.lowerBound },
    .integer("input_size", "Bytes of the input") { $0.input.count },
    .integer("output_offset", "Where it begins in the file written") { $0.output.lowerBound },
    .integer("output_size", "Bytes of the file written") { $0.output.count },
    .integer("old", "The field's value before; null where it is no number") { $0.old },
    .integer("new", "The field's value now; null where it is no number") { $0.new },
    .string("reason", "Why") { $0.reason },
  ])

  private static let output = Report<FLVRepairOutputFile>([
    .integer("index", "Position in this list") { $0.index },
    .string("output", "The file's name") { $0.path },
    .string("reason", "Why it begins: start, configuration, clock or length") {
      $0.planned.content.reason.rawValue
    },
    .integer("input_offset", "Where in the input it begins") { $0.planned.content.inputOffset },
    .integer("size", "Bytes") { $0.planned.byteCount },
    .integer("audio_tags", "Audio tags") { $0.planned.content.totals.audio.tags },
    .integer("video_tags", "Video tags") { $0.planned.content.totals.video.tags },
    .real("duration", "Seconds") { $0.planned.content.duration },
  ])

  private static let verification = Report<FLVRepairVerification>([
    .integer("compared", "Tags whose type and payload were compared by SHA-256") { $0.compared },
    .integer("different", "Tags of them that differ or are missing") { $0.different },
    .integer("bytes_compared", "Bytes outside all changes, compared one by one") {
      $0.bytesCompared
    },
    .integer("unreported", "Places outside all changes that differ") { $0.unreported },
  ])

  private static let totals = Report<FLVRepairTotals>(
    [
      .integer("tags_kept", "Tags of the input that are in the files") { $0.tagsKept },
      .integer("tags_dropped", "Tags of the input that are not; damage is no tag") {
        $0.tagsDropped
      },
      .integer("tags_inserted", "Tags that the input does not have") { $0.tagsInserted },
      .integer("tags_encrypted", "Encrypted tags, kept as they are") { $0.encrypted },
      .integer("bytes_dropped", "Bytes of the input that are not in the files") {
        $0.bytesDropped
      },
      .integer("changes", "Ranges of bytes that differ") { $0.changeCount },
    ]
      + FLVRepairChange.Kind.allCases.map { kind in
        .integer(kind.rawValue, "Changes of this kind") { $0.changes[kind] ?? 0 }
      })
}
