internal import MediaRaw

/// Joins the chunks of a sound, in order, to one measurement; memory does not grow with length.
///
/// However the sound is cut into chunks, the measurement is the same.
public struct SoundMeter {
  private let plan: SoundPlan
  private var frameCount: Int64 = 0
  private var statistics: StatisticsJoiner
  private var truePeaks: TruePeakJoiner
  private var loudness: LoudnessMeter?
  private var spectrogram: SpectrogramMeter?
  private let steps = LoudnessSteps()
  /// The last step of loudness that ended within the windows told so far.
  private var lastStep: LoudnessSteps.Step?

  /// Called for each window of the series as soon as it is known, in order.
  public var onWindow: (SoundWindow) throws -> Void = { _ in }
  /// Called each 100 ms of sound, in order, where loudness is measured: the frame where the step
  /// ends, momentary and short-term loudness (LUFS, nil where undefined).
  public var onLoudness: (Int64, Double?, Double?) throws -> Void = { _, _, _ in }

  /// A meter of a whole sound.
  public init(_ plan: SoundPlan) {
    self.plan = plan
    statistics = StatisticsJoiner(plan)
    truePeaks = TruePeakJoiner(channelCount: plan.measuresTruePeak ? plan.format.channelCount : 0)
    if plan.measuresLoudness {
      loudness = LoudnessMeter(
        sampleRate: plan.format.sampleRate, weights: plan.loudnessWeights,
        onStep: { [steps] end, momentary, shortTerm in
          steps.waiting.append(
            LoudnessSteps.Step(end: end, momentary: momentary, shortTerm: shortTerm))
        })
    }
    spectrogram = plan.spectrogram.map {
      SpectrogramMeter(plan: $0, channelCount: plan.format.channelCount)
    }
  }

  /// Takes the next chunk, which begins where the last one ended.
  ///
  /// - Throws: what `onWindow` or `onLoudness` throw.
  public mutating func append(_ chunk: SoundChunk) throws {
    guard !chunk.frames.isEmpty else { return }
    frameCount = chunk.frames.upperBound
    var part = chunk.statistics
    for (channel, squares) in chunk.filtered.lowSquares.enumerated() {
      part.channels[channel].lowSquares = squares
    }
    let windows = statistics.append(part, of: chunk.frames)
    truePeaks.append(chunk.filtered.truePeaks)
    if let spectra = chunk.filtered.spectra { spectrogram?.append(spectra) }
    if let energies = chunk.filtered.energies {
      let told = steps.waiting.count
      try loudness?.append(energies, endFrame: frameCount)
      for step in steps.waiting.dropFirst(told) {
        try onLoudness(step.end, step.momentary, step.shortTerm)
      }
    }
    for window in windows { try tell(window) }
    // The next window ends behind all of these, so of them only the last is of use.
    lastStep = steps.waiting.last ?? lastStep
    steps.waiting = []
  }

  /// The measurement, with the last window told.
  ///
  /// - Throws: what `onWindow` or `onLoudness` throw.
  public mutating func finish() throws -> SoundMeasurement {
    if let window = statistics.lastWindow(end: frameCount) { try tell(window) }
    var measurement = statistics.finish(frameCount: frameCount)
    truePeaks.finish(&measurement)
    measurement.loudness = loudness?.measurement(frameCount: frameCount)
    measurement.spectrogram = spectrogram?.spectrogram(frameCount: frameCount)
    return measurement
  }

  /// Gives a window the loudness of the last step that ends within it or before.
  private mutating func tell(_ window: SoundWindow) throws {
    let passed = steps.waiting.prefix { $0.end <= window.frames.upperBound }
    lastStep = passed.last ?? lastStep
    steps.waiting.removeFirst(passed.count)
    var window = window
    window.momentary = lastStep?.momentary
    window.shortTerm = lastStep?.shortTerm
    try onWindow(window)
  }
}

/// Steps of loudness on their way from the meter to those who want to know.
private final class LoudnessSteps {
  struct Step {
    var end: Int64
    var momentary: Double?
    var shortTerm: Double?
  }

  var waiting: [Step] = []
}

/// Joins the true peaks of chunks.
private struct TruePeakJoiner {
  private var peaks: [(value: Double, frame: Int64?)]
  /// The meters of the last chunk, behind which silence may follow.
  private var last: [TruePeakMeter] = []

  init(channelCount: Int) { peaks = Array(repeating: (-1, nil), count: channelCount) }

  mutating func append(_ meters: [TruePeakMeter]) {
    for (channel, meter) in meters.enumerated() { take(meter, channel) }
    last = meters
  }

  mutating func finish(_ measurement: inout SoundMeasurement) {
    for channel in last.indices {
      last[channel].flush()
      take(last[channel], channel)
      measurement.channels[channel].truePeak = max(0, peaks[channel].value)
      measurement.channels[channel].truePeakFrame = peaks[channel].frame
    }
    let places = peaks.filter { $0.frame != nil }
    guard !last.isEmpty else { return }
    measurement.overall.truePeak = max(0, places.map(\.value).max() ?? 0)
    measurement.overall.truePeakFrame =
      places.filter { $0.value == measurement.overall.truePeak }.compactMap(\.frame).min()
  }

  private mutating func take(_ meter: TruePeakMeter, _ channel: Int) {
    let value = Double(meter.peak)
    guard value > peaks[channel].value, meter.peakFrame != nil else { return }
    peaks[channel] = (value, meter.peakFrame)
  }
}
