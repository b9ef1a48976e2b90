internal import MediaModel

/// Where a recording ends: with the first picture at or past a limit in front of which, in the order
/// of display, none is still missing.
///
/// A picture past the limit is written only where one before it follows in decoding, which may refer
/// to it; then all in front of that picture are wanted, too.
struct RecordingLimit<Picture> {
  private let most: Int?
  /// Pictures before one in decoding and behind it in output, at most.
  private let depth: Int
  /// Times from here on are past the limit.
  private(set) var bound: Int64?
  /// The latest time of those that are written.
  private(set) var latest: Int64?
  private var count = 0
  private var pending: [(picture: Picture, time: Int64)] = []
  private(set) var isOver = false

  /// A limit of time, of so many pictures, both, or neither.
  init(bound: Int64?, most: Int?, depth: Int) {
    (self.bound, self.most, self.depth) = (bound, most, depth)
  }

  /// Takes the next picture in the order of decoding, and gives those that are to be written.
  mutating func take(_ picture: Picture, at time: Int64) -> [Picture] {
    guard !isOver else { return [] }
    if let bound, time >= bound {
      pending.append((picture, time))
      isOver = pending.count > depth
      return []
    }
    let taken = pending.map(\.picture) + [picture]
    let newest = pending.reduce(max(latest ?? time, time)) { max($0, $1.time) }
    latest = newest
    count += taken.count
    if !pending.isEmpty { bound = newest + 1 }
    pending = []
    if let most, count >= most {
      bound = newest + 1
      isOver = depth == 0
    }
    return taken
  }

  /// Takes note that the pictures that follow have nothing to do with those before.
  mutating func interrupt() {
    if !pending.isEmpty { isOver = true }
  }
}
