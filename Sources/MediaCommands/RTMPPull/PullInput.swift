internal import MediaIO
internal import MediaModel
internal import MediaRTMP

/// How a URL is played.
struct PullOptions {
  /// Nanoseconds of silence in any phase, and without media while it plays.
  var timeout: Nanoseconds = 10_000_000_000
  /// Tries after a failure; nil for ever.
  var retries: Int? = 0
  /// For `rtmps`.
  var tls: TLSContext?
  /// What clients say, but for the URL.
  var client: (RTMPURL) -> RTMPClientOptions = { RTMPClientOptions($0, .play()) }
}

/// What happens to an input.
enum PullNews {
  /// The server plays; how long it took to get there.
  case playing(RTMPPhases)
  /// Media has come.
  case media(RTMPMessage)
  /// A connection was lost or refused; nanoseconds until the next try, or nil for none.
  case lost(Failure, retry: Nanoseconds?)
  /// The server wants us elsewhere.
  case moving(to: RTMPURL)
  /// Playing has come to its end by the server's word; nil where that was Stream EOF.
  case ended(RTMPStatus?)
  /// The publisher of a live stream has left, and may come back.
  case left
  /// The server said something.
  case status(RTMPStatus)
  /// The server does something otherwise than the specification has it.
  case deviation(Deviation)
  /// A message, where they are asked for.
  case trace(RTMPTrace)
}

/// One URL that is played: its connections one after the other, and what came of it.
///
/// It is of its driver's thread.
final class PullInput {
  enum State: String {
    /// On its way to the server.
    case connecting
    /// Media flows.
    case playing
    /// Waits for the next try.
    case waiting
    /// It came to its end.
    case finished
    /// It ended before.
    case failed
  }

  /// That a publisher has left.
  private struct Departure {
    /// nil where Stream EOF said so.
    var status: RTMPStatus?
  }

  let url: RTMPURL
  private(set) var state = State.connecting
  private(set) var deviations: [Deviation] = []
  /// Of the connection that plays, or did last.
  private(set) var phases = RTMPPhases()
  /// Why it failed.
  private(set) var failure: Failure?
  private(set) var reconnects = 0
  /// Bytes received by connections that have ended.
  private var pastBytes: Int64 = 0

  private let driver: Driver
  private let options: PullOptions
  private let functions: RTMPFunctions
  private let tell: (PullNews) throws -> Void
  private var random: SplitMix64
  private var policy: ReconnectPolicy
  private var current: RTMPAttempt?
  private var hasPlayed = false
  /// What the last connection that played ended with, until there is another.
  private var loss: Failure?
  /// The server's word for the end of a live stream, until media comes again.
  private var departure: Departure?
  /// Whether media came over the present connection.
  private var hasMedia = false
  /// Runs out between tries, or without media.
  private var timer: Watch?
  private var lastMedia: Nanoseconds = 0
  /// How often the server sent us elsewhere since media came last; servers may send us in a circle.
  private var moves = 0
  private static let mostMoves = 5
  /// Where the server wants us, until the present connection has ended.
  private var destination: RTMPURL?

  init(
    _ url: RTMPURL, _ driver: Driver, _ options: PullOptions, _ functions: RTMPFunctions,
    seed: UInt64, tell: @escaping (PullNews) throws -> Void
  ) {
    (self.url, self.driver, self.options) = (url, driver, options)
    (self.functions, self.tell) = (functions, tell)
    random = SplitMix64(seed: seed)
    policy = ReconnectPolicy(limit: options.retries)
  }

  /// Whether nothing more will happen.
  var isEnded: Bool { state == .finished || state == .failed }
  /// Bytes received, over all connections.
  var byteCount: Int64 { pastBytes + (current?.connection?.receivedByteCount ?? 0) }

  /// Begins the first try.
  func start() { connect(to: url, RTMPAuthentication(user: url.user, password: url.password)) }

  /// Takes leave: whatever is wanted is there.
  func finish() {
    guard !isEnded else { return }
    state = .finished
    leave()
  }

  /// Ends with a failure of ours.
  func fail(_ reason: Failure) {
    guard !isEnded else { return }
    (failure, state) = (reason, .failed)
    leave()
  }

  private func leave() {
    timer?.cancel()
    timer = nil
    if state == .finished {
      current?.connection?.update { $0.finish(at: MonotonicClock.now()) }
    } else {
      current?.connection?.abort()
    }
    driver.stop()
  }

  // MARK: Connections

  private func connect(to url: RTMPURL, _ authentication: RTMPAuthentication) {
    state = .connecting
    let attempt = RTMPAttempt(url)
    var client = options.client(url)
    client.authentication = authentication
    client.timeout = options.timeout
    var limits = ConnectionLimits()
    limits.phase = options.timeout
    let machine = RTMPClient(client, functions: functions, at: MonotonicClock.now())
    let place = Destination(
      host: url.host, port: url.port, tls: url.scheme == .rtmps ? options.tls : nil)
    current = attempt
    attempt.connection = driver.connect(machine, to: place, limits: limits) {
      [weak self, weak attempt] event in
      guard let self, let attempt else { return }
      try take(event, attempt)
    }
  }

