/// Monotonic time in nanoseconds from an arbitrary beginning.
public typealias Nanoseconds = Int64

/// What a machine wants done, or has to tell.
public enum Output<Event> {
  /// Send these bytes to the peer.
  case send([UInt8])
  /// Something happened that its user should know.
  case event(Event)
  /// Nothing more for now: come back with bytes, or with `tick` at this time; nil is no deadline.
  case wait(until: Nanoseconds?)
  /// Close the connection; nothing follows.
  case close
}

extension Output: Sendable where Event: Sendable {}
extension Output: Equatable where Event: Equatable {}

/// A protocol without sockets, clocks or threads: bytes and time in, bytes and events out.
///
/// After each `receive` and each `tick` the driver calls `nextOutput` until it answers `.wait` or
/// `.close`. Needing more bytes is `.wait`, never an error, and any cut of the stream gives the
/// same outputs. Randomness, limits and hash functions are arguments of a machine's initialiser.
public protocol Machine {
  /// What it tells its user.
  associatedtype Event
  /// What it can fail with, saying whether we or the peer broke the rules.
  associatedtype Failure: Error

  /// Takes bytes that arrived; the outputs already due remain due even if it throws.
  mutating func receive(_ bytes: [UInt8], at now: Nanoseconds) throws(Failure)

  /// Takes the time; calling it early or often does no harm.
  mutating func tick(at now: Nanoseconds) throws(Failure)

  /// The next thing to do, in order.
  mutating func nextOutput() -> Output<Event>

  /// The bytes to send next, in pieces that are sent from where they lie.
  ///
  /// A driver that can do so asks this before each `nextOutput`; to any other the same bytes are
  /// told by `.send`. A machine that copies what it sends needs none.
  ///
  /// - Returns: Pieces in order, none of them empty; nothing where there are no such bytes.
  mutating func nextPieces() -> [ArraySlice<UInt8>]
}

extension Machine {
  /// Nothing: all is told by `nextOutput`.
  public mutating func nextPieces() -> [ArraySlice<UInt8>] { [] }
}
