/// Does `work` on values one after the other on a thread of its own.
///
/// The giver runs ahead by a few values at most, so memory stays flat. What `work` threw is thrown
/// to the giver at its next call, and the values after it are dropped.
public final class SerialWorker<Value: Sendable, Failure: Error> {
  private struct State {
    var waiting: [Value] = []
    var isWorking = false
    var isClosed = false
    var failure: Failure?

    /// Whether everything given has been seen to.
    var isIdle: Bool { waiting.isEmpty && !isWorking }
  }

  private let capacity: Int
  private let state = Monitor(State())
  private let thread: WorkerThread

  /// Starts the thread; at most `capacity` values wait for it.
  ///
  /// - Throws: `IOFailure` with `EAGAIN` where the system has no more threads.
  public init(
    capacity: Int, work: @escaping @Sendable (Value) throws(Failure) -> Void
  ) throws(IOFailure) {
    precondition(capacity > 0, "a queue needs room")
    self.capacity = capacity
    thread = try WorkerThread { [state] in Self.run(state, work) }
  }

  deinit {
    state.change { $0.isClosed = true }
    thread.join()
  }

  /// Hands a value over, waiting for room.
  public func put(_ value: Value) throws(Failure) {
    let failure = state.wait { [capacity] state -> Failure?? in
      if let failure = state.failure { return .some(failure) }
      guard state.waiting.count < capacity else { return nil }
      state.waiting.append(value)
      return .some(nil)
    }
    if let failure { throw failure }
  }

  /// Waits until every value handed over has been worked on.
  public func drain() throws(Failure) {
    let failure = state.wait { state -> Failure?? in
      if let failure = state.failure { return .some(failure) }
      return state.isIdle ? .some(nil) : nil
    }
    if let failure { throw failure }
  }

  private static func run(
    _ state: Monitor<State>, _ work: (Value) throws(Failure) -> Void
  ) {
    while true {
      let value = state.wait { state -> Value?? in
        guard !state.waiting.isEmpty else { return state.isClosed ? .some(nil) : nil }
        state.isWorking = true
        return .some(state.waiting.removeFirst())
      }
      guard let value else { return }
      do throws(Failure) {
        try work(value)
        state.change { $0.isWorking = false }
      } catch {
        state.change {
          $0.failure = error
          $0.isWorking = false
        }
        return
      }
    }
  }
}
