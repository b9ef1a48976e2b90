public import MediaModel

/// What one tag carries for one track: all of it, but for multitrack messages.
public struct FLVMediaPart: Hashable, Sendable {
  /// What the payload is.
  public enum Kind: Hashable, Sendable {
    /// The decoder configuration.
    case sequenceHeader
    /// Sound or pictures.
    case codedFrames
    /// The end of a sequence.
    case sequenceEnd
    /// AMF values about the video that follows (`colorInfo`).
    case metadata
    /// A decoder configuration as MPEG-2 TS carries it.
    case mpeg2TSSequenceStart
    /// Which channel is which speaker.
    case multichannelConfig
    /// A command to the player, see `FLVVideoBody.command`.
    case command
    /// A packet type without a meaning.
    case reserved
  }

  /// `trackId`; 0, the default track, where the message does not number its tracks.
  public var trackID: UInt8 = 0
  /// What the payload is.
  public var kind: Kind
  /// How it is coded, as the message says it.
  public var coding: FLVCoding
  /// CompositionTime as it stands there, in milliseconds: ±2^23; see `presentationOffset`.
  public var compositionTimeOffset: Int32 = 0
  /// Where the payload lies in the body, in bytes from the body's start.
  ///
  /// It is what a decoder gets: without composition times, sizes or other framing.
  public var payload: Range<Int>

  /// Makes a part of the default track.
  public init(
    _ kind: Kind, _ coding: FLVCoding, trackID: UInt8 = 0, compositionTimeOffset: Int32 = 0,
    payload: Range<Int>
  ) {
    self.kind = kind
    self.coding = coding
    self.trackID = trackID
    self.compositionTimeOffset = compositionTimeOffset
    self.payload = payload
  }

  /// What to add to the tag's timestamp for the time of presentation, in milliseconds.
  ///
  /// CompositionTime is about frames; beside anything else it says nothing (FLV 10.1 E.4.3.1).
  public var presentationOffset: Int64 {
    kind == .codedFrames ? Int64(compositionTimeOffset) : 0
  }

  /// The codec; nil where it is unknown, or the message names none.
  public var codec: Codec? { coding.codec }
  /// The codec as Enhanced RTMP names it; nil in a legacy body or a command.
  public var fourCC: FourCC? { coding.fourCC }
}

/// How a message says that its payload is coded.
///
/// It is what every tag repeats, so names of codecs are only made of it where they are asked for.
public enum FLVCoding: Hashable, Sendable {
  /// Not at all, as an enhanced command.
  case unsaid
  /// By AudioTagHeader.
  case sound(FLVSoundHeader)
  /// By VideoTagHeader.
  case video(FLVVideoCodecID)
  /// By `AudioFourCc`.
  case enhancedAudio(FourCC)
  /// By `VideoFourCc`.
  case enhancedVideo(FourCC)

  /// The codec; nil where no specification gives the number a meaning.
  public var codec: Codec? {
    switch self {
    case .unsaid: nil
    case .sound(let header): header.codec
    case .video(let codecID): codecID.codec
    case .enhancedAudio(let fourCC): fourCC.audioCodec
    case .enhancedVideo(let fourCC): fourCC.videoCodec
    }
  }

  /// The codec as Enhanced RTMP names it; nil where the older form does.
  public var fourCC: FourCC? {
    switch self {
    case .unsaid, .sound, .video: nil
    case .enhancedAudio(let fourCC), .enhancedVideo(let fourCC): fourCC
    }
  }

  /// `SoundFormat` and what stands beside it, of sound in the older form.
  public var soundHeader: FLVSoundHeader? {
    if case .sound(let header) = self { header } else { nil }
  }

  /// `CodecID`, of video in the older form.
  public var codecID: FLVVideoCodecID? {
    if case .video(let codecID) = self { codecID } else { nil }
  }
}

/// The parts of a tag in wire order; no memory is reserved for the usual one.
public struct FLVMediaParts: Hashable, Sendable {
  /// The first part; nil when the body is empty.
  public private(set) var first: FLVMediaPart?
  /// Those behind it; nil when there are none, for a list of one then costs nothing to copy.
  private var rest: [FLVMediaPart]?

  /// Makes a list of none.
  public init() {}

  /// Makes a list of one.
  public init(_ part: FLVMediaPart) { first = part }

  /// Adds a part behind the others.
  public mutating func append(_ part: FLVMediaPart) {
    guard first != nil else {
      first = part
      return
    }
    if rest == nil { rest = [] }
    rest?.append(part)
  }
}

extension FLVMediaParts: RandomAccessCollection, ExpressibleByArrayLiteral {
  /// Makes a list of its elements.
  public init(arrayLiteral elements: FLVMediaPart...) {
    for element in elements { append(element) }
  }

  /// Always 0.
  public var startIndex: Int { 0 }
  /// How many parts there are.
  public var endIndex: Int { first == nil ? 0 : 1 + (rest?.count ?? 0) }

  /// The part at `index`, which must be in `0..<count`.
  public subscript(index: Int) -> FLVMediaPart {
    if index == 0, let first { return first }
    guard let rest else { preconditionFailure("there is no part \(index)") }
    return rest[index - 1]
  }
}
