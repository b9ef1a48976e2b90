internal import MediaRTP

/// Frames of a stream, counted.
struct RTPFrameCounts: Sendable {
  private(set) var frames = 0
  private(set) var keyframes = 0
  private(set) var damaged = 0
  private(set) var bytes = 0
  /// In ticks with wraps counted.
  private(set) var timestamps: ClosedRange<Int64>?
  /// From a keyframe to the next one.
  private(set) var intervals: (min: Int64, max: Int64, sum: Int64, count: Int64)?
  private var lastKeyframe: Int64?

  mutating func add(_ frame: RTPFrame) {
    frames += 1
    bytes += frame.byteCount
    if frame.isDamaged { damaged += 1 }
    let range = timestamps ?? frame.timestamp...frame.timestamp
    timestamps =
      min(range.lowerBound, frame.timestamp)...max(range.upperBound, frame.timestamp)
    guard frame.isKeyframe else { return }
    keyframes += 1
    if let lastKeyframe, frame.timestamp > lastKeyframe {
      let interval = frame.timestamp - lastKeyframe
      let before = intervals ?? (interval, interval, 0, 0)
      intervals = (
        min(before.min, interval), max(before.max, interval), before.sum + interval,
        before.count + 1
      )
    }
    lastKeyframe = frame.timestamp
  }

  /// Frames a second on average; nil below two different times.
  func rate(clockRate: UInt32) -> Double? {
    guard let timestamps, timestamps.upperBound > timestamps.lowerBound, frames > 1 else {
      return nil
    }
    let ticks = timestamps.upperBound - timestamps.lowerBound
    return Double(frames - 1) * Double(clockRate) / Double(ticks)
  }
}
