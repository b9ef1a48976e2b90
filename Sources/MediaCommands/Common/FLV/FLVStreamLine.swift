internal import MediaFLV
internal import MediaJSON
internal import MediaModel

/// A track of an FLV or of RTMP as it is printed.
struct FLVStreamLine {
  var stream: FLVStream
  var info: CodecInfo

  init(_ stream: FLVStream) {
    self.stream = stream
    info = CodecInfo(stream)
  }

  static let report = Report<FLVStreamLine>([
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
    .real("duration", "Seconds") { $0.stream.duration.map(rounded) },
    .real("frame_rate", "Frames per second on average") {
      $0.stream.frameRate.map(rounded)
    },
    .real("bit_rate", "Bits per second") { $0.stream.bitRate.map { $0.rounded() } },
    .real("keyframe_interval_min", "Seconds") {
      $0.stream.keyframeInterval.milliseconds.map { Double($0.lowerBound) / 1000 }
    },
    .real("keyframe_interval_mean", "Seconds") {
      $0.stream.keyframeInterval.mean.map(rounded)
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

  private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}

extension FLVStreamLine {
  /// The track for a person.
  var lines: [String] {
    var parts = [info.words.isEmpty ? stream.codec?.rawValue ?? "unknown codec" : info.words]
    parts.append(Quantity.counted(stream.frames, "frame"))
    if stream.kind == .video, let rate = stream.frameRate {
      parts.append("\(Quantity.short(rate)) fps")
    }
    if let rate = stream.bitRate { parts.append(Quantity.bitRate(rate)) }
    let place = stream.trackID == 0 ? "" : " track \(stream.trackID)"
    var lines = [
      "  #\(stream.index) \(stream.kind.rawValue)\(place)  " + parts.joined(separator: ", ")
    ]
    if stream.kind == .video {
      var words = "     " + Quantity.counted(stream.keyframes, "keyframe")
      let interval = stream.keyframeInterval
      if let range = interval.milliseconds, let mean = interval.mean {
        words +=
          " every \(Quantity.decimal(milliseconds: range.lowerBound)) to "
          + "\(Quantity.decimal(milliseconds: range.upperBound)) s, mean \(Quantity.decimal(mean, digits: 3))"
      }
      if stream.hasCaptions == true { words += "; carries closed captions" }
      lines.append(words)
    }
    if stream.configurationChanges > 0 {
      let times = Quantity.counted(stream.configurationChanges, "time")
      lines.append("     the configuration changes \(times)")
    }
    return lines
  }
}
