/// All that was measured of a stretch of sound.
///
/// Amplitudes are linear with full scale 1.
public struct SoundMeasurement: Sendable {
  /// Frames measured.
  public var frameCount: Int64 = 0
  /// A measurement each channel, in their order.
  public var channels: [ChannelMeasurement] = []
  /// The channels taken together.
  public var overall = ChannelMeasurement()
  /// Pairs of channels, each once: (0, 1), (0, 2), (1, 2)…; only of the first eight channels.
  public var pairs: [ChannelPairMeasurement] = []
  /// nil where it was not asked for.
  public var loudness: LoudnessMeasurement?
  /// Where all channels are silent at once, in order; the first `maxListed`.
  public var silences: [SilentStretch] = []
  /// How many such stretches there are.
  public var silenceCount = 0
  /// Extremes over time; nil where it was not asked for.
  public var envelope: SoundEnvelope?
  /// nil where it was not asked for.
  public var spectrogram: Spectrogram?

  /// Lists of places end here; their counts go on.
  public static let maxListed = 1000

  /// Of nothing.
  public init() {}
}

/// What was measured of one channel, or of all together.
public struct ChannelMeasurement: Sendable {
  /// The largest magnitude of a sample; a code of −32768 of 16 bits is 1 exactly.
  public var peak = 0.0
  /// The first frame with that magnitude; nil where there is no frame.
  public var peakFrame: Int64?
  /// The smallest sample.
  public var minimum = 0.0
  /// The largest sample.
  public var maximum = 0.0
  /// The largest magnitude between samples too (BS.1770 Annex 2); nil where it was not asked for.
  public var truePeak: Double?
  /// The frame nearest to it.
  public var truePeakFrame: Int64?
  /// Root of the mean of the squares, DC included.
  public var rms = 0.0
  /// The smallest root mean square of a window of 50 ms; nil where no window is whole.
  ///
  /// Windows follow each other from the first frame on; of all channels together one takes in the
  /// samples of all.
  public var rmsMinimum: Double?
  /// The largest root mean square of a window of 50 ms; nil where no window is whole.
  public var rmsMaximum: Double?
  /// The mean of the samples; of all channels together that of the largest magnitude.
  public var dcOffset = 0.0
  /// The smallest peak of a window of 50 ms; nil where no window is whole.
  public var noiseFloor: Double?
  /// Bits really used: the width less the low bits that are 0 in every sample.
  ///
  /// Of floating point the width of the narrowest integers that give the same samples, nil beyond 32.
  public var effectiveBits: Int?
  /// How often the sign changes; zeros have none and are passed over.
  public var zeroCrossings: Int64 = 0
  /// Samples at the largest or smallest code; of floating point those of magnitude 1 and more.
  public var clippedSamples: Int64 = 0
  /// Runs of two and more such samples, the first `SoundMeasurement.maxListed`.
  public var clippedRuns: [Range<Int64>] = []
  /// How many such runs there are.
  public var clippedRunCount = 0
  /// Digital silence of at least 1 ms, shorter than silence is told, that breaks off and resumes
  /// sound; the first `SoundMeasurement.maxListed`.
  ///
  /// Not more than 5 ms away on either side there are samples above −50 dBFS, and of coarse integers
  /// above eight of their steps.
  public var dropouts: [Range<Int64>] = []
  /// How many such dropouts there are.
  public var dropoutCount = 0
  /// Samples that are not a number, infinite, or beyond a magnitude of 2^64, which no sound has; for
  /// all else they are taken as 0.
  public var invalidSamples: Int64 = 0
  /// The share of the power, DC left out, that is below 120 Hz, 0 to 1; nil of all channels together,
  /// of mono and stereo, at rates below 1 kHz, and of a channel that does not vary.
  ///
  /// A channel of bass alone is close to 1, which tells an LFE that is not where the layout says.
  public var lowFrequencyShare: Double?

  /// Of nothing.
  public init() {}

  /// Peak over root mean square; nil of digital silence.
  public var crestFactor: Double? { rms > 0 ? peak / rms : nil }
}

/// What was measured of two channels against each other.
public struct ChannelPairMeasurement: Sendable {
  /// The channels' numbers, the lower first.
  public var first: Int
  /// The higher of the channels' numbers.
  public var second: Int
  /// Pearson's coefficient, −1 to 1; nil where a channel does not vary.
  public var correlation: Double?
  /// Whether all samples are equal.
  public var isIdentical: Bool
  /// Whether all samples are equal but for the sign, and some are not 0.
  public var isInverted: Bool
  /// Where, for a second and more, the correlation of windows of 50 ms is under −0.5; the first
  /// `SoundMeasurement.maxListed`.
  public var outOfPhase: [Range<Int64>]

