internal import MediaBytes
internal import MediaFLV
internal import MediaJSON
internal import MediaModel

/// A tag in the document.
enum FLVTagReport {
  static let report = Report<FLVTagLine>([
    .init(place), .init(meaning, repeatedFor: { $0.meaning }),
    .init(details, when: { $0.isRemarkable }),
    .init(findings, repeatedFor: { $0.record.findings.isEmpty ? 0 : nil }),
  ])

  private typealias Field = ReportField<FLVTagLine>

  /// What differs from tag to tag.
  private static let place: [Field] = [
    .integer("index", "Position among all tags") { $0.record.tag.index },
    .integer("offset", "Where the tag's header begins, in bytes") { $0.record.tag.offset },
    .string("type", "audio, video, script or unknown") { $0.type },
    .integer("size", "DataSize: bytes of the body") { $0.record.size },
    .integer("payload_size", "Media bytes of all its tracks; null without media") {
      $0.record.payloadSize
    },
    .integer("dts", "Timestamp in milliseconds") { $0.record.dts },
    .integer("pts", "Timestamp and composition time in milliseconds") { $0.record.pts },
    .seconds("dts_time", "dts in seconds") { $0.record.dts },
    .seconds("pts_time", "pts in seconds") { $0.record.pts },
  ]

  /// What the frames of a track have in common.
  private static let meaning: [Field] = [
    .string("codec", "FFmpeg's name of the codec") { $0.codec },
    .string(
      "kind",
      "sequence_header, coded_frames, sequence_end, metadata, command, script, empty, ..."
    ) { $0.record.kind.rawValue },
    .bool("keyframe", "Decoding can start with it; true of all sound") { $0.record.isKeyframe },
    .integer("track", "trackId; 0 is the default track, null without media") {
      $0.track
    },
    .string("frame_type", "FrameType of video", when: { $0.frameType != nil }) { $0.frameType },
  ]

  /// What only remarkable tags have.
  private static let details: [Field] = [
    .string("fourcc", "The codec as Enhanced RTMP names it", when: { $0.fourCC != nil }) {
      $0.fourCC
    },
    .string("multitrack", "How several tracks share the tag", when: { $0.multitrack != nil }) {
      $0.multitrack
    },
    .integer(
      "nanosecond_offset", "To add to pts, in nanoseconds",
      when: { $0.record.nanosecondOffset != nil }
    ) { $0.record.nanosecondOffset ?? 0 },
    .string("command", "VideoCommand", when: { $0.command != nil }) { $0.command },
    .bool("encrypted", "The payload is ciphertext", when: { $0.record.isEncrypted }) { _ in true },
    .integer(
      "tag_type", "TagType, where it is unknown", when: { $0.record.isOfUnknownType }
    ) { $0.record.tag.header.type.rawValue },
    .integer(
      "stream_id", "StreamID, where it is not 0", when: { $0.record.tag.header.streamID != 0 }
    ) { $0.record.tag.header.streamID },
    .integer(
      "declared_size", "DataSize as it stands in the input, where it is wrong",
      when: { $0.record.tag.declaredDataSize != nil }
    ) { $0.record.tag.declaredDataSize ?? 0 },
    .array(
      "frames", "The tracks of a multitrack message", when: { $0.multitrack != nil }, report: part
    ) { line in line.record.parts.map { FLVPartLine(line.record, $0) } },
    .json(
      "config", "What a sequence header says: numbers, flags and words",
      when: { !$0.configuration.isEmpty }, shape: .map(.any)
    ) { .object(JSONObject($0.configuration.map { ($0.name, $0.value.json) })) },
    .array(
      "changes", "Fields of the configuration that differ from the track's one before",
      when: { !$0.changes.isEmpty }, report: change
    ) { $0.changes },
    .json("script", "Name and values of script data", when: { $0.script != nil }, shape: .any) {
      $0.script.map(AMFJSON.script)
    },
    .json(
      "metadata", "Values of a metadata packet", when: { $0.detail?.metadata != nil }, shape: .any
    ) { $0.detail?.metadata.map(AMFJSON.script) },
    .bool(
      "color_info_reset", "The metadata takes back what was said of the colours",
      when: { $0.resetsColorInfo }
    ) { _ in true },
    .array(
      "nal_units", "NAL units, with --nal",
      when: { $0.detail?.listsNALUnits ?? false && $0.detail?.nalUnits != nil },
      report: nalUnit
    ) { $0.detail?.nalUnits ?? [] },
    .integer(
      "nal_units_left_out", "How many more there are than listed",
      when: { $0.detail?.nalUnitsLeftOut ?? 0 > 0 }
    ) { $0.detail?.nalUnitsLeftOut ?? 0 },
    .string("hex", "First bytes of the body, with --hex", when: { $0.detail?.hex != nil }) {
      $0.detail?.hex.map(HexDump.digits) ?? ""
    },
  ]

