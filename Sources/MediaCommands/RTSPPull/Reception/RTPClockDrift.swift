internal import MediaModel

/// How much faster a sender's clock runs than ours, by when its frames come.
///
/// What comes late is late by chance, so of each stretch of time the frame counts that was the least
/// late; and of the slopes between these the middle one. Stretches grow with time: it holds no more
/// after days than after a minute.
struct RTPClockDrift: Sendable {
  /// The least time that tells anything, in seconds, and the fewest stretches.
  private static let enough = (seconds: 10.0, stretches: 8)
  private static let capacity = 64

  /// A frame: seconds since the first one, and how much later it came than its timestamp says.
  private struct Point: Sendable {
    var time: Double
    var delay: Double
  }

  private var origin: (ticks: Int64, time: Nanoseconds)?
  /// Seconds of a stretch.
  private var length = 1.0
  private var stretch = 0
  private var earliest: Point?
  private var points: [Point] = []

  /// Takes a frame that came at `time`.
  mutating func add(_ ticks: Int64, clockRate: UInt32, at time: Nanoseconds) {
    let first = origin ?? (ticks, time)
    origin = first
    let elapsed = Double(time &- first.time) / 1e9
    let delay = elapsed - Double(ticks &- first.ticks) / Double(clockRate)
    let place = Int(max(0, min(elapsed / length, 1e12)))
    if place != stretch {
      close()
      stretch = Int(max(0, min(elapsed / length, 1e12)))
    }
    if delay < earliest?.delay ?? .infinity { earliest = Point(time: elapsed, delay: delay) }
  }

  private mutating func close() {
    if let earliest { points.append(earliest) }
    earliest = nil
    guard points.count == Self.capacity else { return }
    points = stride(from: 0, to: points.count, by: 2).map { index in
      let (a, b) = (points[index], points[index + 1])
      return a.delay < b.delay ? a : b
    }
    length *= 2
  }

  /// In parts per million: positive where the sender's clock is the faster one; nil before it can be
  /// told.
  var partsPerMillion: Double? {
    guard let first = points.first, let last = points.last,
      points.count >= Self.enough.stretches, last.time - first.time >= Self.enough.seconds
    else { return nil }
    var slopes: [Double] = []
    slopes.reserveCapacity(points.count * points.count / 2)
    for (index, a) in points.enumerated() {
      for b in points[(index + 1)...] where b.time > a.time {
        slopes.append((b.delay - a.delay) / (b.time - a.time))
      }
    }
    slopes.sort()
    return slopes.isEmpty ? nil : -slopes[slopes.count / 2] * 1e6
  }
}
