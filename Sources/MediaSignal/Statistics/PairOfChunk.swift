/// Two channels of a chunk against each other.
struct PairOfChunk: Sendable {
  /// The most channels of which pairs are measured.
  static let maxChannels = 8

  let first: Int
  let second: Int
  var products = CompensatedSum()
  var isIdentical = true
  var isInverted = true

  /// The pairs of so many channels: (0, 1), (0, 2), (1, 2) and so on.
  static func pairs(channelCount: Int) -> [PairOfChunk] {
    let count = min(channelCount, maxChannels)
    return (0..<count).flatMap { second in
      (0..<second).map { PairOfChunk(first: $0, second: second) }
    }
  }

  private init(first: Int, second: Int) {
    self.first = first
    self.second = second
  }

  /// Compares the samples of a block, as long as the sums over it are of a kind.
  mutating func compare<Sample: LaneSample>(
    _ planes: [UnsafeBufferPointer<Sample>], _ sums: [CellSums]
  ) {
    let (one, other) = (sums[first], sums[second])
    if isIdentical {
      isIdentical = unsafe one == other && Self.areEqual(planes[first], planes[second])
    }
    if isInverted {
      isInverted = unsafe one.isInverse(of: other) && Self.areInverse(planes[first], planes[second])
    }
  }

  /// Takes in what the next chunk has.
  mutating func append(_ next: PairOfChunk) {
    products.add(next.products)
    isIdentical = isIdentical && next.isIdentical
    isInverted = isInverted && next.isInverted
  }

  private static func areEqual<Sample: LaneSample>(
    _ one: UnsafeBufferPointer<Sample>, _ other: UnsafeBufferPointer<Sample>
  ) -> Bool {
    var differ = false
    for index in one.indices { unsafe differ = differ || one[index] != other[index] }
    return !differ
  }

  private static func areInverse<Sample: LaneSample>(
    _ one: UnsafeBufferPointer<Sample>, _ other: UnsafeBufferPointer<Sample>
  ) -> Bool {
    // By amplitude, for the negative of the smallest integer is none of its lane.
    one.indices.allSatisfy { unsafe one[$0].amplitude == -other[$0].amplitude }
  }
}

extension CellSums {
  fileprivate func isInverse(of other: CellSums) -> Bool {
    minimum == -other.maximum && maximum == -other.minimum && sum == -other.sum
      && sumOfSquares == other.sumOfSquares
  }

  /// Pearson's coefficient of two channels, from their sums, the sum of the products and the number
  /// of frames; nil where one does not vary.
  func correlation(with other: CellSums, products: Double, count: Int64) -> Double? {
    guard minimum < maximum, other.minimum < other.maximum else { return nil }
    let count = Double(count)
    let variance = sumOfSquares - sum * sum / count
    let otherVariance = other.sumOfSquares - other.sum * other.sum / count
    guard variance > 0, otherVariance > 0 else { return nil }
    let coefficient =
      (products - sum * other.sum / count) / (variance.squareRoot() * otherVariance.squareRoot())
    return max(-1, min(1, coefficient))
  }
}
