public import MediaBytes
public import MediaModel

/// One tag explained: where it lies, what its body is, and what was noticed about it.
public struct FLVTagRecord: Sendable {
  /// Its place and header.
  public var tag: FLVTag
  /// Its body without the payload's bytes.
  public var body: FLVTagBody
  /// EncryptionTagHeader and FilterParams of script data; nil where it is not filtered.
  ///
  /// Of audio and video the body has them, see `encryption`.
  var scriptEncryption: FLVEncryption?
  /// Configurations that it brings, where they are the first of their track or differ from it.
  public var configurationChanges: [FLVConfigurationChange] = []
  /// What was noticed about the tag, and about the input between it and the tag before.
  public var findings: [Finding] = []

  /// Makes a record of a tag without findings.
  public init(_ tag: FLVTag, _ body: FLVTagBody) {
    self.tag = tag
    self.body = body
  }
}

/// The body of a tag, read as far as its type allows.
public enum FLVTagBody: Sendable {
  /// Sound.
  case audio(FLVAudioBody)
  /// Pictures.
  case video(FLVVideoBody)
  /// A name and values.
  case script(FLVScriptData)
  /// Of a type that no specification describes.
  case unknown
  /// Of a known type, but its own header cannot be read.
  case unreadable(ParseError)
}

/// A decoder configuration that takes effect with a tag.
public struct FLVConfigurationChange: Sendable {
  /// The index of the track among the inspector's streams.
  public var stream: Int
  /// The configuration until now; nil where this is the track's first.
  public var before: [UInt8]?
  /// The configuration from here on.
  public var after: [UInt8]
}

/// What a tag is, in one word.
public enum FLVTagKind: String, Hashable, Sendable, CaseIterable {
  /// A decoder configuration.
  case sequenceHeader = "sequence_header"
  /// Sound or pictures.
  case codedFrames = "coded_frames"
  /// The end of a sequence.
  case sequenceEnd = "sequence_end"
  /// Facts about the video that follows, such as its colours.
  case metadata
  /// A decoder configuration as MPEG-2 TS carries it.
  case mpeg2TSSequenceStart = "mpeg2ts_sequence_start"
  /// Which channel is which speaker.
  case multichannelConfig = "multichannel_config"
  /// An instruction to the player.
  case command
  /// Script data.
  case script
  /// Nothing: sound or video of no bytes.
  case empty
  /// A packet or tag type without a meaning.
  case unknown
  /// Its body cannot be read.
  case damaged

  /// What a tag is whose first part is of this kind.
  public init(_ kind: FLVMediaPart.Kind) {
    self =
      switch kind {
      case .sequenceHeader: .sequenceHeader
      case .codedFrames: .codedFrames
      case .sequenceEnd: .sequenceEnd
      case .metadata: .metadata
      case .mpeg2TSSequenceStart: .mpeg2TSSequenceStart
      case .multichannelConfig: .multichannelConfig
      case .command: .command
      case .reserved: .unknown
      }
  }
}

// MARK: - What scripts ask of a tag

extension FLVTagRecord {
  /// `DataSize`.
  public var size: Int { Int(tag.header.dataSize) }
  /// When to decode it, in milliseconds.
  public var dts: Int64 { Int64(tag.header.timestamp) }
  /// When to show its first part, in milliseconds.
  public var pts: Int64 { dts + Int64(parts.first?.compositionTimeOffset ?? 0) }

  /// What it carries, by track; nothing where that is not media.
  public var parts: FLVMediaParts {
    switch body {
    case .audio(let audio): audio.parts
    case .video(let video): video.parts
    case .script, .unknown, .unreadable: []
    }
  }

  /// What it is; of a message with several tracks, what its first track is.
  public var kind: FLVTagKind {
    switch body {
    case .audio(let audio): audio.parts.first.map { FLVTagKind($0.kind) } ?? .empty
    case .video(let video): video.parts.first.map { FLVTagKind($0.kind) } ?? .empty
    case .script: .script
    case .unknown: .unknown
    case .unreadable: .damaged
    }
  }

  /// Media bytes, of all tracks together; nil where it carries no media.
  public var payloadSize: Int? {
    switch body {
    case .audio, .video: parts.reduce(0) { $0 + $1.payload.count }
    case .script, .unknown, .unreadable: nil
    }
  }

  /// Whether decoding can begin with its frames; true of all sound.
  public var isKeyframe: Bool {
    switch body {
    case .audio: kind == .codedFrames
    case .video(let video): kind == .codedFrames && video.isKeyframe
    case .script, .unknown, .unreadable: false
    }
  }

  /// EncryptionTagHeader and FilterParams; nil where the tag is not filtered.
  public var encryption: FLVEncryption? {
    switch body {
    case .audio(let audio): audio.encryption
    case .video(let video): video.encryption
    case .script: scriptEncryption
    case .unknown, .unreadable: nil
    }
  }

  /// Whether its payload is ciphertext.
  public var isEncrypted: Bool { encryption?.isBodyEncrypted ?? false }

  /// Nanoseconds to add to the time of presentation; nil where no modifier says so.
  public var nanosecondOffset: UInt32? {
    switch body {
    case .audio(let audio): audio.nanosecondOffset
    case .video(let video): video.nanosecondOffset
    case .script, .unknown, .unreadable: nil
    }
  }

  /// How a message of several tracks is laid out; nil for an ordinary one.
  public var multitrack: FLVMultitrackType? {
    switch body {
    case .audio(let audio): audio.exHeader?.multitrack
    case .video(let video): video.exHeader?.multitrack
    case .script, .unknown, .unreadable: nil
    }
  }

  /// Audio or video; nil for anything else.
  public var mediaKind: MediaKind? {
    switch body {
    case .audio: .audio
    case .video: .video
    case .script, .unknown, .unreadable: nil
    }
  }
}
