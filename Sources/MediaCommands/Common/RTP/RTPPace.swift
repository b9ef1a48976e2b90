internal import MediaModel

/// Compares how far timestamps go on with the time that passes meanwhile, second by second.
///
/// A second is no shorter than the pause between two packets, so that nobody is blamed for silence.
struct RTPPace: Sendable {
  /// How far both went, in seconds.
  struct Stretch: Sendable {
    var media = 0.0
    var elapsed = 0.0
    fileprivate var seconds = 0
  }

  /// What is far apart.
  private static let tolerance = 0.2
  /// How much further than time a wrong clock takes timestamps, such as 90 kHz for 8 kHz; what goes
  /// further was sent faster.
  private static let fastest = 12.0

  private var start: (ticks: Int64, time: Nanoseconds)?
  private var slow = Stretch()
  private var hasToldSlow = false
  private var whole = Stretch()
  private var ratios: ClosedRange<Double>?

  /// Goes on to a timestamp; a stretch over which the timestamps steadily lag is given once.
  mutating func add(_ ticks: Int64, at time: Nanoseconds, clockRate: UInt32) -> Stretch? {
    guard let start, time >= start.time else {
      start = (ticks, time)
      return nil
    }
    let elapsed = Double(time - start.time) / 1e9
    guard elapsed >= 1 else { return nil }
    let media = Double(ticks - start.ticks) / Double(clockRate)
    self.start = (ticks, time)
    whole.add(media, elapsed)
    let ratio = media / elapsed
    ratios = min(ratios?.lowerBound ?? ratio, ratio)...max(ratios?.upperBound ?? ratio, ratio)
    guard ratio < 1 - Self.tolerance else {
      slow = Stretch()
      return nil
    }
    slow.add(media, elapsed)
    guard slow.seconds >= 2, !hasToldSlow else { return nil }
    hasToldSlow = true
    return slow
  }

  /// Begins anew, as behind a jump.
  mutating func interrupt() {
    start = nil
    slow = Stretch()
  }

  /// All there is, where timestamps go on faster than time from beginning to end, and always as
  /// much: a source that only sends ahead does not keep step so well.
  var fast: Stretch? {
    guard whole.seconds >= 2, let ratios, ratios.lowerBound > 1 + Self.tolerance,
      ratios.upperBound < min(Self.fastest, ratios.lowerBound * 1.1)
    else { return nil }
    return whole
  }
}

extension RTPPace.Stretch {
  fileprivate mutating func add(_ media: Double, _ elapsed: Double) {
    self.media += media
    self.elapsed += elapsed
    seconds += 1
  }
}
