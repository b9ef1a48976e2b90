import CSystem
import Glibc

/// Waits on many descriptors and deadlines at once; for one thread.
public final class EventLoop {
  /// What a descriptor is waited for, or ready for.
  public struct Readiness: OptionSet, Hashable, Sendable {
    /// The kernel's bits, as `CSystem` has them.
    public let rawValue: UInt32
    /// Makes it of those bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Bytes, a connection, the end or an error can be read.
    public static let readable = Self(rawValue: CSYSTEM_READABLE)
    /// Bytes can be written, or writing tells the error.
    public static let writable = Self(rawValue: CSYSTEM_WRITABLE)
  }

  /// What a wait ended with.
  public enum Event: Hashable, Sendable {
    /// A deadline has come; it is set no more.
    case deadline(token: Int)
    /// The descriptor watched under this token is ready.
    case ready(token: Int, Readiness)
    /// The signal that `Signals` caught; told once.
    case signal(Int32)
  }

  private let epoll: FileDescriptor
  private var watched: Set<Int32> = []
  private var deadlines = DeadlineQueue()
  private var signal = SignalState.awaited
  /// Where each wait finds what is ready.
  private var room = [csystem_ready](repeating: csystem_ready(), count: Int(CSYSTEM_BATCH))

  private enum SignalState { case awaited, watched, told }
  /// The token of the signals' descriptor; those of users are never negative.
  private static let signalToken = UInt64.max

  /// Makes one that waits for nothing but signals.
  public init() throws(IOFailure) {
    let number = csystem_epoll_create()
    guard number >= 0 else {
      throw IOFailure(call: "epoll_create1", code: errno, subject: "event loop")
    }
    epoll = FileDescriptor(owning: number, subject: "event loop")
  }

  /// Waits for `readiness` of `descriptor` from now on, instead of what it was watched for.
  ///
  /// - Parameters:
  ///   - descriptor: to be unwatched before it is closed; not a regular file.
  ///   - readiness: while it lasts, each `wait` tells it.
  ///   - token: comes back in the events; not negative.
  /// - Throws: `IOFailure` of `epoll_ctl`, such as `EPERM` for a regular file.
  public func watch(
    _ descriptor: Int32, for readiness: Readiness, token: Int
  ) throws(IOFailure) {
    precondition(token >= 0, "a negative token")
    let isNew = !watched.contains(descriptor)
    try check(
      csystem_epoll_set(epoll.rawValue, descriptor, isNew, readiness.rawValue, UInt64(token)))
    watched.insert(descriptor)
  }

  /// Waits for `descriptor` no more.
  public func unwatch(_ descriptor: Int32) throws(IOFailure) {
    guard watched.remove(descriptor) != nil else { return }
    try check(csystem_epoll_remove(epoll.rawValue, descriptor))
  }

  /// Sets the one deadline of `token`, a moment of `MonotonicClock`, or none.
  public func setDeadline(_ deadline: Int64?, token: Int) { deadlines.set(deadline, token: token) }

  /// Waits for the next events.
  ///
  /// - Parameter limit: a moment of `MonotonicClock` to come back at; nil waits without bound.
  /// - Returns: First the deadlines that have come, in their order, then the rest; nothing at
  ///   `limit`.
  /// - Throws: `IOFailure` of `epoll_wait` or `epoll_ctl`.
  public func wait(until limit: Int64? = nil) throws(IOFailure) -> [Event] {
    while true {
      try watchSignals()
      let end = [deadlines.next, limit].compactMap(\.self).min()
      let left = end.map { max(0, MonotonicClock.left(until: $0)) }
      let count = try readyDescriptors(left)
      let now = MonotonicClock.now()
      var events = deadlines.take(until: now).map { Event.deadline(token: $0) }
      for index in 0..<count {
        let each = room[index]
        if each.token != Self.signalToken {
          events.append(
            .ready(token: Int(each.token), Readiness(rawValue: each.readiness)))
        } else if let number = Signals.received {
          events.append(.signal(number))
          try forgetSignals()
        }
      }
      guard events.isEmpty else { return events }
      if let limit, limit <= now { return [] }
    }
  }

  /// How many descriptors are ready, which `room` begins with then.
  private func readyDescriptors(_ left: Int64?) throws(IOFailure) -> Int {
    let count = csystem_epoll_wait(epoll.rawValue, &room, Int32(room.count), left ?? -1)
    if count >= 0 { return Int(count) }
    // The signals' descriptor tells what interrupted.
    guard errno == EINTR else {
      throw IOFailure(call: "epoll_wait", code: errno, subject: "event loop")
    }
    return 0
  }

  /// The handlers may be installed after this loop was made.
  private func watchSignals() throws(IOFailure) {
    guard signal == .awaited, let descriptor = Signals.descriptor else { return }
    try check(
      csystem_epoll_set(epoll.rawValue, descriptor, true, CSYSTEM_READABLE, Self.signalToken))
    signal = .watched
  }

  /// The descriptor stays readable: watched on, it would end each wait while work is wound up.
  private func forgetSignals() throws(IOFailure) {
    signal = .told
    guard let descriptor = Signals.descriptor else { return }
    try check(csystem_epoll_remove(epoll.rawValue, descriptor))
  }

  private func check(_ code: Int32) throws(IOFailure) {
    guard code == 0 else {
      throw IOFailure(call: "epoll_ctl", code: errno, subject: "event loop")
    }
  }
}

/// One deadline a token, the earliest first: a binary heap.
struct DeadlineQueue {
  private struct Entry {
    let deadline: Int64
    let token: Int
    /// Of two at the same time, the one set first.
    let number: UInt64

    func isBefore(_ other: Self) -> Bool { (deadline, number) < (other.deadline, other.number) }
  }

  /// Entries that were replaced stay until they come up, or until they are too many.
  private var heap: [Entry] = []
  private var current: [Int: UInt64] = [:]
  private var number: UInt64 = 0

  /// The earliest.
  var next: Int64? { heap.first?.deadline }

  mutating func set(_ deadline: Int64?, token: Int) {
    current[token] = nil
    if let deadline {
      number += 1
      current[token] = number
      heap.append(Entry(deadline: deadline, token: token, number: number))
      rise(heap.count - 1)
    }
    dropStale()
    guard heap.count > 2 * current.count + 64 else { return }
    // A sorted list is a heap.
    heap = heap.filter { current[$0.token] == $0.number }.sorted { $0.isBefore($1) }
  }

  /// The tokens whose deadlines have come, in order; they are removed.
  mutating func take(until now: Int64) -> [Int] {
    var tokens: [Int] = []
    while let first = heap.first, first.deadline <= now {
      current[first.token] = nil
      tokens.append(first.token)
      dropStale()
    }
    return tokens
  }

  /// Keeps what is first in the heap one that counts.
  private mutating func dropStale() {
    while let first = heap.first, current[first.token] != first.number {
      heap.swapAt(0, heap.count - 1)
      heap.removeLast()
      sink()
    }
  }

  private mutating func rise(_ start: Int) {
    var index = start
    while index > 0, heap[index].isBefore(heap[(index - 1) / 2]) {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func sink() {
    var index = 0
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2] where child < heap.count {
        if heap[child].isBefore(heap[least]) { least = child }
      }
      guard least != index else { return }
      heap.swapAt(index, least)
      index = least
    }
  }
}
