import MediaBytes

/// What is known of a track's coding, as far as `codecString` needs it.
///
/// Numbers are those of FFmpeg's AVCodecParameters; a negative profile or level is unknown. They
/// serve where there is no configuration that can be read.
public struct CodecDescription: Hashable, Sendable {
  /// FFmpeg's name of the codec, such as `h264`.
  public var codec: String
  /// The four characters of the container's sample entry, where they name one, such as `hev1`.
  public var sampleEntry: String?
  /// The decoder configuration: the MP4 record, or parameter sets with start codes.
  public var configuration: [UInt8] = []
  /// The profile: `profile_idc` with FFmpeg's constraint bits, or an audio object type less one.
  public var profile: Int?
  /// The level: `level_idc`, `seq_level_idx`, or ten times the level of VP9.
  public var level: Int?
  /// Bits of a video sample.
  public var bitDepth: Int?
  /// Luma samples in a row, of video.
  public var width: Int?
  /// Rows of luma samples, of video.
  public var height: Int?
  /// Pictures per second, of video.
  public var frameRate: Double?
  /// Samples per second, of audio.
  public var sampleRate: Int?
  /// The profile and level of a Dolby Vision configuration (dvcC, dvvC).
  public var dolbyVision: DolbyVision?

  /// A Dolby Vision profile and level.
  public struct DolbyVision: Hashable, Sendable {
    /// `dv_profile`, 7 bits.
    public var profile: UInt8
    /// `dv_level`, 6 bits.
    public var level: UInt8

    /// Makes it of both.
    public init(profile: UInt8, level: UInt8) {
      self.profile = profile
      self.level = level
    }
  }

  /// Makes a description of a codec; the rest is set afterwards.
  public init(codec: String) {
    self.codec = codec
  }

  /// The element of an RFC 6381 `codecs` parameter, such as `avc1.64001F`.
  ///
  /// Nil where the codec has none, or where a mandatory part of it is not known. Only VP9's level
  /// is ever computed, because most of its containers do not store it.
  public var codecString: String? {
    switch codec {
    case "h264": dolbyVisionString(["dva1", "dvav"]) ?? h264String
    case "hevc": dolbyVisionString(["dvh1", "dvhe"]) ?? hevcString
    case "av1": dolbyVisionString(["dav1"]) ?? av1String
    case "vp8": "vp8"
    case "vp9": vp9String
    case "mpeg4": mpeg4String
    case "aac": aacString
    case "mp3": mp3String
    case "opus": "opus"
    case "flac": "flac"
    case "vorbis": "vorbis"
    case "alac": "alac"
    case "ac3": "ac-3"
    case "eac3": "ec-3"
    default: nil
    }
  }
}

// MARK: - Parts in common

extension CodecDescription {
  /// The sample entry when it is one of `allowed`, else the first of them.
  ///
  /// Other containers keep numbers of their own in its place.
  private func entry(_ allowed: [String]) -> String {
    allowed.first { $0 == sampleEntry } ?? allowed[0]
  }

  private var knownProfile: Int? { profile.flatMap { $0 >= 0 ? $0 : nil } }
  private var knownLevel: Int? { level.flatMap { $0 >= 0 ? $0 : nil } }

  /// Dolby Vision in its own sample entry: `dvh1.05.06` (Dolby Vision within ISOBMFF, 3.3).
  private func dolbyVisionString(_ entries: [String]) -> String? {
    guard let dolbyVision, let sampleEntry, entries.contains(sampleEntry) else { return nil }
    return "\(sampleEntry).\(twoDigits(dolbyVision.profile)).\(twoDigits(dolbyVision.level))"
  }

  /// Runs a parser over the configuration; a configuration that cannot be read is as good as none.
  private func parsed<Value>(
    _ parse: (inout ByteReader) throws(ParseError) -> Value?
  ) -> Value? {
    var reader = ByteReader(configuration.span)
    do throws(ParseError) {
      return try parse(&reader)
    } catch {
      return nil
    }
  }
}

/// VP9 levels times ten, with the most luma samples a second and a picture (Levels 1 to 6.2).
private let leastVP9Levels: [(level: Int, sampleRate: Double, pictureSize: Double)] = [
  (10, 829_440, 36_864), (11, 2_764_800, 73_728), (20, 4_608_000, 122_880),
  (21, 9_216_000, 245_760), (30, 20_736_000, 552_960), (31, 36_864_000, 983_040),
  (40, 83_558_400, 2_228_224), (41, 160_432_128, 2_228_224), (50, 311_951_360, 8_912_896),
  (51, 588_251_136, 8_912_896), (52, 1_176_502_272, 8_912_896), (60, 1_176_502_272, 35_651_584),
  (61, 2_353_004_544, 35_651_584), (62, 4_706_009_088, 35_651_584),
]

