internal import MediaPlot

/// Momentary and short-term loudness over time, for a picture; memory does not grow with length.
struct LoudnessHistory: Sendable {
  /// One step, or the largest of several joined, at the time when it ends.
  typealias Point = LoudnessPlot.Point

  private static let capacity = 4096
  private(set) var points: [Point] = []
  /// Steps that make a point, a power of two.
  private var stepsPerPoint = 1
  private var stepCount = 0

  /// Takes the next step.
  mutating func add(_ step: Point) {
    if stepCount % stepsPerPoint == 0 {
      if points.count == Self.capacity { halve() }
      points.append(step)
    } else {
      points[points.count - 1].join(step)
    }
    stepCount += 1
  }

  /// Joins neighbours, two into one.
  private mutating func halve() {
    points = stride(from: 0, to: points.count, by: 2).map { place in
      var point = points[place]
      point.join(points[place + 1])
      return point
    }
    stepsPerPoint *= 2
  }
}

extension LoudnessHistory.Point {
  fileprivate mutating func join(_ later: Self) {
    time = later.time
    momentary = [momentary, later.momentary].compactMap(\.self).max()
    shortTerm = [shortTerm, later.shortTerm].compactMap(\.self).max()
  }
}
