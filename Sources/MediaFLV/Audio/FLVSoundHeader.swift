public import MediaModel

/// How sound is coded, `SoundFormat` (FLV 10.1 E.4.2.1), 4 bits.
public struct FLVSoundFormat: RawRepresentable, Hashable, Sendable {
  /// The four bits.
  public let rawValue: UInt8
  /// Makes a format of its four bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// PCM in the byte order of the machine that wrote it; in practice little-endian.
  public static let pcmPlatformEndian = Self(rawValue: 0)
  /// ADPCM as in SWF.
  public static let adpcm = Self(rawValue: 1)
  /// MPEG audio layer III.
  public static let mp3 = Self(rawValue: 2)
  /// PCM, least significant byte first.
  public static let pcmLittleEndian = Self(rawValue: 3)
  /// Nellymoser at 16 kHz, mono.
  public static let nellymoser16kHzMono = Self(rawValue: 4)
  /// Nellymoser at 8 kHz, mono.
  public static let nellymoser8kHzMono = Self(rawValue: 5)
  /// Nellymoser.
  public static let nellymoser = Self(rawValue: 6)
  /// G.711 A-law.
  public static let g711ALaw = Self(rawValue: 7)
  /// G.711 µ-law.
  public static let g711MuLaw = Self(rawValue: 8)
  /// No format but the sign of ExAudioTagHeader (Enhanced RTMP v2).
  public static let exHeader = Self(rawValue: 9)
  /// AAC.
  public static let aac = Self(rawValue: 10)
  /// Speex, 16 kHz mono.
  public static let speex = Self(rawValue: 11)
  /// Opus in the dialect of some servers (SRS); reserved in the specification.
  public static let opusDialect = Self(rawValue: 13)
  /// MPEG audio layer III at 8 kHz.
  public static let mp3At8kHz = Self(rawValue: 14)
  /// Whatever the device makes.
  public static let deviceSpecific = Self(rawValue: 15)

  /// What the specification says of the value: that, or a meaning only servers give it, or none.
  var anomaly: FLVBodyAnomaly? {
    switch self {
    case .opusDialect: FLVBodyAnomaly(.dialect(.soundFormat, rawValue), at: 0)
    case _ where rawValue == 12 || rawValue > 15:
      FLVBodyAnomaly(.reserved(.soundFormat, rawValue), at: 0)
    default: nil
    }
  }
}

extension FLVSoundFormat: CustomStringConvertible {
  /// The format in words, such as `Nellymoser 16 kHz mono`.
  public var description: String {
    switch self {
    case .pcmPlatformEndian: "PCM, platform-endian"
    case .adpcm: "ADPCM"
    case .mp3: "MP3"
    case .pcmLittleEndian: "PCM, little-endian"
    case .nellymoser16kHzMono: "Nellymoser 16 kHz mono"
    case .nellymoser8kHzMono: "Nellymoser 8 kHz mono"
    case .nellymoser: "Nellymoser"
    case .g711ALaw: "G.711 A-law"
    case .g711MuLaw: "G.711 µ-law"
    case .exHeader: "ExHeader"
    case .aac: "AAC"
    case .speex: "Speex"
    case .opusDialect: "Opus (dialect of SoundFormat 13)"
    case .mp3At8kHz: "MP3 8 kHz"
    case .deviceSpecific: "device-specific"
    default: "reserved (\(rawValue))"
    }
  }
}

/// The byte that begins a legacy audio body (FLV 10.1 E.4.2.1).
public struct FLVSoundHeader: Hashable, Sendable {
  /// `SoundFormat`.
  public var format: FLVSoundFormat
  /// `SoundRate`, 2 bits: 5,512.5 Hz times two to this power.
  public var rateCode: UInt8
  /// `SoundSize`: samples of 16 bits rather than 8; says something of PCM only.
  public var is16Bit: Bool
  /// `SoundType`.
  public var isStereo: Bool

  /// Makes a header; for AAC the specification asks for the defaults.
  public init(
    _ format: FLVSoundFormat, rateCode: UInt8 = 3, is16Bit: Bool = true, isStereo: Bool = true
  ) {
    self.format = format
    self.rateCode = rateCode
    self.is16Bit = is16Bit
    self.isStereo = isStereo
  }

  /// Makes it of its byte.
  public init(byte: UInt8) {
    format = FLVSoundFormat(rawValue: byte >> 4)
    rateCode = byte >> 2 & 3
    is16Bit = byte & 2 != 0
    isStereo = byte & 1 != 0
  }

  /// The byte.
  public var byte: UInt8 {
    precondition(format.rawValue < 16 && rateCode < 4, "a field of AudioTagHeader is too wide")
    return format.rawValue << 4 | rateCode << 2 | (is16Bit ? 2 : 0) | (isStereo ? 1 : 0)
  }

  /// The codec; nil when the format is reserved or the device's own.
  public var codec: Codec? {
    switch format {
    case .pcmPlatformEndian, .pcmLittleEndian: is16Bit ? .pcmS16LE : .pcmU8
    case .adpcm: .adpcmSWF
    case .mp3, .mp3At8kHz: .mp3
    case .nellymoser16kHzMono, .nellymoser8kHzMono, .nellymoser: .nellymoser
    case .g711ALaw: .pcmALaw
    case .g711MuLaw: .pcmMuLaw
    case .aac: .aac
    case .speex: .speex
    case .opusDialect: .opus
    default: nil
    }
  }

  /// Samples per second; nil where the header does not tell, as of AAC and of ExHeader.
  public var sampleRate: Int? {
    switch format {
    case .aac, .exHeader, .opusDialect: nil
    case .nellymoser16kHzMono, .speex: 16_000
    case .nellymoser8kHzMono, .mp3At8kHz, .g711ALaw, .g711MuLaw: 8000
    default: (44_100 << Int(rateCode & 3)) >> 3
    }
  }

  /// How many channels; nil where the header does not tell, as of AAC and of ExHeader.
  public var channels: Int? {
    switch format {
    case .aac, .exHeader, .opusDialect: nil
    case .nellymoser16kHzMono, .nellymoser8kHzMono, .speex: 1
    default: isStereo ? 2 : 1
    }
  }
}

/// What an AAC body carries, `AACPacketType` (FLV 10.1 E.4.2.1), 8 bits.
public struct FLVAACPacketType: RawRepresentable, Hashable, Sendable {
  /// The byte.
  public let rawValue: UInt8
  /// Makes a type of its byte.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// An AudioSpecificConfig.
  public static let sequenceHeader = Self(rawValue: 0)
  /// A raw frame.
  public static let raw = Self(rawValue: 1)

  /// What a part of this type carries.
  public var kind: FLVMediaPart.Kind {
    switch self {
    case .sequenceHeader: .sequenceHeader
    case .raw: .codedFrames
    default: .reserved
    }
  }
}