/// A number as at least two decimal digits.
private func twoDigits(_ number: some BinaryInteger) -> String {
  number < 10 ? "0\(number)" : "\(number)"
}

/// A byte as two hexadecimal digits in upper case.
private func twoHexDigits(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
}

// MARK: - Video

extension CodecDescription {
  /// `avc1.PPCCLL` (RFC 6381 3.3).
  private var h264String: String? {
    let found: H264ProfileLevel? = parsed { reader throws(ParseError) in
      reader.bytes.beginsWithStartCode
        ? try H264ProfileLevel(in: reader.bytes, framing: .annexB)
        : try AVCDecoderConfigurationRecord(parsing: &reader).profileLevel
    }
    guard let triple = found ?? h264FromNumbers else { return nil }
    return entry(["avc1", "avc2", "avc3", "avc4"]) + "." + twoHexDigits(triple.profileIDC)
      + twoHexDigits(triple.constraintFlags) + twoHexDigits(triple.levelIDC)
  }

  /// FFmpeg adds `constraint_set1_flag` as bit 9 and `constraint_set3_flag` as bit 11.
  private var h264FromNumbers: H264ProfileLevel? {
    guard let number = knownProfile, let idc = UInt8(exactly: number & ~0xa00),
      let level = knownLevel.flatMap(UInt8.init(exactly:)), idc > 0, level > 0
    else { return nil }
    let constraints: UInt8 = (number & 0x200 != 0 ? 0x40 : 0) | (number & 0x800 != 0 ? 0x10 : 0)
    return H264ProfileLevel(profileIDC: idc, constraintFlags: constraints, levelIDC: level)
  }

  /// `hvc1.1.6.L93.B0` (ISO/IEC 14496-15 E.3).
  private var hevcString: String? {
    let found: H265ProfileTierLevel? = parsed { reader throws(ParseError) in
      reader.bytes.beginsWithStartCode
        ? try H265ProfileTierLevel(in: reader.bytes, framing: .annexB)
        : try HEVCDecoderConfigurationRecord(parsing: &reader).profileTierLevel
    }
    return found.map { entry(["hvc1", "hev1", "hvc2", "hev2"]) + "." + $0.codecStringSuffix }
  }

  /// `av01.P.LLT.DD`, with the optional part where the stream is not what its absence means.
  private var av1String: String? {
    guard let found = av1Parameters else { return nil }
    let head =
      "av01.\(found.profile).\(twoDigits(found.level))\(found.isHighTier ? "H" : "M")"
      + ".\(twoDigits(found.color.bitDepth))"
    return head + found.color.codecStringSuffix
  }

  private typealias AV1Parameters = (
    profile: UInt8, level: UInt8, isHighTier: Bool, color: AV1ColorConfig
  )

  private var av1Parameters: AV1Parameters? {
    let found: AV1Parameters? = parsed { reader throws(ParseError) in
      // The first byte of av1C has the forbidden bit of an OBU header set.
      guard reader.peekU8 == 0x81 else {
        return try AV1SequenceHeader(obus: reader.bytes).map {
          ($0.profile, $0.levelIndex, $0.isHighTier, $0.color)
        }
      }
      let record = try AV1CodecConfigurationRecord(parsing: &reader)
      return (record.profile, record.levelIndex, record.isHighTier, record.color)
    }
    if let found { return found }
    // Below level 4.0 there is only the Main tier; above it the numbers do not tell.
    guard let profile = knownProfile, profile == 0, let level = knownLevel, level < 8,
      let depth = bitDepth, depth == 8 || depth == 10
    else { return nil }
    var color = AV1ColorConfig()
    color.bitDepth = UInt8(depth)
    return (0, UInt8(level), false, color)
  }

  /// `vp09.PP.LL.DD` (VP Codec ISO Media File Format Binding), or WebM's `vp9` for profile 0 of
  /// an unknown level.
  private var vp9String: String? {
    let record: VPCodecConfigurationRecord? = parsed { reader throws(ParseError) in
      try VPCodecConfigurationRecord(parsing: &reader)
    }
    let profile = record.map { Int($0.profile) } ?? knownProfile
    let declared = record.map { Int($0.level) } ?? knownLevel ?? 0
    let level = declared > 0 ? declared : leastVP9Level
    // Profiles 0 and 1 have 8 bits a sample and no other depth.
    let depth = record.map { Int($0.bitDepth) } ?? bitDepth ?? (profile ?? 2 < 2 ? 8 : nil)
    guard let profile, let level, let depth else { return profile == 0 ? "vp9" : nil }
    return "vp09.\(twoDigits(profile)).\(twoDigits(level)).\(twoDigits(depth))"
  }

