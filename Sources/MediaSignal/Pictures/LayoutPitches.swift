internal import MediaRaw

/// How alike the bytes of a sample are at each distance: those of rows below each other are.
struct LayoutPitches {
  /// Bits that a byte takes which is foretold by the one so far before it.
  private let bits: [Double]
  /// Distances at which bytes are liker each other than at those around, the most marked first.
  private(set) var lags: [Int] = []

  /// Of pictures whose rows are known: nothing.
  static let none = LayoutPitches(bits: [])

  private init(bits: [Double]) { self.bits = bits }

  init(_ reader: LayoutReader, limit: Int) {
    let last = min(16_384, reader.count / 24)
    guard last > 60 else {
      bits = []
      return
    }
    bits = (0...last).map { lag in
      let mean = lag < 4 ? 128 : reader.meanDifference(lag: lag, places: 2048, longest: last)
      return LayoutReader.bits(mean: mean, depth: 8)
    }
    var dips: [(lag: Int, depth: Double)] = []
    for lag in 28..<last - 24 {
      let depth = depth(lag)
      guard depth > 0.05 else { continue }
      let isLeast = [1, 2, 3, 4, 6].allSatisfy {
        bits[lag] <= bits[lag - $0] && bits[lag] <= bits[lag + $0]
      }
      if isLeast { dips.append((lag, depth)) }
    }
    // Two, three and more rows are alike too, often as much.
    var kept: [(lag: Int, depth: Double)] = []
    for dip in dips {
      let isMultiple = kept.contains { shorter in
        let rest = dip.lag % shorter.lag
        let margin = dip.lag / shorter.lag == 2 ? 1 : 1.1
        return min(rest, shorter.lag - rest) <= 1 && dip.depth <= shorter.depth * margin
      }
      if !isMultiple || dip.lag % 128 == 0 { kept.append(dip) }
    }
    lags = kept.sorted { ($0.depth, -$0.lag) > ($1.depth, -$1.lag) }.prefix(limit).map(\.lag)
  }

  /// By how many bits bytes are liker at a distance than at those around it; 0 where it is unknown.
  func depth(_ lag: Int) -> Double {
    guard lag >= 28, lag + 24 < bits.count else { return 0 }
    // Twelve bytes are whole pixels of most formats: only the pixels' distance differs.
    return (bits[lag - 24] + bits[lag - 12] + bits[lag + 12] + bits[lag + 24]) / 4 - bits[lag]
  }

  /// What bytes take at a distance; nil where it is not known.
  func bits(_ lag: Int) -> Double? { bits.indices.contains(lag) ? bits[lag] : nil }

  /// Whether a part of a stride would do as well: then rows are shorter.
  func hasShorterRows(than stride: Int) -> Bool {
    let own = depth(stride)
    guard let ownBits = bits(stride) else { return false }
    return [2, 3, 4, 6, 8].contains { part in
      guard stride % part == 0, let shorter = bits(stride / part) else { return false }
      return depth(stride / part) > max(0.8 * own, 0.1) && shorter < ownBits + 0.1
    }
  }
}
