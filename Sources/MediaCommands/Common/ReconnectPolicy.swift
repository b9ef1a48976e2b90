internal import MediaModel

/// When to try again after a connection was lost or refused.
///
/// First after 200 ms, then doubling to 1 s during the first minute of an outage, and from there
/// on to 10 s; each with up to 20 % more or less, so that many who were thrown out together do not
/// come back together.
struct ReconnectPolicy {
  /// What the last try ended with.
  enum Reason {
    /// The name is still held; after an outage it is our own former connection that holds it.
    case nameTaken
    case other
  }

  private static let first: Nanoseconds = 200_000_000
  private static let early: Nanoseconds = 1_000_000_000
  private static let latest: Nanoseconds = 10_000_000_000
  private static let minute: Nanoseconds = 60_000_000_000
  /// A connection that held so long ends an outage; one that did not was none.
  private static let proof: Nanoseconds = 10_000_000_000

  /// How many tries an outage may take; nil for any number.
  let limit: Int?

  private var tries = 0
  private var delay: Nanoseconds = 0
  private var outageStart: Nanoseconds?
  private var successTime: Nanoseconds?
  private var hasSucceeded = false

  /// Makes one for `limit` tries, or nil for ever.
  init(limit: Int?) { self.limit = limit }

  /// Takes note that a connection does its work.
  mutating func succeeded(at now: Nanoseconds) { (successTime, hasSucceeded) = (now, true) }

  /// Says how long to wait before the next try.
  ///
  /// - Returns: nil where enough has been tried.
  mutating func wait(
    after reason: Reason, at now: Nanoseconds, using random: inout some RandomNumberGenerator
  ) -> Nanoseconds? {
    if let successTime, now - successTime >= Self.proof { begin() }
    successTime = nil
    let start = outageStart ?? now
    outageStart = start
    let isOurOwn = reason == .nameTaken && hasSucceeded && limit != 0 && now - start < Self.minute
    if !isOurOwn {
      if let limit, tries >= limit { return nil }
      tries += 1
    }
    let bound = now - start < Self.minute ? Self.early : Self.latest
    delay = delay == 0 ? Self.first : min(2 * delay, bound)
    return delay * Nanoseconds.random(in: 800...1200, using: &random) / 1000
  }

  /// Forgets the outage before.
  private mutating func begin() { (tries, delay, outageStart) = (0, 0, nil) }
}
