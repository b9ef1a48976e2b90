internal import MediaIO
internal import MediaModel
internal import MediaRTMP

// Connections, one after the other.

extension PushOutput {
  func attempt(_ url: RTMPURL, _ authentication: RTMPAuthentication) -> RTMPAttempt {
    let attempt = RTMPAttempt(url)
    var client = options.client(url)
    client.authentication = authentication
    client.timeout = options.timeout
    var limits = ConnectionLimits()
    limits.phase = options.timeout
    limits.stall = options.stall
    if !options.isLossless { limits.queue = 256 << 10 }
    let machine = RTMPClient(client, functions: functions, at: MonotonicClock.now())
    let destination = Destination(
      host: url.host, port: url.port, tls: url.scheme == .rtmps ? options.tls : nil)
    attempt.connection = driver.connect(machine, to: destination, limits: limits) {
      [weak self, weak attempt] event in
      guard let self, let attempt else { return }
      take(event, attempt)
    }
    return attempt
  }

  private func take(_ event: ConnectionEvent<RTMPClient>, _ attempt: RTMPAttempt) {
    guard attempt === current || attempt === successor else { return takeLast(event, attempt) }
    switch event {
    case .resolved: break
    case .connected: attempt.opened(at: MonotonicClock.now())
    case .secured: attempt.opened(at: MonotonicClock.now())
    case .machine(let event): take(event, attempt)
    case .writable:
      drain()
      changed()
    case .ended(let ending): ended(attempt, ending)
    }
  }

  /// What a connection says that another has taken over from.
  private func takeLast(_ event: ConnectionEvent<RTMPClient>, _ attempt: RTMPAttempt) {
    if case .machine(.trace(let trace)) = event { tell(self, .trace(trace)) }
    guard case .ended = event else { return }
    attempt.connection = nil
    retired.removeAll { $0 === attempt }
  }

  private func take(_ event: RTMPClientEvent, _ attempt: RTMPAttempt) {
    switch event {
    case .phase(let phase, let time):
      attempt.enter(phase, at: time)
      if phase == .running { published(attempt) }
    case .status(let status): tell(self, .status(status))
    case .deviation(let deviation):
      guard !deviations.contains(where: { $0.code == deviation.code }) else { return }
      deviations.append(deviation)
      tell(self, .deviation(deviation))
    case .authenticate(let authentication): attempt.authentication = authentication
    case .reconnectRequested(let url):
      guard attempt === current, successor == nil, !isFinishing else { return }
      tell(self, .moving(to: url))
      successor = self.attempt(url, RTMPAuthentication(user: url.user, password: url.password))
    case .trace(let trace): tell(self, .trace(trace))
    case .capabilities, .media, .playEnded, .userControl, .acknowledged: break
    }
  }

  private func published(_ attempt: RTMPAttempt) {
    attempt.connection?.isDialogue = false
    // A successor waits for a key picture to begin with.
    guard attempt === current else { return drain() }
    policy.succeeded(at: MonotonicClock.now())
    if hasPublished { counted.reconnects += 1 }
    (state, failure, loss) = (.publishing, nil, nil)
    (hasBegun, hasPublished) = (true, true)
    phases = attempt.phases
    queue.join()
    tell(self, .publishing(attempt.phases))
    drain()
    changed()
  }

  private func ended(_ attempt: RTMPAttempt, _ ending: ConnectionEnding<RTMPClientFailure>) {
    counted.bytes += attempt.connection?.sentByteCount ?? 0
    attempt.connection = nil
    if let authentication = attempt.authentication {
      let next = self.attempt(attempt.url, authentication)
      if attempt === current { current = next } else { successor = next }
      return
    }
    if attempt === successor {
      successor = nil
      let failure = Failure(ending, in: attempt.phase)
      tell(self, .warning("the place that the server named is of no use: \(failure.message)"))
      return
    }
    current = nil
    if state == .finishing, isGood(ending) { return finished() }
    lost(Failure(ending, in: attempt.phase), ending)
  }

  /// Whether a connection that has taken its leave ended well.
  private func isGood(_ ending: ConnectionEnding<RTMPClientFailure>) -> Bool {
    switch ending {
    case .closed, .closedByPeer: true
    case .insecure(let failure): failure.reason == .truncated
    default: false
    }
  }

  private func finished() {
    state = .finished
    stopTimers()
    tell(self, .finished)
    changed()
  }

  private func lost(_ failure: Failure, _ ending: ConnectionEnding<RTMPClientFailure>) {
    queue.leave()
    if isPublished { loss = failure }
    (self.failure, hasBegun) = (failure, true)
    if let next = successor {
      (current, successor, state) = (next, nil, .connecting)
      if next.isPublishing { published(next) }
      return
    }
    let wait =
      ending.isLasting(failure)
      ? nil
      : policy.wait(after: ending.reconnectReason, at: MonotonicClock.now(), using: &random)
    guard let wait else { return give(up: failure) }
    tell(self, .lost(failure, retry: wait))
    state = .waiting
    timer = driver.schedule(at: MonotonicClock.now().addingOrMax(wait)) { [weak self] in
      self?.tryAgain()
    }
    changed()
  }

  private func tryAgain() {
    timer = nil
    guard !isEnded else { return }
    state = .connecting
    start()
  }
}
