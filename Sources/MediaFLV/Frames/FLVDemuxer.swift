public import MediaModel

/// The tracks and frames of FLV: tags in, frames out.
///
/// The tracks are known when each kind that the file's header announces has a frame, or else behind
/// 3 s or 32 MiB of media; what begins later is left out. No frame is given before. Frames come in
/// the order of their tags, with times in milliseconds.
public struct FLVDemuxer: Sendable {
  /// How far the tags are searched for tracks: milliseconds and bytes of media.
  private static let lookahead: (time: Int64, byteCount: Int) = (3000, 32 << 20)

  /// In the order of their first tags; nil while they are not known, empty where there are none.
  public private(set) var tracks: [Track]?

  private var inspector = FLVInspector()
  private var frames = FLVFrames()
  private var queue = ArraySlice<Frame>()
  private var expected: (audio: Bool, video: Bool)?
  private var span: ClosedRange<Int64>?
  private var byteCount = 0
  /// The inspector's index of a stream to that of the track.
  private var trackIndices: [Int: Int] = [:]
  private var late: Set<Int> = []

  /// Begins before the first tag.
  public init() {}

  /// How many tracks began too late.
  public var lateCount: Int { late.count }

  /// Takes a file's header, which says what kinds of tracks to wait for.
  public mutating func take(_ header: FLVHeader) {
    if expected == nil { expected = (header.hasAudio, header.hasVideo) }
  }

  /// Takes the next tag and its whole body.
  public mutating func take(_ tag: FLVTag, body: RawSpan) throws(FLVFrameError) {
    guard let record = inspector.inspect(tag, body: body) else { return }
    let found = try frames.take(record, body, inspector)
    for frame in found {
      if tracks != nil { append(frame) } else { hold(frame) }
    }
    if tracks == nil, !queue.isEmpty, isSeenEnough { makeTracks() }
  }

  /// Says that no tag follows.
  public mutating func finish() {
    if tracks == nil { makeTracks() }
  }

  /// The next frame; nil until more tags are taken.
  public mutating func next() -> Frame? { tracks == nil ? nil : queue.popFirst() }

  private mutating func hold(_ frame: Frame) {
    queue.append(frame)
    guard let dts = frame.dts else { return }
    byteCount += frame.data.count
    span = span.map { min($0.lowerBound, dts)...max($0.upperBound, dts) } ?? dts...dts
  }

  private var isSeenEnough: Bool {
    let time = span.map { $0.upperBound - $0.lowerBound } ?? 0
    return hasExpectedTracks || time > Self.lookahead.time || byteCount > Self.lookahead.byteCount
  }

  private var hasExpectedTracks: Bool {
    guard let expected else { return false }
    func has(_ kind: MediaKind) -> Bool {
      inspector.streams.contains { $0.kind == kind && $0.frames > 0 }
    }
    return (!expected.audio || has(.audio)) && (!expected.video || has(.video))
      && (expected.audio || expected.video)
  }

  private mutating func makeTracks() {
    var made: [Track] = []
    for stream in inspector.streams where stream.frames > 0 {
      guard let codec = stream.codec else { continue }
      var track = Track(
        index: made.count, kind: stream.kind, codec: codec, timescale: .milliseconds)
      track.configuration = frames.configuration(stream, waiting: queue)
      if let sound = stream.soundHeader {
        track.sampleRate = sound.sampleRate
        track.channels = sound.channels
      }
      trackIndices[stream.index] = track.index
      made.append(track)
    }
    tracks = made
    let held = queue
    queue = []
    for frame in held { append(frame) }
  }

  /// Appends a frame under the number of its track.
  private mutating func append(_ frame: Frame) {
    guard let index = trackIndices[frame.track] else {
      late.insert(frame.track)
      return
    }
    var frame = frame
    frame.track = index
    queue.append(frame)
  }
}
