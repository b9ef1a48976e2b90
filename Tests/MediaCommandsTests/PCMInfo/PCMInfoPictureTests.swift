import MediaRaw
import MediaSignal
import Testing

@testable import MediaCommands

/// What the pictures show of a measurement.
@Suite struct PCMInfoPictureTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var what: String
    var highs: [Float]
    var lowest: Float = 0
    var runCount = 5
    var format = SampleFormat.s16le
    var marked: [Range<Double>]

    var testDescription: String { what }
  }

  /// A bucket a second, the last run listed in the first.
  static let cases: [Case] = [
    Case(what: "all runs listed", highs: [1, 1, 1], runCount: 1, marked: []),
    Case(
      what: "behind the list", highs: [1, 0.5, 32_767 / 32_768, 0.99], marked: [2.0..<3.0]),
    Case(what: "negative", highs: [1, 0.5, 0.5], lowest: -1, marked: [1.0..<2.0, 2.0..<3.0]),
    Case(what: "float", highs: [3, 0.9999, 1, 2], format: .f32le, marked: [2.0..<3.0, 3.0..<4.0]),
  ]

  @Test(arguments: cases) func clippingBehindTheListIsMarked(_ vector: Case) throws {
    var result = try SampleSounds.stereo()
    result.description.format = try #require(
      PCMFormat(sampleFormat: vector.format, sampleRate: 48_000, channelCount: 2))
    var channel = result.measurement.channels[0]
    (channel.minimum, channel.maximum) = (Double(vector.lowest), Double(vector.highs.max() ?? 0))
    (channel.clippedRuns, channel.clippedRunCount) = ([10..<20], vector.runCount)
    let buckets = vector.highs.map {
      SoundEnvelope.Bucket(minimum: vector.lowest, maximum: $0, sumOfSquares: 0)
    }
    #expect(
      PCMInfoPictures.clippedBuckets(channel, buckets, 48_000, result) == vector.marked)
  }
}
