internal import MediaFFmpeg
internal import MediaJSON
internal import MediaModel

/// A track in the document.
enum StreamReport {
  private typealias Field = ReportField<ProbedTrack>

  static let report = Report<ProbedTrack>(identity + video + audio + timing + extras)

  private static let identity: [Field] = [
    .integer("index", "Position among the tracks, from 0") { $0.stream.index },
    .string("codec_name", "FFmpeg's codec name") { $0.stream.codecName },
    .string("codec_long_name", "FFmpeg's descriptive codec name") { $0.stream.codecLongName },
    .string("profile", "Profile of the codec") { $0.stream.profileText },
    .string("codec_type", "video, audio, subtitle, data, attachment or unknown") {
      $0.stream.kind.rawValue
    },
    .string("codec_tag_string", "The container's code for the codec, as text") {
      $0.stream.codecTagText
    },
    .string("codec_tag", "The container's code for the codec, in hexadecimal") {
      $0.stream.codecTagHexadecimal
    },
    .string("codec_string", "RFC 6381 codec string", when: { $0.isMedia }) { $0.codecString },
  ]

  private static let video: [Field] = [
    .integer("width", "Pixels across, before rotation", when: { $0.isPicture }) {
      $0.stream.width > 0 ? $0.stream.width : nil
    },
    .integer("height", "Pixels down, before rotation", when: { $0.isPicture }) {
      $0.stream.height > 0 ? $0.stream.height : nil
    },
    .integer("has_b_frames", "Frames held back to reorder", when: { $0.isVideo }) {
      $0.stream.videoDelay
    },
    .string("sample_aspect_ratio", "Shape of a pixel", when: { $0.isVideo }) {
      $0.stream.sampleAspectRatio.aspectText
    },
    .string("display_aspect_ratio", "Shape of the picture", when: { $0.isVideo }) {
      $0.stream.displayAspectRatio.aspectText
    },
    .string("pix_fmt", "FFmpeg's pixel format name", when: { $0.isVideo }) {
      $0.stream.pixelFormat
    },
    .integer("bit_depth", "Bits of a colour component", when: { $0.isVideo }) {
      $0.stream.bitDepth
    },
    .integer("level", "Level as the codec numbers it", when: { $0.isVideo }) { $0.stream.level },
    .string("color_range", "tv or pc", when: { $0.isVideo }) { $0.stream.colorRange },
    .string("color_space", "Matrix coefficients", when: { $0.isVideo }) { $0.stream.colorSpace },
    .string("color_transfer", "Transfer characteristics", when: { $0.isVideo }) {
      $0.stream.colorTransfer
    },
    .string("color_primaries", "Colour primaries", when: { $0.isVideo }) {
      $0.stream.colorPrimaries
    },
    .string("chroma_location", "Where chroma samples sit", when: { $0.isVideo }) {
      $0.stream.chromaLocation
    },
    .string("field_order", "progressive, tt, bb, tb or bt", when: { $0.isVideo }) {
      $0.stream.fieldOrder
    },
    .string("hdr", "SDR, HDR10, HDR10+, HLG or Dolby Vision with its profile", when: { $0.isVideo })
    {
      $0.hdr
    },
    .real(
      "rotation", "Degrees to turn the picture counter-clockwise for display", when: { $0.isVideo }
    ) {
      $0.rotation
    },
  ]

  private static let audio: [Field] = [
    .string("sample_fmt", "FFmpeg's sample format name", when: { $0.isAudio }) {
      $0.stream.sampleFormat
    },
    .integer("sample_rate", "Samples per second of a channel", when: { $0.isAudio }) {
      $0.stream.sampleRate > 0 ? $0.stream.sampleRate : nil
    },
    .integer("channels", "Number of channels", when: { $0.isAudio }) {
      $0.stream.channelCount > 0 ? $0.stream.channelCount : nil
    },
    .string("channel_layout", "Names of the channels", when: { $0.isAudio }) {
      $0.stream.channelLayout
    },
    .integer(
      "bits_per_sample", "Bits of a coded sample; null where it varies", when: { $0.isAudio }
    ) {
      $0.stream.bitsPerSample > 0 ? $0.stream.bitsPerSample : nil
    },
    .integer("bits_per_raw_sample", "Significant bits of a sample", when: { $0.isAudio }) {
      $0.stream.bitsPerRawSample
    },
    .integer("initial_padding", "Samples to skip at the start", when: { $0.isAudio }) {
      $0.stream.initialPadding
    },
  ]

