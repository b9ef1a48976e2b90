internal import MediaFFmpeg
internal import MediaJSON
internal import MediaModel

/// The document `mediatool.probe/1`, declared once: JSON, its schema, `--entries` and `--expect`
/// follow from it.
enum ProbeReport {
  static let schemaName = "mediatool.probe/1"

  static let document = Report<ProbeResult>([
    .string("schema", "Name and version of this document's form") { _ in schemaName },
    .string("input", "The input as given, secrets masked") { $0.input },
    .streamed(
      "packets", "Every packet, with --packets", isOptional: true,
      totals: ["totals.packets", "streams[0].measured.packets"], report: PacketReport.report),
    .streamed(
      "frames", "Every decoded frame, with --frames", isOptional: true,
      totals: ["totals.frames", "streams[0].measured.frames"], report: FrameReport.report),
    .object("format", "The container", report: format) { $0.description.format },
    .array("streams", "The tracks", report: StreamReport.report) { $0.tracks },
    .array(
      "chapters", "Chapters, with --chapters", when: { $0.sections.chapters }, report: chapter
    ) { $0.description.chapters },
    .array(
      "programs", "Programs of a transport stream, with --programs",
      when: { $0.sections.programs }, report: program
    ) { $0.description.programs },
    .array(
      "gop", "Keyframes of each video track, with --gop", when: { $0.gops != nil }, report: gop
    ) { $0.gops ?? [] },
    .array(
      "hashes", "Hash of each track's packet payloads, with --hash", when: { $0.hashes != nil },
      report: hash
    ) { $0.hashes ?? [] },
    .object(
      "error", "Why reading ended early; what is said holds for the part read",
      when: { $0.failure != nil }, report: failureReason
    ) { $0.failure },
    .object(
      "totals", "Sums over all packets read", when: { $0.totals != nil }, report: totals
    ) { $0.totals },
    .array(
      "findings", "What --check found", when: { $0.findings != nil }, report: FindingReport.report
    ) { $0.findings ?? [] },
  ])

  /// An input that could not be described, where others could or findings were asked for.
  static let failure = Report<FailedInput>([
    .string("schema", "Name and version of this document's form") { _ in schemaName },
    .string("input", "The input as given, secrets masked") { $0.input },
    .object("error", "Why it could not be described", report: failureReason) { $0 },
    .array(
      "findings", "What --check found", when: { $0.findings != nil }, report: FindingReport.report
    ) { $0.findings ?? [] },
  ])

  private static let failureReason = Report<FailedInput>([
    .integer("exit", "The exit code it would end with alone") { $0.exit.rawValue },
    .string("message", "The reason in a sentence") { $0.message },
  ])

  /// The JSON Schema of a document: of one input, or the array of several.
  ///
  /// What `--entries` leaves over is a part of it.
  static func jsonSchema() -> JSONValue {
    let id = "urn:mediatool:probe:1"
    return .object([
      "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": .string(id),
      "title": .string(schemaName),
      "anyOf": [
        document.jsonSchema(title: "An input described", id: id + ":described"),
        failure.jsonSchema(title: "An input that failed", id: id + ":failed"),
        ["type": "array", "title": "Several inputs", "items": ["$ref": "#"]],
      ],
    ])
  }

  static let format = Report<FormatDescription>([
    .string("filename", "The input's name, secrets masked") { $0.filename },
    .integer("nb_streams", "Number of tracks") { $0.streamCount },
    .integer("nb_programs", "Number of programs") { $0.programCount },
    .integer("nb_chapters", "Number of chapters") { $0.chapterCount },
    .string("format_name", "FFmpeg's short names of the format") { $0.name },
    .string("format_long_name", "FFmpeg's descriptive name") { $0.longName },
    .real("start_time", "First time in seconds") { $0.startTime.map { Double($0) / 1e6 } },
    .real("duration", "Length in seconds") { $0.duration.map { Double($0) / 1e6 } },
    .string(
      "duration_source", "Where the length is from: timestamps, header, or bit_rate (a guess)"
    ) {
      $0.durationSource
    },
    .integer("size", "Bytes") { $0.byteCount },
    .integer("bit_rate", "Bits per second over all") { $0.bitRate },
    .integer("probe_score", "How sure FFmpeg is of the format, 0 to 100") { $0.probeScore },
    .map("tags", "Metadata of the container") { $0.tags.map { ($0.name, $0.value) } },
  ])

