/// What was measured of one channel of a chunk, and by joining chunks, of the sound so far.
struct ChannelOfChunk: Sendable {
  var minimum = Double.infinity
  var maximum = -Double.infinity
  var sum = CompensatedSum()
  var sumOfSquares = CompensatedSum()
  /// −1 before the first frame, so that a sound of zeros has its peak at the first.
  var peak = -1.0
  var peakFrame: Int64?
  var usedBits = UsedBits()
  var signs = SignChanges()
  var clippedSamples: Int64 = 0
  var invalidSamples: Int64 = 0
  /// Of what is below 120 Hz; nil where it is not measured.
  var lowSquares: CompensatedSum?

  /// The sums as one.
  var sums: CellSums {
    CellSums(
      minimum: minimum, maximum: maximum, sum: sum.value, sumOfSquares: sumOfSquares.value)
  }

  /// Takes in the sums of a block.
  mutating func add(_ block: CellSums) {
    minimum = min(minimum, block.minimum)
    maximum = max(maximum, block.maximum)
    sum.add(block.sum)
    sumOfSquares.add(block.sumOfSquares)
  }

  /// Takes in what the next chunk has.
  mutating func append(_ next: ChannelOfChunk) {
    minimum = min(minimum, next.minimum)
    maximum = max(maximum, next.maximum)
    sum.add(next.sum)
    sumOfSquares.add(next.sumOfSquares)
    if next.peak > peak { (peak, peakFrame) = (next.peak, next.peakFrame) }
    usedBits.add(next.usedBits)
    signs.append(next.signs)
    clippedSamples += next.clippedSamples
    invalidSamples += next.invalidSamples
    if let low = next.lowSquares {
      var sum = lowSquares ?? CompensatedSum()
      sum.add(low)
      lowSquares = sum
    }
  }
}
