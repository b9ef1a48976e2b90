internal import MediaFFmpeg
internal import MediaModel
internal import MediaRTP

/// A track on its way into a container.
struct ContainerTrack {
  let track: RTPTrack
  /// Its place in the container.
  var place: Int?
  var isWanted = true
  /// Seconds behind the first track.
  var offset = 0.0
  var times = DecodeTimes<RTPFrame>(depth: 0)
  private(set) var hasBegun = false
  /// Frames before it began.
  var early = 0
  /// The timestamp of the first frame kept.
  private var start: Int64 = 0
  private var firstFrame: [UInt8] = []

  init(_ track: RTPTrack) { self.track = track }

  mutating func note(_ frame: RTPFrame) {
    guard !hasBegun, frame.isKeyframe || track.kind != .video else { return }
    hasBegun = true
    start = frame.timestamp
    firstFrame = frame.data
  }

  /// Whether enough is known to begin a container with it.
  var isReady: Bool {
    switch track.codec {
    case .h264, .hevc, .aac: hasBegun && !track.configuration.isEmpty
    default: hasBegun
    }
  }

  /// What it lacks to begin a container with it.
  var lack: String {
    hasBegun
      ? "its parameter sets did not come"
      : "no keyframe came, \(Quantity.counted(early, "frame")) without one"
  }

  /// Since the track's first frame.
  func seconds(_ timestamp: Int64) -> Double {
    Double(timestamp - start) / Double(track.clockRate)
  }

  /// Since the beginning of all tracks.
  func ticks(_ frame: RTPFrame) -> Int64 {
    frame.timestamp - start + Int64((offset * Double(track.clockRate)).rounded())
  }

  /// When its first frame came, in seconds, by the packets before it.
  var arrival: Double {
    let source = track.source
    let first = Double(source.firstTime ?? 0) / 1e9
    guard let ticks = source.firstTicks else { return first }
    return first + Double(start - ticks) / Double(track.clockRate)
  }

  /// The sender's wall clock at its first frame, nanoseconds since 1970.
  func wallClock(_ session: RTPSession) -> Nanoseconds? {
    session.facts(track.source)?.wallClock(
      RTPTimestamp(rawValue: UInt32(truncatingIfNeeded: start)), clockRate: track.clockRate)
  }

  mutating func beginTimes(_ format: ContainerFormat) {
    // Containers count sound by its samples; FFmpeg takes no time twice.
    let rate = track.kind == .audio ? muxerTrack(format).sampleRate : 0
    let step = rate > 0 ? (Int64(track.clockRate) + Int64(rate) - 1) / Int64(rate) : 1
    times = DecodeTimes(depth: track.reorderDepth, step: step)
  }

  func muxerTrack(_ format: ContainerFormat) -> MuxerTrack {
    MuxerTrack(track, configuration: track.configuration, firstFrame: firstFrame, format)
  }
}
