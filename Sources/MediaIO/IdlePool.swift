/// Things that take long to make and serve one thread at a time, kept for whoever needs one next.
///
/// There are never more of them than threads that used one at once.
public final class IdlePool<Value>: Sendable {
  private struct Idle: @unchecked Sendable {
    var values: [Value] = []
  }

  private let idle = Monitor(Idle())

  /// A pool in which nothing lies yet.
  public init() {}

  /// Lends one to `body`, made by `make` where none lies idle; one that fails is not used again.
  ///
  /// - Throws: What `make` and `body` throw.
  public func with<Result>(
    _ make: () throws -> Value, _ body: (inout Value) throws -> Result
  ) throws -> Result {
    let known = idle.wait { Known(value: $0.values.popLast()) }
    var value = try known.value ?? make()
    let result = try body(&value)
    let kept = value
    idle.change { $0.values.append(kept) }
    return result
  }

  /// Never nil, so that nobody waits for one to be put back.
  private struct Known {
    var value: Value?
  }
}