  private static let timing: [Field] = [
    .integer("id", "The container's identifier of the track") {
      $0.showsIdentifier ? $0.stream.identifier : nil
    },
    .real("r_frame_rate", "Lowest rate at which all times are exact", when: { $0.isVideo }) {
      $0.stream.realFrameRate.positiveValue
    },
    .real("avg_frame_rate", "Frames per second on average", when: { $0.isVideo }) {
      $0.stream.averageFrameRate.positiveValue
    },
    .string("avg_frame_rate_ratio", "The same as an exact ratio", when: { $0.isVideo }) {
      $0.stream.averageFrameRate.positiveValue == nil ? nil : $0.stream.averageFrameRate.text
    },
    .string("time_base", "Seconds of one tick, as an exact ratio") { $0.stream.timeBase.text },
    .integer("start_pts", "First presentation time in ticks") { $0.stream.startTime },
    .real("start_time", "First presentation time in seconds") { track in
      track.stream.startTime.flatMap { track.stream.timeBase.seconds($0) }
    },
    .integer("duration_ts", "Length in ticks") { $0.stream.duration },
    .real("duration", "Length in seconds") { $0.duration?.seconds },
    .string("duration_source", "Where the length is from: stream or tag") { $0.duration?.source },
    .integer("bit_rate", "Bits per second, declared or estimated") { $0.stream.bitRate },
    .integer("nb_frames", "Frames as the container declares them") { $0.stream.frameCount },
    .integer("nb_read_packets", "Packets read", when: { $0.measured != nil }) {
      $0.measured?.packets ?? 0
    },
    .integer("nb_read_frames", "Frames decoded", when: { $0.measured?.frames != nil }) {
      $0.measured?.frames ?? 0
    },
    .integer("extradata_size", "Bytes of codec configuration") { $0.stream.extradata.count },
  ]

  private static let extras: [Field] = [
    .json(
      "disposition", "What the track is for",
      shape: .map(.bool)
    ) { track in
      .object(JSONObject(track.stream.dispositions.map { ($0.name, .bool($0.isSet)) }))
    },
    .map("tags", "Metadata of the track") { $0.stream.tags.map { ($0.name, $0.value) } },
    .json(
      "side_data_list", "Facts that hold for the whole track",
      when: { !$0.stream.sideData.isEmpty }, shape: .array(.any)
    ) { .array($0.stream.sideData.map(SideDataReport.value)) },
    .object(
      "measured", "What reading every packet showed", when: { $0.measured != nil },
      report: measure
    ) { $0.measured },
  ]

  static let measure = Report<TrackMeasure>([
    .integer("packets", "Packets read") { $0.packets },
    .integer("bytes", "Bytes of their payloads") { $0.bytes },
    .integer("keyframes", "Packets flagged as keyframes") { $0.keyframes },
    .integer("frames", "Decoded frames; null unless decoded") { $0.frames },
    .real("duration", "Seconds from the first presentation to the last end") { $0.duration },
    .real("bit_rate", "Mean bits per second") { $0.bitRate },
    .real("peak_bit_rate", "Bits per second of the fullest second") { $0.peakBitRate },
    .real("peak_time", "Where that second begins, in seconds") { $0.peakTime },
    .real("frame_rate", "Packets per second") { $0.frameRate },
  ])
}

/// Side data in the document: numbers as numbers, ratios as text.
enum SideDataReport {
  static func value(_ block: SideDataDescription) -> JSONValue {
    .object(object(block.fields, first: ("side_data_type", .string(block.type))))
  }

  /// A name that stands more than once becomes an array: JSON has no repeated keys.
  private static func object(
    _ fields: [SideDataDescription.Field], first: (String, JSONValue)? = nil
  ) -> JSONObject {
    var object = JSONObject(first.map { [$0] } ?? [])
    for field in fields {
      let value = value(field.value)
      switch object[field.name] {
      case nil: object[field.name] = value
      case .array(let values): object[field.name] = .array(values + [value])
      case let first?: object[field.name] = .array([first, value])
      }
    }
    return object
  }

  private static func value(_ value: SideDataDescription.Value) -> JSONValue {
    switch value {
    case .integer(let number): .integer(number)
    case .rational(let ratio): .string(ratio.text)
    case .string(let text): .string(text)
    case .list(let groups): .array(groups.map { .object(object($0)) })
    }
  }
}

extension ProbedTrack {
  var isVideo: Bool { stream.kind == .video }
  var isAudio: Bool { stream.kind == .audio }
  var isMedia: Bool { isVideo || isAudio }
  /// Subtitles too may have a size.
  var isPicture: Bool { isVideo || (stream.kind == .subtitle && stream.width > 0) }
}

extension StreamDescription {
  /// The profile's name, else its number.
  var profileText: String? { profileName ?? profile.map(String.init) }

  /// `avc1`; bytes that are no letters stand in brackets, as ffprobe prints them.
  var codecTagText: String {
    (0..<4).map { position in
      let byte = UInt8(truncatingIfNeeded: codecTag >> (8 * UInt32(position)))
      let isPlain =
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || "-_. ".utf8.contains(byte)
      return isPlain ? String(UnicodeScalar(byte)) : "[\(byte)]"
    }.joined()
  }

  /// `0x31637661`.
  var codecTagHexadecimal: String {
    let digits = String(codecTag, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
