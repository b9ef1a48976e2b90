import MediaBytes
import MediaFLV
public import MediaModel

/// The client's side of a connection that publishes or plays one stream (Adobe RTMP 1.0).
///
/// It begins to speak at once. Answers may come in any order, late, on odd streams or not at all
/// where they are not needed; whatever a server does otherwise than the specification has it is
/// told once as a deviation. One client is one connection: to try again, make another.
public struct RTMPClient: Machine {
  /// What it tells.
  public typealias Event = RTMPClientEvent
  /// Why it gives up.
  public typealias Failure = RTMPClientFailure

  /// A call that waits for its answer.
  struct Call: Sendable {
    var transactionID: Double
    var name: RTMPCommandName
  }

  let options: RTMPClientOptions
  var session: RTMPSession
  /// How far it is.
  public internal(set) var phase = RTMPClientPhase.handshake
  /// What the server said of Enhanced RTMP in its answer to `connect`.
  public internal(set) var serverCapabilities = RTMPCapabilities()
  /// The message stream; nil until the server has given one.
  var streamID: UInt32?
  var calls: [Call] = []
  private var lastTransactionID = 0.0
  var events = RTMPEventQueue<Event>()
  /// When the present phase ends for want of an answer; nil for never.
  var deadline: Nanoseconds?
  /// What the deadline is for: the lack of a status that came in another form.
  var isStatusOverdue = false

  /// Begins a connection.
  ///
  /// - Parameters:
  ///   - options: what it is for.
  ///   - functions: hashes and randomness.
  ///   - now: the present time.
  public init(
    _ options: RTMPClientOptions, functions: RTMPFunctions, at now: Nanoseconds
  ) {
    self.options = options
    var secrets = RTMPSecrets(options.url)
    if let query = options.authentication.query { secrets.add(query) }
    let digests = RTMPHandshake.Digests(hmac: functions.hmacSHA256)
    let handshake = RTMPHandshake.Client(
      digests: options.usesDigests ? digests : nil, random: functions.randomBytes)
    session = RTMPSession(
      .client(handshake), functions: functions, limits: options.limits, secrets: secrets,
      traces: options.traces)
    enter(.handshake, at: now)
  }

  // MARK: Machine

  /// Takes bytes of the server's.
  public mutating func receive(_ bytes: [UInt8], at now: Nanoseconds) throws(Failure) {
    guard phase != .finished else { return }
    if phase == .running, !options.purpose.isPublishing { deadline = now + options.timeout }
    do throws(Failure) {
      try broken { (session) throws(RTMPError) in try session.receive(bytes) }
      takeNotes()
      if phase == .handshake, session.isHandshakeDone { connect(at: now) }
      while phase != .finished,
        let message = try broken({ (session) throws(RTMPError) in try session.next() })
      {
        takeNotes()
        try receive(message, at: now)
      }
      takeNotes()
    } catch {
      takeNotes()
      throw fail(error)
    }
  }

  /// Takes the time: phases that wait too long fail.
  public mutating func tick(at now: Nanoseconds) throws(Failure) {
    guard let limit = deadline, now >= limit else { return }
    switch phase {
    case .finishing: enter(.finished, at: now)
    case .start where isStatusOverdue: run(at: now)
    case .finished: break
    case .handshake, .connect, .createStream, .start, .running:
      throw fail(Failure(.silent, in: phase))
    }
  }

  /// What is to be sent next: payloads from where they lie.
  public mutating func nextPieces() -> [ArraySlice<UInt8>] { session.outbox.takePieces() }

  /// The next thing to do.
  public mutating func nextOutput() -> Output<Event> {
    takeNotes()
    if let bytes = session.takeOutput() { return .send(bytes) }
    if let event = events.next() { return .event(event) }
    return phase == .finished ? .close : .wait(until: deadline)
  }

  /// Takes the news that the server has closed the connection.
  ///
  /// - Throws: `Failure`, unless the work was done.
  public mutating func peerClosed(at now: Nanoseconds) throws(Failure) {
    switch phase {
    case .finished: break
    case .finishing: enter(.finished, at: now)
    case .handshake, .connect, .createStream, .start, .running:
      throw fail(Failure(.closed, in: phase))
    }
  }

  // MARK: Phases

  /// Begins a phase; the deadline is that of an answer.
  mutating func enter(_ phase: RTMPClientPhase, at now: Nanoseconds) {
    self.phase = phase
    events.append(.phase(phase, at: now))
    switch phase {
    case .handshake, .connect, .createStream, .start: deadline = now + options.timeout
    case .running: deadline = options.purpose.isPublishing ? nil : now + options.timeout
    case .finishing: deadline = now + options.finishTimeout
    case .finished: deadline = nil
    }
  }

  /// Ends all; what is to be sent and told remains so.
  private mutating func fail(_ failure: Failure) -> Failure {
    (phase, deadline) = (.finished, nil)
    return failure
  }

  /// Uses the session, and blames the server for what it finds.
  private mutating func broken<Answer>(
    _ body: (inout RTMPSession) throws(RTMPError) -> Answer
  ) throws(Failure) -> Answer {
    do throws(RTMPError) {
      return try body(&session)
    } catch {
      throw Failure(.broken(error), in: phase)
    }
  }

  // MARK: Calls

  /// Calls a command that has an answer, with the next number.
  mutating func call(
    _ name: RTMPCommandName, _ values: [AMFValue], on streamID: UInt32 = 0
  ) {
    lastTransactionID += 1
    calls.append(Call(transactionID: lastTransactionID, name: name))
    session.send(RTMPCommand(name, transactionID: lastTransactionID, values), on: streamID)
  }

  private mutating func takeNotes() {
    for note in session.takeNotes() {
      events.tell(note)
      if case .userControl(.streamEOF(let id)) = note, id == streamID, phase == .running,
        !options.purpose.isPublishing
      {
        events.append(.playEnded(nil))
      }
    }
  }
}
