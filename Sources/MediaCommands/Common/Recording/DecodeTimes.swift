/// Gives pictures that come in the order of decoding, with the times they are shown at, the times to
/// decode them at.
///
/// With at most `depth` pictures before one in decoding and behind it in output, the n-th picture in
/// decoding may have the time of the picture that is shown `depth` places earlier; so decode times
/// rise, and none is later than its picture is shown.
struct DecodeTimes<Picture> {
  /// A picture with both its times, in ticks.
  struct Timed {
    var picture: Picture
    var pts: Int64
    var dts: Int64
  }

  /// How many pictures show the depth where no parameter set states it; deeper reordering than 16
  /// is not allowed.
  private static var observed: Int { 32 }

  private let statedDepth: Int?
  private let step: Int64
  private var waiting: [(picture: Picture, pts: Int64)] = []
  /// The times not given away yet, sorted; nil before the depth is known.
  private var times: [Int64]?
  /// The depth that is gone by: stated, or seen in the first pictures; nil before that.
  private(set) var depth: Int?
  /// The last time to decode at.
  private(set) var last: Int64?
  /// Pictures whose place in output did not fit the depth.
  private(set) var misplaced = 0

  /// Begins before the first picture; `depth` is nil where nobody states it, `step` is how many
  /// ticks decode times differ by at least, and `last` the time of a picture before.
  init(depth: Int?, step: Int64 = 1, after last: Int64? = nil) {
    statedDepth = depth.map { min(max($0, 0), 16) }
    (self.step, self.last) = (step, last)
  }

  /// Takes the next picture in the order of decoding, and gives those whose times are known.
  mutating func add(_ picture: Picture, pts: Int64) -> [Timed] {
    if times != nil { return [time(picture, pts)] }
    waiting.append((picture, pts))
    // Twice as many show how long a picture lasts, too.
    let needed = statedDepth.map { $0 == 0 ? 1 : 2 * $0 + 4 } ?? Self.observed
    return waiting.count >= needed ? begin() : []
  }

  /// Gives what is left.
  mutating func finish() -> [Timed] { times == nil && !waiting.isEmpty ? begin() : [] }

  private mutating func begin() -> [Timed] {
    let depth = statedDepth ?? Self.depth(waiting.map(\.pts))
    self.depth = depth
    let sorted = waiting.map(\.pts).sorted()
    let shortest = zip(sorted, sorted.dropFirst()).map { $1 - $0 }.filter { $0 > 0 }.min() ?? 1
    // As if pictures had been shown before.
    let first = waiting.prefix(depth + 1).map(\.pts).min() ?? 0
    times = (0..<depth).map { first - Int64(depth - $0) * shortest }
    defer { waiting = [] }
    return waiting.map { time($0.picture, $0.pts) }
  }

  /// How many pictures at most come before one and are shown behind it.
  private static func depth(_ times: [Int64]) -> Int {
    times.indices.reduce(0) { depth, index in
      max(depth, times[..<index].count { $0 > times[index] })
    }
  }

  private mutating func time(_ picture: Picture, _ pts: Int64) -> Timed {
    var window = times ?? []
    var place = window.count
    while place > 0, window[place - 1] > pts { place -= 1 }
    window.insert(pts, at: place)
    var dts = window.removeFirst()
    times = window
    if let last { dts = max(dts, last + step) }
    last = dts
    if pts < dts { misplaced += 1 }
    return Timed(picture: picture, pts: max(pts, dts), dts: dts)
  }
}
