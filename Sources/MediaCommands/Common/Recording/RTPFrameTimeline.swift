internal import MediaModel
internal import MediaRTP

/// The timestamps of a track's frames, made to go on where those of its packets jump.
///
/// A sender that starts anew, or sets its clock, goes on with any timestamp under the same SSRC. A
/// file has one time line: there the frame follows those before it by as much as it came later.
struct RTPFrameTimeline {
  /// Longer steps ahead that no waiting explains are jumps; shorter ones are taken as sent.
  private static let longestStep = 600.0

  private let ticksPerSecond: Double
  /// What timestamps are moved by.
  private var shift: Int64 = 0
  /// The latest time given.
  private var latest: Int64?
  /// When the last frame came.
  private var arrival: Nanoseconds?
  /// From a frame to the next, last time they were in order.
  private var usualStep: Int64 = 1

  init(clockRate: UInt32) { ticksPerSecond = Double(clockRate) }

  /// The time of the next frame in the order of decoding; `reorders` is asked where it is earlier
  /// than one before it, and says whether pictures of this stream may be.
  mutating func time(
    of timestamp: Int64, at now: Nanoseconds?, reorders: () -> Bool
  ) -> Int64 {
    let time = timestamp &+ shift
    defer { arrival = now ?? arrival }
    guard let latest else {
      self.latest = time
      return time
    }
    let waited = waited(until: now)
    guard isJump(time &- latest, waited, reorders) else {
      if time > latest {
        usualStep = time &- latest
        self.latest = time
      }
      return time
    }
    let next = latest &+ max(Int64(waited * ticksPerSecond), usualStep)
    shift = shift &+ (next &- time)
    self.latest = next
    return next
  }

  /// Seconds since the frame before came.
  private func waited(until now: Nanoseconds?) -> Double {
    guard let now, let arrival else { return 0 }
    return min(max(Double(now) - Double(arrival), 0) / 1e9, 1e6)
  }

  private func isJump(_ step: Int64, _ waited: Double, _ reorders: () -> Bool) -> Bool {
    let seconds = Double(step) / ticksPerSecond
    guard seconds < -0.2 else { return seconds - waited > Self.longestStep }
    // No picture is shown more than sixteen before one that is decoded earlier (H.264 A.3.1).
    let usual = Double(usualStep) / ticksPerSecond
    return -seconds > min(max(16 * usual, 1), 10) || !reorders()
  }
}

/// The time lines of all tracks.
struct RTPFrameTimelines {
  private struct Key: Hashable {
    var source: Int
    var payload: Int
    var stream: UInt8?
  }
  private var timelines: [Key: RTPFrameTimeline] = [:]

  /// Moves a frame to where it belongs on the time line of its track.
  mutating func place(_ frame: inout RTPFrame, _ track: RTPTrack, at now: Nanoseconds?) {
    let key = Key(source: track.source.number, payload: track.payload, stream: track.stream)
    frame.timestamp = timelines[key, default: RTPFrameTimeline(clockRate: track.clockRate)].time(
      of: frame.timestamp, at: now
    ) { track.reorderDepth != 0 }
  }
}
