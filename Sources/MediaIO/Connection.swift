public import MediaModel

/// Where to connect to.
public struct Destination: Sendable {
  /// A name, or an address in digits, without brackets.
  public var host: String
  /// The port.
  public var port: UInt16
  /// The context for TLS; nil for plain TCP.
  public var tls: TLSContext?

  /// Makes one of its parts.
  public init(host: String, port: UInt16, tls: TLSContext? = nil) {
    (self.host, self.port, self.tls) = (host, port, tls)
  }
}

/// The bounds of a connection, times in nanoseconds.
public struct ConnectionLimits: Sendable {
  /// For each of resolving, connecting and the TLS handshake.
  public var phase: Nanoseconds = 10_000_000_000
  /// How long the peer may say nothing once the connection is open, from when this is set; nil for
  /// ever.
  public var silence: Nanoseconds?
  /// How long the peer may accept no byte while there are some for it; nil for ever.
  public var stall: Nanoseconds? = 10_000_000_000
  /// How long the peer has, once everything is sent, to take it and close its side.
  public var closing: Nanoseconds = 2_000_000_000
  /// Bytes queued above which a connection is not `isWritable`; above twice as many it hears
  /// nothing more from a peer that makes it answer and does not listen.
  public var queue = 1 << 20

  /// The usual bounds.
  public init() {}
}

/// How far a connection has come.
public enum ConnectionPhase: Hashable, Sendable {
  /// The host's name is looked up.
  case resolving
  /// TCP connects.
  case connecting
  /// TLS shakes hands.
  case securing
  /// The machine runs.
  case open
  /// The machine has closed; what it said last is on its way.
  case closing
  /// It is over.
  case ended
}

/// How long the phases of a connection took, in nanoseconds; nil for those it did not have or has
/// not passed.
public struct ConnectionTimes: Equatable, Sendable {
  /// The answer of the resolver; nil for digits.
  public internal(set) var resolving: Nanoseconds?
  /// TCP, over all addresses tried.
  public internal(set) var connecting: Nanoseconds?
  /// The TLS handshake.
  public internal(set) var securing: Nanoseconds?
}

/// What happens to a connection.
public enum ConnectionEvent<M: Machine> {
  /// The host has these addresses.
  case resolved([SocketAddress])
  /// TCP has connected to this one.
  case connected(SocketAddress)
  /// TLS has shaken hands.
  case secured(TLSDescription)
  /// The machine has something to tell.
  case machine(M.Event)
  /// There is room again, after `isWritable` was false.
  case writable
  /// It is over; nothing follows.
  case ended(ConnectionEnding<M.Failure>)
}

/// How a connection ended.
public enum ConnectionEnding<MachineFailure: Error>: Error {
  /// The machine closed it, and what it had said was accepted.
  case closed
  /// The peer closed it, without any fault of form.
  case closedByPeer
  /// It was dropped by `abort`.
  case aborted
  /// The host's name could not be resolved.
  case unresolved(ResolveFailure)
  /// No address could be connected to.
  case unreachable(ConnectFailure)
  /// TLS failed.
  case insecure(TLSFailure)
  /// libssl is out of memory.
  case library(LibraryFailure)
  /// The machine failed; what it had to send before was sent, as far as the peer took it.
  case failed(MachineFailure)
  /// The socket failed, such as `recv` with `ECONNRESET`.
  case broken(IOFailure)
  /// The peer said nothing for too long, in this phase.
  case silent(ConnectionPhase)
  /// The peer accepted no byte for too long, or is gone without a word.
  case stalled
}

extension ConnectionEnding: CustomStringConvertible {
  /// A phrase without a full stop.
  public var description: String {
    switch self {
    case .closed: "closed"
    case .closedByPeer: "the peer closed the connection"
    case .aborted: "aborted"
    case .unresolved(let failure): failure.description
    case .unreachable(let failure): failure.description
    case .insecure(let failure): failure.description
    case .library(let failure): failure.description
    case .failed(let failure): "\(failure)"
    case .broken(let failure): failure.description
    case .silent(.securing): "no answer in the TLS handshake in time"
    case .silent: "the peer said nothing for too long"
    case .stalled: "the peer accepted nothing for too long"
    }
  }
}

/// A machine, what carries its bytes, TCP or TLS over TCP, and all their deadlines.
///
/// It is of its driver's thread.
public final class Connection<M: Machine> {
  /// The machine as it is.
  public internal(set) var machine: M
  /// How far it has come.
  public internal(set) var phase = ConnectionPhase.resolving
  /// How long the phases took.
  public internal(set) var times = ConnectionTimes()
  /// The bounds; those for an open connection may be changed at any time.
  public var limits: ConnectionLimits {
    didSet {
      // A silence that was lawful until now does not count.
      if limits.silence != oldValue.silence { lastHeard = MonotonicClock.now() }
      wake()
    }
  }
  /// Whether what the peer says is acknowledged at once: true while questions and answers go to
  /// and fro, to be turned off where media flows.
  public var isDialogue = true { didSet { socket?.isDialogue = isDialogue } }

