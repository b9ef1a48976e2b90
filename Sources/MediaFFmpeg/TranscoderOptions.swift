/// How a track is coded anew.
public struct TranscoderOptions: Sendable {
  /// FFmpeg's name of the video encoder; nil for libx264, libopenh264 or another that needs no
  /// hardware, the first there is.
  public var videoEncoder: String?
  /// Bits per second, not exceeded over any second; nil for the encoder's constant quality.
  public var videoBitRate: Int64?
  /// How the encoder weighs speed against size, by its own names; nil for `veryfast`.
  public var preset: String?
  /// Between keyframes, which stand nowhere else: nanoseconds.
  public var keyframeInterval: Int64 = 2_000_000_000
  /// Most pictures in a row that refer forward; nil for the encoder's own number.
  ///
  /// With any of them, decoding times may begin below the first presentation time.
  public var bFrames: Int?
  /// More options of the video encoder, by name.
  public var videoOptions: [(name: String, value: String)] = []
  /// Bits per second; nil for the encoder's own.
  public var audioBitRate: Int64?
  /// 44,100 or 48,000 samples per second; nil for the one that suits the input.
  public var sampleRate: Int?
  /// 1 or 2; nil for as many as the input has.
  public var channels: Int?
  /// Whether each picture comes out as soon as it has gone in, at some cost in size: no encoder or
  /// decoder holds it back for those that follow.
  public var isLowDelay = false
  /// The most threads that a decoder or encoder may use, no more than there are processors.
  public var threadCount = 4

  /// Fast encoding of constant quality, a keyframe every two seconds.
  public init() {}
}
