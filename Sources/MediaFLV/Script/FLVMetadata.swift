/// What `onMetaData` says (FLV 10.1 E.5, and Enhanced RTMP v2, "Enhancing onMetaData").
///
/// A property is nil where it is absent, null or undefined, or of a type that makes no sense; the
/// last is told by `problems`, as is a value that only makes sense after a conversion.
public struct FLVMetadata: Equatable, Sendable {
  /// `duration`: seconds.
  public var duration: Double?
  /// `width`: pixels.
  public var width: Double?
  /// `height`: pixels.
  public var height: Double?
  /// `framerate`: frames per second.
  public var frameRate: Double?
  /// `videodatarate`: kilobits (1000) per second.
  public var videoDataRate: Double?
  /// `videocodecid`.
  public var videoCodecID: CodecID?
  /// `audiodatarate`: kilobits (1000) per second.
  public var audioDataRate: Double?
  /// `audiosamplerate`, or `samplerate` in the map of tracks: hertz.
  public var audioSampleRate: Double?
  /// `audiosamplesize`: bits.
  public var audioSampleSize: Double?
  /// `audiochannels`, or `channels` in the map of tracks.
  public var audioChannels: Double?
  /// `stereo`.
  public var isStereo: Bool?
  /// `audiocodecid`.
  public var audioCodecID: CodecID?
  /// `audiodelay`: seconds.
  public var audioDelay: Double?
  /// `filesize`, also spelled `fileSize`: bytes.
  public var fileSize: Double?
  /// `datasize`: bytes of all tags, as injectors count them.
  public var dataSize: Double?
  /// `videosize`: bytes of video tags.
  public var videoSize: Double?
  /// `audiosize`: bytes of audio tags.
  public var audioSize: Double?
  /// `encoder`.
  public var encoder: String?
  /// `metadatacreator`: the injector that wrote this.
  public var metadataCreator: String?
  /// `creationdate`.
  public var creationDate: String?
  /// `canSeekToEnd`: whether the last video frame is a keyframe.
  public var canSeekToEnd: Bool?
  /// `hasVideo`.
  public var hasVideo: Bool?
  /// `hasAudio`.
  public var hasAudio: Bool?
  /// `hasMetadata`.
  public var hasMetadata: Bool?
  /// `hasKeyframes`: whether there is an index.
  public var hasKeyframes: Bool?
  /// `lasttimestamp`: seconds.
  public var lastTimestamp: Double?
  /// `lastkeyframetimestamp`: seconds.
  public var lastKeyframeTimestamp: Double?
  /// `lastkeyframelocation`: the last keyframe's position in the file.
  public var lastKeyframeLocation: Double?
  /// `keyframes`: the index.
  public var keyframes: Keyframes?
  /// `videoTrackIdInfoMap`: how video tracks other than the default one differ from it.
  public var videoTracks: [Track] = []
  /// `audioTrackIdInfoMap`: how audio tracks other than the default one differ from it.
  public var audioTracks: [Track] = []
  /// What is not as it should be.
  public var problems: [Problem] = []

  /// A codec as metadata names it.
  public enum CodecID: Hashable, Sendable {
    /// SoundFormat or CodecID.
    case id(UInt8)
    /// A FourCC written as a number: Enhanced RTMP.
    case fourCC(FourCC)
    /// A text such as `avc1` or `mp4a`, which Adobe's encoders wrote.
    case text(String)
  }

  /// The index of keyframes; whether positions are those of tags or off by some bytes differs
  /// between writers.
  public struct Keyframes: Equatable, Sendable {
    /// `filepositions`: bytes from the start of the file; NaN where an element is no number.
    public var filePositions: [Double]
    /// `times`: seconds; NaN where an element is no number.
    public var times: [Double]

    /// Makes an index.
    public init(filePositions: [Double], times: [Double]) {
      self.filePositions = filePositions
      self.times = times
    }
  }

  /// A track of its own.
  public struct Track: Equatable, Sendable {
    /// `trackId`, from 1; the default track is 0.
    public var id: Int
    /// What is said of it.
    public var info: FLVMetadata
  }

  /// Something about a property that is not as it should be.
  public struct Problem: Equatable, Sendable {
    /// What it is.
    public enum Kind: Equatable, Sendable {
      /// A number written as text; it was converted.
      case numberAsText(String)
      /// A boolean written as a number or as text; it was converted.
      case booleanAsOther(found: String)
      /// A type of no use here.
      case wrongType(found: String)
      /// A codec id that is neither a SoundFormat or CodecID nor a FourCC.
      case codecID(Double)
      /// The two lists of the index have different lengths; the shorter one counts.
      case countsDiffer(filePositions: Int, times: Int)
      /// A track's key is not a number from 0 to 255.
      case trackID(String)
    }
    /// The property's names from the outside in, joined by dots.
    public var path: String
    /// What it is.
    public var kind: Kind
  }

  /// Makes one that says nothing.
  public init() {}

  /// Reads `onMetaData`; nil where the script data is something else.
  ///
  /// A name without a value gives one that says nothing.
  public init?(_ script: FLVScriptData) {
    guard script.name == "onMetaData" else { return nil }
    self.init(script.arguments.first ?? .null)
  }

  /// Reads the properties of an object or ECMA array; of any other type it says nothing.
  public init(_ value: AMFValue) {
    self.init(value, path: "")
  }
}

extension FLVMetadata.CodecID {
  /// The FourCC, where it is one in either spelling.
  public var fourCC: FourCC? {
    switch self {
    case .id: nil
    case .fourCC(let code): code
    case .text(let text):
      text.utf8.count == 4
        ? FourCC(rawValue: text.utf8.reduce(0) { $0 << 8 | UInt32($1) }) : nil
    }
  }

  /// As a property's value.
  public var value: AMFValue {
    switch self {
    case .id(let id): .number(Double(id))
    case .fourCC(let code): .number(Double(code.rawValue))
    case .text(let text): .string(AMFString(text))
    }
  }
}

extension FLVMetadata.Problem: CustomStringConvertible {
  /// One line, such as `width is the text "640", not a number`.
  public var description: String {
    switch kind {
    case .numberAsText(let text): "\(path) is the text \(AMFString(text).quoted), not a number"
    case .booleanAsOther(let found): "\(path) is \(found), not a boolean"
    case .wrongType(let found): "\(path) is of the type \(found)"
    case .codecID(let number): "\(path) is \(AMFValue.number(number)), which names no codec"
    case .countsDiffer(let filePositions, let times):
      "\(path) has \(filePositions) filepositions and \(times) times"
    case .trackID(let key): "\(path) has \(AMFString(key).quoted), which is no track's number"
    }
  }
}
