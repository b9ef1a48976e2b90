public import MediaModel

/// What a picture depends on, `FrameType` (FLV 10.1 E.4.3.1), 3 bits since Enhanced RTMP.
public struct FLVFrameType: RawRepresentable, Hashable, Sendable {
  /// The three bits.
  public let rawValue: UInt8
  /// Makes a type of its three bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A key frame.
  public static let key = Self(rawValue: 1)
  /// A frame that depends on others.
  public static let inter = Self(rawValue: 2)
  /// A frame no other depends on (H.263 only).
  public static let disposableInter = Self(rawValue: 3)
  /// A key frame that a server made.
  public static let generatedKey = Self(rawValue: 4)
  /// No picture but a command to the player.
  public static let command = Self(rawValue: 5)

  /// What the specification says of it, where it has none such.
  var anomaly: FLVBodyAnomaly? {
    (1...5).contains(rawValue) ? nil : FLVBodyAnomaly(.reserved(.frameType, rawValue), at: 0)
  }

  /// Whether decoding can begin here.
  public var isKey: Bool { self == .key || self == .generatedKey }
}

extension FLVFrameType: CustomStringConvertible {
  /// The type in words, such as `disposable inter`.
  public var description: String {
    switch self {
    case .key: "key"
    case .inter: "inter"
    case .disposableInter: "disposable inter"
    case .generatedKey: "generated key"
    case .command: "command"
    default: "reserved (\(rawValue))"
    }
  }
}

/// What a command frame asks of the player, `VideoCommand` (FLV 10.1 E.4.3.1, Enhanced RTMP v2).
public struct FLVVideoCommand: RawRepresentable, Hashable, Sendable {
  /// The byte.
  public let rawValue: UInt8
  /// Makes a command of its byte.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// What follows leads up to the point sought and is not to be shown.
  public static let startSeek = Self(rawValue: 0)
  /// The point sought is reached.
  public static let endSeek = Self(rawValue: 1)
}

extension FLVVideoCommand: CustomStringConvertible {
  /// `StartSeek`, `EndSeek` or the number.
  public var description: String {
    switch self {
    case .startSeek: "StartSeek"
    case .endSeek: "EndSeek"
    default: "reserved (\(rawValue))"
    }
  }
}

/// What an AVC body carries, `AVCPacketType` (FLV 10.1 E.4.3.1), 8 bits.
public struct FLVAVCPacketType: RawRepresentable, Hashable, Sendable {
  /// The byte.
  public let rawValue: UInt8
  /// Makes a type of its byte.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The decoder configuration.
  public static let sequenceHeader = Self(rawValue: 0)
  /// A frame.
  public static let nalu = Self(rawValue: 1)
  /// The end of the sequence.
  public static let endOfSequence = Self(rawValue: 2)

  /// What a part of this type carries.
  public var kind: FLVMediaPart.Kind {
    switch self {
    case .sequenceHeader: .sequenceHeader
    case .nalu: .codedFrames
    case .endOfSequence: .sequenceEnd
    default: .reserved
    }
  }
}

/// How pictures are coded, `CodecID` (FLV 10.1 E.4.3.1), 4 bits.
///
/// Those above 7 are no part of the specification; FFmpeg gave 8 and 9 their meaning, Chinese
/// networks 12 and 13 before Enhanced RTMP came.
public struct FLVVideoCodecID: RawRepresentable, Hashable, Sendable {
  /// The four bits.
  public let rawValue: UInt8
  /// Makes a codec of its four bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Sorenson H.263.
  public static let sorensonH263 = Self(rawValue: 2)
  /// Screen video.
  public static let screen = Self(rawValue: 3)
  /// On2 VP6.
  public static let vp6 = Self(rawValue: 4)
  /// On2 VP6 with alpha channel.
  public static let vp6Alpha = Self(rawValue: 5)
  /// Screen video version 2.
  public static let screen2 = Self(rawValue: 6)
  /// H.264.
  public static let avc = Self(rawValue: 7)
  /// H.263 proper, a dialect.
  public static let h263Dialect = Self(rawValue: 8)
  /// MPEG-4 part 2, a dialect.
  public static let mpeg4Dialect = Self(rawValue: 9)
  /// H.265, the pre-standard dialect.
  public static let hevcDialect = Self(rawValue: 12)
  /// AV1, a pre-standard dialect.
  public static let av1Dialect = Self(rawValue: 13)

  /// Whether the specification has it.
  public var isStandard: Bool { (2...7).contains(rawValue) }

  /// Whether a packet type and a composition time follow, as in AVC and what was made after it.
  public var hasPacketType: Bool {
    self == .avc || self == .hevcDialect || self == .av1Dialect || self == .mpeg4Dialect
  }

  /// The codec; nil when the value is reserved.
  public var codec: Codec? {
    switch self {
    case .sorensonH263: .flv1
    case .screen: .flashsv
    case .vp6: .vp6f
    case .vp6Alpha: .vp6a
    case .screen2: .flashsv2
    case .avc: .h264
    case .h263Dialect: .h263
    case .mpeg4Dialect: .mpeg4
    case .hevcDialect: .hevc
    case .av1Dialect: .av1
    default: nil
    }
  }

  /// What the specification says of it, where it has none such.
  var anomaly: FLVBodyAnomaly? {
    if isStandard { return nil }
    return FLVBodyAnomaly(
      codec == nil ? .reserved(.codecID, rawValue) : .dialect(.codecID, rawValue), at: 0)
  }
}

extension FLVVideoCodecID: CustomStringConvertible {
  /// The codec in words, such as `HEVC (pre-standard dialect, CodecID 12)`.
  public var description: String {
    switch self {
    case .sorensonH263: "Sorenson H.263"
    case .screen: "Screen video"
    case .vp6: "On2 VP6"
    case .vp6Alpha: "On2 VP6 with alpha"
    case .screen2: "Screen video 2"
    case .avc: "AVC"
    case .h263Dialect: "H.263 (dialect, CodecID 8)"
    case .mpeg4Dialect: "MPEG-4 part 2 (dialect, CodecID 9)"
    case .hevcDialect: "HEVC (pre-standard dialect, CodecID 12)"
    case .av1Dialect: "AV1 (pre-standard dialect, CodecID 13)"
    default: "reserved (\(rawValue))"
    }
  }
}
