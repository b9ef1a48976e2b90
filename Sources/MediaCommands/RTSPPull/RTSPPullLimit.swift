internal import MediaModel
internal import MediaRTP

/// `--duration` where nothing is recorded: how much media came, over all connections.
struct RTSPPullLimit {
  private let limit: Double
  /// Seconds of the connections before, and of this one.
  private var (past, present) = (0.0, 0.0)
  /// Where tracks began on this connection.
  private var starts: [Int: Int64] = [:]

  init(_ limit: Nanoseconds) { self.limit = Double(limit) / 1e9 }

  /// Goes on with another connection.
  mutating func begin() {
    past += present
    (present, starts) = (0, [:])
  }

  /// Takes a frame; whether it is at or past the limit.
  mutating func reaches(_ frame: RTSPFrame) -> Bool {
    let start = starts[frame.index] ?? frame.frame.timestamp
    starts[frame.index] = start
    let ticks = Double(frame.frame.timestamp &- start)
    present = max(present, ticks / Double(frame.track.clockRate))
    return past + present >= limit
  }
}