  private static let findings: [Field] = [
    .array("findings", "What was noticed here", report: FindingReport.report) {
      $0.record.findings
    }
  ]

  private static let part = Report<FLVPartLine>([
    .integer("track", "trackId") { $0.part.trackID },
    .string("codec", "FFmpeg's name of the codec") { $0.part.codec?.rawValue },
    .string("kind", "As for a tag") { $0.kind.rawValue },
    .integer("payload_size", "Media bytes") { $0.part.payload.count },
    .integer("offset", "Where they begin in the input") { $0.offset },
    .integer("pts", "Milliseconds") { $0.pts },
    .seconds("pts_time", "Seconds") { $0.pts },
    .bool("keyframe", "Decoding can start with it") { $0.isKeyframe },
  ])

  private static let change = Report<FieldChange>([
    .string("field", "Its name in the specification") { $0.field },
    .json("from", "The value until now; null where there was none", shape: .any) {
      $0.from?.json
    },
    .json("to", "The value from here on; null where there is none", shape: .any) { $0.to?.json },
  ])

  private static let nalUnit = Report<NALUnitLine>([
    .integer("offset", "Where it begins in the input") { $0.offset },
    .integer("size", "Bytes, without its length field") { $0.size },
    .integer("type", "nal_unit_type") { $0.type },
    .string("name", "What that is") { $0.name },
    .string("slice_type", "I, P, B, SP or SI", when: { $0.sliceType != nil }) { $0.sliceType },
    .strings("sei", "Kinds of SEI messages", when: { !$0.seiKinds.isEmpty }) { $0.seiKinds },
  ])
}

/// A tag as it is printed.
struct FLVTagLine: Sendable {
  var record: FLVTagRecord
  private let shared: SharedDetail?

  init(record: FLVTagRecord, detail: FLVTagDetail? = nil) {
    self.record = record
    shared = detail.map(SharedDetail.init)
  }

  /// Nil where there is nothing to tell beyond the record.
  var detail: FLVTagDetail? { shared?.detail }

  /// Apart, so that lines are small.
  private final class SharedDetail: Sendable {
    let detail: FLVTagDetail
    init(_ detail: FLVTagDetail) { self.detail = detail }
  }

  /// Whether it is more than a plain frame of the older form, of which there is little to tell.
  var isRemarkable: Bool {
    !record.isPlainFrame || shared != nil || record.tag.header.streamID != 0
      || record.tag.declaredDataSize != nil
  }

  /// A number for all that is told of what a frame is; nil for other tags.
  var meaning: UInt64? {
    guard record.kind == .codedFrames, let part = record.firstPart else { return nil }
    let frameType = UInt64(record.frameType?.rawValue ?? 0)
    let coding: (kind: UInt64, value: UInt64) =
      switch part.coding {
      case .unsaid: (0, 0)
      case .sound(let header): (1, UInt64(header.byte))
      case .video(let codecID): (2, UInt64(codecID.rawValue))
      case .enhancedAudio(let fourCC): (3, UInt64(fourCC.rawValue))
      case .enhancedVideo(let fourCC): (4, UInt64(fourCC.rawValue))
      }
    return coding.value | coding.kind << 32 | UInt64(part.trackID) << 40 | frameType << 48
      | (record.isKeyframe ? 1 << 56 : 0)
  }

