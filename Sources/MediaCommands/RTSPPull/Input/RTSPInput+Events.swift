internal import MediaBytes
internal import MediaIO
internal import MediaModel
internal import MediaRTP
internal import MediaRTSP

// What a client tells.

extension RTSPInput {
  func take(_ event: RTSPClientEvent, _ attempt: RTSPAttempt) throws {
    switch event {
    case .packet(let bytes, let track, let isRTCP):
      try take(bytes, attempt, track: track, isRTCP: isRTCP)
    case .phase(let phase, let time):
      attempt.enter(phase, at: time)
      if phase == .ready, !attempt.isLeaving { play(attempt) }
    case .described(let presentation):
      guard !attempt.isLeaving else { return }
      try described(presentation, attempt)
    case .setUp(let track, let transport):
      guard !attempt.isLeaving else { return }
      try setUp(track, transport, attempt)
    case .transportRefused(_, let status):
      guard !attempt.isLeaving else { return }
      try refused(status, attempt)
    case .playing(let starts, let range):
      guard !attempt.isLeaving else { return }
      try playing(starts, range, attempt)
    case .redirected(let url): try redirected(url, attempt)
    case .announced:
      try tell(.note("the server announces another description, which is not followed"))
    case .ended(let words):
      guard !attempt.isLeaving else { return }
      try departed(words, isSure: words.hasSuffix("the stream has ended"))
    case .sessionLost(let status): sessionLost(status, attempt)
    case .deviation(let deviation): try note(deviation)
    case .trace(let trace):
      transcript?.take(trace)
      if options.traces { try tell(.trace(trace)) }
    }
  }

  // MARK: Setting up

  private func described(_ presentation: RTSPPresentation, _ attempt: RTSPAttempt) throws {
    attempt.presentation = presentation
    try tell(.described(presentation))
    guard !options.onlyDescribes else { return finish() }
    guard !isEnded else { return }
    do {
      try setUp(try choose(presentation), attempt)
    } catch let failure as Failure {
      try giveUp(failure)
    }
  }

  /// Asks for tracks by the way that is due.
  private func setUp(_ tracks: [Int], _ attempt: RTSPAttempt) throws {
    attempt.chosen = tracks
    let plans = try tracks.map { RTSPTrackPlan($0, try transport(of: $0, attempt)) }
    attempt.connection?.update { $0.client.setUp(plans, at: MonotonicClock.now()) }
  }

  private func transport(of track: Int, _ attempt: RTSPAttempt) throws -> RTSPTransport {
    guard !ways[0].isInterleaved, let server = attempt.connection?.peer,
      let presentation = attempt.presentation
    else { return RTSPTransport(.tcp) }
    let ports =
      attempt.ports
      ?? RTSPDatagramPorts(driver, options, server: server, presentation: presentation) {
        [weak self, weak attempt] bytes, arrival in
        guard let self, let attempt else { return }
        datagramBytes += Int64(bytes.byteCount)
        try take(bytes, arrival, attempt)
      }
    attempt.ports = ports
    return try ports.plan(track: track, isMulticast: ways[0] == .multicast)
  }

  private func setUp(_ track: Int, _ transport: RTSPTransport, _ attempt: RTSPAttempt) throws {
    if transport.lower == .tcp { return attempt.setUp(track, transport) }
    guard let ports = attempt.ports else {
      return try refused(RTSPStatus(461, "it gives UDP instead"), attempt)
    }
    do {
      try ports.setUp(track: track, transport)
      attempt.setUp(track, transport)
    } catch let failure as Failure {
      try giveUp(failure)
    }
  }

  /// Tries the next way of transport, if there is one.
  private func refused(_ status: RTSPStatus, _ attempt: RTSPAttempt) throws {
    guard ways.count > 1 else {
      return try giveUp(
        Failure(.unavailable, "the server refuses SETUP over \(ways[0].words): \(status)"))
    }
    let before = ways.removeFirst()
    try tell(
      .note("the server refuses \(before.words) (\(status)): asking for \(ways[0].words)"))
    guard attempt.transports.isEmpty else { return leave(attempt, to: attempt.url) }
    attempt.ports = nil
    do {
      try setUp(attempt.chosen, attempt)
    } catch let failure as Failure {
      try giveUp(failure)
    }
  }

  /// Ends with a failure that another try would not spare us.
  private func giveUp(_ failure: Failure) throws {
    try tell(.lost(failure, retry: nil))
    fail(failure)
  }

  // MARK: Playing

  private func play(_ attempt: RTSPAttempt) {
    attempt.ports?.punch(ssrc: ssrc, cname: cname)
    attempt.connection?.update { $0.client.play(options.play, at: MonotonicClock.now()) }
  }

  private func playing(
    _ starts: [Int: RTSPStreamInfo], _ range: RTSPRange?, _ attempt: RTSPAttempt
  ) throws {
    guard !isEnded else { return }
    attempt.connection?.isDialogue = false
    attempt.connection?.patience = options.patience
    attempt.range = range
    if hasPlayed { reconnects += 1 }
    (state, hasPlayed, hasMedia) = (.playing, true, false)
    lastMedia = MonotonicClock.now()
    watchForSilence()
    try tell(
      .playing(
        RTSPPlayback(
          transports: attempt.transports, starts: starts, range: range, phases: attempt.phases)))
    for early in attempt.takeEarly() {
      guard state == .playing else { return }
      try deliver(early.bytes.span.bytes, early.arrival, attempt)
    }
  }

  private func take(
    _ bytes: [UInt8], _ attempt: RTSPAttempt, track: Int, isRTCP: Bool
  ) throws {
    guard !attempt.isLeaving, track < attempt.tracks.count, let known = attempt.tracks[track]
    else { return }
    transcript?.packets()
    let arrival = RTSPArrival(
      track: track, isRTCP: isRTCP, flow: isRTCP ? known.rtcp : known.rtp,
      now: MonotonicClock.now(), wall: WallClock.now())
    try take(bytes.span.bytes, arrival, attempt)
  }

  /// Takes a packet, whichever way it came.
  func take(_ bytes: RawSpan, _ arrival: RTSPArrival, _ attempt: RTSPAttempt) throws {
    guard !attempt.isLeaving, !attempt.keep(bytes, arrival) else { return }
    try deliver(bytes, arrival, attempt)
  }

  private func deliver(_ bytes: RawSpan, _ arrival: RTSPArrival, _ attempt: RTSPAttempt) throws {
    guard state == .playing else { return }
    if !arrival.isRTCP { heard(arrival.now, attempt) }
    let isLast = attempt.note(bytes, track: arrival.track, isRTCP: arrival.isRTCP)
    try packet(bytes, arrival)
    if isLast { try goodbye(attempt) }
  }

  private func heard(_ now: Nanoseconds, _ attempt: RTSPAttempt) {
    lastMedia = now
    guard !hasMedia else { return }
    (hasMedia, loss, departure, moves) = (true, nil, nil, 0)
    hasHeardDatagrams = hasHeardDatagrams || !ways[0].isInterleaved
    policy.succeeded(at: now)
    attempt.heardFirst(at: now)
  }

  // MARK: Elsewhere

  private func redirected(_ url: RTSPURL, _ attempt: RTSPAttempt) throws {
    guard !attempt.isLeaving, !isEnded else { return }
    moves += 1
    guard moves <= Self.mostMoves else {
      return try giveUp(
        Failure(.protocolError, "the server sends us elsewhere again and again, now to \(url)"))
    }
    try tell(.note("the server sends us to \(url)"))
    stopTimers()
    leave(attempt, to: url)
  }
}
