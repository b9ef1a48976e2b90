import MediaBytes
public import MediaModel
import MediaRTP

/// The client's side of a connection that plays one presentation (RFC 2326).
///
/// It asks what there is at once, and then waits for its user: `setUp`, `play`, and in the end
/// `finish`. Whatever a server does otherwise than the specification has it is told once as a
/// deviation. One client is one connection: to try again, make another.
public struct RTSPClient: Machine {
  /// What it tells.
  public typealias Event = RTSPClientEvent
  /// Why it gives up.
  public typealias Failure = RTSPClientFailure

  let options: RTSPClientOptions
  /// How far it is.
  public internal(set) var phase = RTSPClientPhase.options
  /// What there is, once that is known.
  public internal(set) var presentation: RTSPPresentation?
  /// The session, while there is one.
  public internal(set) var sessionID: RTSPSessionID?
  /// What the server says it can do; empty where it does not say.
  public internal(set) var methods: Set<RTSPMethod> = []

  var authentication: RTSPAuthentication
  /// What was asked and not answered yet, the oldest first.
  var pending: [Question] = []
  var lastSequenceNumber = 0
  /// What is still to be set up, in order.
  var plans: [RTSPTrackPlan] = []
  var channels = RTSPChannels()
  var tracks: Set<Int> = []
  var playRequest = RTSPPlayRequest()
  /// Where tracks begin, by the answers to `PLAY` so far.
  var starts: [Int: RTSPStreamInfo] = [:]
  var keepAlive = RTSPKeepAlive()
  /// When the present phase ends for want of an answer, or playing for want of packets.
  var deadline: Nanoseconds?

  private var deframer: InterleavedDeframer
  /// Whether the connection is there, which takes its own time.
  private var isOpen = false
  private var opening = Opening()
  private var junkByteCount = 0
  var outbox: [UInt8] = []
  var events: [Event] = []
  private var toldEvents = 0
  private var seenDeviations: Set<Deviation.Code> = []

  /// A request that waits for its answer.
  struct Question: Sendable {
    var request: RTSPRequest
    var sequenceNumber: Int
    var wasAnswered: Bool
    /// The track that it is about, where it is about one.
    var track: Int?
    /// Whether nothing depends on its answer.
    var isKeepAlive = false
  }

  /// Begins a connection.
  ///
  /// - Parameters:
  ///   - options: where and how.
  ///   - functions: hashes and randomness.
  ///   - now: the present time.
  public init(
    _ options: RTSPClientOptions, functions: RTSPFunctions, at now: Nanoseconds
  ) {
    self.options = options
    let url = options.url
    authentication = RTSPAuthentication(
      user: url.user, password: url.password, functions: functions)
    deframer = InterleavedDeframer(.rtsp, limits: options.limits)
    ask(RTSPRequest(.options, url.requestURI))
    enter(.options, at: now)
  }

  // MARK: Machine

  /// Takes bytes of the server's.
  public mutating func receive(_ bytes: [UInt8], at now: Nanoseconds) throws(Failure) {
    guard phase != .finished else { return }
    isOpen = true
    do throws(Failure) {
      try look(at: bytes)
      deframer.receive(bytes.span)
      while phase != .finished, let event = deframer.next() { try take(event, at: now) }
    } catch {
      throw fail(error)
    }
  }

  /// Takes the time: phases that wait too long fail, and sessions are kept alive.
  public mutating func tick(at now: Nanoseconds) throws(Failure) {
    if !isOpen, phase == .options { deadline = now + options.timeout }
    isOpen = true
    if let due = keepAlive.due, now >= due { sendSignOfLife(at: now) }
    guard let limit = deadline, now >= limit else { return }
    guard phase != .finishing else { return enter(.finished, at: now) }
    throw fail(Failure(.silent, in: phase))
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
    guard phase != .finished else { return .close }
    return .wait(until: [deadline, keepAlive.due].compactMap(\.self).min())
  }

  /// Takes the news that the server has closed the connection.
  ///
  /// - Throws: `Failure`, unless the work was done.
  public mutating func peerClosed(at now: Nanoseconds) throws(Failure) {
    switch phase {
    case .finished: break
    case .finishing: enter(.finished, at: now)
    default: throw fail(Failure(.closed, in: phase))
    }
  }

