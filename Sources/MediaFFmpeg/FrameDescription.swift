public import MediaModel

/// A decoded picture or block of samples, under ffprobe's names.
public struct FrameDescription: Sendable {
  /// Which track it came from.
  public var streamIndex: Int
  /// Video or audio.
  public var kind: StreamDescription.Kind
  /// Seconds of one tick of the times below.
  public var timeBase: Rational
  /// Decoding can start here.
  public var isKey: Bool
  /// Presentation time, ticks.
  public var pts: Int64?
  /// Decoding time of the packet it came from, ticks.
  public var packetDTS: Int64?
  /// FFmpeg's best guess of the presentation time, ticks.
  public var bestEffortTimestamp: Int64?
  /// Ticks; 0 where unknown.
  public var duration: Int64
  /// Ticks of the packet it came from, which FFmpeg 5 and 6 tell apart; 0 where unknown.
  public var packetDuration: Int64
  /// Position of its packet in the input; negative where unknown.
  public var packetPosition: Int64
  /// Bytes of its packet; negative where unknown.
  public var packetByteCount: Int
  /// What is known of a picture.
  public var picture: Picture?
  /// What is known of a block of samples.
  public var sound: Sound?
  /// Metadata of the frame.
  public var tags: [Tag] = []
  /// Facts of this frame (HDR, time codes, ...).
  public var sideData: [SideDataDescription] = []

  /// The picture's own fields.
  public struct Picture: Sendable {
    /// Pixels across.
    public var width: Int
    /// Pixels down.
    public var height: Int
    /// FFmpeg's pixel format name.
    public var pixelFormat: String?
    /// Shape of a pixel; numerator 0 where unknown.
    public var sampleAspectRatio: Rational
    /// `I`, `P`, `B`, `S`, `i`, `p`, `b` or `?`.
    public var pictureType: Character
    /// Position in coding order; -1 where this FFmpeg does not say.
    public var codedNumber: Int
    /// Position in display order; -1 where this FFmpeg does not say.
    public var displayNumber: Int
    /// Two fields rather than one picture.
    public var isInterlaced: Bool
    /// Which field comes first, for interlaced pictures.
    public var isTopFieldFirst: Bool
    /// Nothing was lost in coding; told since FFmpeg 8.
    public var isLossless: Bool
    /// How much longer to show it, in half frames.
    public var repeatPicture: Int
    /// Pixels to cut off.
    public var crop: (top: Int, bottom: Int, left: Int, right: Int)
    /// `tv` or `pc`.
    public var colorRange: String?
    /// Matrix coefficients.
    public var colorSpace: String?
    /// Colour primaries.
    public var colorPrimaries: String?
    /// Transfer characteristics.
    public var colorTransfer: String?
    /// Where chroma samples sit.
    public var chromaLocation: String?
    /// How colours relate to the alpha component; nil where not said, and before FFmpeg 8.1.
    public var alphaMode: String?
  }

  /// The sound's own fields.
  public struct Sound: Sendable {
    /// FFmpeg's sample format name.
    public var sampleFormat: String?
    /// Samples of one channel.
    public var sampleCount: Int
    /// Number of channels.
    public var channelCount: Int
    /// FFmpeg's name for the layout.
    public var channelLayout: String?
  }
}

/// A decoded subtitle event.
public struct SubtitleDescription: Sendable {
  /// Which track it came from.
  public var streamIndex: Int
  /// Presentation time, microseconds.
  public var pts: Int64?
  /// 0 for bitmaps, 1 for text.
  public var format: Int
  /// Milliseconds after `pts`.
  public var startDisplayTime: Int
  /// Milliseconds after `pts`.
  public var endDisplayTime: Int
  /// Number of pieces of text or bitmaps.
  public var rectangles: Int
}
