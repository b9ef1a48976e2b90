import Glibc

/// A moment by the clocks of where the process is (`TZ`).
public struct LocalTime {
  private var fields: tm
  /// Nanoseconds since the day began, as the clock shows it: 0..<86,400,000,000,000, or a second more.
  public let timeOfDay: Int64
  /// Days since 1970-01-01, as the calendar shows it.
  public let day: Int64

  /// Makes it of nanoseconds since 1970-01-01T00:00:00Z.
  public init(_ wall: Int64) {
    let (seconds, rest) = wall.flooredSeconds
    var (time, fields) = (time_t(seconds), tm())
    if localtime_r(&time, &fields) == nil { gmtime_r(&time, &fields) }
    self.fields = fields
    let shown = Int64(fields.tm_hour) * 3600 + Int64(fields.tm_min) * 60 + Int64(fields.tm_sec)
    timeOfDay = shown * 1_000_000_000 + rest
    day = (seconds + Int64(fields.tm_gmtoff) - shown + 43_200).flooredDays
  }

  /// The text of a pattern of strftime(3), such as `%Y%m%d-%H%M%S`; nil where it is too long.
  public func formatted(_ pattern: String) -> String? {
    // A text of no bytes cannot be told from a failure.
    var fields = fields
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 8192) { room in
      guard let text = room.baseAddress else { return nil }
      let count = strftime(text, room.count, pattern + ".", &fields)
      guard count > 0 else { return nil }
      return String(decoding: UnsafeRawBufferPointer(room)[..<(count - 1)], as: UTF8.self)
    }
  }
}

extension Int64 {
  fileprivate var flooredSeconds: (seconds: Int64, rest: Int64) {
    let (quotient, rest) = quotientAndRemainder(dividingBy: 1_000_000_000)
    return rest < 0 ? (quotient - 1, rest + 1_000_000_000) : (quotient, rest)
  }

  fileprivate var flooredDays: Int64 {
    let (quotient, rest) = quotientAndRemainder(dividingBy: 86_400)
    return rest < 0 ? quotient - 1 : quotient
  }
}
