internal import MediaModel

/// How far timestamps went on, jumps of the clock left out.
struct RTPMediaTime: Sendable {
  /// A step that has nothing to do with the time that passed, in seconds.
  struct Jump {
    var media: Double
    var elapsed: Double
  }

  /// The longest step that is none, in seconds; media may pause while silence lasts.
  private static let longestStep: UInt64 = 1

  /// The last timestamp with wraps counted, and when it came.
  private(set) var last: (ticks: Int64, time: Nanoseconds?)?
  private(set) var jumps = 0
  /// How often the timestamp changed.
  private(set) var changes = 0
  /// Ticks from the first timestamp to the last.
  private(set) var position: Int64 = 0
  private var lowest: Int64 = 0
  private var highest: Int64 = 0

  /// Ticks from the lowest timestamp to the highest.
  var ticks: Int64 { highest - lowest }

  /// Goes on to a timestamp; a jump to it does not count.
  mutating func add(_ ticks: Int64, at time: Nanoseconds?, clockRate: UInt32?) -> Jump? {
    defer { last = (ticks, time) }
    guard let last else { return nil }
    let step = ticks - last.ticks
    if step != 0 { changes += 1 }
    if let jump = Self.jump(step, from: last.time, to: time, clockRate) {
      jumps += 1
      return jump
    }
    position += step
    lowest = min(lowest, position)
    highest = max(highest, position)
    return nil
  }

  /// Begins anew at a timestamp, as a source does that restarts.
  mutating func restart(_ ticks: Int64, at time: Nanoseconds?) {
    last = (ticks, time)
    // That of the packet before, which it confirms, was another already.
    changes += 2
  }

  private static func jump(
    _ step: Int64, from then: Nanoseconds?, to now: Nanoseconds?, _ clockRate: UInt32?
  ) -> Jump? {
    guard let clockRate, let then, let now else { return nil }
    guard step.magnitude > longestStep * UInt64(clockRate) else { return nil }
    let media = Double(step) / Double(clockRate)
    let elapsed = Double(now - then) / 1e9
    // A source that sends faster than time goes is no fault.
    return abs(media - elapsed) > Double(longestStep) ? Jump(media: media, elapsed: elapsed) : nil
  }
}
