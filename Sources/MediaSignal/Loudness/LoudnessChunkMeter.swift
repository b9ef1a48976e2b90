internal import MediaRaw

/// Filters a chunk of sound and sums its energies.
struct LoudnessChunkMeter: Sendable {
  private let filter: KWeightingFilter
  private let weights: [Double]
  private let counted: [Int]
  private let slices: LoudnessSlices
  private var states: [KWeightingFilter.State]
  private var frame: Int64
  /// What the chunk gave so far.
  private(set) var energies: LoudnessEnergies

  /// A meter of the chunk that begins with the frame `firstFrame` of the sound; channels of weight
  /// 0 are not looked at.
  init(sampleRate: Int, weights: [Double], firstFrame: Int64) {
    filter = KWeightingFilter(KWeighting(sampleRate: sampleRate))
    self.weights = weights
    counted = weights.indices.filter { weights[$0] != 0 }
    slices = LoudnessSlices(sampleRate: sampleRate)
    states = Array(repeating: KWeightingFilter.State(), count: weights.count)
    frame = firstFrame
    energies = LoudnessEnergies(firstSlice: slices.slice(of: firstFrame))
  }

  /// Lets the filters see what comes in front of the chunk.
  mutating func settle(_ planes: SamplePlanes) {
    unsafe settle(frameCount: planes.frameCount) { unsafe planes.floats($0) }
  }

  /// Takes the next block of the chunk.
  mutating func add(_ planes: SamplePlanes) {
    unsafe add(frameCount: planes.frameCount) { unsafe planes.floats($0) }
  }

  mutating func settle(frameCount: Int, plane: (Int) -> UnsafeBufferPointer<Float>) {
    _ = unsafe energy(of: 0..<frameCount, plane)
  }

  mutating func add(frameCount: Int, plane: (Int) -> UnsafeBufferPointer<Float>) {
    var start = 0
    while start < frameCount {
      let slice = slices.slice(of: frame)
      let left = Int(slices.firstFrame(of: slice + 1) - frame)
      let end = min(frameCount, start + left)
      let sum = unsafe energy(of: start..<end, plane)
      add(sum, slice: Int(slice - energies.firstSlice))
      frame += Int64(end - start)
      start = end
    }
  }

  private mutating func add(_ sum: Double, slice: Int) {
    while energies.sums.count <= slice { energies.sums.append(0) }
    energies.sums[slice] += sum
  }

  private mutating func energy(
    of frames: Range<Int>, _ plane: (Int) -> UnsafeBufferPointer<Float>
  ) -> Double {
    var total = 0.0
    var rest = counted[...]
    while let first = rest.popFirst() {
      let samples = unsafe UnsafeBufferPointer(rebasing: plane(first)[frames])
      guard let second = rest.popFirst() else {
        let sum = unsafe filter.sumOfSquares(samples, &states[first])
        total += weights[first] * sum
        break
      }
      let others = unsafe UnsafeBufferPointer(rebasing: plane(second)[frames])
      var firstState = states[first]
      var secondState = states[second]
      let sums = unsafe filter.sumsOfSquares(samples, others, &firstState, &secondState)
      states[first] = firstState
      states[second] = secondState
      total += weights[first] * sums.0 + weights[second] * sums.1
    }
    return total
  }
}
