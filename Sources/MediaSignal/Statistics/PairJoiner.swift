/// Joins what chunks have of two channels.
struct PairJoiner {
  /// The correlation below which a window is out of phase.
  static let outOfPhase = -0.5

  private var pair: PairOfChunk
  private var outOfPhase: RunJoiner

  /// Of a whole sound.
  init(_ pair: PairOfChunk, sampleRate: Int) {
    self.pair = pair
    outOfPhase = RunJoiner(minimum: Int64(sampleRate))
  }

  /// Takes in the next chunk.
  mutating func append(_ next: PairOfChunk) { pair.append(next) }

  /// Takes in the next window of 50 ms, with the sum of this pair's products.
  mutating func add(_ window: WindowJoiner.Window, product: Double) {
    let correlation = window.sums[pair.first].correlation(
      with: window.sums[pair.second], products: product, count: Int64(window.frames.count))
    guard let correlation, correlation < Self.outOfPhase else { return }
    outOfPhase.extend(Run(frames: window.frames))
  }

  /// Ends the sound.
  mutating func finish() { outOfPhase.finish() }

  /// What was measured, with the sums of all channels.
  func measurement(_ sums: [CellSums], frameCount: Int64) -> ChannelPairMeasurement {
    let (one, other) = (sums[pair.first], sums[pair.second])
    return ChannelPairMeasurement(
      first: pair.first, second: pair.second,
      correlation: one.correlation(
        with: other, products: pair.products.value, count: max(1, frameCount)),
      isIdentical: frameCount > 0 && pair.isIdentical,
      isInverted: frameCount > 0 && pair.isInverted && one.peak > 0,
      outOfPhase: outOfPhase.listed.map(\.frames))
  }
}
