internal import MediaFLV
internal import MediaIO
internal import MediaModel
internal import MediaRTMP

/// How every URL is published to.
struct PushOptions {
  /// Nanoseconds of silence in any phase.
  var timeout: Nanoseconds = 10_000_000_000
  /// Nanoseconds without a byte accepted.
  var stall: Nanoseconds = 10_000_000_000
  /// Milliseconds of media that may wait for a URL.
  var queue: Int64 = 5000
  /// Whether reading waits for the slowest, instead of dropping.
  var isLossless = false
  /// Tries after a failure; nil for ever.
  var retries: Int? = 0
  /// Whether codecs that the server does not offer are an error.
  var isStrict = false
  /// For `rtmps`.
  var tls: TLSContext?
  /// What clients say, but for the URL.
  var client: (RTMPURL) -> RTMPClientOptions = { RTMPClientOptions($0, .publish()) }
}

/// What happens to an output.
enum PushNews {
  /// The server takes media; how long it took to get there.
  case publishing(PushPhases)
  /// A connection was lost or refused; nanoseconds until the next try, or nil for none.
  case lost(Failure, retry: Nanoseconds?)
  /// The server wants us elsewhere.
  case moving(to: RTMPURL)
  /// Everything was sent, and the server has let go.
  case finished
  /// Something a user should know.
  case warning(String)
  /// The server said something.
  case status(RTMPStatus)
  /// The server does something otherwise than the specification has it.
  case deviation(RTMPDeviation)
  /// A message, where they are asked for.
  case trace(RTMPTrace)
}

/// One URL: its queue, its connections one after the other, and what came of it.
///
/// It is of its driver's thread.
final class PushOutput {
  enum State: String {
    /// On its way to the server.
    case connecting
    /// Media flows.
    case publishing
    /// Waits for the next try.
    case waiting
    /// Everything is sent, and the server is to say that it has it.
    case finishing
    /// It got everything it could.
    case finished
    /// It ended before everything was sent.
    case failed
  }

  /// What was sent.
  struct Totals: Equatable {
    /// Bytes handed to the network, over all connections.
    var bytes: Int64 = 0
    /// Frames handed to the network; those sent again after a lost connection count again.
    var frames = 0
    /// Keyframes among them.
    var keyframes = 0
    /// How often it was published again after a lost connection.
    var reconnects = 0
    /// The time of the last frame from the first, milliseconds.
    var mediaTime: Int64 = 0
  }

  let index: Int
  let url: RTMPURL
  private(set) var state = State.connecting
  private(set) var deviations: [RTMPDeviation] = []
  /// Of the connection that publishes, or did last.
  private(set) var phases = PushPhases()
  /// Why the last connection failed.
  private(set) var failure: Failure?
  /// What the last connection that was published by ended with, until there is another.
  private var loss: Failure?
  /// Whether the first try has ended, well or not.
  private(set) var hasBegun = false
  /// Whether it was ever published to.
  private(set) var hasPublished = false

  private let driver: Driver
  private let options: PushOptions
  private let functions: RTMPFunctions
  private let tell: (PushOutput, PushNews) -> Void
  private var random: SplitMix64
  private var queue: PushQueue
  private var policy: ReconnectPolicy
  private var current: PushAttempt?
  /// What is to take over from `current` at the next key picture.
  private var successor: PushAttempt?
  private var timer: Watch?
  /// What runs out once everything is read.
  private var endTimer: Watch?
  /// Connections that another has taken over from, until they end.
  private var retired: [PushAttempt] = []
  private var isFinishing = false
  private var counted = Totals()
  private var lateDrops = 0
  private var firstTime: Int64?
  private var checked: Set<UInt32> = []

