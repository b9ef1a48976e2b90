public import MediaModel

/// The interarrival jitter of a source (RFC 3550 6.4.1, A.8).
///
/// Every packet of the source counts in order of arrival, late ones and duplicates too.
public struct RTPJitter: Hashable, Sendable {
  /// Ticks of the timestamp in a second.
  public let clockRate: UInt32
  /// A.8's integer estimate, in 1/16 tick.
  private var scaled: Int64 = 0
  /// The same by A.8's other form, with arrival times as exact as they are.
  private var ticks = 0.0
  private var last: Last?
  private var sum = 0.0
  private var highest = 0.0
  /// How many estimates there were: one for each packet but the first.
  public private(set) var count = 0

  private struct Last: Hashable {
    var arrival: Nanoseconds
    var transit: UInt32
    var timestamp: RTPTimestamp
  }

  /// Begins before the first packet; nil where the clock rate is 0.
  public init?(clockRate: UInt32) {
    guard clockRate > 0 else { return nil }
    self.clockRate = clockRate
  }

  /// Takes a packet in order of arrival.
  public mutating func add(_ timestamp: RTPTimestamp, at arrival: Nanoseconds) {
    let transit = arrivalTicks(arrival) &- timestamp.rawValue
    defer { last = Last(arrival: arrival, transit: transit, timestamp: timestamp) }
    guard let last else { return }
    let difference = Int64(Int32(bitPattern: transit &- last.transit)).magnitude
    scaled += Int64(difference) - (scaled + 8) >> 4
    let elapsed = Double(arrival &- last.arrival) * Double(clockRate) / 1e9
    let spacing = Double(timestamp.distance(from: last.timestamp))
    ticks += (abs(elapsed - spacing) - ticks) / 16
    sum += ticks
    highest = max(highest, ticks)
    count += 1
  }

  /// Says that timestamps begin anew: the next packet is not compared with the last one.
  public mutating func interrupt() { last = nil }

  /// The field of a reception report, in ticks: A.8's integer form.
  public var reported: UInt32 { UInt32(clamping: scaled >> 4) }
  /// The estimate after the last packet, in milliseconds; nil before the second packet.
  public var milliseconds: Double? { count > 0 ? inMilliseconds(ticks) : nil }
  /// The mean of the estimates after each packet but the first, in milliseconds.
  public var meanMilliseconds: Double? {
    count > 0 ? inMilliseconds(sum / Double(count)) : nil
  }
  /// The highest of the estimates, in milliseconds.
  public var maxMilliseconds: Double? { count > 0 ? inMilliseconds(highest) : nil }

  private func inMilliseconds(_ ticks: Double) -> Double { ticks * 1000 / Double(clockRate) }

  /// The arrival in ticks modulo 2^32, rounded down.
  private func arrivalTicks(_ arrival: Nanoseconds) -> UInt32 {
    let (seconds, rest) = arrival.quotientAndRemainder(dividingBy: 1_000_000_000)
    // `rest` is below 10^9, so its product with any clock rate fits.
    let part = rest * Int64(clockRate) / 1_000_000_000
    return UInt32(truncatingIfNeeded: seconds &* Int64(clockRate) &+ part)
  }
}
