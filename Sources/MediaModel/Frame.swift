/// One coded access unit of a track, what sources yield and sinks take.
///
/// The form of `data` does not depend on where it came from: H.264 and H.265 as NAL units with
/// 4-byte lengths and in-band parameter sets left in place, AAC without ADTS headers, AV1 without
/// temporal delimiters. Each sink converts to what it needs.
public struct Frame: Hashable, Sendable {
  /// The index of its track.
  public var track: Int
  /// The coded bytes.
  public var data: [UInt8]
  /// When to decode it, in ticks of the track's timescale.
  public var dts: Int64?
  /// When to show it, in ticks of the track's timescale.
  public var pts: Int64?
  /// How long it lasts, in ticks of the track's timescale.
  public var duration: Int64?
  /// Whether decoding can begin here.
  public var isKey = false
  /// Whether bytes of it are known to be lost or wrong.
  public var isDamaged = false
  /// The track's new configuration, set where it changes before this frame.
  public var configuration: [UInt8]?
  /// Where it begins in the source, in bytes.
  public var offset: Int?

  /// Makes a frame of `data` without times; the rest is set afterwards.
  public init(track: Int, data: [UInt8]) {
    self.track = track
    self.data = data
  }
}

/// Something that yields frames when asked: a file, a demuxer.
public protocol FrameSource {
  /// The tracks, known before the first frame.
  var tracks: [Track] { get }

  /// The next frame in the source's order; nil at the end. Throws where the source cannot go on.
  mutating func next() throws -> Frame?
}
