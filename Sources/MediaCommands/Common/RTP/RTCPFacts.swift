internal import MediaModel
internal import MediaRTP

/// What RTCP says of one source.
struct RTCPFacts: Sendable {
  /// A sender report and when it came.
  struct Report: Sendable {
    var ntpTime: NTPTime
    var rtpTimestamp: RTPTimestamp
    /// RTP's clock with wraps counted from the first report on.
    var ticks: Int64
    var arrival: Nanoseconds?
  }

  private(set) var senderReports = 0
  private(set) var first: Report?
  private(set) var last: Report?
  /// The one that tells the wall clock, and one of which the clock differs so that it may be wrong.
  private var (clock, doubtful): (Report?, Report?)
  var canonicalName: String?
  /// When the source said goodbye, and in which packet.
  var goodbye: (packet: Int, arrival: Nanoseconds?, reason: String?)?
  private var timeline = RTPTimeline()

  /// Takes a report; `isPlaced` says that its RTP timestamp is near those of the packets around it.
  mutating func add(
    _ report: RTCPSenderReport, at arrival: Nanoseconds?, isPlaced: Bool = true
  ) {
    senderReports += 1
    let found = Report(
      ntpTime: report.ntpTime, rtpTimestamp: report.rtpTimestamp,
      ticks: timeline.extend(report.rtpTimestamp), arrival: arrival)
    if first == nil { first = found }
    last = found
    if isPlaced, report.ntpTime.rawValue != 0 { takeClock(found) }
  }

  /// A clock that jumps is believed once the next report agrees.
  private mutating func takeClock(_ report: Report) {
    let isBelieved = [clock, doubtful].contains { $0?.goesOn(to: report) ?? false }
    if clock == nil || isBelieved {
      (clock, doubtful) = (report, nil)
    } else {
      doubtful = report
    }
  }

  /// Says that timestamps jumped: what reports said of them holds no more.
  mutating func loseClock() { (clock, doubtful) = (nil, nil) }

  /// How far RTP's clock ran ahead of the sender's wall clock from the first report to the last.
  struct Drift: Sendable {
    /// Of the wall clock.
    var seconds: Double
    /// RTP's less the wall clock's.
    var difference: Double
    var partsPerMillion: Double { difference / seconds * 1e6 }
  }

  /// nil before a second of the wall clock has passed between reports.
  func drift(clockRate: UInt32) -> Drift? {
    guard let first, let last else { return nil }
    let elapsed = Double(last.ntpTime.nanoseconds(since: first.ntpTime)) / 1e9
    guard elapsed >= 1 else { return nil }
    let media = Double(last.ticks - first.ticks) / Double(clockRate)
    return Drift(seconds: elapsed, difference: media - elapsed)
  }

  /// The wall clock at a timestamp, in nanoseconds since 1970-01-01T00:00:00Z.
  ///
  /// Of devices without a calendar it is good only for comparison, see `hasCalendar`.
  func wallClock(_ timestamp: RTPTimestamp, clockRate: UInt32) -> Nanoseconds? {
    guard let clock else { return nil }
    let ticks = timestamp.distance(from: clock.rtpTimestamp)
    let nanoseconds = Double(ticks) * 1e9 / Double(clockRate)
    return clock.ntpTime.nanosecondsSince1970 + Nanoseconds(nanoseconds.rounded())
  }

  /// Whether the wall clock has been set: it counts neither from the moment of switching on nor from
  /// 1970.
  var hasCalendar: Bool {
    guard let time = clock?.ntpTime else { return false }
    let tenYears: UInt64 = 315_576_000
    let year2000: Nanoseconds = 946_684_800_000_000_000
    return time.rawValue >> 32 > tenYears && time.nanosecondsSince1970 >= year2000
  }

  /// How far the wall clock was ahead of ours, which read `wall`, when a report came at `arrival`.
  func clockOffset(wall: Nanoseconds, at arrival: Nanoseconds?) -> Nanoseconds? {
    guard let clock, hasCalendar, clock.arrival == arrival else { return nil }
    return clock.ntpTime.nanosecondsSince1970 - wall
  }
}

extension RTCPFacts.Report {
  /// Whether the clock of a later report went on from here as far as time did.
  fileprivate func goesOn(to later: Self) -> Bool {
    guard let then = arrival, let now = later.arrival else { return true }
    let difference = later.ntpTime.nanoseconds(since: ntpTime) - (now - then)
    return abs(difference) < 1_000_000_000
  }
}
