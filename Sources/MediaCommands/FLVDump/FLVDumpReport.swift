internal import MediaFLV
internal import MediaJSON
internal import MediaModel

/// All that `flv-dump` found out about one input, less its tags.
struct FLVDumpResult {
  /// The input as the user gave it, secrets masked.
  var input: String
  /// nil where the input is no FLV.
  var header: FLVHeader?
  var byteCount: Int?
  var facts = FLVFacts()
  var findings: [Finding] = []
  /// How many findings there were of each level.
  var counts: [Severity: Int] = [:]
  /// Why reading ended early.
  var failure: FailedInput?

  /// From the first presentation to the end of the last, in seconds.
  var duration: Double? {
    let ends = facts.streams.compactMap { stream in
      stream.pts.map { Double($0.upperBound) / 1000 + (stream.meanFrameDuration ?? 0) }
    }
    guard let end = ends.max(), let start = startTime, end > start else { return nil }
    return ((end - start) * 1e6).rounded() / 1e6
  }

  var startTime: Double? {
    facts.streams.compactMap { $0.pts.map { Double($0.lowerBound) / 1000 } }.min()
  }

  /// Bits of media per second.
  var bitRate: Double? {
    guard let duration, duration > 0 else { return nil }
    return (Double(facts.streams.reduce(0) { $0 + $1.bytes }) * 8 / duration).rounded()
  }
}

/// The document `mediatool.flv-dump/1`.
enum FLVDumpReport {
  static let schemaName = "mediatool.flv-dump/1"

  static let document = Report<FLVDumpResult>([
    .string("schema", "Name and version of this document's form") { _ in schemaName },
    .string("input", "The input as given, secrets masked") { $0.input },
    .streamed(
      "tags", "Every tag, unless --summary", isOptional: true,
      totals: ["totals.tags", "totals.video.tags", "streams[0].frames"],
      report: FLVTagReport.report),
    .object("format", "The file's header and metadata; null where it is no FLV", report: format) {
      $0.header == nil ? nil : $0
    },
    .array("streams", "The tracks", report: FLVStreamLine.report) {
      $0.facts.streams.map(FLVStreamLine.init)
    },
    .object(
      "error", "Why reading ended early; what is said holds for the part read",
      when: { $0.failure != nil }, report: FailedInput.report
    ) { $0.failure },
    .object("totals", "Sums over all tags read", report: totals) { $0 },
    .array(
      "findings", "What was noticed; of each rule the first thousand", report: FindingReport.report
    ) { $0.findings },
  ])

  static func jsonSchema() -> JSONValue {
    document.jsonSchema(title: schemaName, id: "urn:mediatool:flv-dump:1")
  }

  private static let format = Report<FLVDumpResult>([
    .string("format_name", "flv") { _ in "flv" },
    .integer("version", "Version") { $0.header?.version },
    .bool("has_audio", "TypeFlagsAudio") { $0.header?.hasAudio },
    .bool("has_video", "TypeFlagsVideo") { $0.header?.hasVideo },
    .integer("data_offset", "DataOffset") { $0.header?.dataOffset },
    .integer("size", "Bytes of the input; null of a live one") { $0.byteCount },
    .real("start_time", "First presentation in seconds") { $0.startTime },
    .real("duration", "Seconds from the first presentation to the end of the last") {
      $0.duration
    },
    .real("bit_rate", "Bits of media per second") { $0.bitRate },
    .json("metadata", "The last onMetaData", shape: .any) {
      $0.facts.metadata.map { AMFJSON.value($0.source) }
    },
  ])

  private static let count = Report<FLVTotals.Count>([
    .integer("tags", "How many") { $0.tags },
    .integer("bytes", "Bytes of their bodies") { $0.bytes },
    .integer("first_timestamp", "Milliseconds; of audio and video that of a frame") {
      $0.firstTimestamp
    },
    .integer("last_timestamp", "Milliseconds; of audio and video that of a frame") {
      $0.lastTimestamp
    },
  ])

  private static let totals = Report<FLVDumpResult>([
    .integer("tags", "Tags of all types") { $0.facts.totals.tags },
    .integer("bytes", "Bytes of their bodies") { $0.facts.totals.bytes },
    .object("audio", "Audio tags", report: count) { $0.facts.totals.audio },
    .object("video", "Video tags", report: count) { $0.facts.totals.video },
    .object("script", "Script tags", report: count) { $0.facts.totals.script },
    .object("other", "Tags of unknown types", report: count) { $0.facts.totals.other },
    .integer("encrypted", "Encrypted tags") { $0.facts.totals.encrypted },
    .real("duration", "Seconds from the first presentation to the end of the last") {
      $0.duration
    },
    .real("bit_rate", "Bits of media per second") { $0.bitRate },
    .real("av_skew_max", "Furthest that a frame of audio is from the last of video, seconds") {
      $0.facts.totals.largestSkew.map { Double($0.milliseconds) / 1000 }
    },
    .integer("av_skew_offset", "Where that is, in bytes") {
      $0.facts.totals.largestSkew?.offset
    },
    .integer("skipped_bytes", "Bytes skipped as damage") { $0.facts.totals.skippedBytes },
    .object("findings", "Findings by level", report: levels) { $0.counts },
  ])

  private static let levels = Report<[Severity: Int]>([
    .integer("fatal", "The input cannot be used") { $0[.fatal] ?? 0 },
    .integer("error", "Media is lost or misplaced") { $0[.error] ?? 0 },
    .integer("warning", "Likely trouble, no media lost") { $0[.warning] ?? 0 },
    .integer("info", "Lawful but unusual") { $0[.info] ?? 0 },
  ])
}
