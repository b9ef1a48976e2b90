public import MediaModel

/// A name and its value from a container's metadata.
public struct Tag: Equatable, Sendable {
  /// The key as FFmpeg spells it (`title`, `language`).
  public var name: String
  /// The value; bytes that are not UTF-8 stand as U+FFFD.
  public var value: String

  /// A tag of a name and a value.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// What FFmpeg knows of an input: the container, its tracks, chapters and programs.
///
/// The field names are ffprobe's. Times are in ticks; nil stands for "not known".
public struct MediaDescription: Equatable, Sendable {
  /// The container.
  public var format: FormatDescription
  /// The tracks, in the container's order.
  public var streams: [StreamDescription]
  /// Chapters, in time order as the container lists them.
  public var chapters: [ChapterDescription]
  /// Programs of a transport stream.
  public var programs: [ProgramDescription]
}

/// The container as a whole.
public struct FormatDescription: Equatable, Sendable {
  /// The input's name as it was given to FFmpeg.
  public var filename: String
  /// Number of tracks.
  public var streamCount: Int
  /// Number of programs.
  public var programCount: Int
  /// Number of chapters.
  public var chapterCount: Int
  /// Number of groups of tracks; nil before FFmpeg 7.
  public var streamGroupCount: Int?
  /// FFmpeg's short names, such as `mov,mp4,m4a,3gp,3g2,mj2`.
  public var name: String
  /// FFmpeg's descriptive name.
  public var longName: String?
  /// First time of the media, in microseconds.
  public var startTime: Int64?
  /// Length in microseconds.
  public var duration: Int64?
  /// Where `duration` is from: `timestamps`, `header` or, a guess only, `bit_rate`.
  public var durationSource: String?
  /// Size in bytes.
  public var byteCount: Int64?
  /// Bits per second over the whole container.
  public var bitRate: Int64?
  /// How sure FFmpeg is of the format, 0...100.
  public var probeScore: Int
  /// Metadata of the container.
  public var tags: [Tag]
  /// Whether packets carry times at all: elementary streams do not.
  public var hasTimestamps: Bool
  /// Whether track identifiers are those of the container (MPEG-TS PIDs, MP4 track IDs).
  public var showsIdentifiers: Bool
}

/// One track.
public struct StreamDescription: Equatable, Sendable {
  /// What a track carries.
  public enum Kind: String, Sendable {
    /// Moving or still pictures.
    case video
    /// Sound.
    case audio
    /// Text or bitmaps over the picture.
    case subtitle
    /// Timed data.
    case data
    /// Files carried along, such as fonts.
    case attachment
    /// FFmpeg could not tell.
    case unknown
  }

  /// Position among the tracks, from 0.
  public var index: Int
  /// FFmpeg's codec name, nil where it has none.
  public var codecName: String?
  /// FFmpeg's descriptive codec name.
  public var codecLongName: String?
  /// FFmpeg's codec number.
  public var codecID: UInt32
  /// The profile's number; nil where unknown.
  public var profile: Int?
  /// The profile's name, where FFmpeg has one.
  public var profileName: String?
  /// What the track carries.
  public var kind: Kind
  /// The container's code for the codec, little-endian FourCC.
  public var codecTag: UInt32
  /// The codec as RFC 6381 writes it (`avc1.64001f`); nil before FFmpeg 8.1.
  public var mimeCodec: String?
  /// Codec configuration as the container keeps it (avcC, AudioSpecificConfig, ...).
  public var extradata: [UInt8]
  /// The decoder's own view; nil until decoders are opened.
  public var decoder: DecoderDescription?
  /// Options the demuxer exports, such as `ts_id`: the same for every track.
  public var demuxerOptions: [Tag]

