import MediaBytes
public import MediaModel
import MediaRTP

/// The server's side of a connection, for one session that plays or records (RFC 2326).
///
/// Each wish of the client's is an event that waits for its answer; what the client has sent behind
/// it is looked at only then. Where packets come from and go to is the user's concern: those on the
/// connection itself pass through `send` and `RTSPServerEvent.packet`.
public struct RTSPServer: Machine {
  /// What it tells.
  public typealias Event = RTSPServerEvent
  /// Why it gives up.
  public typealias Failure = RTSPServerFailure

  /// What the session does (RFC 2326 A.2).
  public enum State: String, Hashable, Sendable {
    /// No session.
    case initial
    /// Tracks are set up.
    case ready
    /// Packets go to the client.
    case playing
    /// Packets come from the client.
    case recording
  }

  let options: RTSPServerOptions
  let functions: RTSPFunctions
  /// What the session does.
  public internal(set) var state = State.initial
  /// The session, while there is one.
  public internal(set) var sessionID: String?
  /// Tracks set up, by what `SETUP` named.
  public internal(set) var tracks: [String: RTSPTransport] = [:]

  var door: RTSPGuard?
  /// The request whose answer is the user's to give.
  var waiting: RTSPRequest?
  var events: [Event] = []
  var isClosed = false
  private var toldEvents = 0
  private var outbox: [UInt8] = []
  private var deframer: InterleavedDeframer
  private var deadline: Nanoseconds?
  private var lastSequenceNumber = 0

  /// Awaits a client.
  public init(
    _ options: RTSPServerOptions = RTSPServerOptions(), functions: RTSPFunctions,
    at now: Nanoseconds
  ) {
    (self.options, self.functions) = (options, functions)
    door = options.access.map { RTSPGuard($0, functions) }
    deframer = InterleavedDeframer(.rtsp, limits: options.limits)
    heard(at: now)
  }

  // MARK: Machine

  /// Takes bytes of the client's.
  public mutating func receive(_ bytes: [UInt8], at now: Nanoseconds) throws(Failure) {
    guard !isClosed else { return }
    heard(at: now)
    deframer.receive(bytes.span)
    try goOn()
  }

  /// Takes the time: a session that was not heard of for too long ends, and then the connection.
  public mutating func tick(at now: Nanoseconds) throws(Failure) {
    guard !isClosed, let deadline, now >= deadline else { return }
    guard sessionID != nil else {
      isClosed = true
      throw .silent
    }
    endSession()
    events.append(.ended(isTimeout: true))
    heard(at: now)
  }

  /// The next thing to do.
  public mutating func nextOutput() -> Output<Event> {
    if !outbox.isEmpty {
      defer { outbox = [] }
      return .send(outbox)
    }
    if toldEvents < events.count {
      toldEvents += 1
      return .event(events[toldEvents - 1])
    }
    events.removeAll(keepingCapacity: true)
    toldEvents = 0
    return isClosed ? .close : .wait(until: deadline)
  }

  /// Takes the news that the client was heard of by another way, as by reports in datagrams.
  public mutating func heard(at now: Nanoseconds) {
    let session = Nanoseconds(min(max(options.sessionTimeout, 1), 86_400)) * 1_000_000_000
    deadline = sessionID == nil ? options.timeout.map { now + $0 } : now + session
  }

  // MARK: Sending

  /// Sends a packet on a channel of the connection (§10.12); none of more than 65,535 bytes.
  public mutating func send(_ packet: [UInt8], on channel: UInt8) {
    guard packet.count <= 0xffff else { return }
    outbox.reserveCapacity(outbox.count + packet.count + 4)
    outbox += [
      UInt8(ascii: "$"), channel, UInt8(packet.count >> 8), UInt8(truncatingIfNeeded: packet.count),
    ]
    outbox += packet
  }

  /// Asks the client for something, such as `ANNOUNCE` or `REDIRECT`; its answer is not told.
  public mutating func ask(
    _ method: RTSPMethod, _ uri: String, body: [UInt8] = [],
    headers: RTSPHeaders = RTSPHeaders()
  ) {
    lastSequenceNumber += 1
    var request = RTSPRequest(method, uri, body: body)
    request.headers.append("CSeq", "\(lastSequenceNumber)")
    if let sessionID { request.headers.append("Session", sessionID) }
    for field in headers.fields { request.headers.append(field.name, field.value) }
    send(request.bytes)
  }

  mutating func send(_ message: [UInt8]) {
    outbox += message
    if options.traces { events.append(.trace(RTSPTrace(message, isOutgoing: true))) }
  }

  // MARK: Within

  mutating func endSession() { (sessionID, state, tracks) = (nil, .initial, [:]) }

  /// Looks at what came until a request wants an answer of our user's.
  mutating func goOn() throws(Failure) {
    while waiting == nil, !isClosed, let event = deframer.next() {
      switch event {
      case .packet(let bytes, let channel, _): events.append(.packet(bytes, channel: channel))
      case .message(let message, _): try receive(message)
      case .skipped(_, .lineEnds), .end: break
      case .skipped(let range, _):
        throw broken("\(range.count) bytes are neither messages nor packets")
      }
    }
  }

  private mutating func receive(_ found: InterleavedMessage) throws(Failure) {
    if options.traces {
      events.append(.trace(RTSPTrace(found.head + found.body, isOutgoing: false)))
    }
    switch Result(catching: { () throws(RTSPError) in try RTSPMessage(found) }) {
    case .success(.request(let request)): receive(request)
    // What we asked is nothing that we wait for.
    case .success(.response): break
    case .failure(let error): throw broken("\(error)")
    }
  }

  private mutating func broken(_ what: String) -> Failure {
    isClosed = true
    return .broken(what)
  }
}
