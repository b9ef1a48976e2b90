import MediaBytes
import MediaFLV
public import MediaModel

/// How a server presents itself.
public struct RTMPServerOptions: Sendable {
  /// What we say of Enhanced RTMP; nothing by default is said by `RTMPCapabilities()`.
  public var capabilities = RTMPCapabilities(all: [.forward])
  /// The size of the chunks that we send, 1...0xffffff.
  public var chunkSize = 60_000
  /// After how many bytes the client is to acknowledge.
  public var windowSize: UInt32 = 2_500_000
  /// How long a client may be silent; nil for ever.
  public var timeout: Nanoseconds? = 30_000_000_000
  /// How many message streams one client may have.
  public var maxStreams = 64
  /// How much of what a client sends is believed and held.
  public var limits = RTMPChunkLimits()
  /// Whether each message is told, both ways.
  public var traces = false

  /// Makes the options that suit most clients.
  public init() {}
}

/// The server's side of a connection: takes publishers and players in the dialects of FFmpeg,
/// OBS, librtmp and Flash (Adobe RTMP 1.0).
///
/// Each wish of the client's is an event that waits for `accept` or `reject`; what the client has
/// sent behind it is looked at only then.
public struct RTMPServer: Machine {
  /// What it tells.
  public typealias Event = RTMPServerEvent
  /// Why it gives up.
  public typealias Failure = RTMPServerFailure

  /// What a message stream does.
  enum StreamState: Hashable, Sendable { case idle, publishing, playing }

  /// A wish that waits for its answer.
  enum Wish: Sendable {
    case connect(transactionID: Double)
    case stream(RTMPStreamRequest)
  }

  let options: RTMPServerOptions
  var session: RTMPSession
  var isConnected = false
  var isClosed = false
  var wish: Wish?
  var streams: [UInt32: StreamState] = [:]
  private var lastStreamID: UInt32 = 0
  var events = RTMPEventQueue<Event>()
  private var deadline: Nanoseconds?

  /// Awaits a client.
  public init(
    _ options: RTMPServerOptions = RTMPServerOptions(), functions: RTMPFunctions,
    at now: Nanoseconds
  ) {
    self.options = options
    let handshake = RTMPHandshake.Server(
      digests: RTMPHandshake.Digests(hmac: functions.hmacSHA256), random: functions.randomBytes)
    session = RTMPSession(
      .server(handshake), functions: functions, limits: options.limits, secrets: RTMPSecrets(),
      traces: options.traces)
    deadline = options.timeout.map { now + $0 }
  }

  // MARK: Machine

  /// Takes bytes of the client's.
  public mutating func receive(_ bytes: [UInt8], at now: Nanoseconds) throws(Failure) {
    guard !isClosed else { return }
    deadline = options.timeout.map { now + $0 }
    try broken { (session) throws(RTMPError) in try session.receive(bytes) }
    try goOn()
  }

  /// Takes the time: a client that is silent for too long is given up.
  public mutating func tick(at now: Nanoseconds) throws(Failure) {
    guard !isClosed, let deadline, now >= deadline else { return }
    isClosed = true
    throw .silent
  }

  /// What is to be sent next: payloads from where they lie.
  public mutating func nextPieces() -> [ArraySlice<UInt8>] { session.outbox.takePieces() }

  /// The next thing to do.
  public mutating func nextOutput() -> Output<Event> {
    takeNotes()
    if let bytes = session.takeOutput() { return .send(bytes) }
    if let event = events.next() { return .event(event) }
    return isClosed ? .close : .wait(until: deadline)
  }

  /// Ends the connection once all is sent.
  public mutating func close() { isClosed = true }

  // MARK: Answers

  /// Says yes to the wish of the last event.
  ///
  /// - Throws: `Failure` for what the client had sent behind it.
  public mutating func accept() throws(Failure) {
    guard let wish else { return }
    self.wish = nil
    switch wish {
    case .connect(let id): acceptConnect(id)
    case .stream(let request): accept(request)
    }
    try goOn()
  }

  /// Says no to the wish of the last event; after a refused `connect` the connection ends.
  ///
  /// - Throws: `Failure` for what the client had sent behind it.
  public mutating func reject(_ status: RTMPStatus) throws(Failure) {
    guard let wish else { return }
    self.wish = nil
    switch wish {
    case .connect(let id):
      session.send(RTMPCommand(.error, transactionID: id, [.null, status.value]))
      isClosed = true
    case .stream(let request): send(status, on: request.streamID)
    }
    try goOn()
  }

  /// Sends a status of a stream, or with 0 of the connection (§7.2.2).
  public mutating func send(_ status: RTMPStatus, on streamID: UInt32) {
    session.send(RTMPCommand(.onStatus, [.null, status.value]), on: streamID)
  }

  /// Asks the client to connect elsewhere, or to the same place again (Enhanced RTMP v2).
  public mutating func requestReconnect(tcURL: String?, description: String = "") {
    var status = RTMPStatus(
      code: "NetConnection.Connect.ReconnectRequest", description: description)
    status.reconnectReference = tcURL
    send(status, on: 0)
  }

  // MARK: Within

  /// Looks at messages until one wants an answer of our user's.
  private mutating func goOn() throws(Failure) {
    while wish == nil, !isClosed,
      let message = try broken({ (session) throws(RTMPError) in try session.next() })
    {
      takeNotes()
      receive(message)
    }
    takeNotes()
  }

  private mutating func broken<Answer>(
    _ body: (inout RTMPSession) throws(RTMPError) -> Answer
  ) throws(Failure) -> Answer {
    do throws(RTMPError) {
      return try body(&session)
    } catch {
      isClosed = true
      throw .broken(error)
    }
  }

  private mutating func takeNotes() {
    for note in session.takeNotes() { events.tell(note) }
  }

  /// A message stream that is not in use; nil where there are too many.
  mutating func newStream() -> UInt32? {
    guard streams.count < options.maxStreams else { return nil }
    // Clients also use streams that they never asked for.
    repeat { lastStreamID &+= 1 } while lastStreamID == 0 || streams[lastStreamID] != nil
    streams[lastStreamID] = .idle
    return lastStreamID
  }
}
