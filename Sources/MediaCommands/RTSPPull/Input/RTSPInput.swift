internal import MediaIO
internal import MediaModel
internal import MediaRTP
internal import MediaRTSP

/// One presentation that is played: its connections one after the other, and what came of it.
///
/// It is of its driver's thread.
final class RTSPInput {
  enum State: String {
    /// On its way to the server.
    case connecting
    /// Packets flow.
    case playing
    /// Waits for the next try.
    case waiting
    /// It came to its end.
    case finished
    /// It ended before.
    case failed
  }

  /// How long the server has to answer TEARDOWN.
  static let farewell: Nanoseconds = 500_000_000
  /// How often the server may send us elsewhere; servers may send us in a circle.
  static let mostMoves = 5

  var state = State.connecting
  private(set) var deviations: [Deviation] = []
  /// Why it failed.
  private(set) var failure: Failure?
  var reconnects = 0
  /// Where the dialogue is written, if anywhere.
  var transcript: RTSPTranscript?

  /// Who we are to senders of RTP.
  let ssrc: UInt32
  let cname: String
  let options: RTSPInputOptions
  let driver: Driver
  private let functions: RTSPFunctions
  let choose: (RTSPPresentation) throws -> [Int]
  let tell: (RTSPNews) throws -> Void
  let packet: (RawSpan, RTSPArrival) throws -> Void
  var random: SplitMix64
  var policy: ReconnectPolicy
  var current: RTSPAttempt?
  /// Connections that take leave.
  private var leaving: [RTSPAttempt] = []
  /// How packets may come, what is tried at present first.
  var ways: [RTSPWay]
  /// Whether packets came in datagrams, over any connection: then they will again.
  var hasHeardDatagrams = false
  /// Of the connection that plays, or did last.
  private var lastPhases = RTSPPhases()
  /// Bytes received by connections that have ended, and in datagrams.
  private var pastBytes: Int64 = 0
  var datagramBytes: Int64 = 0

  var hasPlayed = false
  /// What the last connection that played ended with, until there is another.
  var loss: Failure?
  /// The server's word for the end of a live presentation, until packets come again.
  var departure: String?
  /// Runs out between tries, or without packets.
  var timer: Watch?
  /// Runs out where something that may be the end has come.
  var doubt: Watch?
  /// Whether packets came over the present connection, and when the last did.
  var hasMedia = false
  var lastMedia: Nanoseconds = 0
  var moves = 0

  /// Makes one; `choose` says which tracks to set up, and what it throws is the end, `tell` is told what
  /// happens, in order, and `packet` given what comes of RTP and RTCP, from `playing` on.
  init(
    _ options: RTSPInputOptions, _ driver: Driver, functions: RTSPFunctions, seed: UInt64,
    choose: @escaping (RTSPPresentation) throws -> [Int],
    tell: @escaping (RTSPNews) throws -> Void,
    packet: @escaping (RawSpan, RTSPArrival) throws -> Void
  ) {
    (self.options, self.driver, self.functions) = (options, driver, functions)
    (self.choose, self.tell, self.packet) = (choose, tell, packet)
    random = SplitMix64(seed: seed)
    ssrc = .random(in: 1...UInt32.max, using: &random)
    cname = random.canonicalName()
    policy = ReconnectPolicy(limit: options.retries)
    ways = RTSPWay.all(options.transport)
  }

  /// Whether nothing more will happen, but for the leave that is taken.
  var isEnded: Bool { state == .finished || state == .failed }
  /// Bytes received, over all connections.
  var byteCount: Int64 {
    let open = leaving + [current].compactMap(\.self)
    return open.reduce(pastBytes + datagramBytes) {
      $0 + ($1.connection?.receivedByteCount ?? 0)
    }
  }
  /// How long the connection that plays took to get there, or the last one did.
  var phases: RTSPPhases { current?.phases ?? lastPhases }

  // MARK: Beginning and end

  /// Begins the first try.
  func start() { connect(to: options.url) }

  /// Takes leave: whatever is wanted is there.
  func finish() {
    guard !isEnded else { return }
    state = .finished
    end()
  }

  /// Ends with a failure; the server is told so all the same.
  func fail(_ reason: Failure) {
    guard !isEnded else { return }
    (failure, state) = (reason, .failed)
    end()
  }

  private func end() {
    stopTimers()
    if let current { leave(current) }
    driver.stop()
  }

  /// Runs the driver until the server has answered our leave, for half a second or a little more.
  func windUp() throws {
    let limit = MonotonicClock.now().addingOrMax(Self.farewell + 100_000_000)
    while current != nil || !leaving.isEmpty, MonotonicClock.now() < limit {
      switch try driver.run(until: limit) {
      case .signal, .finished: return
      case .limit, .stopped: break
      }
    }
    for attempt in leaving { attempt.connection?.abort() }
  }

  func stopTimers() {
    timer?.cancel()
    doubt?.cancel()
    (timer, doubt) = (nil, nil)
  }

  /// Ends a connection in good form: what follows does not wait for it, unless it has a `next`.
  func leave(_ attempt: RTSPAttempt, to next: RTSPURL? = nil) {
    if attempt === current {
      (lastPhases, current) = (attempt.phases, nil)
      leaving.append(attempt)
    }
    (attempt.isLeaving, attempt.next, attempt.ports) = (true, next, nil)
    if attempt.isOpen {
      attempt.connection?.update { $0.client.finish(at: MonotonicClock.now()) }
    } else {
      attempt.connection?.abort()
    }
  }

