/// Joins the energies of a sound's chunks, in order, and reckons its loudness from them.
struct LoudnessMeter {
  private static let integratedGate = 10.0
  private static let rangeGate = 20.0

  private let slices: LoudnessSlices
  private let hasChannel: Bool
  /// Called each 100 ms of sound, in order: the frame where the step ends, momentary and short-term
  /// loudness of the 400 ms and 3 s that end there (LUFS; nil before the first, or of silence).
  var onStep: (Int64, Double?, Double?) throws -> Void

  private var slice: Int64 = 0
  private var openSum = 0.0
  private var momentary = LoudnessWindow(steps: 4)
  private var shortTerm = LoudnessWindow(steps: 30)
  private var blocks = LoudnessHistogram()
  private var shortTerms = LoudnessHistogram()

  /// A meter of a whole sound, with the weights of its channels.
  init(
    sampleRate: Int, weights: [Double],
    onStep: @escaping (Int64, Double?, Double?) throws -> Void = { _, _, _ in }
  ) {
    slices = LoudnessSlices(sampleRate: sampleRate)
    hasChannel = weights.contains { $0 != 0 }
    self.onStep = onStep
  }

  /// Takes the energies of the next chunk, which ends before the frame `endFrame`.
  ///
  /// - Throws: what `onStep` throws.
  mutating func append(_ energies: LoudnessEnergies, endFrame: Int64) throws {
    for (index, sum) in energies.sums.enumerated() {
      while slice < energies.firstSlice + Int64(index) { try closeSlice() }
      openSum += sum
    }
    while slices.firstFrame(of: slice + 1) <= endFrame { try closeSlice() }
  }

  /// What was measured of the `frameCount` frames of the sound.
  func measurement(frameCount: Int64) -> LoudnessMeasurement {
    guard hasChannel else { return LoudnessMeasurement(all: .noChannel) }
    var result = LoudnessMeasurement(all: .silence)
    result.setMomentary(momentary)
    result.setShortTerm(shortTerm)
    result.setIntegrated(blocks, gate: Self.integratedGate)
    result.setRange(shortTerms, gate: Self.rangeGate)
    let steps = frameCount / slices.stepFrames
    if steps < Int64(momentary.steps) { result.setTooShortForBlocks() }
    if steps < Int64(shortTerm.steps) { result.setTooShortForShortTerm() }
    return result
  }

  private mutating func closeSlice() throws {
    slice += 1
    let end = slices.firstFrame(of: slice)
    momentary.add(openSum, end: end, stepFrames: slices.stepFrames)
    shortTerm.add(openSum, end: end, stepFrames: slices.stepFrames)
    openSum = 0
    // Tech 3342 asks for ten windows a second or more. Where loudness swings widely in few seconds
    // ten are so far apart that a rank more or less, by which meters differ, is some tenths of a LU.
    if let energy = shortTerm.energy { shortTerms.add(energy: energy) }
    guard slice % Int64(LoudnessEnergies.slicesPerStep) == 0 else { return }
    if let energy = momentary.energy { blocks.add(energy: energy) }
    try onStep(
      end, momentary.energy.flatMap(LoudnessHistogram.loudness),
      shortTerm.energy.flatMap(LoudnessHistogram.loudness))
  }
}

extension LoudnessMeasurement {
  fileprivate mutating func setMomentary(_ window: LoudnessWindow) {
    momentaryMaximum = window.maximumLoudness
    momentaryMaximumEnd = window.maximumEnd
  }

  fileprivate mutating func setShortTerm(_ window: LoudnessWindow) {
    shortTermMaximum = window.maximumLoudness
    shortTermMaximumEnd = window.maximumEnd
  }

  /// BS.1770-5 Annex 1: the mean of the blocks that are louder than 10 LU below the mean of those
  /// louder than −70 LUFS.
  fileprivate mutating func setIntegrated(_ blocks: LoudnessHistogram, gate distance: Double) {
    guard let gate = blocks.gate(below: distance), let mean = blocks.mean(above: gate) else {
      return
    }
    threshold = .value(gate)
    integrated = .value(mean)
  }

  /// Tech 3342: from the 10th to the 95th percentile of the short-term loudness above a gate.
  fileprivate mutating func setRange(_ shortTerms: LoudnessHistogram, gate distance: Double) {
    guard let gate = shortTerms.gate(below: distance),
      let percentiles = shortTerms.percentiles([0.1, 0.95], above: gate), percentiles.count == 2
    else { return }
    rangeLow = .value(percentiles[0])
    rangeHigh = .value(percentiles[1])
    range = .value(percentiles[1] - percentiles[0])
  }

  fileprivate mutating func setTooShortForBlocks() {
    integrated = .tooShort(seconds: 0.4)
    threshold = .tooShort(seconds: 0.4)
    momentaryMaximum = .tooShort(seconds: 0.4)
  }

  fileprivate mutating func setTooShortForShortTerm() {
    range = .tooShort(seconds: 3)
    rangeLow = .tooShort(seconds: 3)
    rangeHigh = .tooShort(seconds: 3)
    shortTermMaximum = .tooShort(seconds: 3)
  }
}