  /// Takes the news that packets of the presentation have come by another way.
  public mutating func heard(at now: Nanoseconds) {
    if phase == .playing { deadline = options.silence.map { now + $0 } }
  }

  // MARK: Phases

  mutating func enter(_ phase: RTSPClientPhase, at now: Nanoseconds) {
    self.phase = phase
    events.append(.phase(phase, at: now))
    deadline =
      switch phase {
      case .options, .describe, .setup, .play, .paused: now + options.timeout
      case .described, .ready, .finished: nil
      case .playing: options.silence.map { now + $0 }
      case .finishing: now + options.finishTimeout
      }
    if phase == .finished { keepAlive.due = nil }
  }

  /// Ends all, the session first; what is to be sent and told remains so.
  private mutating func fail(_ failure: Failure) -> Failure {
    // Some servers take no other client until a session has run out.
    if sessionID != nil, let presentation, phase != .finishing {
      ask(RTSPRequest(.teardown, presentation.controlURI))
    }
    (phase, deadline, keepAlive.due) = (.finished, nil, nil)
    return failure
  }

  func broken(_ what: String) -> Failure { Failure(.broken(what), in: phase) }

  /// Tells of something odd, the first time that it happens.
  mutating func deviate(_ code: Deviation.Code, seen: String, action: String) {
    guard seenDeviations.insert(code).inserted else { return }
    events.append(.deviation(Deviation(code, seen: seen, action: action)))
  }

  // MARK: Input

  /// What a server of something else begins with is seen at once, not after many bytes of it.
  private struct Opening: Sendable {
    private static let beginnings = ["RTSP/", "HTTP/", "$", "\r", "\n"].map { Array($0.utf8) }
    private var bytes: [UInt8] = []
    private var isDone = false

    /// Gives what was seen instead of an answer.
    mutating func look(at new: [UInt8]) -> [UInt8]? {
      guard !isDone else { return nil }
      bytes += new.prefix(5 - bytes.count)
      for beginning in Self.beginnings where beginning.starts(with: bytes.prefix(beginning.count)) {
        isDone = bytes.count >= beginning.count
        return nil
      }
      return bytes
    }
  }

  private mutating func look(at bytes: [UInt8]) throws(Failure) {
    guard let seen = opening.look(at: bytes) else { return }
    let text = String(decoding: seen, as: UTF8.self).printable
    throw broken("the server does not speak RTSP: it begins with '\(text)'")
  }

  private mutating func take(
    _ event: InterleavedDeframer.Event, at now: Nanoseconds
  ) throws(Failure) {
    switch event {
    case .packet(let bytes, let channel, _):
      junkByteCount = 0
      receive(bytes, on: channel, at: now)
    case .message(let message, _):
      junkByteCount = 0
      try receive(message, at: now)
    case .skipped(_, .lineEnds), .end: break
    case .skipped(let range, _):
      junkByteCount += range.count
      guard junkByteCount <= options.maxJunkByteCount else {
        let limits = options.limits
        throw broken(
          "\(junkByteCount) bytes are neither packets nor messages within the limits "
            + "(head \(limits.maxHeadByteCount), body \(limits.maxBodyByteCount) bytes)")
      }
      deviate(
        .rtspJunk, seen: "\(range.count) bytes between messages and packets",
        action: "passed over them")
    }
  }

  private mutating func receive(
    _ found: InterleavedMessage, at now: Nanoseconds
  ) throws(Failure) {
    trace(found)
    switch Result(catching: { () throws(RTSPError) in try RTSPMessage(found) }) {
    case .success(.response(let response)): try receive(response, at: now)
    case .success(.request(let request)): receive(request, at: now)
    case .failure(let error): throw broken("\(error)")
    }
  }
}

// MARK: - Traces

extension RTSPClient {
  private mutating func trace(_ message: InterleavedMessage) {
    guard options.traces else { return }
    events.append(.trace(RTSPTrace(message.head + message.body, isOutgoing: false)))
  }

  mutating func trace(_ request: [UInt8]) {
    guard options.traces else { return }
    events.append(.trace(RTSPTrace(request, isOutgoing: true)))
  }
}
