import Testing

@testable import MediaCommands

@Suite struct SampleGapsTests {
  /// 20 ms at 8 kHz, after each of these steps from the packet before.
  private func missing(_ times: [Int64], _ gaps: inout SampleGaps) -> [Int] {
    times.map { gaps.missing(before: $0, of: 160) }
  }

  @Test func whatIsMissingIsFilledOnce() {
    var gaps = SampleGaps(clockRate: 8000, sampleRate: 8000)
    #expect(missing([1000, 1160, 1640, 1800], &gaps) == [0, 0, 320, 0])
    #expect(gaps.count == 1 && gaps.samples == 320 && gaps.seconds == 0.04)
  }

  /// Times that are rounded to milliseconds wander, but do not leave their place.
  @Test func roundedTimesAreNoGaps() {
    var gaps = SampleGaps(clockRate: 8000, sampleRate: 8000)
    #expect(missing([0, 168, 312, 488, 640], &gaps) == [0, 0, 0, 0, 0])
    // Packets of 1 ms add up, though each gap is small.
    var small = SampleGaps(clockRate: 48_000, sampleRate: 48_000)
    let filled = stride(from: Int64(0), to: 4800, by: 96).map { small.missing(before: $0, of: 48) }
    let sum = filled.reduce(0, +)
    #expect(sum > 2256 && sum <= 2400)
  }

  @Test func clocksThatJumpAreNotFilled() {
    var gaps = SampleGaps(clockRate: 8000, sampleRate: 8000)
    let hour: Int64 = 3600 * 8000
    #expect(missing([0, 160 + hour, 320 + hour], &gaps) == [0, Int(hour), 0])
    // No more than that in all, and back in time is a new beginning.
    #expect(missing([480 + hour + 800, 640 + hour + 800, 0, 160, 480], &gaps) == [0, 0, 0, 0, 0])
    #expect(gaps.leftCount == 2)
    var wild = SampleGaps(clockRate: 1, sampleRate: .max)
    #expect(missing([.min, .max, 0], &wild) == [0, 0, 0])
    #expect(wild.leftCount == 1)
  }

  /// G.722 and the like: the clock is not that of samples.
  @Test func ticksNeedNotBeSamples() {
    var gaps = SampleGaps(clockRate: 90_000, sampleRate: 8000)
    #expect(missing([0, 1800, 5400], &gaps) == [0, 0, 160])
  }
}
