public import MediaModel

extension Codec {
  /// H.266, VVC.
  public static let vvc = Self(rawValue: "vvc")
  /// Sorenson Spark, a kind of H.263 made for Flash.
  public static let flv1 = Self(rawValue: "flv1")
  /// H.263.
  public static let h263 = Self(rawValue: "h263")
  /// MPEG-4 part 2.
  public static let mpeg4 = Self(rawValue: "mpeg4")
  /// Flash Screen Video.
  public static let flashsv = Self(rawValue: "flashsv")
  /// Flash Screen Video, version 2.
  public static let flashsv2 = Self(rawValue: "flashsv2")
  /// On2 VP6 as Flash has it.
  public static let vp6f = Self(rawValue: "vp6f")
  /// On2 VP6 with an alpha channel.
  public static let vp6a = Self(rawValue: "vp6a")
  /// ADPCM as in SWF.
  public static let adpcmSWF = Self(rawValue: "adpcm_swf")
  /// PCM, 8 bits, unsigned.
  public static let pcmU8 = Self(rawValue: "pcm_u8")
  /// PCM, 16 bits, least significant byte first.
  public static let pcmS16LE = Self(rawValue: "pcm_s16le")
  /// G.711 A-law.
  public static let pcmALaw = Self(rawValue: "pcm_alaw")
  /// G.711 µ-law.
  public static let pcmMuLaw = Self(rawValue: "pcm_mulaw")
  /// Nellymoser Asao.
  public static let nellymoser = Self(rawValue: "nellymoser")
  /// Speex.
  public static let speex = Self(rawValue: "speex")
}

extension FourCC {
  /// The codec of Enhanced RTMP's `VideoFourCc`; nil when it is not among them.
  public var videoCodec: Codec? {
    switch self {
    case .avc1: .h264
    case .hvc1: .hevc
    case .vvc1: .vvc
    case .av01: .av1
    case .vp08: .vp8
    case .vp09: .vp9
    default: nil
    }
  }

  /// The codec of Enhanced RTMP's `AudioFourCc`; nil when it is not among them.
  public var audioCodec: Codec? {
    switch self {
    case .mp4a: .aac
    case .opus: .opus
    case .flac: .flac
    case .ac3: .ac3
    case .eac3: .eac3
    case .mp3: .mp3
    default: nil
    }
  }

  /// Whether `CodedFrames` of it begin with a composition time: H.264, H.265 and H.266.
  public var hasCompositionTime: Bool { self == .avc1 || self == .hvc1 || self == .vvc1 }

  /// Whether a decoder of it can do without a configuration.
  ///
  /// A `SequenceStart` of these may be empty; Opus then takes its channels from
  /// `MultichannelConfig`.
  var mayLackConfiguration: Bool {
    self == .opus || self == .mp3 || self == .ac3 || self == .eac3
  }
}