  /// Sends a report of ours, by the way that the track's packets come.
  func send(rtcp: [UInt8], track: Int) {
    guard state == .playing, let current else { return }
    if let ports = current.ports, current.transports[track]?.lower == .udp {
      return ports.send(rtcp: rtcp, track: track)
    }
    current.connection?.update { $0.client.send(rtcp, track: track, isRTCP: true) }
  }

  // MARK: Connections

  func connect(to url: RTSPURL) {
    var client = RTSPClientOptions(url)
    client.userAgent = options.userAgent
    client.headers = RTSPHeaders(options.headers)
    client.timeout = options.timeout
    // Packets alone count, wherever they come by: that is looked after here.
    client.silence = nil
    client.finishTimeout = min(options.timeout, Self.farewell)
    client.traces = options.traces || transcript != nil
    transcript?.begin(url)
    let now = MonotonicClock.now()
    let link =
      ways[0] == .http
      ? RTSPLink(tunnelling: client, functions: functions, at: now)
      : RTSPLink(client, functions: functions, at: now)
    connect(link, to: url)
  }

  private func connect(_ link: RTSPLink, to url: RTSPURL) {
    state = .connecting
    let attempt = RTSPAttempt(url)
    current = attempt
    do {
      attempt.connection = driver.connect(link, to: try place(of: url), limits: limits) {
        [weak self, weak attempt] event in
        guard let self, let attempt else { return }
        try take(event, attempt)
      }
    } catch {
      fail(Failure(error))
    }
  }

  private var limits: ConnectionLimits {
    var limits = ConnectionLimits()
    limits.phase = options.timeout
    limits.stall = options.timeout
    limits.closing = 200_000_000
    return limits
  }

  private func place(of url: RTSPURL) throws -> Destination {
    let port = ways[0] == .http ? url.tunnelPort : url.port
    return Destination(host: url.host, port: port, tls: try tls(for: url))
  }

  /// Tells the server something through a tunnel: by a connection of its own, which may be closed and
  /// made again.
  private func post(_ bytes: [UInt8], _ attempt: RTSPAttempt) throws {
    if attempt.post == nil, let machine = attempt.connection?.update({ $0.post() }) {
      attempt.post = driver.connect(machine, to: try place(of: attempt.url), limits: limits) {
        [weak self, weak attempt] event in
        guard let self, let attempt else { return }
        switch event {
        case .machine(let trace): try take(.trace(trace), attempt)
        case .ended(let ending): try postEnded(ending, attempt)
        case .resolved, .connected, .secured, .writable: break
        }
      }
    }
    attempt.post?.update { $0.send(bytes) }
  }

  private func postEnded(
    _ ending: ConnectionEnding<RTSPClientFailure>, _ attempt: RTSPAttempt
  ) throws {
    attempt.post = nil
    guard attempt === current else { return }
    switch ending {
    case .closed, .closedByPeer, .aborted: break
    default:
      leave(attempt)
      try lost(ending, in: .options)
    }
  }

  /// Whoever sends us to TLS need not have been asked by it.
  private func tls(for url: RTSPURL) throws -> TLSContext? {
    guard url.scheme == .rtsps else { return nil }
    if let tls = options.tls { return tls }
    do {
      return try TLSContext()
    } catch {
      throw Failure(.unavailable, "\(error)")
    }
  }

  private func take(_ event: ConnectionEvent<RTSPLink>, _ attempt: RTSPAttempt) throws {
    switch event {
    case .machine(.client(let event)): try take(event, attempt)
    case .machine(.opened): attempt.isOpen = true
    case .machine(.post(let bytes)): try post(bytes, attempt)
    case .connected where attempt.url.scheme == .rtsp, .secured:
      attempt.opened(at: MonotonicClock.now())
      attempt.isOpen = ways[0] != .http
    case .machine(.again): attempt.isToRenew = true
    case .resolved, .connected, .writable: break
    case .ended(let ending): try ended(attempt, ending)
    }
  }

  private func ended(
    _ attempt: RTSPAttempt, _ ending: ConnectionEnding<RTSPClientFailure>
  ) throws {
    pastBytes += attempt.connection?.receivedByteCount ?? 0
    let link = attempt.connection?.machine
    attempt.post?.update { $0.finish() }
    (attempt.connection, attempt.ports) = (nil, nil)
    if case .closedByPeer = ending { transcript?.closed() }
    guard attempt === current else {
      leaving.removeAll { $0 === attempt }
      if let next = attempt.next, !isEnded { connect(to: next) }
      if isEnded { driver.stop() }
      return
    }
    (lastPhases, current) = (attempt.phases, nil)
    if attempt.isToRenew, let renewed = link?.renewed(at: MonotonicClock.now()) {
      return connect(renewed, to: attempt.url)
    }
    try lost(ending, in: attempt.phase)
  }

  private func lost(
    _ ending: ConnectionEnding<RTSPClientFailure>, in phase: RTSPClientPhase?
  ) throws {
    try lost(
      Failure(ending, in: phase, timeout: options.timeout),
      canRetry: !ending.isLasting(hasPlayed: hasPlayed))
  }

  func note(_ deviation: Deviation) throws {
    guard !deviations.contains(where: { $0.code == deviation.code }) else { return }
    deviations.append(deviation)
    transcript?.take(deviation)
    try tell(.deviation(deviation))
  }
}