  init(
    _ index: Int, _ url: RTMPURL, _ driver: Driver, _ options: PushOptions,
    _ functions: RTMPFunctions, seed: UInt64, tell: @escaping (PushOutput, PushNews) -> Void
  ) {
    (self.index, self.url, self.driver, self.options) = (index, url, driver, options)
    (self.functions, self.tell) = (functions, tell)
    random = SplitMix64(seed: seed)
    queue = PushQueue(limit: options.queue, isLossless: options.isLossless)
    policy = ReconnectPolicy(limit: options.retries)
  }

  // MARK: What is known

  /// Whether nothing more will happen.
  var isEnded: Bool { state == .finished || state == .failed }
  /// Frames that were never sent.
  var dropped: Int { queue.dropped + lateDrops }
  /// Whether reading should wait for it.
  var isFull: Bool { state == .publishing && queue.isFull }
  /// Milliseconds of media that wait.
  var queuedTime: Int64 { queue.waitingTime }
  /// The kernel's round trip, while connected.
  var roundTrip: Nanoseconds? { current?.connection?.roundTrip }
  /// What was sent so far.
  var totals: Totals {
    var totals = counted
    for attempt in [current, successor] { totals.bytes += attempt?.connection?.sentByteCount ?? 0 }
    return totals
  }
  /// The code that it alone would lead to.
  var exit: ExitCode {
    // That a server did not come back is no other failure than that it went.
    guard state == .finished else { return (loss ?? failure)?.exit ?? .ioError }
    return dropped > 0 ? .ioError : .success
  }

  // MARK: What is to be done

  /// Begins the first try.
  func start() {
    current = attempt(url, RTMPAuthentication(user: url.user, password: url.password))
  }

  /// Sends a message, now or as soon as it can.
  func send(_ message: PushMessage) {
    guard !isEnded else {
      if message.isFrame { lateDrops += 1 }
      return
    }
    queue.append(message)
    drain()
  }

  /// Sends what waits, and takes leave; a URL that is not published to has `timeout` to come back.
  func finish() {
    guard !isFinishing, !isEnded else { return }
    isFinishing = true
    drain()
    if state != .publishing, state != .finishing {
      let deadline = MonotonicClock.now().addingOrMax(options.timeout)
      endTimer = driver.schedule(at: deadline) { [weak self] in
        guard let self, state != .publishing, state != .finishing else { return }
        give(up: failure ?? Failure(.timedOut, "not published to when the input ended"))
      }
    }
  }
  /// Ends at once.
  func abort() {
    guard !isEnded else { return }
    give(up: failure ?? Failure(.ioError, "ended before everything was sent"))
  }

  private func give(up reason: Failure?) {
    failure = reason
    state = .failed
    queue.leave()
    for attempt in [current, successor] { release(attempt) }
    (current, successor) = (nil, nil)
    stopTimers()
    changed()
  }

  private func stopTimers() {
    timer?.cancel()
    endTimer?.cancel()
    (timer, endTimer) = (nil, nil)
  }

  private func release(_ attempt: PushAttempt?) {
    guard let connection = attempt?.connection else { return }
    counted.bytes += connection.sentByteCount
    attempt?.connection = nil
    connection.abort()
  }

  /// Lets the run look at it again.
  private func changed() { driver.stop() }
}

// MARK: - Connections

