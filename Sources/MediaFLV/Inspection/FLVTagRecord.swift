public import MediaBytes
public import MediaModel

/// One tag explained: where it lies, what its body is, and what was noticed about it.
public struct FLVTagRecord: Sendable {
  /// Its place and header.
  public internal(set) var tag: FLVTag
  /// What its body is, in most tags.
  private(set) var frame: FLVPlainFrame?
  /// What it is where it is no plain frame, apart, so that a record is small.
  private var other: Other?
  /// The index of its first track among the inspector's streams.
  var stream: Int?
  /// Configurations that it brings, where they are the first of their track or differ from it.
  public internal(set) var configurationChanges: [FLVConfigurationChange] = []
  /// What was noticed about the tag, and about the input between it and the tag before.
  public var findings: [Finding] = []

  // What everybody asks of every tag, so that nobody has to look into its body. Only what is stored
  // can be asked without a copy of the whole record.

  /// Whether it is a frame of the older form about whose body there is nothing to remark.
  public private(set) var isPlainFrame = false
  /// What it is; of a message with several tracks, what its first track is.
  public private(set) var kind = FLVTagKind.unknown
  /// Audio or video; nil for anything else.
  public private(set) var mediaKind: MediaKind?
  /// Whether decoding can begin with its frames; true of all sound.
  public private(set) var isKeyframe = false
  /// Whether its payload is ciphertext.
  public private(set) var isEncrypted = false

  private final class Other: Sendable {
    let body: FLVTagBody
    let parts: FLVMediaParts
    /// EncryptionTagHeader and FilterParams; nil where it is not filtered.
    let encryption: FLVEncryption?

    init(_ body: FLVTagBody, _ parts: FLVMediaParts, _ encryption: FLVEncryption?) {
      self.body = body
      self.parts = parts
      self.encryption = encryption
    }
  }

  /// Makes a record of a tag without findings.
  public init(_ tag: FLVTag, _ body: FLVTagBody) {
    self.tag = tag
    switch body {
    case .audio(let audio): take(tag, audio)
    case .video(let video): take(tag, video)
    case .script(let script): take(tag, script, nil)
    case .unknown: take(tag, body, .unknown)
    case .unreadable: take(tag, body, .damaged)
    }
  }

  /// Becomes the record of another tag.
  mutating func take(_ tag: FLVTag, _ frame: FLVPlainFrame) {
    if other != nil { other = nil }
    self.frame = frame
    isPlainFrame = true
    mediaKind = frame.mediaKind
    kind = .codedFrames
    isKeyframe = frame.isKeyframe
    isEncrypted = false
    begin(tag)
  }

  /// Becomes the record of another tag.
  mutating func take(_ tag: FLVTag, _ audio: FLVAudioBody) {
    kind = audio.parts.first.map { FLVTagKind($0.kind) } ?? .empty
    mediaKind = .audio
    takeOther(.audio(audio), audio.parts, audio.encryption)
    begin(tag)
    isKeyframe = kind == .codedFrames
  }

  /// Becomes the record of another tag.
  mutating func take(_ tag: FLVTag, _ video: FLVVideoBody) {
    kind = video.parts.first.map { FLVTagKind($0.kind) } ?? .empty
    mediaKind = .video
    takeOther(.video(video), video.parts, video.encryption)
    begin(tag)
    isKeyframe = kind == .codedFrames && video.isKeyframe
  }

  /// Becomes the record of another tag.
  mutating func take(_ tag: FLVTag, _ script: FLVScriptData, _ encryption: FLVEncryption?) {
    take(tag, .script(script), .script)
    if encryption != nil { takeOther(.script(script), FLVMediaParts(), encryption) }
  }

  /// Becomes the record of another tag, one without media.
  mutating func take(_ tag: FLVTag, _ body: FLVTagBody, _ kind: FLVTagKind) {
    mediaKind = nil
    self.kind = kind
    isKeyframe = false
    takeOther(body, FLVMediaParts(), nil)
    begin(tag)
  }

  private mutating func takeOther(
    _ body: FLVTagBody, _ parts: FLVMediaParts, _ encryption: FLVEncryption?
  ) {
    frame = nil
    isPlainFrame = false
    other = Other(body, parts, encryption)
    isEncrypted = encryption?.isBodyEncrypted ?? false
  }

  private mutating func begin(_ tag: FLVTag) {
    self.tag = tag
    stream = nil
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
  /// Its body without the payload's bytes.
  public var body: FLVTagBody { frame?.body ?? other?.body ?? .unknown }
  /// What it carries, by track; nothing where that is not media.
  public var parts: FLVMediaParts {
    frame.map { FLVMediaParts($0.part) } ?? other?.parts ?? FLVMediaParts()
  }
  /// What it carries for its first track, of an ordinary tag the only one; nil without media.
  public var firstPart: FLVMediaPart? { frame?.part ?? other?.parts.first }
  /// `FrameType` of video; nil where nothing is carried.
  public var frameType: FLVFrameType? {
    if let frame { return frame.frameType }
    if case .video(let video)? = other?.body, !video.parts.isEmpty { return video.frameType }
    return nil
  }
  /// `DataSize`.
  public var size: Int { Int(tag.header.dataSize) }
  /// When to decode it, in milliseconds.
  public var dts: Int64 { Int64(tag.header.timestamp) }
  /// When to show its first part, in milliseconds.
  public var pts: Int64 { dts + (firstPart?.presentationOffset ?? 0) }

  /// Media bytes, of all tracks together; nil where it carries no media.
  public var payloadSize: Int? {
    if let frame { return frame.part.payload.count }
    if mediaKind == nil { return nil }
    var size = 0
    for part in parts { size += part.payload.count }
    return size
  }

  /// EncryptionTagHeader and FilterParams; nil where the tag is not filtered.
  public var encryption: FLVEncryption? { other?.encryption }

  /// Nanoseconds to add to the time of presentation; nil where no modifier says so.
  public var nanosecondOffset: UInt32? {
    switch other?.body {
    case .audio(let audio)?: audio.nanosecondOffset
    case .video(let video)?: video.nanosecondOffset
    default: nil
    }
  }

  /// How a message of several tracks is laid out; nil for an ordinary one.
  public var multitrack: FLVMultitrackType? {
    switch other?.body {
    case .audio(let audio)?: audio.exHeader?.multitrack
    case .video(let video)?: video.exHeader?.multitrack
    default: nil
    }
  }
}