  static let chapter = Report<ChapterDescription>([
    .integer("id", "The container's identifier") { $0.identifier },
    .string("time_base", "Seconds of one tick") { $0.timeBase.text },
    .integer("start", "First tick") { $0.start },
    .real("start_time", "Start in seconds") { $0.timeBase.seconds($0.start) },
    .integer("end", "Tick after the last") { $0.end },
    .real("end_time", "End in seconds") { $0.timeBase.seconds($0.end) },
    .map("tags", "Metadata of the chapter") { $0.tags.map { ($0.name, $0.value) } },
  ])

  static let program = Report<ProgramDescription>([
    .integer("program_id", "FFmpeg's identifier") { $0.identifier },
    .integer("program_num", "Program number in the PAT") { $0.number },
    .integer("nb_streams", "Number of its tracks") { $0.streamIndexes.count },
    .integer("pmt_pid", "Packet identifier of its PMT") { $0.pmtPID },
    .integer("pcr_pid", "Packet identifier of its clock") { $0.pcrPID },
    .json("streams", "Indices of its tracks", shape: .array(.integer)) {
      .array($0.streamIndexes.map { .integer(Int64($0)) })
    },
    .map("tags", "Metadata of the program") { $0.tags.map { ($0.name, $0.value) } },
  ])

  static let gop = Report<GOPSummary>([
    .integer("index", "The track") { $0.index },
    .integer("frames", "Pictures read") { $0.frames },
    .integer("keyframes", "Keyframes among them") { $0.keyframes },
    .integer("interval_min_frames", "Shortest keyframe interval in frames") {
      $0.intervalFrames.map { Int64($0.min) }
    },
    .real("interval_mean_frames", "Mean keyframe interval in frames") { $0.intervalFrames?.mean },
    .integer("interval_max_frames", "Longest keyframe interval in frames") {
      $0.intervalFrames.map { Int64($0.max) }
    },
    .real("interval_min", "Shortest keyframe interval in seconds") { $0.interval?.min },
    .real("interval_mean", "Mean keyframe interval in seconds") { $0.interval?.mean },
    .real("interval_max", "Longest keyframe interval in seconds") { $0.interval?.max },
    .integer("longest_b_run", "Longest run of B frames in display order") { $0.longestBRun },
    .string("structure", "open, closed or mixed") { $0.structure },
    .integer("closed", "Closed GOPs") { $0.closed },
    .integer("open", "Open GOPs") { $0.open },
    .integer("unknown", "GOPs of which it cannot be told") { $0.unknown },
    .strings("patterns", "Picture types of the first GOPs in display order") { $0.patterns },
  ])

  static let hash = Report<TrackHash>([
    .integer("index", "The track") { $0.index },
    .string("codec_type", "What the track carries") { $0.kind },
    .string("algorithm", "md5 or sha256") { $0.algorithm },
    .string("hash", "Hexadecimal digest") { $0.hash },
  ])

  static let totals = Report<WalkTotals>([
    .integer("packets", "Packets of all tracks") { $0.packets },
    .integer("bytes", "Bytes of their payloads") { $0.bytes },
    .integer("frames", "Decoded frames; null unless decoded") { $0.frames },
    .real("duration", "Seconds from the first presentation to the last end") { $0.duration },
    .real("bit_rate", "Bits per second of the payloads") { $0.bitRate },
  ])
}
