public import MediaRaw

/// What is to be measured of a stretch of sound; the same for every chunk of it.
public struct SoundPlan: Sendable {
  /// How the bytes are to be read.
  public var format: PCMFormat
  /// Whether loudness (BS.1770, EBU R 128) is measured.
  public var measuresLoudness = true
  /// Whether true peak (BS.1770 Annex 2) is measured.
  public var measuresTruePeak = true
  /// How much each channel counts in loudness, as many as channels; 0 leaves one out.
  public var loudnessWeights: [Double]
  /// Frames of a window of the series over time; nil for no series.
  public var seriesWindow: Int?
  /// Whether an envelope is kept, for pictures of the wave.
  public var keepsEnvelope = false
  /// The spectrogram to be made, if any.
  public var spectrogram: SpectrogramPlan?
  /// The amplitude (full scale 1) that silence does not exceed.
  public var silenceThreshold: Double
  /// Frames from which on a stretch at or below the threshold is told.
  public var minimumSilence: Int

  /// Everything but series, envelope and spectrogram; silence from half a second at −60 dBFS on.
  ///
  /// Without weights all channels count alike, as of mono and stereo they do.
  public init(format: PCMFormat, loudnessWeights: [Double]? = nil) {
    self.format = format
    self.loudnessWeights = loudnessWeights ?? Array(repeating: 1, count: format.channelCount)
    silenceThreshold = 0.001
    minimumSilence = max(1, format.sampleRate / 2)
  }

  /// Frames in front of a chunk that its filters want to have seen; fewer only at the beginning.
  ///
  /// Half a second, and at low rates what filters near half the rate take to settle.
  public var settlingFrames: Int {
    max(1024, format.sampleRate / 2, spectrogram?.transformSize ?? 0)
  }
}

/// How a spectrogram is made.
public struct SpectrogramPlan: Hashable, Sendable {
  /// Frames of one transform, a power of two from 64 to 32768.
  public var transformSize: Int
  /// The most columns kept; beyond it neighbours are joined, two into one.
  public var maxColumns: Int

  /// A plan.
  public init(transformSize: Int, maxColumns: Int) {
    self.transformSize = transformSize
    self.maxColumns = maxColumns
  }
}
