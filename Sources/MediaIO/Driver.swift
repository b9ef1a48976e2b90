public import MediaModel

/// What carries a machine's bytes; it never blocks in `receive`.
public protocol Transport: AnyObject {
  /// The descriptor to wait on.
  var rawDescriptor: Int32 { get }

  /// Hands over what is there: each datagram, or piece of a stream, with its arrival.
  ///
  /// - Parameter body: is called for each, and may throw, which ends the call.
  /// - Returns: Whether the peer may still send; false at a stream's end.
  /// - Throws: What `body` throws, or `IOFailure`.
  func receive(
    _ body: (_ bytes: [UInt8], _ arrival: Nanoseconds) throws -> Void
  ) throws -> Bool

  /// Sends these bytes, a datagram where the transport knows datagrams.
  func send(_ bytes: [UInt8]) throws(IOFailure)
}

/// A connected socket as a machine's transport.
public final class UDPTransport: Transport {
  /// The socket.
  public let socket: UDPSocket
  private let inbox = DatagramInbox()

  /// Makes it of a socket that is connected, or whose machine sends nothing.
  public init(_ socket: UDPSocket) { self.socket = socket }

  /// The socket's.
  public var rawDescriptor: Int32 { socket.rawDescriptor }

  /// Hands over the datagrams that are there, a batch at most; UDP has no end.
  public func receive(
    _ body: (_ bytes: [UInt8], _ arrival: Nanoseconds) throws -> Void
  ) throws -> Bool {
    let count = try socket.receive(into: inbox)
    for index in 0..<count {
      try body(inbox.bytes(index), inbox.datagrams[index].arrival)
    }
    return true
  }

  /// Sends a datagram.
  public func send(_ bytes: [UInt8]) throws(IOFailure) { try socket.send(bytes) }
}

/// Runs machines over transports, all on the thread that calls `run`.
public final class Driver {
  /// Why `run` came back.
  public enum Ending: Hashable, Sendable {
    /// No machine is left: each has closed, or its peer has ended.
    case finished
    /// The signal that `Signals` caught; told once, `run` may be called again to wind up.
    case signal(Int32)
    /// The limit has come.
    case limit
  }

  private let loop: EventLoop
  private var links: [Int: any AnyLink] = [:]
  private var nextToken = 0

  /// Makes one without machines.
  public init() throws(IOFailure) { loop = try EventLoop() }

  /// Runs `machine` over `transport` from the next `run` on.
  ///
  /// - Parameters:
  ///   - machine: handed back, as it then is, by the answer.
  ///   - transport: kept until the machine closes.
  ///   - onEvent: is told the machine's events in order; what it throws ends `run`.
  /// - Returns: The machine's place, through which its user can speak to it.
  /// - Throws: `IOFailure` of `epoll_ctl`.
  public func add<M: Machine>(
    _ machine: M, over transport: any Transport,
    onEvent: @escaping (M.Event) throws -> Void
  ) throws(IOFailure) -> Link<M> {
    let link = Link(machine, transport, onEvent, token: nextToken)
    try loop.watch(transport.rawDescriptor, for: .readable, token: nextToken)
    // Whatever it has to say at the beginning is due at once.
    loop.setDeadline(0, token: nextToken)
    links[nextToken] = link
    link.wake = { [loop] token in loop.setDeadline(0, token: token) }
    nextToken += 1
    return link
  }

  /// Runs the machines until all are done, a signal comes, or `limit`.
  ///
  /// - Parameter limit: a moment of `MonotonicClock`; nil for none.
  /// - Returns: Which of these it was.
  /// - Throws: The first failure: a machine's own, `IOFailure`, or what `onEvent` throws. What the
  ///   machine had to send before is sent.
  public func run(until limit: Nanoseconds? = nil) throws -> Ending {
    while !links.isEmpty {
      let events = try loop.wait(until: limit)
      var ending: Ending? = nil
      for event in events {
        switch event {
        case .deadline(let token): try step(token) { try $0.tick() }
        case .ready(let token, _): try step(token) { try $0.receive() }
        // What else came with the signal is not lost.
        case .signal(let number): ending = .signal(number)
        }
      }
      if let ending { return ending }
      if let limit, limit <= MonotonicClock.now() { return links.isEmpty ? .finished : .limit }
    }
    return .finished
  }

  private func step(_ token: Int, _ body: (any AnyLink) throws -> Void) throws {
    guard let link = links[token] else { return }
    let result = Result { try body(link) }
    if case .success = result, link.isOpen {
      loop.setDeadline(link.deadline, token: token)
      return
    }
    links[token] = nil
    link.wake = nil
    loop.setDeadline(nil, token: token)
    try loop.unwatch(link.descriptor)
    try result.get()
  }
}

/// What the driver needs of a link whatever its machine.
private protocol AnyLink: AnyObject {
  var descriptor: Int32 { get }
  var isOpen: Bool { get }
  var deadline: Nanoseconds? { get }
  var wake: ((Int) -> Void)? { get set }
  func receive() throws
  func tick() throws
}

/// A machine in its driver's hands.
public final class Link<M: Machine> {
  /// The machine as it is.
  public private(set) var machine: M
  /// Whether it runs on: it has not closed, and its peer has not ended.
  public private(set) var isOpen = true
  fileprivate private(set) var deadline: Nanoseconds?
  fileprivate var wake: ((Int) -> Void)?
  private let transport: any Transport
  private let onEvent: (M.Event) throws -> Void
  private let token: Int

  fileprivate init(
    _ machine: M, _ transport: any Transport, _ onEvent: @escaping (M.Event) throws -> Void,
    token: Int
  ) {
    (self.machine, self.transport, self.onEvent, self.token) = (machine, transport, onEvent, token)
  }

  /// Changes the machine, for what its user wants of it; what it then has to say is due at once.
  public func update<Result, Failure: Error>(
    _ body: (inout M) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { wake?(token) }
    return try body(&machine)
  }
}

extension Link: AnyLink {
  fileprivate var descriptor: Int32 { transport.rawDescriptor }

  fileprivate func receive() throws {
    let goesOn = try transport.receive { bytes, arrival in
      guard isOpen else { return }
      try feed { () throws(M.Failure) in try machine.receive(bytes, at: arrival) }
    }
    if !goesOn { isOpen = false }
  }

  fileprivate func tick() throws {
    try feed { () throws(M.Failure) in try machine.tick(at: MonotonicClock.now()) }
  }

  /// Does what the machine wants after `input`, also where that fails.
  private func feed(_ input: () throws(M.Failure) -> Void) throws {
    let result = Result(catching: input)
    try drain()
    try result.get()
  }

  private func drain() throws {
    while true {
      switch machine.nextOutput() {
      case .send(let bytes): try transport.send(bytes)
      case .event(let event): try onEvent(event)
      case .wait(let until):
        deadline = until
        return
      case .close:
        isOpen = false
        return
      }
    }
  }
}
