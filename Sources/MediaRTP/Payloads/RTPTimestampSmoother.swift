import MediaModel

/// Undoes the rounding of containers whose ticks are coarser than those of the payload format's
/// clock: frames of known length follow each other exactly, until the container says otherwise.
struct RTPTimestampSmoother: Sendable {
  /// How far, in ticks, the container may be off and mean the same.
  private let tolerance: Int64
  private var expected: Int64?

  init(source: Timescale, clock: Timescale) {
    // Two ticks of the container, as both ends of a frame are rounded; it never is worth 5 ms.
    let ticks = 2 * Int64(clock.ticksPerSecond) / Int64(source.ticksPerSecond) + 1
    tolerance = min(ticks, Int64(clock.ticksPerSecond) / 200)
  }

  mutating func next(_ measured: Int64, lasting duration: Int64?) -> Int64 {
    guard let duration else { return measured }
    var time = measured
    if let expected, (measured &- expected).magnitude <= UInt64(tolerance) { time = expected }
    expected = time &+ duration
    return time
  }
}
