import CSystem
import Glibc

/// Values from something that blocks, made on a thread of its own for an event loop.
///
/// Belongs to the thread of the loop, but for `make`.
public final class BackgroundReader<Value: Sendable> {
  /// What there is at present.
  public enum Step {
    /// The next value.
    case value(Value)
    /// Nothing yet; the descriptor tells when there is more.
    case empty
    /// Nothing follows.
    case end
  }

  private struct State {
    var values: [Value] = []
    var ending: Result<Void, any Error>?
    var isClosed = false
  }

  private let state = Monitor(State())
  private let bell: Bell
  private var taken: ArraySlice<Value> = []

  /// Begins to read on a thread of its own.
  ///
  /// - Parameters:
  ///   - capacity: how many values may wait.
  ///   - make: gives the next value, or nil at the end; called on that thread alone.
  /// - Throws: `IOFailure` where there is no thread to be had.
  public init(
    capacity: Int, make: @escaping @Sendable () throws -> Value?
  ) throws(IOFailure) {
    precondition(capacity > 0, "a queue needs room")
    let number = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard number >= 0 else {
      throw IOFailure(call: "eventfd", code: errno, subject: "background reader")
    }
    let bell = Bell(FileDescriptor(owning: number, subject: "background reader"))
    self.bell = bell
    // Whoever blocks for good is left alone at the end.
    try WorkerThread { [state] in Self.run(state, capacity, bell, make) }.detach()
  }

  deinit { state.change { $0.isClosed = true } }

  /// Readable from when something has come until `next` has answered `empty` or `end`.
  public var rawDescriptor: Int32 { bell.descriptor.rawValue }

  /// What there is, without waiting.
  ///
  /// - Throws: what `make` threw, behind the values before.
  public func next() throws -> Step {
    if let value = taken.popFirst() { return .value(value) }
    var count: eventfd_t = 0
    eventfd_read(bell.descriptor.rawValue, &count)
    let (values, ending) = state.wait { state -> ([Value], Result<Void, any Error>?)? in
      defer { state.values = [] }
      return (state.values, state.ending)
    }
    taken = values[...]
    if let value = taken.popFirst() { return .value(value) }
    guard let ending else { return .empty }
    try ending.get()
    return .end
  }

  private static func run(
    _ state: Monitor<State>, _ capacity: Int, _ bell: Bell, _ make: () throws -> Value?
  ) {
    var isOpen = true
    while isOpen {
      let step = Result { try make() }
      isOpen = state.wait { state -> Bool? in
        if state.isClosed { return false }
        switch step {
        case .success(let value?):
          guard state.values.count < capacity else { return nil }
          state.values.append(value)
          return true
        case .success(nil): state.ending = .success(())
        case .failure(let error): state.ending = .failure(error)
        }
        return false
      }
      bell.ring()
    }
  }

  /// Wakes the loop, whichever of the two lives longer.
  private final class Bell: Sendable {
    let descriptor: FileDescriptor

    init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

    func ring() { eventfd_write(descriptor.rawValue, 1) }
  }
}
