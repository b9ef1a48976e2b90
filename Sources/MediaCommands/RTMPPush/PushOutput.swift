internal import MediaIO
internal import MediaModel
internal import MediaRTMP

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
  var state = State.connecting
  var deviations: [Deviation] = []
  /// Of the connection that publishes, or did last.
  var phases = RTMPPhases()
  /// Why the last connection failed.
  var failure: Failure?
  /// What the last connection that was published by ended with, until there is another.
  var loss: Failure?
  /// Whether the first try has ended, well or not.
  var hasBegun = false
  /// Whether it was ever published to.
  var hasPublished = false

  let driver: Driver
  let options: PushOptions
  let functions: RTMPFunctions
  let tell: (PushOutput, PushNews) -> Void
  var random: SplitMix64
  var queue: PushQueue
  var policy: ReconnectPolicy
  var current: RTMPAttempt?
  /// What is to take over from `current` at the next key picture.
  var successor: RTMPAttempt?
  var timer: Watch?
  /// What runs out once everything is read.
  var endTimer: Watch?
  /// Connections that another has taken over from, until they end.
  var retired: [RTMPAttempt] = []
  var isFinishing = false
  var counted = Totals()
  var lateDrops = 0
  var firstTime: Int64?
  var checked: Set<UInt32> = []

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
  /// Whether a server takes what is sent.
  var isPublished: Bool { state == .publishing || state == .finishing }
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

  /// Sends messages, now or as soon as it can.
  func send(_ messages: [PushMessage]) {
    guard !isEnded else { return lateDrops += messages.count(where: \.isFrame) }
    for message in messages { queue.append(message) }
    drain()
  }

  /// Sends what waits, and takes leave; a URL that is not published to has `timeout` to come back.
  func finish() {
    guard !isFinishing, !isEnded else { return }
    isFinishing = true
    drain()
    if !isPublished {
      let deadline = MonotonicClock.now().addingOrMax(options.timeout)
      endTimer = driver.schedule(at: deadline) { [weak self] in
        guard let self, !isPublished else { return }
        give(
          up: failure.map { Failure($0.exit, "\($0.message); the input has ended") }
            ?? Failure(.timedOut, "not published to when the input ended"))
      }
    }
  }

  /// Ends at once.
  func abort() {
    guard !isEnded else { return }
    give(up: failure ?? Failure(.ioError, "ended before everything was sent"))
  }

  /// Ends it, and tells why.
  func give(up reason: Failure) {
    (failure, state) = (reason, .failed)
    queue.close()
    for attempt in [current, successor] { release(attempt) }
    (current, successor) = (nil, nil)
    stopTimers()
    tell(self, .lost(reason, retry: nil))
    changed()
  }

  func stopTimers() {
    timer?.cancel()
    endTimer?.cancel()
    (timer, endTimer) = (nil, nil)
  }

  func release(_ attempt: RTMPAttempt?) {
    guard let connection = attempt?.connection else { return }
    counted.bytes += connection.sentByteCount
    attempt?.connection = nil
    connection.abort()
  }

  /// Lets the run look at it again.
  func changed() { driver.stop() }
}
