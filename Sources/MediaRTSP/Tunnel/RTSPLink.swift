import MediaBytes
public import MediaModel
import MediaRTP

/// A client and its way to the server: a connection of its own, or a tunnel through HTTP.
///
/// Straight, it is the client and no more. Through a tunnel it is the connection that hears the server
/// (GET); what the client says is told as `post`, for a second connection to the same port, which
/// `post()` makes the machine of once `opened` is told.
public struct RTSPLink: Machine {
  /// What it tells.
  public enum Event: Hashable, Sendable {
    /// The client's news.
    case client(RTSPClientEvent)
    /// The tunnel is open for what comes from the server; the second connection is due.
    case opened
    /// What the client says through a tunnel, for `RTSPTunnelPost.send`.
    case post([UInt8])
    /// The server has asked who we are: the link ends, and `renewed` is to take its place over another
    /// connection.
    case again
  }

  /// Why it gives up.
  public typealias Failure = RTSPClientFailure

  private enum Stage: Sendable {
    case straight
    /// A tunnel whose GET is not answered yet.
    case asking(RTSPTunnelAnswer, isAuthorized: Bool, until: Nanoseconds)
    /// One that is open.
    case open
    /// One that is over, to be renewed or for good.
    case over(isToRenew: Bool)
  }

  /// The client; one in a tunnel begins anew when that is open.
  public var client: RTSPClient
  private var stage = Stage.straight
  private var tunnel: RTSPTunnel?
  private var outbox: [UInt8] = []
  private var events: [Event] = []

  /// A client with a connection of its own.
  public init(
    _ options: RTSPClientOptions, functions: RTSPFunctions, at now: Nanoseconds
  ) {
    client = RTSPClient(options, functions: functions, at: now)
  }

  /// A client in a tunnel: connect to `tunnelPort` of the URL.
  public init(
    tunnelling options: RTSPClientOptions, functions: RTSPFunctions, at now: Nanoseconds
  ) {
    self.init(RTSPTunnel(options, functions: functions), at: now)
  }

  private init(_ tunnel: RTSPTunnel, at now: Nanoseconds) {
    var tunnel = tunnel
    self.init(tunnel.options, functions: tunnel.functions, at: now)
    let head = tunnel.head(.httpGet)
    stage = .asking(
      RTSPTunnelAnswer(), isAuthorized: head.isAuthorized, until: now + tunnel.options.timeout)
    outbox = head.bytes
    self.tunnel = tunnel
    tell(tunnel.trace(head.bytes, isOutgoing: true))
  }

  /// The machine of the connection that the server is told by; nil without a tunnel that is open.
  ///
  /// Should the server close that connection, another one may take its place.
  public mutating func post() -> RTSPTunnelPost? {
    guard case .open = stage, var tunnel else { return nil }
    let post = RTSPTunnelPost(&tunnel)
    self.tunnel = tunnel
    return post
  }

  /// What takes this link's place after `again`; nil otherwise.
  public func renewed(at now: Nanoseconds) -> RTSPLink? {
    guard case .over(isToRenew: true) = stage, let tunnel else { return nil }
    return RTSPLink(tunnel, at: now)
  }

  private mutating func tell(_ trace: RTSPTrace?) {
    if let trace { events.append(.client(.trace(trace))) }
  }

  // MARK: Machine

  /// Takes bytes of the server's.
  public mutating func receive(_ bytes: [UInt8], at now: Nanoseconds) throws(Failure) {
    switch stage {
    case .straight, .open: try client.receive(bytes, at: now)
    case .over: break
    case .asking(var answer, let isAuthorized, let deadline):
      let limit = client.options.limits.maxHeadByteCount
      guard let found = try answer.receive(bytes, limit: limit) else {
        stage = .asking(answer, isAuthorized: isAuthorized, until: deadline)
        return
      }
      try take(found, isAuthorized: isAuthorized, at: now)
    }
  }

  private mutating func take(
    _ answer: RTSPTunnelAnswer.Answer, isAuthorized: Bool, at now: Nanoseconds
  ) throws(Failure) {
    stage = .over(isToRenew: false)
    tell(tunnel?.trace(answer.head, isOutgoing: false))
    let status = answer.response.status
    if status.isUnauthorized {
      switch tunnel?.challenged(answer.response, wasAnswered: isAuthorized) {
      case .refused(let refusal)?: throw Failure(.unauthorized(refusal), in: .options)
      case .retry?, nil:
        stage = .over(isToRenew: true)
        return events.append(.again)
      }
    }
    guard status.isSuccess else { throw Failure(.refused(.httpGet, status), in: .options) }
    if isAuthorized { tunnel?.succeeded() }
    stage = .open
    events.append(.opened)
    // Its time begins now, as it does with the first tick.
    if let tunnel { client = RTSPClient(tunnel.options, functions: tunnel.functions, at: now) }
    try client.tick(at: now)
    if !answer.rest.isEmpty { try client.receive(answer.rest, at: now) }
  }

  /// Takes the time.
  public mutating func tick(at now: Nanoseconds) throws(Failure) {
    switch stage {
    case .straight, .open: try client.tick(at: now)
    case .over: break
    case .asking(_, _, let deadline):
      guard now >= deadline else { return }
      stage = .over(isToRenew: false)
      throw Failure(.silent, in: .options)
    }
  }

  /// The next thing to do.
  public mutating func nextOutput() -> Output<Event> {
    if !outbox.isEmpty {
      defer { outbox = [] }
      return .send(outbox)
    }
    if !events.isEmpty { return .event(events.removeFirst()) }
    switch stage {
    case .asking(_, _, let deadline): return .wait(until: deadline)
    case .over: return .close
    case .straight, .open: break
    }
    switch client.nextOutput() {
    case .send(let bytes):
      if case .open = stage { return .event(.post(bytes)) }
      return .send(bytes)
    case .event(let event): return .event(.client(event))
    case .wait(let deadline): return .wait(until: deadline)
    case .close: return .close
    }
  }

  /// The client's, which has its connection to itself.
  public mutating func nextPieces() -> [ArraySlice<UInt8>] {
    guard case .straight = stage else { return [] }
    return client.nextPieces()
  }

  /// Takes the news that the server has closed the connection.
  ///
  /// - Throws: `Failure`, unless the work was done.
  public mutating func peerClosed(at now: Nanoseconds) throws(Failure) {
    switch stage {
    case .straight, .open: try client.peerClosed(at: now)
    case .over: break
    case .asking:
      stage = .over(isToRenew: false)
      throw Failure(.closed, in: .options)
    }
  }
}
