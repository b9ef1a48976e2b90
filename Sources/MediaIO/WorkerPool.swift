import CSystem
import Glibc

/// Does `work` on the numbers from 0 up to `count` on `jobs` threads, and hands the results over
/// in order.
///
/// As the form that draws its items, with numbers for items.
///
/// - Throws: What `deliver` throws; work that has begun is finished before, none is begun after.
public func mapInOrder<Value: Sendable, Failure: Error>(
  jobs: Int, count: Int,
  work: @escaping @Sendable (Int) -> Value,
  deliver: (Int, Value) throws(Failure) -> Void
) throws(Failure) {
  var drawn = 0
  var delivered = 0
  try mapInOrder(
    jobs: min(jobs, count),
    next: { () throws(Failure) -> Int? in
      guard drawn < count else { return nil }
      defer { drawn += 1 }
      return drawn
    }, work: work,
    deliver: { (value: Value) throws(Failure) in
      try deliver(delivered, value)
      delivered += 1
    })
}

/// Draws items, does `work` on them on `jobs` threads, and hands the results over in order.
///
/// `next` and `deliver` run on the caller's thread: a result is delivered as soon as all before it
/// have been, at the latest when as many as twice the number of threads have been drawn and not
/// delivered, so memory stays flat. With one job, or a single item, there is no thread: drawing,
/// work and delivery take turns.
///
/// - Parameters:
///   - jobs: how many threads, if there are as many items.
///   - next: gives the next item; nil where none follows, after which it is not called again.
///   - work: may run on several threads at once.
///   - deliver: takes each result.
/// - Throws: What `next` throws, after what was drawn before has been delivered; what `deliver`
///   throws: work that has begun is finished before, none is begun after.
public func mapInOrder<Item: Sendable, Value: Sendable, Failure: Error>(
  jobs: Int,
  next: () throws(Failure) -> Item?,
  work: @escaping @Sendable (Item) -> Value,
  deliver: (Value) throws(Failure) -> Void
) throws(Failure) {
  let pool = WorkerPool(jobs: jobs, work: work)
  defer { pool.close() }
  var ending: Result<Void, Failure>?
  while true {
    while ending == nil, pool.hasRoom {
      switch Result(catching: { () throws(Failure) in try next() }) {
      case .success(let item?): pool.add(item)
      case .success(nil): ending = .success(())
      case .failure(let error): ending = .failure(error)
      }
      // Drawing may take long: who waits for results is not to wait for that too.
      while let value = pool.takeReady() { try deliver(value) }
    }
    guard let value = pool.take() else { break }
    try deliver(value)
  }
  try ending?.get()
}

/// The threads of one `mapInOrder`, and what they have still to do; belongs to the caller.
private final class WorkerPool<Item: Sendable, Value: Sendable> {
  private let jobs: Int
  private let work: @Sendable (Item) -> Value
  private let bench: WorkBench<Item, Value>
  private var threads: [WorkerThread] = []
  /// Whether no more threads are to be had.
  private var isComplete: Bool
  private var added = 0
  private var taken = 0

  init(jobs: Int, work: @escaping @Sendable (Item) -> Value) {
    self.jobs = max(jobs, 1)
    self.work = work
    isComplete = jobs <= 1
    // As many places as any number of threads could fill would be no bound.
    bench = WorkBench(placeCount: 2 * min(self.jobs, 1024))
  }

  private var pending: Int { added - taken }

  /// Whether another item may be drawn.
  var hasRoom: Bool { pending < (isComplete && threads.isEmpty ? 1 : bench.placeCount) }

  func add(_ item: Item) {
    bench.put(item)
    added += 1
    // One item is worth no thread.
    if added == 2 { addThread() }
    if added > 1 { addThread() }
  }

  private func addThread() {
    guard !isComplete else { return }
    do {
      threads.append(try WorkerThread { [bench, work] in bench.run(work) })
      isComplete = threads.count == jobs
    } catch {
      isComplete = true  // the system has no more: those that there are do all the work
    }
  }

  /// The next result if it is there.
  func takeReady() -> Value? {
    guard let value = bench.result(taken, waits: false) else { return nil }
    taken += 1
    return value
  }

  /// The next result, waited for; nil where all have been taken.
  func take() -> Value? {
    guard pending > 0 else { return nil }
    defer { taken += 1 }
    if threads.isEmpty, let item = bench.takeItem(waits: false) { return work(item.value) }
    return bench.result(taken, waits: true)
  }

  func close() {
    bench.stop()
    for thread in threads { thread.join() }
  }
}

/// What the threads of one pool share.
private final class WorkBench<Item: Sendable, Value: Sendable>: Sendable {
  private struct State {
    /// Items nobody has begun, the first being of the number `firstItem`.
    var items: ArraySlice<Item> = []
    var firstItem = 0
    /// Results by number modulo the places.
    var results: [Value?]
    var isStopped = false
  }

  let placeCount: Int
  private let state: Monitor<State>

  init(placeCount: Int) {
    self.placeCount = placeCount
    state = Monitor(State(results: Array(repeating: nil, count: placeCount)))
  }

  func put(_ item: Item) {
    state.change { $0.items.append(item) }
  }

  /// The body of each thread.
  func run(_ work: (Item) -> Value) {
    while let item = takeItem(waits: true) {
      let value = work(item.value)
      state.change { $0.results[item.number % placeCount] = value }
    }
  }

  /// The next item to work on; nil when there is none any more, or none yet where it does not wait.
  func takeItem(waits: Bool) -> (number: Int, value: Item)? {
    state.wait { state -> (number: Int, value: Item)?? in
      if state.isStopped { return .some(nil) }
      guard let item = state.items.popFirst() else { return waits ? nil : .some(nil) }
      state.firstItem += 1
      return (state.firstItem - 1, item)
    }
  }

  /// The result of a number; nil only where it does not wait.
  func result(_ number: Int, waits: Bool) -> Value? {
    state.wait { state -> Value?? in
      if let value = state.results[number % placeCount].take() { return .some(value) }
      return waits ? nil : .some(nil)
    }
  }

  func stop() {
    state.change { $0.isStopped = true }
  }
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