  /// A measurement.
  public init(
    first: Int, second: Int, correlation: Double?, isIdentical: Bool, isInverted: Bool,
    outOfPhase: [Range<Int64>] = []
  ) {
    self.first = first
    self.second = second
    self.correlation = correlation
    self.isIdentical = isIdentical
    self.isInverted = isInverted
    self.outOfPhase = outOfPhase
  }
}

/// A stretch in which all channels are silent.
public struct SilentStretch: Hashable, Sendable {
  /// Its frames.
  public var frames: Range<Int64>
  /// Whether all its samples are 0.
  public var isDigital: Bool

  /// A stretch.
  public init(frames: Range<Int64>, isDigital: Bool) {
    self.frames = frames
    self.isDigital = isDigital
  }
}

/// Loudness by BS.1770-5, EBU Tech 3341 and 3342.
public struct LoudnessMeasurement: Sendable {
  /// Of the whole, gated, LUFS.
  public var integrated: LoudnessValue
  /// The relative gate of the integrated loudness, LUFS.
  public var threshold: LoudnessValue
  /// LRA, LU.
  public var range: LoudnessValue
  /// The 10th percentile of the short-term loudness that LRA is reckoned with, LUFS.
  public var rangeLow: LoudnessValue
  /// The 95th percentile of it, LUFS.
  public var rangeHigh: LoudnessValue
  /// The largest loudness of 400 ms, not gated, LUFS.
  public var momentaryMaximum: LoudnessValue
  /// Where the window of that ends, frames.
  public var momentaryMaximumEnd: Int64?
  /// The largest loudness of 3 s, not gated, LUFS.
  public var shortTermMaximum: LoudnessValue
  /// Where the window of that ends, frames.
  public var shortTermMaximumEnd: Int64?

  /// A measurement, all the same value.
  public init(all value: LoudnessValue) {
    integrated = value
    threshold = value
    range = value
    rangeLow = value
    rangeHigh = value
    momentaryMaximum = value
    shortTermMaximum = value
  }
}

/// A loudness, or why there is none.
public enum LoudnessValue: Hashable, Sendable {
  /// LUFS, or LU of a range.
  case value(Double)
  /// The sound is shorter than so many seconds, which one window takes.
  case tooShort(seconds: Double)
  /// Nothing is louder than the absolute gate of −70 LUFS.
  case silence
  /// No channel counts: there is only LFE.
  case noChannel

  /// The number, if there is one.
  public var number: Double? { if case .value(let number) = self { number } else { nil } }
}

/// One window of the series over time.
public struct SoundWindow: Sendable {
  /// Its frames; the last may be short.
  public var frames: Range<Int64>
  /// The largest magnitude of a sample, a channel each.
  public var peaks: [Double]
  /// Root mean square, a channel each.
  public var rms: [Double]
  /// Loudness of the last 400 ms that ended by its end in steps of 100 ms, LUFS; nil before the
  /// first, where nothing sounds, or where loudness is not measured.
  public var momentary: Double?
  /// Loudness of the last 3 s likewise.
  public var shortTerm: Double?

  /// A window.
  public init(frames: Range<Int64>, peaks: [Double], rms: [Double]) {
    self.frames = frames
    self.peaks = peaks
    self.rms = rms
  }
}

/// Extremes of a sound over time, in buckets that grow with its length.
public struct SoundEnvelope: Sendable {
  /// One bucket of one channel.
  public struct Bucket: Hashable, Sendable {
    /// The smallest sample.
    public var minimum: Float
    /// The largest sample.
    public var maximum: Float
    /// Sum of the squares.
    public var sumOfSquares: Double

    /// A bucket.
    public init(minimum: Float, maximum: Float, sumOfSquares: Double) {
      self.minimum = minimum
      self.maximum = maximum
      self.sumOfSquares = sumOfSquares
    }
  }

  /// Frames of a bucket; the last may be short.
  public var bucketFrames: Int
  /// Frames in all.
  public var frameCount: Int64
  /// The buckets, a list a channel.
  public var channels: [[Bucket]]

  /// An envelope.
  public init(bucketFrames: Int, frameCount: Int64, channels: [[Bucket]]) {
    self.bucketFrames = bucketFrames
    self.frameCount = frameCount
    self.channels = channels
  }
}

/// Power over time and frequency, a plane a channel.
public struct Spectrogram: Sendable {
  /// Frames from one column to the next.
  public var columnFrames: Int
  /// Frames in all.
  public var frameCount: Int64
  /// Frames of one transform; each column has half as many and one more bins, from 0 Hz to half the
  /// sampling rate.
  public var transformSize: Int
  /// Columns, a list a channel: decibels, a sine of full scale being 0.
  public var channels: [[[Float]]]

  /// A spectrogram.
  public init(
    columnFrames: Int, frameCount: Int64, transformSize: Int, channels: [[[Float]]]
  ) {
    self.columnFrames = columnFrames
    self.frameCount = frameCount
    self.transformSize = transformSize
    self.channels = channels
  }
}
