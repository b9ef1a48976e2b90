public import MediaModel

/// A track of an FLV as its tags describe it so far.
public struct FLVStream: Sendable {
  /// Its place in the order of first tags.
  public let index: Int
  /// Audio or video.
  public let kind: MediaKind
  /// `trackId` of Enhanced RTMP; 0 for the only or default track.
  public let trackID: UInt8
  /// How its frames are coded, as the last frame or sequence header said; a number without a
  /// meaning takes no other's place.
  public private(set) var coding = FLVCoding.unsaid
  /// The size that a frame itself says, of codecs without a configuration.
  public internal(set) var pictureSize: FLVPictureSize?

  /// The decoder configuration in effect; nil before the first.
  public private(set) var configuration: [UInt8]?
  /// Where the tag of the first sequence header begins.
  public private(set) var configurationOffset: Int?
  /// How many sequence headers there were.
  public private(set) var sequenceHeaders = 0
  /// How many of them were not equal to the one before.
  public private(set) var configurationChanges = 0

  /// How many tags carry its frames.
  public private(set) var frames = 0
  /// How many of them are keyframes.
  public private(set) var keyframes = 0
  /// Media bytes of its frames.
  public private(set) var bytes = 0
  /// The timestamps of its frames, in milliseconds.
  public private(set) var dts: ClosedRange<Int64>?
  /// The times of presentation of its frames, in milliseconds.
  public private(set) var pts: ClosedRange<Int64>?
  /// The timestamp of its first frame, in milliseconds.
  public private(set) var firstDTS: Int64?
  /// The timestamp of its last frame, in milliseconds.
  public private(set) var lastDTS: Int64?
  /// From a keyframe to the next.
  public private(set) var keyframeInterval = FLVKeyframeIntervals()
  /// Whether a walk by NAL unit met closed captions; nil without one.
  var walkedCaptions: Bool?
  /// The first bytes of its first keyframe: some codecs tell there what others say in a
  /// configuration.
  public internal(set) var firstKeyframe: [UInt8]?

  init(index: Int, kind: MediaKind, trackID: UInt8) {
    self.index = index
    self.kind = kind
    self.trackID = trackID
  }

  /// Takes a part of a tag, whatever its body is.
  mutating func take(_ record: FLVTagRecord, _ part: FLVMediaPart) {
    if case .video(let video) = record.body, let size = video.pictureSize { pictureSize = size }
    take(part, at: record.dts, isKeyframe: record.isKeyframe)
  }

  mutating func take(_ part: FLVMediaPart, at due: Int64, isKeyframe: Bool) {
    if part.coding != coding, part.kind.isForDecoder, part.codec != nil || codec == nil {
      coding = part.coding
    }
    if part.kind == .sequenceHeader { sequenceHeaders += 1 }
    guard part.kind == .codedFrames else { return }
    frames += 1
    bytes += part.payload.count
    Self.extend(&dts, to: due)
    Self.extend(&pts, to: due + Int64(part.compositionTimeOffset))
    if firstDTS == nil { firstDTS = due }
    lastDTS = due
    guard kind == .audio || isKeyframe else { return keyframeInterval.skip() }
    keyframes += 1
    if kind == .video { keyframeInterval.keyframe(at: due) }
  }

  private static func extend(_ range: inout ClosedRange<Int64>?, to time: Int64) {
    guard let known = range else { return range = time...time }
    if time > known.upperBound { range = known.lowerBound...time }
    if time < known.lowerBound { range = time...known.upperBound }
  }

  /// Takes a configuration and gives the one that was in effect.
  mutating func configure(_ new: [UInt8], at tag: FLVTag) -> [UInt8]? {
    let before = configuration
    if configurationOffset == nil { configurationOffset = tag.offset }
    if before != nil, before != new { configurationChanges += 1 }
    configuration = new
    return before
  }
}

extension FLVMediaPart.Kind {
  /// Whether a decoder gets it, so that its codec is that of the track.
  ///
  /// Of ends it may be another: FFmpeg ends MPEG-4 with the marker of AVC.
  fileprivate var isForDecoder: Bool {
    switch self {
    case .sequenceHeader, .codedFrames, .mpeg2TSSequenceStart: true
    case .sequenceEnd, .metadata, .multichannelConfig, .command, .reserved: false
    }
  }
}

// MARK: - Measures

extension FLVStream {
  /// How its frames are coded; nil where no specification says what the number means.
  public var codec: Codec? { coding.codec }
  /// The codec as Enhanced RTMP names it; nil where the older form does.
  public var fourCC: FourCC? { coding.fourCC }
  /// `SoundFormat` and what stands beside it, of sound in the older form.
  public var soundHeader: FLVSoundHeader? { coding.soundHeader }
  /// `CodecID`, of video in the older form.
  public var codecID: FLVVideoCodecID? { coding.codecID }

  /// From one frame to the next on average, in seconds; nil with fewer than two.
  public var meanFrameDuration: Double? {
    guard frames > 1, let dts, dts.upperBound > dts.lowerBound else { return nil }
    return Double(dts.upperBound - dts.lowerBound) / Double(frames - 1) / 1000
  }

  /// From the first presentation to the end of the last frame, in seconds; nil with fewer than two.
  public var duration: Double? {
    guard let pts, let meanFrameDuration else { return nil }
    return Double(pts.upperBound - pts.lowerBound) / 1000 + meanFrameDuration
  }

  /// Bits of media per second.
  public var bitRate: Double? {
    guard let duration, duration > 0 else { return nil }
    return Double(bytes) * 8 / duration
  }

  /// Frames per second.
  public var frameRate: Double? { meanFrameDuration.map { 1 / $0 } }
}

/// Distances between the keyframes of a track.
public struct FLVKeyframeIntervals: Sendable {
  private var last: Int64?
  private var framesSince = 0
  private var total: (milliseconds: Int64, frames: Int) = (0, 0)
  /// How many intervals there are.
  public private(set) var count = 0
  /// The shortest and the longest, in milliseconds.
  public private(set) var milliseconds: ClosedRange<Int64>?
  /// The shortest and the longest, in frames.
  public private(set) var frames: ClosedRange<Int>?

  /// The mean in seconds.
  public var mean: Double? {
    count > 0 ? Double(total.milliseconds) / Double(count) / 1000 : nil
  }

  mutating func skip() { framesSince += 1 }

  mutating func keyframe(at time: Int64) {
    defer {
      last = time
      framesSince = 1
    }
    // A clock that starts over has no interval.
    guard let last, time >= last else { return }
    let length = time - last
    milliseconds =
      milliseconds.map { min($0.lowerBound, length)...max($0.upperBound, length) }
      ?? length...length
    frames =
      frames.map { min($0.lowerBound, framesSince)...max($0.upperBound, framesSince) }
      ?? framesSince...framesSince
    count += 1
    total = (total.milliseconds + length, total.frames + framesSince)
  }
}