  private func take(_ event: ConnectionEvent<RTMPClient>, _ attempt: RTMPAttempt) throws {
    switch event {
    case .resolved, .writable: break
    case .connected, .secured: attempt.opened(at: MonotonicClock.now())
    case .machine(let event): try take(event, attempt)
    case .ended(let ending): try ended(attempt, ending)
    }
  }

  private func take(_ event: RTMPClientEvent, _ attempt: RTMPAttempt) throws {
    switch event {
    case .phase(let phase, let time):
      attempt.enter(phase, at: time)
      if phase == .running { try playing(attempt) }
    case .media(let message):
      guard state == .playing else { return }
      (lastMedia, moves, departure) = (MonotonicClock.now(), 0, nil)
      // Servers play what nobody publishes: that alone ends no outage.
      if !hasMedia { policy.succeeded(at: lastMedia) }
      hasMedia = true
      try tell(.media(message))
    case .playEnded(let status):
      guard !isEnded else { return }
      if options.retries != 0, status.isDeparture { return try left(status) }
      try ended(status)
    case .status(let status): try tell(.status(status))
    case .deviation(let deviation):
      guard !deviations.contains(where: { $0.code == deviation.code }) else { return }
      deviations.append(deviation)
      try tell(.deviation(deviation))
    case .authenticate(let authentication): attempt.authentication = authentication
    case .reconnectRequested(let url):
      guard !isEnded, destination == nil, moves < Self.mostMoves else { return }
      moves += 1
      destination = url
      try tell(.moving(to: url))
      attempt.connection?.update { $0.finish(at: MonotonicClock.now()) }
    case .trace(let trace): try tell(.trace(trace))
    case .capabilities, .userControl, .acknowledged: break
    }
  }

  /// Waits for a publisher, who may have lost a connection as we may.
  ///
  /// The end of a recording, which some servers begin with Stream EOF, says so right behind it.
  private func left(_ status: RTMPStatus?) throws {
    guard departure == nil else { return }
    departure = Departure(status: status)
    lastMedia = MonotonicClock.now()
    try tell(.left)
  }

  private func ended(_ status: RTMPStatus?) throws {
    try tell(.ended(status))
    finish()
  }

  private func playing(_ attempt: RTMPAttempt) throws {
    guard !isEnded else { return }
    attempt.connection?.isDialogue = false
    hasMedia = false
    if hasPlayed { reconnects += 1 }
    (state, loss, hasPlayed) = (.playing, nil, true)
    (phases, lastMedia) = (attempt.phases, MonotonicClock.now())
    watchForSilence()
    try tell(.playing(attempt.phases))
  }

  /// Whatever else a server says, without media it is silent.
  private func watchForSilence() {
    timer = driver.schedule(at: lastMedia.addingOrMax(options.timeout)) { [weak self] in
      guard let self, state == .playing else { return }
      if MonotonicClock.now() < lastMedia.addingOrMax(options.timeout) {
        return watchForSilence()
      }
      let attempt = current
      current = nil
      pastBytes += attempt?.connection?.receivedByteCount ?? 0
      attempt?.connection?.abort()
      try lost(silence, after: .other)
    }
  }

  private var silence: Failure {
    Failure(.timedOut, "no media came for \(Quantity.seconds(Double(options.timeout) / 1e9))")
  }

  private func ended(
    _ attempt: RTMPAttempt, _ ending: ConnectionEnding<RTMPClientFailure>
  ) throws {
    guard attempt === current else { return attempt.connection = nil }
    pastBytes += attempt.connection?.receivedByteCount ?? 0
    (attempt.connection, current) = (nil, nil)
    if isEnded { return driver.stop() }
    if let authentication = attempt.authentication {
      return connect(to: attempt.url, authentication)
    }
    if let next = destination.take() {
      return connect(to: next, RTMPAuthentication(user: url.user, password: url.password))
    }
    var failure = Failure(ending, in: attempt.phase, call: "play")
    if state == .playing, failure.exit == .timedOut, case .failed = ending { failure = silence }
    try lost(failure, after: ending.isLasting(failure) ? nil : ending.reconnectReason)
  }

  /// Tries again unless that would end the same way.
  private func lost(_ failure: Failure, after reason: ReconnectPolicy.Reason?) throws {
    if state == .playing { loss = failure }
    timer?.cancel()
    timer = nil
    let wait = reason.flatMap {
      policy.wait(after: $0, at: MonotonicClock.now(), using: &random)
    }
    state = .waiting
    if wait != nil || departure == nil { try tell(.lost(failure, retry: wait)) }
    // That a server did not come back is no other failure than that it went.
    guard let wait else {
      if let departure { return try ended(departure.status) }
      return fail(loss ?? failure)
    }
    timer = driver.schedule(at: MonotonicClock.now().addingOrMax(wait)) { [weak self] in
      guard let self, !isEnded else { return }
      start()
    }
  }
}

extension RTMPStatus? {
  /// Whether it tells that a publisher has left rather than that a recording is over.
  fileprivate var isDeparture: Bool {
    self.map { $0.code == "NetStream.Play.UnpublishNotify" } ?? true
  }
}
