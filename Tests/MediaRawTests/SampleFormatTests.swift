import Testing

@testable import MediaRaw

@Suite("Formats of samples")
struct SampleFormatTests {
  @Test("A bit rate is rate times depth times channels")
  func bitRate() throws {
    let format = try #require(
      PCMFormat(sampleFormat: .s24le, sampleRate: 48_000, channelCount: 2))
    #expect(format.bitRate == 2_304_000)
    #expect(format.blockAlign == 6)
  }

  @Test("A format has 1 to 64 channels and a rate", arguments: [(0, 2), (48_000, 0), (48_000, 65)])
  func limits(_ rate: Int, _ channels: Int) {
    #expect(PCMFormat(sampleFormat: .s16le, sampleRate: rate, channelCount: channels) == nil)
  }
}
