import Glibc
internal import MediaModel

/// Which of a host's addresses to connect to, and when (RFC 8305): a machine without sockets.
///
/// IPv6 and IPv4 take turns. An attempt begins when the one before has failed, or has had 250 ms;
/// the first to connect wins, and the others are dropped.
struct HappyEyeballs {
  /// What to do next.
  enum Action: Hashable, Sendable {
    /// Begin to connect to the address of this number.
    case connect(Int)
    /// Drop the attempt of this number.
    case abandon(Int)
    /// This attempt has won; nothing follows.
    case won(Int)
    /// None has; nothing follows.
    case lost
    /// Nothing more before an attempt ends, or this time.
    case wait(until: Nanoseconds?)
  }

  /// RFC 8305 section 5, "Connection Attempt Delay".
  static let attemptDelay: Nanoseconds = 250_000_000

  /// The addresses in the order of the attempts.
  let addresses: [SocketAddress]
  /// Why each attempt failed, an errno; nil for those that have not.
  private(set) var codes: [Int32?]
  private let delay: Nanoseconds
  private let end: Nanoseconds
  private var running: Set<Int> = []
  private var begun = 0
  private var nextStart: Nanoseconds
  private var due: [Action] = []
  private var isDecided = false

  /// Begins.
  ///
  /// - Parameters:
  ///   - addresses: as the resolver ordered them, at least one.
  ///   - now: the time.
  ///   - limit: how long all attempts together may take.
  ///   - delay: how long an attempt is alone.
  init(
    _ addresses: [SocketAddress], at now: Nanoseconds, limit: Nanoseconds,
    delay: Nanoseconds = attemptDelay
  ) {
    precondition(!addresses.isEmpty, "nothing to connect to")
    self.addresses = Self.interleaved(addresses)
    codes = Array(repeating: nil, count: addresses.count)
    self.delay = delay
    end = now.saturatingAdding(limit)
    nextStart = now
    startNext(at: now)
  }

  /// The families in turn, that of the first address first; the order within each stays
  /// (RFC 8305 section 4).
  static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
    guard let first = addresses.first else { return [] }
    var preferred = addresses.filter { $0.isIPv4 == first.isIPv4 }[...]
    var other = addresses.filter { $0.isIPv4 != first.isIPv4 }[...]
    var mixed: [SocketAddress] = []
    while !preferred.isEmpty || !other.isEmpty {
      mixed += [preferred.popFirst(), other.popFirst()].compactMap(\.self)
    }
    return mixed
  }

  /// Takes that an attempt has connected.
  mutating func connected(_ attempt: Int) {
    guard !isDecided, running.remove(attempt) != nil else { return }
    abandonAll()
    due.append(.won(attempt))
  }

  /// Takes that an attempt has failed with an errno.
  mutating func failed(_ attempt: Int, code: Int32, at now: Nanoseconds) {
    guard !isDecided, running.remove(attempt) != nil else { return }
    codes[attempt] = code
    startNext(at: now)
  }

  /// Takes the time.
  mutating func tick(at now: Nanoseconds) {
    guard !isDecided else { return }
    if now >= end {
      for attempt in running { codes[attempt] = ETIMEDOUT }
      abandonAll()
      due.append(.lost)
    } else if now >= nextStart {
      startNext(at: now)
    }
  }

  /// The next thing to do, in order.
  mutating func nextAction() -> Action {
    if !due.isEmpty { return due.removeFirst() }
    guard !isDecided else { return .wait(until: nil) }
    return .wait(until: begun < addresses.count ? min(nextStart, end) : end)
  }

  /// The errno that tells a user most: a refusal says that the host is there, a time-out that it
  /// may be, and no route says the least, as families that are not in use fail by it.
  var mostTelling: Int32? {
    func rank(_ code: Int32) -> Int {
      switch code {
      case ECONNREFUSED: 0
      case ETIMEDOUT: 2
      case EACCES, EPERM: 3
      case EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT: 4
      default: 1
      }
    }
    return codes.compactMap(\.self).min { rank($0) < rank($1) }
  }

  private mutating func startNext(at now: Nanoseconds) {
    guard begun < addresses.count else {
      guard running.isEmpty else { return }
      isDecided = true
      due.append(.lost)
      return
    }
    due.append(.connect(begun))
    running.insert(begun)
    begun += 1
    nextStart = now.saturatingAdding(delay)
  }

  private mutating func abandonAll() {
    isDecided = true
    due += running.sorted().map { .abandon($0) }
    running = []
  }
}

extension Nanoseconds {
  /// Any limit is lawful, also one that says "never".
  func saturatingAdding(_ other: Self) -> Self {
    let (sum, overflows) = addingReportingOverflow(other)
    guard overflows else { return sum }
    return other > 0 ? .max : .min
  }
}
