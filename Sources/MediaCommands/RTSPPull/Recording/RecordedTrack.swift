internal import MediaFFmpeg
internal import MediaModel
internal import MediaRTP

/// A frame on the line of time of a recording.
struct RecordedFrame {
  var frame: RTPFrame
  /// Its place among the tracks of the recording.
  var track: Int
  /// When it is shown, since the recording began: in ticks of its track, and in nanoseconds.
  var pts: Int64
  var time: Nanoseconds
  /// When it came.
  var now: Nanoseconds
  var wall: Nanoseconds
}

/// A track of a recording, over all connections that bring it.
struct RecordedTrack {
  /// Its place in the presentation.
  let index: Int
  let kind: MediaKind
  let codec: Codec
  let clockRate: UInt32
  /// Where its frames come from now.
  private(set) var source: RTPTrack
  /// What is added to timestamps.
  private(set) var shift: Int64
  /// Whether the next frame must be one that decoding can begin with.
  var needsKeyframe: Bool
  /// The latest time of its frames, and how long they last.
  private(set) var latest: Int64?
  private(set) var step: Int64 = 0
  private var previous: Int64?
  private(set) var latestArrival: Nanoseconds = 0

  // Of the file that is written.
  /// Its place in the container; nil where it is not in it.
  var place: Int?
  var times = DecodeTimes<RecordedFrame>(depth: 0)
  /// What the file says of it.
  private(set) var entry: MuxerTrack?
  /// Whether keyframes that lack their parameter sets need them in front.
  var needsSets = false

  private(set) var sets: RecordedParameterSets?
  private var firstFrame: RTPFrame

  /// A track whose first frame is at a moment of the recording.
  init(_ first: RTSPFrame, at time: Nanoseconds) {
    let track = first.track
    (index, kind, codec, clockRate) = (first.index, track.kind, track.codec, track.clockRate)
    (source, firstFrame) = (track, first.frame)
    shift = 0
    needsKeyframe = track.kind == .video
    sets = RecordedParameterSets(track)
    shift = ticks(time) &- first.frame.timestamp
  }

  /// Whether another source brings the same.
  func isSame(as other: RTPTrack, index: Int) -> Bool {
    self.index == index && codec == other.codec && clockRate == other.clockRate
      && source.stream == other.stream
  }

  /// Goes on with frames of another source, the first of them at a moment of the recording.
  mutating func goOn(with first: RTSPFrame, at time: Nanoseconds) {
    (source, firstFrame) = (first.track, first.frame)
    shift = ticks(time) &- first.frame.timestamp
    needsKeyframe = kind == .video
    sets?.describe(first.track)
  }

  /// Nanoseconds in ticks.
  func ticks(_ time: Nanoseconds) -> Int64 {
    Self.scale(time, Int128(clockRate), 1_000_000_000)
  }

  /// Ticks in nanoseconds.
  func time(_ ticks: Int64) -> Nanoseconds {
    Self.scale(ticks, 1_000_000_000, Int128(clockRate))
  }

  /// To the nearest, so that ticks in nanoseconds in ticks are the same.
  private static func scale(_ value: Int64, _ factor: Int128, _ divisor: Int128) -> Int64 {
    let product = Int128(value) * factor
    return Int64(clamping: (product + (product < 0 ? -divisor : divisor) / 2) / divisor)
  }

  /// Where a frame is in the recording.
  func place(_ frame: RTSPFrame, track: Int) -> RecordedFrame {
    let pts = frame.frame.timestamp &+ shift
    return RecordedFrame(
      frame: frame.frame, track: track, pts: pts, time: time(pts), now: frame.now, wall: frame.wall)
  }

  /// Takes note of a frame that is in the recording.
  mutating func note(_ frame: RecordedFrame) {
    latestArrival = frame.now
    defer { previous = frame.pts }
    latest = max(latest ?? frame.pts, frame.pts)
    guard let previous, frame.pts != previous else { return }
    // In the order of decoding, pictures are whole steps apart.
    let found = Int64(clamping: (frame.pts &- previous).magnitude)
    step = step == 0 ? found : min(step, found)
  }

  /// When its last frame is over.
  var end: Nanoseconds { latest.map { time($0 &+ step) } ?? 0 }

  // MARK: Configuration

  /// What a frame changes of how its track is decoded.
  enum Change {
    case none
    /// The file must say something else of it.
    case entry
    /// It cannot be decoded with what is known.
    case undecodable
  }

  /// Looks for changes in a frame, in the order of decoding.
  mutating func look(at frame: RTPFrame) -> Change {
    if let verdict = sets?.take(frame) {
      guard verdict.isDecodable else { return .undecodable }
      firstFrame = verdict.needsEntry ? frame : firstFrame
      return verdict.needsEntry ? .entry : .none
    }
    guard let entry, sets == nil, frame.isKeyframe || kind != .video else { return .none }
    if kind != .video {
      guard codec == .aac, source.configuration != entry.configuration else { return .none }
      firstFrame = frame
      return .entry
    }
    let new = describe(frame)
    guard new.width != entry.width || new.height != entry.height else { return .none }
    firstFrame = frame
    return .entry
  }

  private func describe(_ frame: RTPFrame) -> MuxerTrack {
    MuxerTrack(source, configuration: source.configuration, firstFrame: frame.data, nil)
  }

  /// What a container says of it from now on.
  mutating func makeEntry(_ format: ContainerFormat?) -> MuxerTrack {
    let configuration = sets?.makeEntry() ?? source.configuration
    let made = MuxerTrack(
      source, configuration: configuration, firstFrame: firstFrame.data, format)
    entry = made
    return made
  }

  /// Begins times to decode at, those of a file that begins or goes on behind `last`.
  ///
  /// What was seen of the order before need not be seen again where nothing `hasChanged`.
  mutating func beginTimes(after last: Int64? = nil, hasChanged: Bool = false) {
    // Containers count sound by its samples; FFmpeg takes no time twice.
    let rate = kind == .audio ? entry?.sampleRate ?? 0 : 0
    let step = rate > 0 ? (Int64(clockRate) + Int64(rate) - 1) / Int64(rate) : 1
    let seen = hasChanged ? nil : times.depth
    times = DecodeTimes(depth: reorderDepth ?? seen, step: step, after: last)
  }

  /// Pictures before one in decoding and behind it in output, by what the file says.
  var reorderDepth: Int? {
    RTPTrack.reorderDepth(codec, kind, configuration: entry?.configuration ?? source.configuration)
  }
}
