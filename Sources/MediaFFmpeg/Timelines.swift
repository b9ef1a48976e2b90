/// Where pictures go in time, so that times strictly rise; in ticks.
///
/// Gaps stay. A step back of less than a second is a picture too late to be shown; a longer one is a
/// clock that began again, and time goes on from where it stood.
struct PictureTimeline {
  /// Ticks of a second.
  private let second: Int64
  private var shift: Int64 = 0
  private var last: Int64?
  private var end: Int64 = 0

  init(ticksPerSecond: Int64) { second = ticksPerSecond }

  /// Finds the time of the next picture.
  ///
  /// - Parameters:
  ///   - time: what the input says; nil where it does not, which is where the last one ended.
  ///   - duration: how long the picture lasts.
  /// - Returns: nil where the picture is to be left out.
  mutating func place(_ time: Int64?, duration: Int64) -> Int64? {
    var place = time.map { $0 &+ shift } ?? end
    if let last, place <= last {
      guard last &- place >= second else { return nil }
      shift &+= end &- place
      place = end
    }
    last = place
    end = place &+ max(1, duration)
    return place
  }
}

/// Where blocks of samples go in time, counted in samples.
///
/// Times that say no more than that they were rounded change nothing, so sound is continuous; what
/// adds up over the hours is made good before it can be noticed beside pictures.
struct SampleTimeline {
  /// What to do with a block.
  enum Placement: Equatable {
    /// It follows what came before.
    case append
    /// This many silent samples go before it.
    case fill(Int64)
    /// What it holds has been heard.
    case drop
    /// The next sample has this time, and there is nothing between.
    case jump(Int64)
  }

  private let rate: Int64
  private var shift: Int64 = 0
  private var hasBegun = false

  init(samplesPerSecond: Int64) { rate = samplesPerSecond }

  /// 40 ms: what sound may lead or lag without being noticed (ITU-R BT.1359).
  private var tolerance: Int64 { rate / 25 }
  /// Longer gaps stay gaps: a source that was away, not one that lost something.
  private var longestFill: Int64 { 10 * rate }

  /// Where a block goes that the input says begins at `time`, nil where it does not say, and that
  /// comes after all there is until `expected`.
  mutating func place(_ time: Int64?, expected: Int64) -> Placement {
    defer { hasBegun = true }
    guard let time else { return .append }
    guard hasBegun else { return .jump(time) }
    let lead = time &+ shift &- expected
    if lead > longestFill { return .jump(time &+ shift) }
    if lead > tolerance { return .fill(lead) }
    if lead >= -tolerance { return .append }
    if lead > -rate { return .drop }
    // A clock that began again: time goes on from where it stood.
    shift &-= lead
    return .append
  }
}
