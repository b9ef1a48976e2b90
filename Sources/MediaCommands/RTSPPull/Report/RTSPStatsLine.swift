internal import MediaModel

/// When `--stats` shows its line: each second where a terminal shows it in the place of the last one,
/// else every ten, so that a log stays readable.
struct RTSPStatsLine {
  private static let pause: Nanoseconds = 10_000_000_000

  private let isTerminal: Bool
  private var next: Nanoseconds?

  init(isTerminal: Bool) { self.isTerminal = isTerminal }

  /// What is to be shown of an interval that ended now; nil where it is not time.
  mutating func text(_ interval: RTSPInterval, at now: Nanoseconds) -> String? {
    guard !isTerminal else { return interval.words }
    // Ticks come a little early or late.
    guard now >= (next ?? now) - 500_000_000 else { return nil }
    next = now.addingOrMax(Self.pause)
    return interval.words
  }
}
