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
    .array("streams", "The tracks", report: stream) {
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

  static let stream = Report<FLVStreamLine>([
    .integer("index", "Position in this list") { $0.stream.index },
    .integer("track", "trackId; 0 is the default track") { $0.stream.trackID },
    .string("codec_type", "audio or video") { $0.stream.kind.rawValue },
    .string("codec_name", "FFmpeg's name of the codec") { $0.stream.codec?.rawValue },
    .string("fourcc", "The codec as Enhanced RTMP names it") { $0.stream.fourCC?.description },
    .string("profile", "Profile") { $0.info.profile },
    .integer("level", "Level as the codec writes it, such as 31 for 3.1 of H.264") {
      $0.info.levelCode
    },
    .integer("width", "Pixels across") { $0.info.width },
    .integer("height", "Pixels down") { $0.info.height },
    .integer("sample_rate", "Samples per second") { $0.info.sampleRate },
    .integer("channels", "Number of channels") { $0.info.channels },
    .string("channel_layout", "Names of the channels") { $0.info.channelLayout },
    .integer("frames", "Tags, or parts of tags, with media") { $0.stream.frames },
    .integer("keyframes", "Keyframes among them") { $0.stream.keyframes },
    .integer("bytes", "Bytes of media") { $0.stream.bytes },
    .real("start_time", "First presentation in seconds") {
      $0.stream.pts.map { Double($0.lowerBound) / 1000 }
    },
    .integer("first_dts", "First timestamp in milliseconds") { $0.stream.firstDTS },
    .integer("last_dts", "Last timestamp in milliseconds") { $0.stream.lastDTS },
    .real("duration", "Seconds") { $0.stream.duration.map(FLVStreamLine.rounded) },
    .real("frame_rate", "Frames per second on average") {
      $0.stream.frameRate.map(FLVStreamLine.rounded)
    },
    .real("bit_rate", "Bits per second") { $0.stream.bitRate.map { $0.rounded() } },
    .real("keyframe_interval_min", "Seconds") {
      $0.stream.keyframeInterval.milliseconds.map { Double($0.lowerBound) / 1000 }
    },
    .real("keyframe_interval_mean", "Seconds") {
      $0.stream.keyframeInterval.mean.map(FLVStreamLine.rounded)
    },
    .real("keyframe_interval_max", "Seconds") {
      $0.stream.keyframeInterval.milliseconds.map { Double($0.upperBound) / 1000 }
    },
    .integer("keyframe_interval_max_frames", "Frames") {
      $0.stream.keyframeInterval.frames?.upperBound
    },
    .integer("sequence_headers", "Decoder configurations") { $0.stream.sequenceHeaders },
    .integer("config_changes", "Configurations that differ from the one before") {
      $0.stream.configurationChanges
    },
    .bool(
      "closed_captions",
      "CEA-608 or 708 was seen; null where the first keyframe begins without and no NAL units were "
        + "walked"
    ) { $0.stream.hasCaptions },
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

/// A track as it is printed.
struct FLVStreamLine {
  var stream: FLVStream
  var info: CodecInfo

  init(_ stream: FLVStream) {
    self.stream = stream
    info = CodecInfo(stream)
  }

  static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}
