internal import MediaRaw

/// What filters found in a chunk; nil of what was not asked for.
struct FilteredChunk: Sendable {
  var energies: LoudnessEnergies?
  var truePeaks: [TruePeakMeter] = []
  var lowSquares: [CompensatedSum] = []
  var spectra: SpectrogramChunk?
}

/// The measures of a chunk that remember what was before: loudness, true peak, bass, spectra.
struct ChunkFilters {
  /// Frames in front of the chunk that they want to see.
  let settlingFrames: Int
  /// Whether there is one, and so float planes are read at all.
  let needFloats: Bool
  private var loudness: LoudnessChunkMeter?
  private var truePeaks: [TruePeakMeter] = []
  private var lowBand: LowBand?
  private var spectra: SpectrogramChunkMeter?
  private let channelCount: Int

  /// Of a chunk that begins at a frame.
  init(_ plan: SoundPlan, _ spectrogram: SpectrogramTables?, firstFrame: Int64) {
    let format = plan.format
    channelCount = format.channelCount
    if plan.measuresLoudness {
      loudness = LoudnessChunkMeter(
        sampleRate: format.sampleRate, weights: plan.loudnessWeights, firstFrame: firstFrame)
    }
    if plan.measuresTruePeak {
      truePeaks = Array(
        repeating: TruePeakMeter(sampleRate: format.sampleRate, firstFrame: firstFrame),
        count: channelCount)
    }
    // Of one or two channels none is expected to carry bass alone.
    if channelCount > 2 {
      lowBand = LowBand(sampleRate: format.sampleRate, channelCount: channelCount)
    }
    spectra = spectrogram.map {
      SpectrogramChunkMeter($0, channelCount: format.channelCount, firstFrame: firstFrame)
    }
    let isLong = loudness != nil || lowBand != nil || spectra != nil
    needFloats = isLong || plan.measuresTruePeak
    if isLong {
      settlingFrames = plan.settlingFrames
    } else {
      settlingFrames = plan.measuresTruePeak ? SamplePlanes.history : 0
    }
  }

  /// Takes a block in front of the chunk; true peak has it by the history in the planes.
  mutating func settle(_ planes: SamplePlanes, firstFrame: Int64) {
    loudness?.settle(planes)
    lowBand?.settle(planes, firstFrame: firstFrame)
    spectra?.settle(planes)
  }

  /// Takes the next block of the chunk.
  mutating func add(_ planes: SamplePlanes, firstFrame: Int64) {
    loudness?.add(planes)
    lowBand?.add(planes, firstFrame: firstFrame)
    spectra?.add(planes)
    for channel in truePeaks.indices {
      unsafe truePeaks[channel].add(planes.floatsWithHistory(channel))
    }
  }

  /// What was found.
  consuming func finish() -> FilteredChunk {
    FilteredChunk(
      energies: loudness?.energies, truePeaks: truePeaks,
      lowSquares: (0..<channelCount).compactMap { lowBand?.sumOfSquares($0) },
      spectra: spectra?.finish())
  }
}