extension PushOutput {
  private func attempt(_ url: RTMPURL, _ authentication: RTMPAuthentication) -> PushAttempt {
    let attempt = PushAttempt(url)
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

  private func take(_ event: ConnectionEvent<RTMPClient>, _ attempt: PushAttempt) {
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
  private func takeLast(_ event: ConnectionEvent<RTMPClient>, _ attempt: PushAttempt) {
    if case .machine(.trace(let trace)) = event { tell(self, .trace(trace)) }
    guard case .ended = event else { return }
    attempt.connection = nil
    retired.removeAll { $0 === attempt }
  }

  private func take(_ event: RTMPClientEvent, _ attempt: PushAttempt) {
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

  private func published(_ attempt: PushAttempt) {
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

  private func ended(_ attempt: PushAttempt, _ ending: ConnectionEnding<RTMPClientFailure>) {
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
    if state == .publishing || state == .finishing { loss = failure }
    (self.failure, hasBegun) = (failure, true)
    if let next = successor, next.isPublishing {
      (current, successor) = (next, nil)
      return published(next)
    }
    release(successor)
    successor = nil
    let wait =
      isLasting(ending, failure)
      ? nil
      : policy.wait(after: reason(ending), at: MonotonicClock.now(), using: &random)
    tell(self, .lost(failure, retry: wait))
    guard let wait else { return give(up: failure) }
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

  /// Whether trying again would end the same way.
  private func isLasting(
    _ ending: ConnectionEnding<RTMPClientFailure>, _ failure: Failure
  ) -> Bool {
    if failure.exit == .noPermission { return true }
    switch ending {
    case .library: return true
    case .insecure(let failure):
      if case .certificate = failure.reason { return true }
      return false
    default: return false
    }
  }

  private func reason(
    _ ending: ConnectionEnding<RTMPClientFailure>
  ) -> ReconnectPolicy.Reason {
    if case .failed(let failure) = ending, case .refused(let status) = failure.reason,
      status.kind == .nameTaken
    {
      return .nameTaken
    }
    return .other
  }
}

// MARK: - Media

extension PushOutput {
  /// About as much as the kernel takes at once.
  private static let batchByteCount = 64 << 10

  /// Hands the connection what it takes.
  private func drain() {
    while let attempt = current, attempt.isPublishing, let connection = attempt.connection,
      connection.isWritable, !queue.isEmpty
    {
      if successor?.isPublishing == true, queue.isAtStart {
        takeOver()
      } else {
        write(attempt, connection)
      }
    }
    guard isFinishing, queue.isEmpty, state == .publishing, let attempt = current,
      let connection = attempt.connection
    else { return }
    state = .finishing
    release(successor)
    successor = nil
    connection.update { $0.finish(at: MonotonicClock.now()) }
  }

  private func write(_ attempt: PushAttempt, _ connection: Connection<RTMPClient>) {
    var unoffered: PushMessage?
    connection.update { client in
      var byteCount = 0
      while byteCount < Self.batchByteCount, client.canSendMedia {
        if successor != nil, byteCount > 0, queue.isAtStart { return }
        guard let message = queue.next() else { return }
        if let fourCC = message.fourCC, checked.insert(fourCC.rawValue).inserted,
          client.serverCapabilities.offer(fourCC) != .offered
        {
          unoffered = message
        }
        client.send(message.type, timestamp: message.timestamp, message.payload)
        byteCount += message.payload.count
        count(message)
      }
    }
    if let unoffered { complain(unoffered) }
  }

  private func count(_ message: PushMessage) {
    guard message.isFrame else { return }
    counted.frames += 1
    if case .picture(.key) = message.role { counted.keyframes += 1 }
    let first = firstTime ?? message.time
    firstTime = first
    counted.mediaTime = max(counted.mediaTime, message.time - first)
  }

  /// Most servers that know Enhanced RTMP say so, and those that do not drop its media in silence.
  private func complain(_ message: PushMessage) {
    guard let fourCC = message.fourCC else { return }
    let text = "the server did not offer \(fourCC) of Enhanced RTMP"
    guard options.isStrict else {
      return tell(self, .warning("\(text) and may drop it in silence"))
    }
    let failure = Failure(.unavailable, text)
    tell(self, .lost(failure, retry: nil))
    give(up: failure)
  }

  /// Goes on with the successor, from a key picture on.
  private func takeOver() {
    guard let old = current, let next = successor else { return }
    (current, successor) = (next, nil)
    counted.bytes += old.connection?.sentByteCount ?? 0
    old.connection?.update { $0.finish(at: MonotonicClock.now()) }
    retired.append(old)
    phases = next.phases
    counted.reconnects += 1
    queue.handOver()
    tell(self, .publishing(next.phases))
  }
}
