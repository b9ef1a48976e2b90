internal import MediaIO
internal import MediaModel
internal import MediaRTSP

// How connections that play end, and what follows.

extension RTSPInput {
  // MARK: Silence

  /// Whatever else a server says, without packets it is silent.
  func watchForSilence() {
    timer?.cancel()
    timer = driver.schedule(at: lastMedia.addingOrMax(patience)) { [weak self] in
      guard let self, state == .playing, let attempt = current else { return }
      if MonotonicClock.now() < lastMedia.addingOrMax(patience) { return watchForSilence() }
      try silent(attempt)
    }
  }

  /// How long nothing may come: less where there is another way that has not been tried.
  private var patience: Nanoseconds {
    guard !hasHeardDatagrams, ways.count > 1, !ways[0].isInterleaved else { return options.timeout }
    return min(3_000_000_000, options.timeout / 2)
  }

  private func silent(_ attempt: RTSPAttempt) throws {
    if patience < options.timeout {
      let before = ways.removeFirst()
      try tell(.note("no packet comes over \(before.words): asking for \(ways[0].words)"))
      hasPlayed = false
      return leave(attempt, to: attempt.url)
    }
    let seconds = Quantity.seconds(Double(options.timeout) / 1e9)
    if isAtEnd(attempt) {
      return try departed("the range that was asked for has ended", isSure: true)
    }
    leave(attempt)
    try lost(Failure(.timedOut, "no packet of media came for \(seconds)"), canRetry: true)
  }

  /// Whether what is played must have come to its end: not all servers say so.
  private func isAtEnd(_ attempt: RTSPAttempt) -> Bool {
    guard hasMedia, let start = attempt.playStart, let length = attempt.length else { return false }
    let speed = (options.play.speed ?? 1) * abs(options.play.scale ?? 1)
    return Double(lastMedia - start) / 1e9 * speed >= length - 1
  }

  /// Those who say that they do not know our session either stop sending or are wrong.
  func sessionLost(_ status: RTSPStatus, _ attempt: RTSPAttempt) {
    guard state == .playing, attempt === current, doubt == nil else { return }
    let moment = MonotonicClock.now()
    let wait = min(2_000_000_000, options.timeout / 2)
    doubt = driver.schedule(at: moment.addingOrMax(wait)) { [weak self, weak attempt] in
      guard let self, let attempt, state == .playing, attempt === current else { return }
      doubt = nil
      guard lastMedia <= moment else { return }
      leave(attempt)
      try lost(
        Failure(.ioError, "the server has lost our session: \(status)"), canRetry: true)
    }
  }

  // MARK: Goodbyes

  /// Every track has said goodbye; datagrams may be late.
  func goodbye(_ attempt: RTSPAttempt) throws {
    guard !ways[0].isInterleaved else {
      return try departed("every track said goodbye", isSure: false)
    }
    doubt?.cancel()
    let moment = MonotonicClock.now().addingOrMax(200_000_000)
    doubt = driver.schedule(at: moment) { [weak self, weak attempt] in
      guard let self, let attempt, state == .playing, attempt === current else { return }
      doubt = nil
      if attempt.isGone { try departed("every track said goodbye", isSure: false) }
    }
  }

  /// The server ends the presentation; what is live, and to be had for ever, may come back.
  func departed(_ words: String, isSure: Bool) throws {
    guard !isEnded, let attempt = current else { return }
    guard options.retries != 0, !isSure, attempt.length == nil else {
      try tell(.ended(words))
      return finish()
    }
    departure = words
    leave(attempt)
    try lost(Failure(.ioError, words), canRetry: true)
  }

  // MARK: Trying again

  /// Tries again unless that would end the same way.
  func lost(_ failure: Failure, canRetry: Bool) throws {
    guard !isEnded else { return }
    if state == .playing { loss = failure }
    stopTimers()
    let wait =
      canRetry ? policy.wait(after: .other, at: MonotonicClock.now(), using: &random) : nil
    state = .waiting
    guard let wait else {
      // That a server did not come back is no other failure than that it went.
      if let departure {
        try tell(.ended(departure))
        return finish()
      }
      try tell(.lost(failure, retry: nil))
      guard let loss, options.retries != 0, loss.message != failure.message else {
        return fail(loss ?? failure)
      }
      return fail(
        Failure(loss.exit, "\(loss.message); the last try to come back: \(failure.message)"))
    }
    try tell(.lost(failure, retry: wait))
    guard state == .waiting else { return }
    timer = driver.schedule(at: MonotonicClock.now().addingOrMax(wait)) { [weak self] in
      guard let self, !isEnded else { return }
      moves = 0
      start()
    }
  }
}