  /// The least VP9 level that allows the picture size and rate.
  private var leastVP9Level: Int? {
    guard let width, let height, let frameRate, width > 0, height > 0, frameRate > 0 else {
      return nil
    }
    let pictureSize = Double(width) * Double(height)
    return leastVP9Levels.first {
      pictureSize <= $0.pictureSize && pictureSize * frameRate <= $0.sampleRate
    }?.level
  }

  /// `mp4v.20.L` with `profile_and_level_indication` in decimal (RFC 6381 3.3).
  private var mpeg4String: String? {
    let bytes = configuration
    // visual_object_sequence_start_code, ISO/IEC 14496-2 6.2.2.
    for index in bytes.indices.dropLast(4)
    where bytes[index] == 0 && bytes[index + 1] == 0 && bytes[index + 2] == 1
      && bytes[index + 3] == 0xb0
    {
      return "mp4v.20.\(bytes[index + 4])"
    }
    guard let profile = knownProfile, let level = knownLevel, profile < 16, level < 16 else {
      return nil
    }
    return "mp4v.20.\(profile << 4 | level)"
  }
}

// MARK: - Audio

extension CodecDescription {
  /// `mp4a.40.T` with the audio object type in decimal (RFC 6381 3.3).
  private var aacString: String? {
    if let found = audioObjectType { return "mp4a.40.\(found)" }
    guard let profile = knownProfile else { return nil }
    // FFmpeg counts MPEG-2's profiles from 128; their object type indications are 0x66...0x68.
    switch profile {
    case 0..<95: return "mp4a.40.\(profile + 1)"
    case 128: return "mp4a.67"
    default: return nil
    }
  }

  /// `mp4a.6B`, or `mp4a.69` for MPEG-2's low sample rates, or `mp4a.40.34`.
  private var mp3String: String? {
    if let type = audioObjectType, type == 34 { return "mp4a.40.34" }
    guard let sampleRate, (1...24_000).contains(sampleRate) else { return "mp4a.6B" }
    return "mp4a.69"
  }

  private var audioObjectType: Int? {
    parsed { reader throws(ParseError) in
      var bits = BitReader(reader)
      let config = try AudioSpecificConfig(parsing: &bits)
      return config.signalledObjectType > 0 ? config.signalledObjectType : nil
    }
  }
}

// MARK: - The parts that belong to a codec

extension H265ProfileTierLevel {
  /// Everything after the sample entry: profile, compatibility flags with the bits reversed, tier
  /// and level, and the constraint bytes up to the last that is not zero.
  var codecStringSuffix: String {
    let space = ["", "A", "B", "C"][Int(profileSpace & 3)]
    var reversed: UInt32 = 0
    for bit in 0..<32 where compatibilityFlags >> UInt32(bit) & 1 == 1 {
      reversed |= 1 << UInt32(31 - bit)
    }
    var parts = [
      "\(space)\(profileIDC)", String(reversed, radix: 16, uppercase: true),
      "\(isHighTier ? "H" : "L")\(levelIDC)",
    ]
    var constraints = constraintFlags << 16
    while constraints != 0 {
      parts.append(String(constraints >> 56, radix: 16, uppercase: true))
      constraints <<= 8
    }
    return parts.joined(separator: ".")
  }
}

extension AV1CodecConfigurationRecord {
  /// The record's own fields, with the colour of the sequence header when there is one.
  var color: AV1ColorConfig {
    var color = sequenceHeader?.color ?? AV1ColorConfig()
    color.bitDepth = bitDepth
    color.isMonochrome = isMonochrome
    color.subsamplingX = chromaSubsamplingX
    color.subsamplingY = chromaSubsamplingY
    color.chromaSamplePosition = chromaSamplePosition
    return color
  }
}

extension AV1ColorConfig {
  /// The optional part of AV1-ISOBMFF's codecs parameter, all of it or nothing.
  ///
  /// Without it the stream is taken for 4:2:0 in limited range BT.709. A stream that does not
  /// describe its colour does not contradict that, and the chroma sample position alone is not
  /// worth the length either.
  var codecStringSuffix: String {
    let isDescribed = (primaries, transfer, matrix) != (2, 2, 2)
    let isPlain =
      !isMonochrome && subsamplingX == 1 && subsamplingY == 1 && !isFullRange
      && (!isDescribed || (primaries, transfer, matrix) == (1, 1, 1))
    if isPlain { return "" }
    let position = subsamplingX == 1 && subsamplingY == 1 ? chromaSamplePosition : 0
    return ".\(isMonochrome ? 1 : 0).\(subsamplingX)\(subsamplingY)\(position)"
      + ".\(twoDigits(primaries)).\(twoDigits(transfer)).\(twoDigits(matrix))"
      + ".\(isFullRange ? 1 : 0)"
  }
}
