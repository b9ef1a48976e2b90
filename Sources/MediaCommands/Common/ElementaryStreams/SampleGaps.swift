/// Finds where samples are missing that a file without times has to make up for.
struct SampleGaps {
  /// In all, in seconds: more is a clock that jumped, or would fill the disk with nothing.
  private static let longestFill: Int64 = 3600

  private let clockRate: Int64
  private let sampleRate: Int64
  /// A timestamp, and how many samples have been written since.
  private var start: Int64?
  private var position: Int64 = 0
  /// How many gaps were filled, and with how many samples.
  private(set) var count = 0
  private(set) var samples: Int64 = 0
  /// Gaps that were left as they are, being too long.
  private(set) var leftCount = 0

  /// Ticks of the timestamp in a second, and samples; neither is 0.
  init(clockRate: UInt32, sampleRate: UInt32) {
    self.clockRate = Int64(max(1, clockRate))
    self.sampleRate = Int64(max(1, sampleRate))
  }

  /// How many samples are missing before those of a timestamp, which `count` of are written next.
  mutating func missing(before ticks: Int64, of written: Int) -> Int {
    let gap = gap(before: ticks)
    position += gap + Int64(written)
    guard gap > 0 else { return 0 }
    count += 1
    samples += gap
    return Int(gap)
  }

  private mutating func gap(before ticks: Int64) -> Int64 {
    guard let start else {
      restart(ticks)
      return 0
    }
    let (elapsed, isFar) = ticks.subtractingReportingOverflow(start)
    let (scaled, isFarther) = elapsed.multipliedReportingOverflow(by: sampleRate)
    let far = ticks < start ? Int64.min : .max
    let gap = isFar || isFarther ? far : scaled / clockRate - position
    // Less than 2 ms is a sender that rounds times.
    if gap.magnitude <= UInt64(sampleRate / 500) { return 0 }
    guard gap > 0 else {
      restart(ticks)
      return 0
    }
    guard gap <= Self.longestFill * sampleRate - samples else {
      leftCount += 1
      restart(ticks)
      return 0
    }
    return gap
  }

  private mutating func restart(_ ticks: Int64) {
    start = ticks
    position = 0
  }

  /// Seconds of silence in all.
  var seconds: Double { Double(samples) / Double(sampleRate) }
}
