public import MediaModel

/// Runs machines over their connections, all on the thread that calls `run`.
public final class Driver {
  /// Why `run` came back.
  public enum Ending: Hashable, Sendable {
    /// Nothing is left to wait for: every connection has ended, every watch is cancelled.
    case finished
    /// The signal that `Signals` caught; told once, `run` may be called again to wind up.
    case signal(Int32)
    /// The limit has come.
    case limit
    /// Somebody called `stop`.
    case stopped
  }

  private let loop: EventLoop
  private let resolver: Resolver
  private var resolverToken: Int?
  private var members: [Int: any LoopMember] = [:]
  private var nextToken = 0
  private var isStopping = false
  /// Where every connection receives, one after the other.
  let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)

  /// Makes one without connections.
  public convenience init() throws(IOFailure) { try self.init(lookUp: MediaIO.lookUp) }

  /// Makes one with another resolver, which may block.
  init(lookUp: @escaping LookUp) throws(IOFailure) {
    loop = try EventLoop()
    resolver = Resolver(lookUp: lookUp)
  }

  deinit { room.deallocate() }

  /// Connects `machine` from the next `run` on.
  ///
  /// - Parameters:
  ///   - machine: its `tick` is the first that it hears once the connection is open.
  ///   - destination: where to, and whether by TLS.
  ///   - limits: the bounds of time and memory.
  ///   - onEvent: is told what happens, in order; what it throws ends `run`.
  /// - Returns: The connection, through which its user can speak to the machine.
  public func connect<M: Machine>(
    _ machine: M, to destination: Destination, limits: ConnectionLimits = ConnectionLimits(),
    onEvent: @escaping (ConnectionEvent<M>) throws -> Void
  ) -> Connection<M> {
    let connection = Connection(machine, self, destination, limits, onEvent)
    connection.begin()
    return connection
  }

  /// Runs `machine` over a connection that a listener took, from the next `run` on.
  ///
  /// - Parameters:
  ///   - machine: its `tick` is the first that it hears once the connection is open.
  ///   - socket: is the connection's from now on.
  ///   - tls: a server's context, or nil for plain TCP.
  ///   - limits: the bounds of time and memory.
  ///   - onEvent: is told what happens, in order; what it throws ends `run`.
  /// - Returns: The connection.
  public func adopt<M: Machine>(
    _ machine: M, over socket: TCPSocket, tls: TLSContext? = nil,
    limits: ConnectionLimits = ConnectionLimits(),
    onEvent: @escaping (ConnectionEvent<M>) throws -> Void
  ) -> Connection<M> {
    let destination = Destination(host: "", port: socket.peer.port, tls: tls)
    let connection = Connection(machine, self, destination, limits, onEvent)
    connection.begin(with: socket)
    return connection
  }

  /// Calls `body` whenever `descriptor` has something to read, until the watch is cancelled.
  ///
  /// - Throws: `IOFailure` of `epoll_ctl`, such as `EPERM` for a regular file.
  public func watch(
    _ descriptor: Int32, body: @escaping () throws -> Void
  ) throws(IOFailure) -> Watch {
    let watch = Watch(self, descriptor, body)
    try loop.watch(descriptor, for: .readable, token: watch.token)
    return watch
  }

  /// Calls `body` once at `moment` of `MonotonicClock`, unless the watch is cancelled.
  public func schedule(at moment: Nanoseconds, body: @escaping () throws -> Void) -> Watch {
    let watch = Watch(self, nil, body)
    setDeadline(moment, watch.token)
    return watch
  }

  /// Makes `run`, or the next one, come back once what has happened is told.
  public func stop() { isStopping = true }

  /// Runs the connections until all are done, a signal comes, `stop` is called, or `limit`.
  ///
  /// A connection's failure ends that connection alone, and is told to its user.
  ///
  /// - Parameter limit: a moment of `MonotonicClock`; nil for none. One that has passed does what
  ///   can be done without waiting.
  /// - Returns: Which of these it was.
  /// - Throws: `IOFailure` of the loop, or what a user's closure throws.
  public func run(until limit: Nanoseconds? = nil) throws -> Ending {
    while true {
      if isStopping {
        isStopping = false
        return .stopped
      }
      if members.isEmpty { return .finished }
      var ending: Ending?
      for event in try loop.wait(until: limit) {
        switch event {
        case .deadline(let token): try members[token]?.due(token)
        case .ready(let token, _) where token == resolverToken: try resolver.deliver()
        case .ready(let token, let readiness): try members[token]?.ready(token, readiness)
        // What else came with the signal is not lost.
        case .signal(let number): ending = .signal(number)
        }
      }
      if let ending { return ending }
      if let limit, limit <= MonotonicClock.now(), !members.isEmpty, !isStopping { return .limit }
    }
  }
}

/// What lives in a driver's loop, under tokens of its own.
protocol LoopMember: AnyObject {
  /// A descriptor watched under `token` is ready.
  func ready(_ token: Int, _ readiness: EventLoop.Readiness) throws
  /// The deadline of `token` has come.
  func due(_ token: Int) throws
}

// What members need of their driver.

extension Driver {
  /// Gives a member a token; until it is dismissed, the driver runs on, and keeps the member.
  func enroll(_ member: any LoopMember) -> Int {
    defer { nextToken += 1 }
    members[nextToken] = member
    return nextToken
  }

  func dismiss(_ token: Int) {
    members[token] = nil
    loop.setDeadline(nil, token: token)
  }

  func has(_ token: Int) -> Bool { members[token] != nil }

  func setDeadline(_ deadline: Nanoseconds?, _ token: Int) {
    loop.setDeadline(deadline, token: token)
  }

  func watch(
    _ descriptor: Int32, for readiness: EventLoop.Readiness, _ token: Int
  ) throws(IOFailure) {
    try loop.watch(descriptor, for: readiness, token: token)
  }

  func unwatch(_ descriptor: Int32) {
    // It fails only for what is not watched.
    try? loop.unwatch(descriptor)
  }

  func lookUp(
    _ host: String, port: UInt16, report: @escaping (Resolver.Answer) throws -> Void
  ) throws(ResolveFailure) -> Resolver.Question {
    do throws(IOFailure) {
      if resolverToken == nil {
        let descriptor = try resolver.rawDescriptor()
        try loop.watch(descriptor, for: .readable, token: nextToken)
        resolverToken = nextToken
        nextToken += 1
      }
    } catch {
      throw ResolveFailure(host: host, reason: error.description, kind: .system)
    }
    return try resolver.ask(host, port: port, report: report)
  }
}

/// Something else a driver waits for: a descriptor, or a moment.
public final class Watch: LoopMember {
  fileprivate private(set) var token = 0
  private weak var driver: Driver?
  private let descriptor: Int32?
  private var body: (() throws -> Void)?

  fileprivate init(_ driver: Driver, _ descriptor: Int32?, _ body: @escaping () throws -> Void) {
    (self.driver, self.descriptor, self.body) = (driver, descriptor, body)
    token = driver.enroll(self)
  }

  /// Waits no more; a descriptor may be closed afterwards.
  public func cancel() {
    guard body.take() != nil else { return }
    if let descriptor { driver?.unwatch(descriptor) }
    driver?.dismiss(token)
  }

  func ready(_ token: Int, _ readiness: EventLoop.Readiness) throws { try body?() }

  func due(_ token: Int) throws {
    let body = body
    cancel()
    try body?()
  }
}
