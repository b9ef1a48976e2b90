internal import MediaBitstream
internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// What a track's configuration, or its frames' own headers, say of it.
struct CodecInfo {
  var codec: Codec?
  var profile: String?
  /// The level with its decimal, such as `3.0`.
  var level: String?
  /// The level as its codec writes it, which is what ffprobe prints.
  var levelCode: Int?
  var width: Int?
  var height: Int?
  /// Pictures per second as the configuration says.
  var frameRate: FrameRate?
  var sampleRate: Int?
  var channels: Int?
  var channelLayout: String?

  /// The facts in a few words, such as `h264 High@4.1 1280x720`.
  var words: String {
    let words = [codec?.rawValue, facts].compactMap { $0 }
    return words.joined(separator: " ")
  }

  /// The words without the codec, such as `LC 44100 Hz stereo`; nil where nothing is known.
  var facts: String? {
    var words: [String] = []
    if let profile { words.append(level.map { "\(profile)@\($0)" } ?? profile) }
    if let width, let height { words.append("\(width)x\(height)") }
    if let sampleRate { words.append("\(sampleRate) Hz") }
    if let layout = channelLayout ?? channels.map({ "\($0) channels" }) { words.append(layout) }
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  init(_ stream: FLVStream) {
    codec = stream.codec
    if let configuration = stream.configuration { read(configuration: configuration) }
    if Self.isToldByFrames(stream.codec), let frame = stream.firstKeyframe { read(keyframe: frame) }
    width = width ?? stream.pictureSize?.width
    height = height ?? stream.pictureSize?.height
    sampleRate = sampleRate ?? stream.soundHeader?.sampleRate
    channels = channels ?? stream.soundHeader?.channels
    channelLayout =
      channelLayout ?? channels.flatMap { $0 == 1 ? "mono" : $0 == 2 ? "stereo" : nil }
  }

  /// What a configuration alone says.
  init(_ codec: Codec?, configuration: [UInt8]) {
    self.codec = codec
    read(configuration: configuration)
  }

  /// Whether the first keyframe may say more than a configuration.
  private static func isToldByFrames(_ codec: Codec?) -> Bool {
    switch codec {
    case .mp3, .ac3, .eac3, .opus, .vp8, .vp9, .av1: true
    default: false
    }
  }
}

// MARK: - Configurations

extension CodecInfo {
  private mutating func read(configuration: [UInt8]) {
    var reader = ByteReader(configuration.span)
    do throws(ParseError) {
      switch codec {
      case .h264: take(try AVCDecoderConfigurationRecord(parsing: &reader))
      case .hevc: take(try HEVCDecoderConfigurationRecord(parsing: &reader))
      case .vvc: take(try VvcDecoderConfigurationRecord(parsing: &reader))
      case .av1: take(try AV1CodecConfigurationRecord(parsing: &reader))
      case .vp8, .vp9: take(try VPCodecConfigurationRecord(parsing: &reader))
      case .aac: take(try AudioSpecificConfig(parsing: &reader))
      case .opus: take(try OpusHead(parsing: &reader))
      case .flac: take(try FLACConfiguration(parsing: &reader).streamInfo)
      default: break
      }
    } catch {
      return  // --check says so; here nothing is known of the track
    }
  }

  private mutating func take(_ record: AVCDecoderConfigurationRecord) {
    profile = record.profileLevel.profileName ?? "profile \(record.profileLevel.profileIDC)"
    level = Self.decimal(record.profileLevel.level)
    levelCode = Int(record.profileLevel.levelIDC)
    guard let set = H264ParameterSets(record).first else { return }
    (width, height) = (set.width, set.height)
    frameRate = set.frameRate
  }

  private mutating func take(_ record: HEVCDecoderConfigurationRecord) {
    let general = record.profileTierLevel
    profile = general.profileName ?? "profile \(general.profileIDC)"
    level = Self.decimal(general.level)
    levelCode = Int(general.levelIDC)
    let sets = H265ParameterSets(record)
    guard let set = sets.first else { return }
    (width, height) = (set.width, set.height)
    frameRate = set.frameRate ?? sets.video[set.videoParameterSetID]?.frameRate
  }

  private mutating func take(_ record: VvcDecoderConfigurationRecord) {
    guard let stream = record.stream else { return }
    profile = stream.profileTierLevel.profileName
    level = stream.profileTierLevel.level
    levelCode = Int(stream.profileTierLevel.levelIDC)
    (width, height) = (Int(stream.maxPictureWidth), Int(stream.maxPictureHeight))
  }

