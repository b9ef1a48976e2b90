/// What kind of content a track carries.
public enum MediaKind: String, Hashable, Sendable, CaseIterable {
  /// Pictures.
  case video
  /// Sound.
  case audio
  /// Text or pictures shown over video.
  case subtitle
  /// Anything else.
  case data
}

/// A codec, under FFmpeg's name for it; names not listed here are carried as they are.
public struct Codec: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// FFmpeg's name, such as `h264`.
  public let rawValue: String

  /// Makes a codec of FFmpeg's name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// FFmpeg's name.
  public var description: String { rawValue }

  /// H.264, MPEG-4 AVC.
  public static let h264 = Self(rawValue: "h264")
  /// H.265, HEVC.
  public static let hevc = Self(rawValue: "hevc")
  /// AV1.
  public static let av1 = Self(rawValue: "av1")
  /// VP8.
  public static let vp8 = Self(rawValue: "vp8")
  /// VP9.
  public static let vp9 = Self(rawValue: "vp9")
  /// AAC of any object type.
  public static let aac = Self(rawValue: "aac")
  /// MPEG audio layer III.
  public static let mp3 = Self(rawValue: "mp3")
  /// Opus.
  public static let opus = Self(rawValue: "opus")
  /// FLAC.
  public static let flac = Self(rawValue: "flac")
  /// AC-3.
  public static let ac3 = Self(rawValue: "ac3")
  /// Enhanced AC-3.
  public static let eac3 = Self(rawValue: "eac3")
}

/// One elementary stream of a source: what every frame of it has in common.
public struct Track: Hashable, Sendable {
  /// Its place in the source's list, from 0.
  public var index: Int
  /// What kind of content it carries.
  public var kind: MediaKind
  /// How the content is coded.
  public var codec: Codec
  /// The unit of its frames' times.
  public var timescale: Timescale
  /// The decoder configuration as MP4 stores it; empty when the codec has none or it is unknown.
  ///
  /// avcC, hvcC, av1C, AudioSpecificConfig, OpusHead or dfLa, without the box header.
  public var configuration: [UInt8] = []
  /// Luma samples in a row, of video.
  public var width: Int?
  /// Rows of luma samples, of video.
  public var height: Int?
  /// Samples per second and channel, of audio.
  public var sampleRate: Int?
  /// How many channels, of audio.
  public var channels: Int?
  /// FFmpeg's name of the channel layout, such as `5.1`.
  public var channelLayout: String?
  /// Declared bits per second.
  public var bitRate: Int?

  /// Makes a track with what is always known; the rest is set afterwards.
  public init(index: Int, kind: MediaKind, codec: Codec, timescale: Timescale) {
    self.index = index
    self.kind = kind
    self.codec = codec
    self.timescale = timescale
  }
}
