internal import MediaBytes
internal import MediaIO
internal import MediaModel
internal import MediaRTP
internal import MediaRTSP

// What happens meanwhile, and what is told of it.

extension RTSPPullRun {
  /// Which tracks are set up: those that were asked for, and that something can be done with.
  func choose(_ presentation: RTSPPresentation) throws -> [Int] {
    let tracks = presentation.tracks.map { RTSPDescribedTrack($0, of: presentation) }
    let wanted = request.tracks.map { $0.indices(kinds: tracks.map(\.kind)) }
    if let wanted, wanted.isEmpty {
      let all = tracks.map { "\($0.track.index) \($0.kind)" }.joined(separator: ", ")
      throw Failure(.dataError, "--tracks selects none of the tracks: \(all)")
    }
    let selected = tracks.filter { wanted?.contains($0.track.index) ?? true }
    let chosen = selected.filter { $0.obstacle == nil }.map(\.track.index)
    guard !chosen.isEmpty else {
      let reasons = selected.compactMap { described in
        described.obstacle.map { "track \(described.track.index): \($0)" }
      }
      throw Failure(
        .unavailable,
        reasons.isEmpty
          ? "the presentation has no tracks"
          : "there is no track to play: "
            + reasons.joined(separator: "; "))
    }
    for described in selected {
      if let obstacle = described.obstacle { leaveOut(described.track.index, obstacle) }
    }
    return chosen
  }

  private func leaveOut(_ track: Int, _ obstacle: String) {
    let finding = RTPFinding(finding: Finding(.rtspTrackLeftOut, obstacle, stream: track))
    guard !result.findings.contains(finding) else { return }
    result.findings.append(finding)
    say(.warning, "track \(track) is left out: \(obstacle)")
  }

  func hear(_ news: RTSPNews) throws {
    lookSoon(MonotonicClock.now())
    var event = RTSPPullEvent()
    switch news {
    case .described(let presentation):
      result.presentation = presentation
      event.presentation = presentation
      try printer.event("described", event)
    case .playing(let playback): try begin(playback)
    case .lost(let failure, let retry): try lost(failure, retry)
    case .ended(let words):
      let text = redactor.redact(words)
      result.ending = text
      say(.detail, text)
      event.message = text
      try printer.event("ended", event)
    case .note(let words):
      let text = redactor.redact(words)
      note(text)
      event.message = text
      try printer.event("note", event)
    case .deviation(let deviation):
      say(.detail, "\(deviation)")
      event.deviation = deviation
      try printer.event("deviation", event)
    case .trace(let trace):
      guard diagnostics.verbosity >= 2 else { break }
      for line in trace.lines { say(.detail, line) }
    }
  }

  private func begin(_ playback: RTSPPlayback) throws {
    try endReception()
    guard let presentation = result.presentation else { return }
    let tracks = playback.transports.keys.sorted()
    reception = RTSPReception(
      presentation, tracks: tracks, totals: totals, keepContents: recording != nil,
      seed: UInt64.random(in: 0...UInt64.max)
    ) { [unowned self] in try take($0) }
    limit?.begin()
    try recording?.begin(presentation, tracks: tracks, starts: playback.starts)
    let transport = playback.transports[tracks.first ?? 0].map { "\($0)" }
    say(
      saidOutage == nil ? .detail : .warning,
      "playing (\(playback.phases.words); \(transport ?? ""))")
    saidOutage = nil
    var event = RTSPPullEvent()
    (event.phases, event.transport) = (playback.phases, transport)
    try printer.event("playing", event)
  }

  private func lost(_ failure: Failure, _ retry: Nanoseconds?) throws {
    let message = redactor.redact(failure.message)
    try endReception()
    if retry != nil { try record { try $0.interrupt(message) } }
    // An outage of hours ends each try the same way; the last failure is said at the end.
    if let retry {
      let next = ", next try in \(Quantity.seconds(Double(retry) / 1e9))"
      say(saidOutage != message ? .warning : .detail, message + next)
    }
    saidOutage = message
    var event = RTSPPullEvent()
    (event.message, event.exit, event.retry) = (message, failure.exit, retry)
    try printer.event(retry == nil ? "failed" : "lost", event)
  }

  /// Takes what a connection leaves.
  func endReception() throws {
    guard let reception = reception.take() else { return }
    try reception.finish()
    // Weeks of outages are no reason to remember all that was odd in each.
    if result.findings.count < 1000 { result.findings += reception.findings }
  }

  func note(_ text: String) {
    guard !result.notes.contains(text) else { return }
    if result.notes.count < 1000 { result.notes.append(text) }
    say(.warning, text)
  }
}