  /// How long a little that the peer says may lie in the kernel, for more to come; nil for no time.
  ///
  /// Nobody is woken for less than `littleByteCount` before, while the peer goes on to say something.
  public var patience: Nanoseconds? {
    didSet {
      if patience == nil { stopGathering() }
      wake()
    }
  }

  let destination: Destination
  var onEvent: ((ConnectionEvent<M>) throws -> Void)?
  weak var driver: Driver?
  var token = 0
  var dialer: Dialer?
  var socket: TCPSocket?
  var session: TLSSession?
  var phaseStart: Nanoseconds = 0
  /// On its way to the socket.
  var queue = SendQueue()
  /// On its way into the TLS session.
  var plain: [UInt8] = []
  /// The machine's, not yet told.
  var events: [M.Event] = []
  var machineDeadline: Nanoseconds?
  var machineClosed = false
  /// Why it has to end once everything due before is done.
  var ending: ConnectionEnding<M.Failure>?
  /// Sending has failed; what the peer has said may still be heard.
  var isMute = false
  /// The machine has failed, or its user wants no more of it.
  var isDeaf = false
  var wasFull = false
  /// Its deadline is now.
  var isAwake = false
  var interest: EventLoop.Readiness = []
  /// What is remembered of a socket that is closed.
  var past: Past?
  var lastHeard: Nanoseconds = 0
  /// When it is looked what lies in the kernel; nil where that is told at once.
  var nextLook: Nanoseconds?
  var stall = StallWatch()

  init(
    _ machine: M, _ driver: Driver, _ destination: Destination, _ limits: ConnectionLimits,
    _ onEvent: @escaping (ConnectionEvent<M>) throws -> Void
  ) {
    (self.machine, self.driver, self.destination, self.limits) = (
      machine, driver, destination, limits
    )
    self.onEvent = onEvent
  }

  struct Past {
    let peer: SocketAddress
    let sent: Int64
    let received: Int64
  }

  /// Changes the machine, for what its user wants of it.
  ///
  /// What it then has to send is queued at once and sent in the driver's next turn, or now where
  /// it is much; its events are told by the driver.
  public func update<Result, Failure: Error>(
    _ body: (inout M) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer {
      gather()
      if session == nil, queue.byteCount >= min(Self.batchByteCount, limits.queue) { flush() }
      wake()
    }
    return try body(&machine)
  }

  /// Less than this is not worth a wake where there is `patience`.
  static var littleByteCount: Int { 2048 }

  /// As much as is worth a call of the kernel.
  static var batchByteCount: Int { 512 << 10 }

  /// Ends the connection at once, by a reset where it is open; after what is being told now, only
  /// `ended` is.
  public func abort() {
    socket?.resetAtEnd()
    isDeaf = true
    events = []
    ending = ending ?? .aborted
    wake()
  }

  /// Bytes that the machine has sent and the kernel has not taken.
  public var queuedByteCount: Int { queue.byteCount + plain.count }

  /// Bytes that the peer has not accepted: those queued, and those in the kernel.
  public var unacceptedByteCount: Int { queuedByteCount + (socket?.unacceptedByteCount ?? 0) }

  /// Whether it is open and no more is queued than `limits.queue`; once that has been passed,
  /// `writable` tells when half of it is gone.
  public var isWritable: Bool {
    if queuedByteCount > limits.queue { wasFull = true }
    return phase == .open && !wasFull
  }

  /// The kernel's round trip in nanoseconds, once connected.
  public var roundTrip: Nanoseconds? { socket?.roundTrip }

  /// Bytes handed to the kernel, those of TLS included.
  public var sentByteCount: Int64 { socket?.sentByteCount ?? past?.sent ?? 0 }

  /// Bytes received, those of TLS included.
  public var receivedByteCount: Int64 { socket?.receivedByteCount ?? past?.received ?? 0 }

  /// The other side, once connected.
  public var peer: SocketAddress? { socket?.peer ?? past?.peer }

  /// This side, while there is a socket.
  public var localAddress: SocketAddress? { try? socket?.localAddress() }

  /// Has the driver look at it in its next turn.
  func wake() {
    guard phase != .ended, !isAwake else { return }
    isAwake = true
    driver?.setDeadline(0, token)
  }
}

/// Notices that a peer accepts nothing.
struct StallWatch {
  /// How much had been accepted when that last changed, and when that was.
  private var accepted: Int64 = 0
  private var since: Nanoseconds = 0
  /// When to look again; nil while there is nothing to be accepted.
  private(set) var deadline: Nanoseconds?

  /// Whether there is something to look after, where there was nothing before.
  func isToBegin(sent: Int64, queued: Int) -> Bool {
    deadline == nil && (queued > 0 || sent > accepted)
  }

  /// Takes how many bytes the peer has accepted in all, and how many it has not.
  ///
  /// - Returns: Whether it has accepted none for `limit`.
  mutating func look(
    accepted count: Int64, left: Int, limit: Nanoseconds?, at now: Nanoseconds
  ) -> Bool {
    if count != accepted || deadline == nil { (accepted, since) = (count, now) }
    deadline = nil
    guard let limit, left > 0 else { return false }
    let end = since.saturatingAdding(limit)
    guard now < end else { return true }
    deadline = min(end, now.saturatingAdding(max(limit / 4, 1_000_000)))
    return false
  }
}
