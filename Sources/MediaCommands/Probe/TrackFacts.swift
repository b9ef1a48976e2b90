internal import MediaBitstream
internal import MediaFFmpeg
internal import MediaModel

/// What follows from a track's description: RFC 6381 string, HDR kind, rotation.
enum TrackFacts {
  static func derive(_ stream: StreamDescription, showsIdentifier: Bool) -> ProbedTrack {
    var track = ProbedTrack(stream: stream, showsIdentifier: showsIdentifier)
    track.codecString = codecString(stream)
    if stream.kind == .video {
      track.hdr = hdr(stream)
      track.rotation = rotation(stream)
    }
    return track
  }

  private static func codecString(_ stream: StreamDescription) -> String? {
    guard stream.kind == .video || stream.kind == .audio, let codec = stream.codecName else {
      return nil
    }
    var description = CodecDescription(codec: codec)
    description.sampleEntry = stream.codecTag == 0 ? nil : stream.codecTagText
    description.configuration = stream.extradata
    description.profile = stream.profile
    description.level = stream.level
    description.bitDepth = stream.bitDepth
    description.width = stream.width
    description.height = stream.height
    description.frameRate = stream.averageFrameRate.positiveValue
    description.sampleRate = stream.sampleRate
    if let dolby = dolbyVision(stream),
      let profile = UInt8(exactly: dolby.profile), let level = UInt8(exactly: dolby.level)
    {
      description.dolbyVision = .init(profile: profile, level: level)
    }
    return description.codecString
  }

  private static func dolbyVision(
    _ stream: StreamDescription
  ) -> (profile: Int64, level: Int64, compatibility: Int64)? {
    for block in stream.sideData {
      guard let profile = block.integer("dv_profile"), let level = block.integer("dv_level") else {
        continue
      }
      return (profile, level, block.integer("dv_bl_signal_compatibility_id") ?? 0)
    }
    return nil
  }

  /// Dolby Vision by its configuration record, HDR10 and HLG by the transfer function
  /// (H.273 codes 16 and 18), HDR10+ where the track carries its dynamic metadata.
  private static func hdr(_ stream: StreamDescription) -> String? {
    if let dolby = dolbyVision(stream) {
      // Profiles 8.1, 8.4 and the like are told apart by what the base layer is compatible with.
      let hasVariants = dolby.profile == 8 || dolby.profile == 10
      return "Dolby Vision profile \(dolby.profile)"
        + (hasVariants ? ".\(dolby.compatibility)" : "")
    }
    switch stream.colorTransfer {
    case "smpte2084":
      let isDynamic = stream.sideData.contains { $0.type.contains("2094-40") }
      return isDynamic ? "HDR10+" : "HDR10"
    case "arib-std-b67": return "HLG"
    case nil: return stream.bitDepth.map { $0 <= 8 } == true && stream.width > 0 ? "SDR" : nil
    default: return "SDR"
    }
  }

  private static func rotation(_ stream: StreamDescription) -> Double? {
    for block in stream.sideData {
      guard let degrees = block.integer("rotation") else { continue }
      return (-360...360).contains(degrees) && !isFlat(block) ? Double(degrees) : nil
    }
    return 0
  }

  /// Whether a display matrix leaves no width or no height: that has no angle, though FFmpeg from 6 on
  /// says 0.
  private static func isFlat(_ block: SideDataDescription) -> Bool {
    for field in block.fields where field.name == "displaymatrix" {
      guard case .string(let text) = field.value else { continue }
      let numbers = text.split { $0 == " " || $0 == "\n" }.filter { !$0.hasSuffix(":") }
      let isZero = numbers.map { $0 == "0" }
      return isZero.count == 9 && (isZero[0] && isZero[3] || isZero[1] && isZero[4])
    }
    return false
  }
}
