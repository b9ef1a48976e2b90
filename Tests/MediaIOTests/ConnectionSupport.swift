import Glibc
import MediaModel
import Testing

@testable import MediaIO

/// Sends what it is told, answers each piece of the stream with what `answer` says, and tells
/// everything it hears.
struct Talker: Machine {
  enum Event: Equatable {
    case heard([UInt8])
    case ticked
  }
  struct Failure: Error, Equatable {
    var byte: UInt8
  }

  var outputs: [Output<Event>] = []
  var deadline: Nanoseconds?
  /// What the peer says is sent back.
  var isEcho = false
  /// A byte that ends the connection, and one that it fails for.
  var last: UInt8?
  var wrong: UInt8?
  var tickCount = 0

  init(_ words: [UInt8] = []) { if !words.isEmpty { outputs = [.send(words)] } }

  mutating func receive(_ bytes: [UInt8], at now: Nanoseconds) throws(Failure) {
    outputs.append(.event(.heard(bytes)))
    if isEcho { outputs.append(.send(bytes)) }
    if let last, bytes.contains(last) { outputs.append(.close) }
    if let wrong, bytes.contains(wrong) { throw Failure(byte: wrong) }
  }

  mutating func tick(at now: Nanoseconds) throws(Failure) {
    tickCount += 1
    guard let due = deadline, due <= now else { return }
    deadline = nil
    outputs += [.event(.ticked), .close]
  }

  mutating func nextOutput() -> Output<Event> {
    outputs.isEmpty ? .wait(until: deadline) : outputs.removeFirst()
  }
}

/// What a connection has told, in order.
final class Told {
  var resolved: [SocketAddress] = []
  var connected: SocketAddress?
  var secured: TLSDescription?
  var heard: [UInt8] = []
  var ticks = 0
  var writable = 0
  var ending: ConnectionEnding<Talker.Failure>?
  /// The names of all events but those that hear.
  var order: [String] = []

  func note(_ event: ConnectionEvent<Talker>) {
    #expect(ending == nil, "something follows the end")
    switch event {
    case .resolved(let addresses): (resolved, order) = (addresses, order + ["resolved"])
    case .connected(let address): (connected, order) = (address, order + ["connected"])
    case .secured(let description): (secured, order) = (description, order + ["secured"])
    case .machine(.heard(let bytes)): heard += bytes
    case .machine(.ticked): (ticks, order) = (ticks + 1, order + ["ticked"])
    case .writable: (writable, order) = (writable + 1, order + ["writable"])
    case .ended(let ending): (self.ending, order) = (ending, order + ["ended"])
    }
  }

  var isClosed: Bool { if case .closed? = ending { true } else { false } }
  var isClosedByPeer: Bool { if case .closedByPeer? = ending { true } else { false } }
  var isStalled: Bool { if case .stalled? = ending { true } else { false } }
  var isAborted: Bool { if case .aborted? = ending { true } else { false } }
  var silentPhase: ConnectionPhase? { if case .silent(let phase)? = ending { phase } else { nil } }
  var tlsFailure: TLSFailure? { if case .insecure(let failure)? = ending { failure } else { nil } }
  var ioFailure: IOFailure? { if case .broken(let failure)? = ending { failure } else { nil } }
  var resolveFailure: ResolveFailure? {
    if case .unresolved(let failure)? = ending { failure } else { nil }
  }
  var connectFailure: ConnectFailure? {
    if case .unreachable(let failure)? = ending { failure } else { nil }
  }
}

extension Destination {
  init(_ address: SocketAddress, tls: TLSContext? = nil) {
    self.init(host: address.host, port: address.port, tls: tls)
  }
}

extension ConnectionLimits {
  static func milliseconds(
    phase: Int64 = 20_000, silence: Int64? = nil, stall: Int64? = 20_000, closing: Int64 = 20_000
  ) -> Self {
    var limits = Self()
    limits.phase = phase * 1_000_000
    limits.silence = silence.map { $0 * 1_000_000 }
    limits.stall = stall.map { $0 * 1_000_000 }
    limits.closing = closing * 1_000_000
    return limits
  }
}

extension Driver {
  /// Connects a talker, with what it tells.
  func talk(
    _ talker: Talker, to destination: Destination, _ limits: ConnectionLimits = .milliseconds()
  ) -> (Connection<Talker>, Told) {
    let told = Told()
    return (connect(talker, to: destination, limits: limits) { told.note($0) }, told)
  }

  /// The same over a connection that was accepted.
  func talk(
    _ talker: Talker, over socket: TCPSocket, tls: TLSContext? = nil,
    _ limits: ConnectionLimits = .milliseconds()
  ) -> (Connection<Talker>, Told) {
    let told = Told()
    return (adopt(talker, over: socket, tls: tls, limits: limits) { told.note($0) }, told)
  }

  /// Runs on until `condition` holds.
  func run(while condition: () -> Bool) throws {
    let limit = soon()
    while condition() {
      try #require(MonotonicClock.now() < limit)
      let ending = try run(until: MonotonicClock.now() + 2_000_000)
      if ending == .finished { return #expect(!condition()) }
    }
  }
}
