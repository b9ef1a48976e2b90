public import MediaModel

/// What frames hold, as whoever decodes or stores them has to know it.
public struct RTPContent: Hashable, Sendable {
  /// FFmpeg's name of the codec, or of the container where that is what is carried.
  public var codec: Codec
  /// What kind of content it is.
  public var kind: MediaKind
  /// The decoder configuration as MP4 stores it, from the description or in band; empty while it is
  /// not known, and for codecs that have none.
  public var configuration: [UInt8] = []
  /// Samples a second, where frames say it.
  public var sampleRate: Int?
  /// How many channels, where frames say it.
  public var channels: Int?
}
