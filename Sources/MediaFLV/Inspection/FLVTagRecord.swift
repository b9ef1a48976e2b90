public import MediaBytes
public import MediaModel

/// One tag explained: where it lies, what its body is, and what was noticed about it.
public struct FLVTagRecord: Sendable {
  /// Its place and header.
  public internal(set) var tag: FLVTag
  /// Its body without the payload's bytes.
  public private(set) var body: FLVTagBody
  /// EncryptionTagHeader and FilterParams of script data; nil where it is not filtered.
  ///
  /// Of audio and video the body has them, see `encryption`.
  private var scriptEncryption: FLVEncryption?
  /// Configurations that it brings, where they are the first of their track or differ from it.
  public internal(set) var configurationChanges: [FLVConfigurationChange] = []
  /// What was noticed about the tag, and about the input between it and the tag before.
  public var findings: [Finding] = []

  // What everybody asks of every tag, so that nobody has to look into its body.

  /// What it is; of a message with several tracks, what its first track is.
  public private(set) var kind = FLVTagKind.unknown
  /// Audio or video; nil for anything else.
  public private(set) var mediaKind: MediaKind?
  /// What it carries, by track; nothing where that is not media.
  public private(set) var parts = FLVMediaParts()
  /// Whether decoding can begin with its frames; true of all sound.
  public private(set) var isKeyframe = false
  /// Whether its payload is ciphertext.
  public private(set) var isEncrypted = false

  /// Makes a record of a tag without findings.
  public init(_ tag: FLVTag, _ body: FLVTagBody) {
    self.tag = tag
    self.body = .unknown
    switch body {
    case .audio(let audio): take(tag, audio)
    case .video(let video): take(tag, video)
    case .script(let script): take(tag, script, nil)
    case .unknown: take(tag, body, .unknown)
    case .unreadable: take(tag, body, .damaged)
    }
  }

  /// Becomes the record of another tag.
  mutating func take(_ tag: FLVTag, _ audio: consuming FLVAudioBody) {
    mediaKind = .audio
    parts = audio.parts
    isEncrypted = audio.isEncrypted
    kind = parts.first.map { FLVTagKind($0.kind) } ?? .empty
    isKeyframe = kind == .codedFrames
    body = .audio(audio)
    begin(tag)
  }

  /// Becomes the record of another tag.
  mutating func take(_ tag: FLVTag, _ video: consuming FLVVideoBody) {
    mediaKind = .video
    parts = video.parts
    isEncrypted = video.isEncrypted
    kind = parts.first.map { FLVTagKind($0.kind) } ?? .empty
    isKeyframe = kind == .codedFrames && video.isKeyframe
    body = .video(video)
    begin(tag)
  }

  /// Becomes the record of another tag.
  mutating func take(
    _ tag: FLVTag, _ script: consuming FLVScriptData, _ encryption: FLVEncryption?
  ) {
    take(tag, .script(script), .script)
    scriptEncryption = encryption
    isEncrypted = encryption?.isBodyEncrypted ?? false
  }

  /// Becomes the record of another tag, one without media.
  mutating func take(_ tag: FLVTag, _ body: consuming FLVTagBody, _ kind: FLVTagKind) {
    mediaKind = nil
    parts = FLVMediaParts()
    isEncrypted = false
    self.kind = kind
    isKeyframe = false
    self.body = body
    begin(tag)
  }

  private mutating func begin(_ tag: FLVTag) {
    self.tag = tag
    if scriptEncryption != nil { scriptEncryption = nil }
    if !configurationChanges.isEmpty { configurationChanges = [] }
    if !findings.isEmpty { findings = [] }
  }
}

/// The body of a tag, read as far as its type allows.
public enum FLVTagBody: Sendable {
  /// Sound.
  case audio(FLVAudioBody)
  /// Pictures.
  case video(FLVVideoBody)
  /// A name and values.
  indirect case script(FLVScriptData)
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
  public var pts: Int64 { dts + (parts.first?.presentationOffset ?? 0) }

  /// Media bytes, of all tracks together; nil where it carries no media.
  public var payloadSize: Int? {
    if mediaKind == nil { return nil }
    var size = 0
    for part in parts { size += part.payload.count }
    return size
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
}
