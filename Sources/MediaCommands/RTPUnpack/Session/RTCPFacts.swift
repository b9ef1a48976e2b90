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
  var canonicalName: String?
  /// When the source said goodbye, and in which packet.
  var goodbye: (packet: Int, arrival: Nanoseconds?, reason: String?)?
  private var timeline = RTPTimeline()

  mutating func add(_ report: RTCPSenderReport, at arrival: Nanoseconds?) {
    senderReports += 1
    let found = Report(
      ntpTime: report.ntpTime, rtpTimestamp: report.rtpTimestamp,
      ticks: timeline.extend(report.rtpTimestamp), arrival: arrival)
    if first == nil { first = found }
    last = found
  }

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
  func wallClock(_ timestamp: RTPTimestamp, clockRate: UInt32) -> Nanoseconds? {
    guard let report = last ?? first, report.ntpTime.rawValue != 0 else { return nil }
    let ticks = timestamp.distance(from: report.rtpTimestamp)
    let nanoseconds = Double(ticks) * 1e9 / Double(clockRate)
    return report.ntpTime.nanosecondsSince1970 + Nanoseconds(nanoseconds.rounded())
  }
}
