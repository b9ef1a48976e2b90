import CSystem
import Glibc

/// Does `work` on the numbers from 0 up to `count` on `jobs` threads, and hands the results over
/// in order.
///
/// `deliver` runs on the caller's thread, for each result as soon as all before it have been
/// delivered. Threads run ahead of it by twice their number at most, so memory stays flat. With
/// one job there is no thread: work and delivery take turns.
///
/// - Throws: What `deliver` throws; work that has begun is finished before, none is begun after.
public func mapInOrder<Value: Sendable, Failure: Error>(
  jobs: Int, count: Int,
  work: @escaping @Sendable (Int) -> Value,
  deliver: (Int, Value) throws(Failure) -> Void
) throws(Failure) {
  let pool = WorkerPool(count: count, lookAhead: 2 * min(max(jobs, 1), max(count, 1)), work: work)
  var threads: [WorkerThread] = []
  defer {
    pool.stop()
    for thread in threads { thread.join() }
  }
  while jobs > 1, threads.count < min(jobs, count) {
    do {
      threads.append(try WorkerThread { pool.run() })
    } catch {
      break  // the system has no more threads: those that there are do all the work
    }
  }
  for index in 0..<max(count, 0) {
    try deliver(index, threads.isEmpty ? work(index) : pool.next(index))
  }
}

/// What the threads of one `mapInOrder` share.
private final class WorkerPool<Value: Sendable>: Sendable {
  private struct State {
    var claimed = 0
    var limit: Int
    /// Results by number modulo the look-ahead.
    var results: [Value?]
    var isStopped = false
  }

  private let count: Int
  private let lookAhead: Int
  private let work: @Sendable (Int) -> Value
  private let state: Monitor<State>

  init(count: Int, lookAhead: Int, work: @escaping @Sendable (Int) -> Value) {
    self.count = count
    self.lookAhead = lookAhead
    self.work = work
    state = Monitor(
      State(limit: lookAhead, results: Array(repeating: nil, count: lookAhead)))
  }

  /// The body of each thread.
  func run() {
    while let index = claim() {
      let value = work(index)
      state.change { $0.results[index % lookAhead] = value }
    }
  }

  /// The next number to work on; nil when there is none any more.
  private func claim() -> Int? {
    state.wait { state -> Int?? in
      if state.isStopped || state.claimed == count { return .some(nil) }
      guard state.claimed < state.limit else { return nil }
      state.claimed += 1
      return state.claimed - 1
    }
  }

  /// Waits for the result `index`.
  ///
  /// By asking for it the caller is done with the one before, so another may be begun.
  func next(_ index: Int) -> Value {
    state.change { $0.limit = index + lookAhead }
    return state.wait { $0.results[index % lookAhead].take() }
  }

  func stop() { state.change { $0.isStopped = true } }
}

/// A value behind a lock, with waiting for it to change.
final class Monitor<State>: @unchecked Sendable {
  private var state: State
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(_ state: State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Changes the value, and lets all who wait look at it again.
  func change(_ body: (inout State) -> Void) {
    pthread_mutex_lock(mutex)
    body(&state)
    pthread_mutex_unlock(mutex)
    // Who is woken while the lock is held only falls asleep again.
    pthread_cond_broadcast(changed)
  }

  /// Waits until `body` answers, asking again after each change; what it changed others then see.
  func wait<Answer>(until body: (inout State) -> Answer?) -> Answer {
    pthread_mutex_lock(mutex)
    while true {
      if let answer = body(&state) {
        pthread_mutex_unlock(mutex)
        pthread_cond_broadcast(changed)
        return answer
      }
      pthread_cond_wait(changed, mutex)
    }
  }
}

/// One value handed from a thread to another, which waits for it only so long.
final class Handover<Value: Sendable>: Sendable {
  enum Outcome {
    case value(Value)
    case timedOut
    /// A signal that `Signals` caught came first.
    case interrupted
  }

  private let slot = Monitor<Value?>(nil)
  private let event: FileDescriptor

  init() throws(IOFailure) {
    let number = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard number >= 0 else {
      throw IOFailure(call: "eventfd", code: errno, subject: "worker thread")
    }
    event = FileDescriptor(owning: number, subject: "worker thread")
  }

  /// Hands `value` over; to be called once.
  func put(_ value: Value) {
    slot.change { $0 = value }
    let code = eventfd_write(event.rawValue, 1)
    precondition(code == 0, "an event counter at 0 can be raised")
  }

  /// Waits at most `timeout` nanoseconds.
  func wait(timeout: Int64) -> Outcome {
    let now = MonotonicClock.now()
    let deadline = now + min(max(timeout, 0), Int64.max - now)  // any timeout is lawful
    while true {
      let left = deadline - MonotonicClock.now()
      guard left > 0 else { return .timedOut }
      var ready = [
        pollfd(fd: event.rawValue, events: Int16(POLLIN), revents: 0),
        // poll passes over a negative number, which stands for no handlers.
        pollfd(fd: Signals.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      // Rounded up, lest the last millisecond be spent turning round.
      let count = poll(&ready, 2, Int32(clamping: left / 1_000_000 + 1))
      if count > 0, ready[0].revents != 0 { return .value(slot.wait { $0.take() }) }
      if count > 0 { return .interrupted }
    }
  }
}
