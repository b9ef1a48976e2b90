import MediaCLI
import MediaJSON
import MediaModel
import MediaRaw
import MediaSignal
import Testing

@testable import MediaCommands

/// Results as measuring would give them, made by hand.
enum SampleSounds {
  /// Ten seconds of 16-bit stereo: a tone, the right channel at half the left's amplitude.
  static func stereo() throws -> PCMInfoResult {
    let format = try #require(
      PCMFormat(sampleFormat: .s16le, sampleRate: 48_000, channelCount: 2))
    var description = SoundDescription(
      containerName: "wav", codecName: "pcm_s16le", format: format, bitsPerSample: 16,
      bitRate: format.bitRate, channelLayout: "stereo")
    description.positions = [.frontLeft, .frontRight]
    (description.dataOffset, description.dataByteCount) = (44, 1_920_000)
    description.byteCount = 1_920_044
    (description.declaredFrames, description.frames) = (480_000, 480_000)
    var result = PCMInfoResult(
      input: "in.wav", description: description, measurement: measurement(),
      measured: 0..<480_000, channels: [0, 1], isDualMono: false)
    result.loudnessWeights = [1, 1]
    return result
  }

  private static func measurement() -> SoundMeasurement {
    var measurement = SoundMeasurement()
    measurement.frameCount = 480_000
    measurement.channels = [channel(amplitude: 0.5), channel(amplitude: 0.25)]
    measurement.overall = channel(amplitude: 0.5)
    measurement.overall.rms = 0.27951
    measurement.pairs = [
      ChannelPairMeasurement(
        first: 0, second: 1, correlation: 0.5, isIdentical: false, isInverted: false)
    ]
    var loudness = LoudnessMeasurement(all: .value(-9))
    loudness.threshold = .value(-19)
    loudness.range = .value(0.25)
    loudness.rangeLow = .value(-9.2)
    loudness.rangeHigh = .value(-8.95)
    (loudness.momentaryMaximumEnd, loudness.shortTermMaximumEnd) = (19_200, 144_000)
    measurement.loudness = loudness
    measurement.silences = [
      SilentStretch(frames: 48_000..<96_000, isDigital: true),
      SilentStretch(frames: 240_000..<264_000, isDigital: false),
    ]
    measurement.silenceCount = 2
    return measurement
  }

  /// A sine of that amplitude.
  static func channel(amplitude: Double) -> ChannelMeasurement {
    var channel = ChannelMeasurement()
    (channel.peak, channel.peakFrame) = (amplitude, 12_000)
    (channel.minimum, channel.maximum) = (-amplitude, amplitude)
    (channel.truePeak, channel.truePeakFrame) = (amplitude, 12_000)
    channel.rms = amplitude / 2.0.squareRoot()
    (channel.rmsMinimum, channel.rmsMaximum) = (0, channel.rms)
    channel.noiseFloor = 0.001
    channel.dcOffset = 0.0001
    channel.effectiveBits = 16
    channel.zeroCrossings = 19_999
    return channel
  }

  /// One channel that the file says nothing about.
  static func mono() throws -> PCMInfoResult {
    var result = try stereo()
    result.description.format.channelCount = 1
    result.description.positions = [.frontCenter]
    result.description.arePositionsAssumed = true
    result.description.channelLayout = "mono"
    result.measurement.channels.removeLast()
    result.measurement.pairs = []
    result.channels = [0]
    result.loudnessWeights = [1]
    return result
  }

  /// Nothing but zeros, in 0.3 s.
  static func silence() throws -> PCMInfoResult {
    var result = try stereo()
    var silent = ChannelMeasurement()
    (silent.rmsMinimum, silent.rmsMaximum, silent.noiseFloor) = (0, 0, 0)
    (silent.truePeak, silent.peakFrame, silent.effectiveBits) = (0, 0, 0)
    result.measurement.channels = [silent, silent]
    result.measurement.overall = silent
    result.measurement.pairs[0].correlation = nil
    result.measurement.frameCount = 14_400
    result.description.frames = 14_400
    result.measured = 0..<14_400
    result.measurement.silences = []
    result.measurement.silenceCount = 0
    var loudness = LoudnessMeasurement(all: .tooShort(seconds: 0.4))
    loudness.range = .tooShort(seconds: 3)
    result.measurement.loudness = loudness
    return result
  }
}

extension PCMInfoResult {
  /// The document as `--json` prints it, read again.
  func document() throws -> JSONValue {
    var writer = JSONWriter(style: .pretty)
    PCMInfoReport.document.write(self, into: &writer)
    var bytes: [UInt8] = []
    writer.drain { span in for index in span.indices { bytes.append(span[index]) } }
    return try JSONValue(parsing: bytes)
  }
}