  var type: String {
    switch record.tag.header.type {
    case .audio: "audio"
    case .video: "video"
    case .script, .scriptAMF3: "script"
    default: "unknown"
    }
  }

  var codec: String? { record.firstPart?.codec?.rawValue ?? fourCC }
  var fourCC: String? { record.firstPart?.fourCC?.description }
  var track: UInt8? { record.firstPart?.trackID }

  var frameType: String? { record.frameType?.description }

  var command: String? {
    if case .video(let video) = record.body { video.command?.description } else { nil }
  }

  var script: FLVScriptData? {
    if case .script(let script) = record.body { script } else { nil }
  }

  var multitrack: String? {
    record.multitrack.map {
      switch $0 {
      case .oneTrack: "one_track"
      case .manyTracks: "many_tracks"
      case .manyTracksManyCodecs: "many_tracks_many_codecs"
      default: "reserved"
      }
    }
  }

  /// The fields of the configuration it brings.
  var configuration: [ConfigurationField] {
    record.parts.contains { $0.kind == .sequenceHeader } ? detail?.configuration ?? [] : []
  }

  var changes: [FieldChange] { detail?.changes ?? [] }

  var resetsColorInfo: Bool {
    record.kind == .metadata && detail?.metadata?.resetsColorInfo ?? false
  }
}

extension FLVTagRecord {
  var isOfUnknownType: Bool {
    if case .unknown = body { true } else { false }
  }
}

/// A track of a multitrack message as it is printed.
struct FLVPartLine {
  var part: FLVMediaPart
  var offset: Int
  var pts: Int64
  var kind: FLVTagKind
  var isKeyframe: Bool

  init(_ record: FLVTagRecord, _ part: FLVMediaPart) {
    self.part = part
    offset = record.tag.body.lowerBound + part.payload.lowerBound
    pts = record.dts + part.presentationOffset
    kind = FLVTagKind(part.kind)
    isKeyframe = kind == .codedFrames && record.isKeyframe
  }
}

/// What is told of a tag only when asked for, or for few tags.
struct FLVTagDetail: Sendable {
  var configuration: [ConfigurationField] = []
  var changes: [FieldChange] = []
  var metadata: FLVScriptData?
  /// What the payload is, in a few words.
  var summary: String?
  var nalUnits: [NALUnitLine]?
  /// How many more there are than listed.
  var nalUnitsLeftOut = 0
  /// Whether the NAL units are listed, and not only counted.
  var listsNALUnits = false
  var hex: [UInt8]?
}

/// A field of a codec configuration.
typealias ConfigurationField = (name: String, value: FieldValue)

/// What a field of a codec configuration says.
struct FieldValue: Equatable, Sendable {
  /// A number, a flag or words.
  var json: JSONValue
  /// What a number or a flag stands for.
  var meaning: String?

  init(json: JSONValue, meaning: String?) { (self.json, self.meaning) = (json, meaning) }

  init(_ words: String) { self.init(json: .string(words), meaning: nil) }

  /// As a person reads it, a flag as the bit it is: `100 (High)`.
  var words: String {
    let value: String
    switch json {
    case .string(let words): value = words
    case .bool(let flag): value = flag ? "1" : "0"
    case .null: return meaning ?? "none"
    default: value = json.text()
    }
    return value + (meaning.map { " (\($0))" } ?? "")
  }
}

/// A field of a codec configuration before and after.
struct FieldChange: Sendable {
  var field: String
  var from: FieldValue?
  var to: FieldValue?
}

/// A NAL unit as it is listed.
struct NALUnitLine {
  var offset: Int
  var size: Int
  var type: Int
  var name: String
  var sliceType: String?
  var seiKinds: [String] = []
}