  private mutating func take(_ record: AV1CodecConfigurationRecord) {
    profile = record.profileName
    level = record.levelName
    levelCode = Int(record.levelIndex)
    if let header = record.sequenceHeader { take(header) }
  }

  private mutating func take(_ header: AV1SequenceHeader) {
    profile = header.profileName
    level = header.levelName
    levelCode = Int(header.levelIndex)
    (width, height) = (header.maxFrameWidth, header.maxFrameHeight)
    if let rate = header.timing?.frameRate {
      frameRate = FrameRate(Int(clamping: rate.numerator), Int(clamping: rate.denominator))
    }
  }

  private mutating func take(_ record: VPCodecConfigurationRecord) {
    profile = "Profile \(record.profile)"
    guard record.level > 0 else { return }
    level = "\(record.level / 10).\(record.level % 10)"
    levelCode = Int(record.level)
  }

  private mutating func take(_ config: AudioSpecificConfig) {
    profile = config.profileName
    sampleRate = config.outputSamplingFrequency
    channels = config.channels
    channelLayout = config.channelLayout
  }

  private mutating func take(_ head: OpusHead) {
    sampleRate = 48_000
    channels = Int(head.channels)
    channelLayout = head.channelLayout
  }

  private mutating func take(_ info: FLACStreamInfo) {
    sampleRate = info.sampleRate
    channels = info.channels
    channelLayout = info.channelLayout
  }

  /// A level as the specifications write it, with the decimal they leave out.
  static func decimal(_ level: String) -> String {
    level.contains(".") || level.hasSuffix("b") ? level : level + ".0"
  }
}

extension H264ParameterSets {
  /// The sequence parameter set with the lowest number.
  var first: H264SequenceParameterSet? { sequence.keys.min().flatMap { sequence[$0] } }
}

extension H265ParameterSets {
  /// The sequence parameter set with the lowest number.
  var first: H265SequenceParameterSet? { sequence.keys.min().flatMap { sequence[$0] } }
}

extension AV1CodecConfigurationRecord {
  /// The name of `seq_profile` (AV1 A.2).
  var profileName: String {
    switch profile {
    case 0: "Main"
    case 1: "High"
    case 2: "Professional"
    default: "profile \(profile)"
    }
  }

  /// The level of `seq_level_idx_0` (AV1 A.3).
  var levelName: String {
    levelIndex == 31 ? "max" : "\(2 + levelIndex / 4).\(levelIndex % 4)"
  }
}

extension VvcDecoderConfigurationRecord.ProfileTierLevel {
  /// The profile's name in H.266 Annex A.
  var profileName: String {
    switch profileIDC {
    case 1: "Main 10"
    case 2: "Main 12"
    case 10: "Main 12 Intra"
    case 17: "Multilayer Main 10"
    case 33: "Main 10 4:4:4"
    case 49: "Multilayer Main 10 4:4:4"
    case 65: "Main 10 Still Picture"
    case 97: "Main 10 4:4:4 Still Picture"
    default: "profile \(profileIDC)"
    }
  }

  /// The level, such as `4.1` (H.266 A.4).
  var level: String { "\(levelIDC / 16).\(levelIDC % 16 / 3)" }
}

// MARK: - Frames

extension CodecInfo {
  /// Takes from a keyframe, or only its first bytes, what the configuration left open.
  private mutating func read(keyframe bytes: [UInt8]) {
    var reader = ByteReader(bytes.span)
    do throws(ParseError) {
      switch codec {
      case .mp3:
        let header = try MPEGAudioHeader(parsing: &reader)
        sampleRate = header.samplingFrequency
        channels = header.channels
        channelLayout = header.channelLayout
      case .ac3, .eac3:
        let head = try AC3Syncframe(parsing: &reader)
        sampleRate = head.sampleRate
        channels = head.channels
        channelLayout = head.channelLayout
      case .opus where channels == nil:
        let packet = try OpusPacket(parsing: &reader)
        sampleRate = 48_000
        channels = packet.isStereo ? 2 : 1
      case .vp8:
        let key = try VP8FrameHeader(parsing: &reader).keyFrame
        (width, height) = (key?.width, key?.height)
      case .vp9:
        let header = try VP9FrameHeader(frame: bytes.span.bytes)
        profile = profile ?? "Profile \(header.profile)"
        (width, height) = (header.size?.width, header.size?.height)
      case .av1 where width == nil:
        let unit = try AV1TemporalUnit(bytes.span.bytes, allowsCut: true)
        if let header = unit.sequenceHeader { take(header) }
      default: break
      }
    } catch {
      return  // a frame that is damaged tells nothing
    }
  }
}
