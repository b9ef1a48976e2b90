import Glibc
import MediaModel

/// No address of a host could be connected to.
public struct ConnectFailure: Error, Equatable, CustomStringConvertible {
  /// An address and why it was of no use.
  public struct Attempt: Equatable, Sendable {
    /// The address.
    public let address: SocketAddress
    /// An errno.
    public let code: Int32
  }

  /// The host as it was asked for.
  public let host: String
  /// Those that were tried, in their order.
  public let attempts: [Attempt]
  /// The errno of the attempt that tells most: `ECONNREFUSED`, `ETIMEDOUT`, `EHOSTUNREACH`...
  public let code: Int32

  /// `host: Connection refused (127.0.0.1:1935)`; an address that was asked for is not said twice.
  public var description: String {
    let reason = IOFailure(call: "connect", code: code, subject: host).reason
    let tried = attempts.map(\.address.description).joined(separator: ", ")
    guard SocketAddress(host, port: 0) == nil else { return "\(tried): \(reason)" }
    return "\(host): \(reason) (\(tried))"
  }
}

/// Resolves a host's name and connects to the first of its addresses that answers.
final class Dialer: LoopMember {
  /// What it reports: `resolved`, then one of the others, which is the last.
  enum Report {
    case resolved([SocketAddress])
    case connected(TCPSocket)
    case unresolved(ResolveFailure)
    case unreachable(ConnectFailure)
  }

  private let host: String
  private let port: UInt16
  private let limit: Nanoseconds
  private unowned let driver: Driver
  private let report: (Report) throws -> Void
  private var token: Int?
  private var question: Resolver.Question?
  private var race: HappyEyeballs?
  /// The sockets that are connecting, by the number of their attempt, and the attempts by token.
  private var sockets: [Int: (socket: TCPSocket, token: Int)] = [:]
  private var attempts: [Int: Int] = [:]

  /// Makes one; it begins by `start`, and has `limit` nanoseconds for the answer of the resolver,
  /// and again for connecting.
  init(
    _ driver: Driver, host: String, port: UInt16, limit: Nanoseconds,
    report: @escaping (Report) throws -> Void
  ) {
    (self.driver, self.host, self.port, self.limit) = (driver, host, port, limit)
    self.report = report
  }

  var isStarted: Bool { token != nil }

  func start() throws {
    let token = driver.enroll(self)
    self.token = token
    if let address = SocketAddress(host, port: port) { return try connect(to: [address]) }
    driver.setDeadline(MonotonicClock.now().saturatingAdding(limit), token)
    do throws(ResolveFailure) {
      question = try driver.lookUp(host, port: port) { [weak self] answer in
        try self?.resolved(answer)
      }
    } catch {
      try finish(.unresolved(error))
    }
  }

  /// Drops everything; nothing more is reported.
  func cancel() {
    question?.cancel()
    question = nil
    for attempt in sockets.keys { abandon(attempt) }
    if let token { driver.dismiss(token) }
  }

  func due(_ token: Int) throws {
    guard race != nil else {
      question?.cancel()
      return try finish(.unresolved(.late(host)))
    }
    race?.tick(at: MonotonicClock.now())
    try act()
  }

  func ready(_ token: Int, _ readiness: EventLoop.Readiness) throws {
    guard let attempt = attempts[token], let socket = sockets[attempt]?.socket else { return }
    let result = Result { () throws(IOFailure) in try socket.finishConnecting() }
    switch result {
    case .success: race?.connected(attempt)
    case .failure(let failure):
      abandon(attempt)
      race?.failed(attempt, code: failure.code, at: MonotonicClock.now())
    }
    try act()
  }

  private func resolved(_ answer: Resolver.Answer) throws {
    switch answer {
    case .success(let addresses): try connect(to: addresses)
    case .failure(let failure): try finish(.unresolved(failure))
    }
  }

  private func connect(to addresses: [SocketAddress]) throws {
    question = nil
    race = HappyEyeballs(addresses, at: MonotonicClock.now(), limit: limit)
    try report(.resolved(addresses))
    try act()
  }

  private func act() throws {
    // A report may have been answered by `cancel`.
    while let token, driver.has(token), let action = race?.nextAction() {
      switch action {
      case .connect(let attempt): try begin(attempt)
      case .abandon(let attempt): abandon(attempt)
      case .won(let attempt):
        guard let socket = sockets[attempt]?.socket else { return }
        abandon(attempt)
        return try finish(.connected(socket))
      case .lost: return try finish(.unreachable(failure))
      case .wait(let until):
        driver.setDeadline(until, token)
        return
      }
    }
  }

  private func begin(_ attempt: Int) throws {
    guard let address = race?.addresses[attempt] else { return }
    let result = Result { () throws(IOFailure) in try TCPSocket(connectingTo: address) }
    switch result {
    case .success(let socket):
      let token = driver.enroll(self)
      sockets[attempt] = (socket, token)
      attempts[token] = attempt
      try driver.watch(socket.rawDescriptor, for: .writable, token)
    case .failure(let failure):
      race?.failed(attempt, code: failure.code, at: MonotonicClock.now())
    }
  }

  private func abandon(_ attempt: Int) {
    guard let (socket, token) = sockets.removeValue(forKey: attempt) else { return }
    attempts[token] = nil
    driver.unwatch(socket.rawDescriptor)
    driver.dismiss(token)
  }

  private func finish(_ last: Report) throws {
    cancel()
    try report(last)
  }

  private var failure: ConnectFailure {
    let tried = zip(race?.addresses ?? [], race?.codes ?? [])
    return ConnectFailure(
      host: host,
      attempts: tried.compactMap { address, code in
        code.map { ConnectFailure.Attempt(address: address, code: $0) }
      },
      code: race?.mostTelling ?? ETIMEDOUT)
  }
}
