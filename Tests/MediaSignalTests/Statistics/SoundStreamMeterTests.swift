import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

@Suite("Statistics: a sound piece by piece")
struct SoundStreamMeterTests {
  @Test("Pieces of any size give the measurement of the whole", arguments: [1, 3, 4801, 1 << 20])
  func pieces(_ size: Int) throws {
    var generator = Seeded.of("pieces \(size)")
    var sound = try SeamTests.sound(SeamTests.cases[size == 1 ? 1 : 0], &generator)
    sound.plan.measuresLoudness = true
    sound.plan.measuresTruePeak = true
    let whole = try sound.measure()
    var windows: [Range<Int64>] = []
    var meter = SoundStreamMeter(sound.plan)
    meter.onWindow = { windows.append($0.frames) }
    for start in stride(from: 0, to: sound.bytes.count, by: size) {
      try meter.append(Array(sound.bytes[start..<min(start + size, sound.bytes.count)]))
    }
    // A frame that is not whole counts for nothing.
    if sound.plan.format.blockAlign > 1 { try meter.append([1]) }
    let found = try meter.finish()
    #expect(found.frameCount == Int64(sound.frameCount))
    #expect(windows.last?.upperBound == found.frameCount)
    #expect(found.overall.peak == whole.overall.peak)
    #expect(isClose(found.overall.rms, whole.overall.rms))
    #expect(isClose(found.overall.truePeak ?? 9, whole.overall.truePeak ?? 8, 1e-6))
    let loudness = (found.loudness?.integrated.number, whole.loudness?.integrated.number)
    #expect(isClose(loudness.0 ?? 9, loudness.1 ?? 8, 1e-9))
  }

  @Test func aPlanWithoutWeightsCountsAllChannels() throws {
    let format = try #require(
      PCMFormat(sampleFormat: .s16le, sampleRate: 48_000, channelCount: 2))
    #expect(SoundPlan(format: format).loudnessWeights == [1, 1])
    var meter = SoundStreamMeter(SoundPlan(format: format))
    #expect(try meter.finish().frameCount == 0)
  }
}
