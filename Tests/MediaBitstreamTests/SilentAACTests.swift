import MediaBitstream
import MediaBytes
import TestSupport
import Testing

@Suite struct SilentAACTests {
  @Test func framesAreAsSmallAsCanBe() throws {
    // SCE, tag 0, gain 0, no bands, no tools; END: 3 + 4 + 8 + 11 + 3 + 3 bits.
    let mono = try #require(SilentAAC(sampleRate: 44_100, channels: 1))
    #expect(mono.frame == [0x00, 0x00, 0x00, 0x07])
    // CPE, tag 0, common_window: 3 + 4 + 1 + 11 + 2 + 2 * 11 + 3 bits.
    let stereo = try #require(SilentAAC(sampleRate: 44_100, channels: 2))
    #expect(stereo.frame == [0x21, 0x00, 0x00, 0x00, 0x00, 0x1c])
    var writer = ByteWriter()
    stereo.configuration.write(to: &writer)
    #expect(writer.bytes == [0x12, 0x10])
  }

  @Test(arguments: [0, 7, 9, -1]) func otherNumbersOfChannelsHaveNoLayout(channels: Int) {
    #expect(SilentAAC(sampleRate: 48_000, channels: channels) == nil)
  }

  @Test(arguments: [0, -1, 1 << 24]) func ratesThatCannotBeWrittenAreRefused(rate: Int) {
    #expect(SilentAAC(sampleRate: rate, channels: 2) == nil)
  }

  @Test func gridIsAlignedWhereverItBegins() {
    var whole = AudioFrameGrid(sampleRate: 44_100, ticksPerSecond: 1000, from: 0)
    var times: [Int64] = []
    while let time = whole.next(before: 5000) { times.append(time) }
    #expect(times.prefix(4) == [0, 23, 46, 69])
    for start in stride(from: Int64(0), to: 4000, by: 7) {
      var late = AudioFrameGrid(sampleRate: 44_100, ticksPerSecond: 1000, from: start)
      let first = late.next(before: 5000)
      // A frame that begins within a millisecond is counted by its exact time.
      let index = (Int64(0)...400).first { $0 * 1_024_000 >= start * 44_100 }
      #expect(first == index.map { $0 * 1_024_000 / 44_100 })
      #expect(first.map(times.contains) == true)
    }
  }

  @Test func gridKeepsStepForDays() {
    var grid = AudioFrameGrid(sampleRate: 44_100, ticksPerSecond: 1000, from: 0)
    let days: Int64 = 5 * 86_400_000
    grid.skip(to: days)
    #expect(grid.next(before: days) == nil)
    let time = grid.next(before: days + 24)
    #expect(time.map { (days...days + 23).contains($0) } == true)
    grid.skip(to: 0)
    #expect(grid.next(before: days) == nil)
  }

  @Test func gridTakesAnyTime() {
    var low = AudioFrameGrid(sampleRate: 48_000, ticksPerSecond: 1000, from: .min)
    #expect(low.next(before: .min + 22) != nil)
    var high = AudioFrameGrid(sampleRate: 48_000, ticksPerSecond: 1000, from: .max)
    #expect(high.next(before: .max) == nil)
    var before = AudioFrameGrid(sampleRate: 48_000, ticksPerSecond: 48_000, from: -1500)
    #expect([before.next(before: 1), before.next(before: 1)] == [-1024, 0])
  }
}
