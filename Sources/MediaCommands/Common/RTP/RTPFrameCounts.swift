internal import MediaModel
internal import MediaRTP

/// Frames of a stream, counted.
struct RTPFrameCounts: Sendable {
  private(set) var frames = 0
  private(set) var keyframes = 0
  private(set) var damaged = 0
  private(set) var bytes = 0
  private var media = RTPMediaTime()
  /// From a keyframe to the next one.
  private(set) var intervals: (min: Int64, max: Int64, sum: Int64, count: Int64)?
  private var lastKeyframe: Int64?

  /// Takes a frame, the last packet of which came at `time`.
  mutating func add(_ frame: RTPFrame, at time: Nanoseconds?, clockRate: UInt32?) {
    frames += 1
    bytes += frame.byteCount
    if frame.isDamaged { damaged += 1 }
    _ = media.add(frame.timestamp, at: time, clockRate: clockRate)
    guard frame.isKeyframe else { return }
    keyframes += 1
    if let lastKeyframe, media.position > lastKeyframe {
      let interval = media.position - lastKeyframe
      let before = intervals ?? (interval, interval, 0, 0)
      intervals = (
        min(before.min, interval), max(before.max, interval), before.sum + interval,
        before.count + 1
      )
    }
    lastKeyframe = media.position
  }

  /// How many steps there were from a frame to the next, jumps left out, and how long all of them
  /// took in ticks.
  var steps: (count: Int, ticks: Int64) { (max(0, frames - 1 - media.jumps), media.ticks) }
}
