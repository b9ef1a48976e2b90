internal import MediaJSON
internal import MediaModel
internal import MediaRTP
internal import MediaRTSP

/// A track of a presentation, as its description has it.
struct RTSPDescribedTrack {
  var track: RTSPPresentation.Track
  /// The first payload format, which is the one that is preferred.
  var format: SDPPayloadFormat?
  var content: RTPContent?
  var isEncrypted: Bool
  /// Whether the server wants to be sent it (ONVIF Streaming Specification §5.3).
  ///
  /// There directions are those of the client, `sendonly` among tracks that are `recvonly`. Servers
  /// that call all they send `sendonly`, as RFC 8866 has it, mean no such thing.
  var isBackChannel: Bool

  init(_ track: RTSPPresentation.Track, of presentation: RTSPPresentation) {
    self.track = track
    format = track.media.payloadFormats.first
    isEncrypted = presentation.description.isEncrypted(track.media)
    let directions = presentation.tracks.map { presentation.description.direction(of: $0.media) }
    isBackChannel =
      presentation.description.direction(of: track.media) == .sendOnly
      && directions.contains(.receiveOnly)
    content = format.flatMap {
      RTPUnpacker($0, attributes: track.media.attributes)?.content(of: nil)
    }
  }

  /// Why nothing can be recorded of it; nil where something can.
  var obstacle: String? {
    guard track.media.isRTP else {
      return "\(track.media.media.transport) is not RTP"
    }
    guard !isBackChannel else { return "it is a back channel" }
    guard !isEncrypted else { return "it is encrypted" }
    guard let format else { return "it has no payload format" }
    return content == nil ? "payload format \(format.encodingName) is not known" : nil
  }

  var info: CodecInfo { CodecInfo(content?.codec, configuration: content?.configuration ?? []) }

  var sampleRate: Int? {
    guard kind == "audio" else { return nil }
    return info.sampleRate ?? content?.sampleRate ?? format?.clockRate.map { Int($0) }
  }

  var channels: Int? {
    guard kind == "audio" else { return nil }
    return info.channels ?? content?.channels ?? format?.channels
  }

  /// As the codec says, else as `m=` does.
  var kind: String { content?.kind.rawValue ?? track.media.media.kind }

  /// `#0 video  h264 High@4.1 1920x1080, PT 96 H264/90000`.
  var words: String {
    var text = "#\(track.index) \(kind)  "
    let facts = info.facts.map { " \($0)" } ?? ""
    if let content { text += "\(content.codec.rawValue)\(facts), " }
    if let format {
      text += "PT \(format.payloadType) \(format.encodingName)"
      if let rate = format.clockRate { text += "/\(rate)" }
      if let channels = format.channels { text += "/\(channels)" }
    } else {
      text += "no payload format"
    }
    if let rate = track.media.frameRate { text += ", \(Quantity.short(rate)) fps" }
    if let obstacle { text += "; left out: \(obstacle)" }
    return text
  }
}

/// What DESCRIBE said.
enum RTSPPresentationReport {
  static let report = Report<RTSPPresentation>([
    .string("name", "s= of the description") { $0.description.name },
    .string("range", "a=range: which part there is") { $0.description.value("range") },
    .string("base", "What control URLs are relative to") { masked($0.base) },
    .string("control", "The URL of requests about all tracks") { masked($0.controlURI) },
    .array("tracks", "The tracks, in order", report: track) { presentation in
      presentation.tracks.map { RTSPDescribedTrack($0, of: presentation) }
    },
    .string("sdp", "The description as it came, read as UTF-8") {
      String(decoding: $0.text, as: UTF8.self)
    },
  ])

  private static let track = Report<RTSPDescribedTrack>([
    .integer("index", "Its place, as --tracks counts") { $0.track.index },
    .string("codec_type", "video, audio, or what m= says") { $0.kind },
    .string("codec", "FFmpeg's name of the codec; null where nothing puts its packets together") {
      $0.content?.codec.rawValue
    },
    .integer("payload_type", "PT of the first payload format") {
      $0.format.map { Int($0.payloadType.rawValue) }
    },
    .string("encoding", "The payload format's name, as in a=rtpmap") { $0.format?.encodingName },
    .integer("clock_rate", "Ticks of the timestamp in a second") { $0.format?.clockRate },
    .string("profile", "Profile of the codec", when: { $0.info.profile != nil }) {
      $0.info.profile
    },
    .string("level", "Level of the codec", when: { $0.info.level != nil }) { $0.info.level },
    .integer("width", "Of pictures, as parameter sets in the description say") { $0.info.width },
    .integer("height", "Of pictures") { $0.info.height },
    .real("frame_rate", "a=framerate") { $0.track.media.frameRate },
    .integer("sample_rate", "Of sound") { $0.sampleRate },
    .integer("channels", "Of sound") { $0.channels },
    .string("control", "The URL that SETUP names") { masked($0.track.controlURI) },
    .string("left_out", "Why it is not played; null where it is") { $0.obstacle },
  ])

  private static func masked(_ uri: String) -> String { MediaURL(uri)?.masked ?? uri }

  /// The lines a person reads.
  static func lines(_ presentation: RTSPPresentation) -> [String] {
    var lines: [String] = []
    if let name = presentation.description.name, !name.trimmedSpaces.isEmpty {
      lines.append("  \(name)")
    }
    if let range = presentation.description.value("range") { lines.append("  range \(range)") }
    for track in presentation.tracks {
      let described = RTSPDescribedTrack(track, of: presentation)
      lines.append("  \(described.words)")
      lines.append("     \(masked(track.controlURI))")
    }
    if presentation.tracks.isEmpty { lines.append("  no track") }
    return lines
  }
}

extension String {
  /// Without blanks at either end.
  fileprivate var trimmedSpaces: Substring {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}
