/// What the 4 bits of `AudioPacketType` and of `VideoPacketType` have in common.
public protocol FLVPacketType: RawRepresentable, Hashable, Sendable where RawValue == UInt8 {
  /// Makes a type of its four bits.
  init(rawValue: UInt8)
  /// The value that puts a byte of track layout and a second packet type behind it.
  static var multitrack: Self { get }
  /// The value that puts a modifier and another packet type behind it.
  static var modEx: Self { get }
  /// What a part of this type carries.
  var kind: FLVMediaPart.Kind { get }
  /// What the field is called in Enhanced RTMP.
  static var field: FLVBodyAnomaly.Field { get }
  /// What `fourCC` says in messages of this kind.
  static func coding(_ fourCC: FourCC) -> FLVCoding
  /// Whether each payload of this type and codec begins with a composition time.
  func hasCompositionTime(_ fourCC: FourCC) -> Bool
}

/// What an enhanced audio message carries, `AudioPacketType` (Enhanced RTMP v2, Enhanced Audio).
public struct FLVAudioPacketType: FLVPacketType {
  /// The four bits.
  public let rawValue: UInt8
  /// Makes a type of its four bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The decoder configuration.
  public static let sequenceStart = Self(rawValue: 0)
  /// Coded sound.
  public static let codedFrames = Self(rawValue: 1)
  /// The end of a sequence, with no less meaning than a silence message.
  public static let sequenceEnd = Self(rawValue: 2)
  /// Which channel is which speaker, see `FLVMultichannelConfig`.
  public static let multichannelConfig = Self(rawValue: 4)
  /// Track numbers follow.
  public static let multitrack = Self(rawValue: 5)
  /// A modifier follows.
  public static let modEx = Self(rawValue: 7)

  /// What a part of this type carries.
  public var kind: FLVMediaPart.Kind {
    switch self {
    case .sequenceStart: .sequenceHeader
    case .codedFrames: .codedFrames
    case .sequenceEnd: .sequenceEnd
    case .multichannelConfig: .multichannelConfig
    default: .reserved
    }
  }

  /// What the field is called in Enhanced RTMP.
  public static var field: FLVBodyAnomaly.Field { .audioPacketType }
  /// What `fourCC` says as an `AudioFourCc`.
  public static func coding(_ fourCC: FourCC) -> FLVCoding { .enhancedAudio(fourCC) }
  /// Never: sound is presented when it is decoded.
  public func hasCompositionTime(_ fourCC: FourCC) -> Bool { false }
}

/// What an enhanced video message carries, `VideoPacketType` (Enhanced RTMP v2, Enhanced Video).
public struct FLVVideoPacketType: FLVPacketType {
  /// The four bits.
  public let rawValue: UInt8
  /// Makes a type of its four bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The decoder configuration.
  public static let sequenceStart = Self(rawValue: 0)
  /// Coded pictures, after a composition time where the codec is H.264, H.265 or H.266.
  public static let codedFrames = Self(rawValue: 1)
  /// The end of a sequence.
  public static let sequenceEnd = Self(rawValue: 2)
  /// Coded pictures whose composition time is 0 and not written.
  public static let codedFramesX = Self(rawValue: 3)
  /// AMF values such as `colorInfo`; the frame type means nothing.
  public static let metadata = Self(rawValue: 4)
  /// A decoder configuration as MPEG-2 TS carries it.
  public static let mpeg2TSSequenceStart = Self(rawValue: 5)
  /// Track numbers follow.
  public static let multitrack = Self(rawValue: 6)
  /// A modifier follows.
  public static let modEx = Self(rawValue: 7)

  /// What a part of this type carries.
  public var kind: FLVMediaPart.Kind {
    switch self {
    case .sequenceStart: .sequenceHeader
    case .codedFrames, .codedFramesX: .codedFrames
    case .sequenceEnd: .sequenceEnd
    case .metadata: .metadata
    case .mpeg2TSSequenceStart: .mpeg2TSSequenceStart
    default: .reserved
    }
  }

  /// What the field is called in Enhanced RTMP.
  public static var field: FLVBodyAnomaly.Field { .videoPacketType }
  /// What `fourCC` says as a `VideoFourCc`.
  public static func coding(_ fourCC: FourCC) -> FLVCoding { .enhancedVideo(fourCC) }
  /// Whether these are `CodedFrames` of H.264, H.265 or H.266.
  public func hasCompositionTime(_ fourCC: FourCC) -> Bool {
    self == .codedFrames && fourCC.hasCompositionTime
  }
}

/// How the tracks of a multitrack message are laid out, `AvMultitrackType` (Enhanced RTMP v2).
public struct FLVMultitrackType: RawRepresentable, Hashable, Sendable {
  /// The four bits.
  public let rawValue: UInt8
  /// Makes a type of its four bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// One track, whose payload is the rest of the message.
  public static let oneTrack = Self(rawValue: 0)
  /// Tracks of one codec, each with its size.
  public static let manyTracks = Self(rawValue: 1)
  /// Tracks each with its own codec and size.
  public static let manyTracksManyCodecs = Self(rawValue: 2)
}
