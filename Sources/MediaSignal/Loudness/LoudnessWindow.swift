/// The mean square of the last slices of a sound, and the largest it has been.
struct LoudnessWindow: Sendable {
  /// How many steps long it is.
  let steps: Int
  /// The mean square of the window that ends with the last slice; nil where there are too few yet.
  private(set) var energy: Double?
  /// The largest mean square so far.
  private(set) var maximum = 0.0
  /// The frame where the first window of it ends; nil of silence.
  private(set) var maximumEnd: Int64?

  /// The last sums, by slice modulo their number.
  private var recent: [Double]
  private var next = 0
  private var isFull = false
  private var sum = 0.0

  init(steps: Int) {
    self.steps = steps
    recent = Array(repeating: 0, count: steps * LoudnessEnergies.slicesPerStep)
  }

  /// Takes the next slice, which ends before the frame `end`.
  mutating func add(_ slice: Double, end: Int64, stepFrames: Int64) {
    sum += slice - recent[next]
    recent[next] = slice
    next += 1
    if next == recent.count {
      next = 0
      isFull = true
    }
    // At the end of a step, where the windows of the standard end, the sum is made anew: what a
    // loud slice left in it by rounding does not stay. It is far below what gates leave.
    if next % LoudnessEnergies.slicesPerStep == 0 { sum = recent.reduce(0, +) }
    guard isFull else { return }
    let energy = max(0, sum) / Double(Int64(steps) * stepFrames)
    self.energy = energy
    guard energy > maximum, LoudnessHistogram.loudness(energy) != nil else { return }
    maximum = energy
    maximumEnd = end
  }

  /// The largest loudness so far, not gated.
  var maximumLoudness: LoudnessValue {
    LoudnessHistogram.loudness(maximum).map(LoudnessValue.value) ?? .silence
  }
}
