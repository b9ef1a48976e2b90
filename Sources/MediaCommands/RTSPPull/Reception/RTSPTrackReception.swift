internal import MediaBytes
internal import MediaModel
internal import MediaRTP
internal import MediaRTSP

/// One track of a connection: its packets in, its frames out.
final class RTSPTrackReception: RTPSessionObserver {
  private static let keptOfEach = 100
  /// How long packets that BYE overtook are waited for, in nanoseconds.
  private static let grace: Nanoseconds = 300_000_000

  /// In the presentation.
  let index: Int
  private let descriptions: RTPDescriptions
  private let options: RTPSessionOptions
  private let totals: RTSPTrackTotals
  private let take: (RTSPFrame) throws -> Void
  private(set) var session: RTPSession?
  /// That of the first packet of RTP: a sender that changes its port is the same.
  private var flow: RTPFlow?
  private var number = 0
  /// Whether a source of it said goodbye, and nothing came of that since.
  private(set) var saidGoodbye = false
  /// When the packet at hand came, by the clock of the session; and as everybody else tells it.
  private var time: Nanoseconds = 0
  private var (now, wall): (Nanoseconds, Nanoseconds) = (0, 0)
  private var timelines: [TimelineKey: RTPFrameTimeline] = [:]

  private struct TimelineKey: Hashable {
    var clockRate: UInt32
    var stream: UInt8?
  }

  init(
    _ track: RTSPPresentation.Track, of description: SDPSession, _ options: RTPSessionOptions,
    _ totals: RTSPTrackTotals, frame: @escaping (RTSPFrame) throws -> Void
  ) {
    index = track.index
    descriptions = RTPDescriptions(track: track.media, of: description)
    self.options = options
    self.totals = totals
    take = frame
  }

  /// Takes a packet that came at `time`.
  func receive(_ bytes: RawSpan, _ arrival: RTSPArrival, at time: Nanoseconds) throws {
    (self.time, now, wall) = (time, arrival.now, arrival.wall)
    if flow == nil, !arrival.isRTCP { flow = arrival.flow }
    let session = session(arrival)
    number += 1
    let datagram = RTPDatagram(
      number: number, time: time, flow: flow ?? arrival.flow, byteCount: bytes.byteCount)
    session.note(time, packet: number)
    try session.receive(bytes, datagram)
  }

  private func session(_ arrival: RTSPArrival) -> RTPSession {
    if let session { return session }
    var options = options
    // What comes over TCP is in order: nothing that is missing will come.
    if arrival.flow.transport != .udp { options.reorderLimits.maxWait = 0 }
    let made = RTPSession(options)
    made.descriptions = descriptions
    made.findings = RTPFindings(keptOfEach: Self.keptOfEach)
    made.output.describesPackets = false
    made.observer = self
    made.note(totals.origin(time), packet: 0)
    session = made
    totals.follow(made)
    return made
  }

  func tick(at now: Nanoseconds, wall: Nanoseconds) throws {
    (time, self.now, self.wall) = (now, now, wall)
    guard let session else { return }
    try session.tick(at: now)
    // Nothing follows that would complete its last frame.
    if let source = session.current, hasGone(source, session, at: now) {
      try session.end(source)
      saidGoodbye = true
    }
  }

  private func hasGone(_ source: RTPSource, _ session: RTPSession, at now: Nanoseconds) -> Bool {
    guard let goodbye = session.facts(source)?.goodbye?.arrival else { return false }
    return now - max(goodbye, source.statistics.lastArrival ?? goodbye) >= Self.grace
  }

  /// Whether packets or a goodbye wait for what may come.
  var isWaiting: Bool {
    guard let session, let source = session.current else { return false }
    return source.order.deadline != nil || session.facts(source)?.goodbye != nil
  }

  /// Whether a source of it is there that has not said goodbye.
  var isPlaying: Bool { session?.current != nil }

  /// What a report says of it; nil while nothing came.
  func takeReportBlock(at now: Nanoseconds) -> RTCPReportBlock? {
    guard let session, let source = session.current else { return nil }
    let last = session.facts(source)?.last.flatMap { report in
      report.arrival.map { (report.ntpTime, $0) }
    }
    return source.statistics.takeReportBlock(lastReport: last, at: now)
  }

  func finish() throws {
    if let session, let source = session.current { try session.end(source) }
  }

  var findings: [RTPFinding] { session?.findings.all { [index] _ in index } ?? [] }

  // MARK: RTPSessionObserver

  func frame(_ frame: RTPFrame, of source: RTPSource, _ payload: Int) throws {
    // A packet may have waited until it was known where it belongs.
    let time = source.previous?.time ?? time
    totals.noteFrame(frame, of: source, payload, at: time)
    guard let session, let track = RTPTrack(source, payload, stream: frame.elementaryStream) else {
      return
    }
    let timestamp = RTPTimestamp(rawValue: UInt32(truncatingIfNeeded: frame.timestamp))
    let facts = session.facts(source)
    let clock = facts?.wallClock(timestamp, clockRate: track.clockRate)
    if let clock { totals.noteDelay(wall &- clock, at: time) }
    var frame = frame
    let key = TimelineKey(clockRate: track.clockRate, stream: frame.elementaryStream)
    frame.timestamp = timelines[key, default: RTPFrameTimeline(clockRate: track.clockRate)].time(
      of: frame.timestamp, at: time
    ) { track.reorderDepth != 0 }
    try take(
      RTSPFrame(
        frame: frame, track: track, index: index, now: now, wall: wall,
        senderClock: facts?.hasCalendar == true ? clock : nil))
  }

  func rtcp(_ compound: RTCPCompound, _ datagram: RTPDatagram, time: Double?) throws {
    guard let session, let source = session.current else { return }
    let isReported = compound.packets.contains {
      if case .senderReport(let report) = $0 { report.ssrc == source.ssrc } else { false }
    }
    if isReported {
      totals.noteOffset(session.facts(source)?.clockOffset(wall: wall, at: datagram.time))
    }
  }

  func ended(_ source: RTPSource) {
    if let session { totals.close(source, session) }
  }
}