  /// Picture size in pixels, before rotation; 0 where unknown.
  public var width: Int
  /// Picture height in pixels.
  public var height: Int
  /// Frames the decoder holds back to reorder.
  public var videoDelay: Int
  /// Shape of a pixel; numerator 0 where unknown.
  public var sampleAspectRatio: Rational
  /// Shape of the picture; numerator 0 where unknown.
  public var displayAspectRatio: Rational
  /// FFmpeg's pixel format name.
  public var pixelFormat: String?
  /// Bits of one colour component; nil where unknown.
  public var bitDepth: Int?
  /// The level's number as in the bitstream; nil where unknown.
  public var level: Int?
  /// `tv` or `pc`.
  public var colorRange: String?
  /// Matrix coefficients.
  public var colorSpace: String?
  /// Transfer characteristics.
  public var colorTransfer: String?
  /// Colour primaries.
  public var colorPrimaries: String?
  /// Where chroma samples sit.
  public var chromaLocation: String?
  /// `progressive`, `tt`, `bb`, `tb`, `bt`; nil where unknown.
  public var fieldOrder: String?

  /// FFmpeg's sample format name.
  public var sampleFormat: String?
  /// Samples per second of one channel.
  public var sampleRate: Int
  /// Number of channels.
  public var channelCount: Int
  /// FFmpeg's name for the channels' layout; nil where the container does not say.
  public var channelLayout: String?
  /// Bits per coded sample, for codecs where it is fixed; else 0.
  public var bitsPerSample: Int
  /// Significant bits of a sample as the container says; nil where it does not.
  public var bitsPerRawSample: Int?
  /// Samples to skip at the start.
  public var initialPadding: Int

  /// The container's identifier of the track.
  public var identifier: Int
  /// Lowest frame rate at which all timestamps can be exact.
  public var realFrameRate: Rational
  /// Frames over duration.
  public var averageFrameRate: Rational
  /// Seconds of one tick.
  public var timeBase: Rational
  /// First presentation time, ticks.
  public var startTime: Int64?
  /// Length, ticks.
  public var duration: Int64?
  /// Bits per second as the container says or FFmpeg estimates.
  public var bitRate: Int64?
  /// Frames as the container's header says; nil where it does not.
  public var frameCount: Int64?
  /// What the track is for, in ffprobe's order and names.
  public var dispositions: [Disposition]
  /// Metadata of the track.
  public var tags: [Tag]
  /// Facts that hold for the whole track (rotation, HDR, Dolby Vision, ...).
  public var sideData: [SideDataDescription]

  /// The first tag of this name, compared without regard to case.
  public func tag(_ name: String) -> String? {
    tags.first { $0.name.lowercased() == name }?.value
  }
}

/// One thing a track is or is not for.
public struct Disposition: Equatable, Sendable {
  /// ffprobe's name, such as `default` or `forced`.
  public var name: String
  /// Whether the track says so.
  public var isSet: Bool
}

/// What an opened decoder adds to a track's description.
public struct DecoderDescription: Equatable, Sendable {
  /// Coded width in pixels, cropping not applied.
  public var codedWidth: Int
  /// Coded height in pixels.
  public var codedHeight: Int
  /// Whether CEA-608/708 captions were seen in the video; since FFmpeg 8 in decoded pictures only.
  public var hasClosedCaptions: Bool
  /// Whether film grain synthesis was seen; since FFmpeg 8 in decoded pictures only.
  public var hasFilmGrain: Bool
  /// Reference frames.
  public var referenceFrames: Int
  /// Highest bit rate the stream promises; nil where it does not.
  public var maximumBitRate: Int64?
  /// Significant bits of a sample; nil where unknown.
  public var bitsPerRawSample: Int?
  /// Options the decoder exports, such as `is_avc`, with their values as text.
  public var exportedOptions: [Tag]
}

/// A chapter.
public struct ChapterDescription: Equatable, Sendable {
  /// The container's identifier.
  public var identifier: Int64
  /// Seconds of one tick.
  public var timeBase: Rational
  /// First tick.
  public var start: Int64
  /// Tick after the last.
  public var end: Int64
  /// Metadata, `title` mostly.
  public var tags: [Tag]
}

/// A program of a transport stream.
public struct ProgramDescription: Equatable, Sendable {
  /// FFmpeg's identifier.
  public var identifier: Int
  /// The program number of the PAT.
  public var number: Int
  /// Packet identifier of its PMT.
  public var pmtPID: Int
  /// Packet identifier of its clock.
  public var pcrPID: Int
  /// Metadata, service name and provider mostly.
  public var tags: [Tag]
  /// Indices of its tracks.
  public var streamIndexes: [Int]
}
