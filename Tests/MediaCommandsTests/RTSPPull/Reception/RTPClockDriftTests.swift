import MediaModel
import TestSupport
import Testing

@testable import MediaCommands

/// How much faster a sender's clock runs than ours.
@Suite struct RTPClockDriftTests {
  /// 25 frames a second of a clock that is off, each late by chance up to `jitter` seconds.
  private func drift(
    _ ppm: Double, jitter: Double, seconds: Int, burst: Int = 0,
    _ body: (Int) -> Double = { _ in 0 }
  ) -> Double? {
    var drift = RTPClockDrift()
    var random = SplitMix64(seed: 7)
    for index in 0..<seconds * 25 {
      let sent = Double(index) / 25
      // What was buffered comes at once.
      let time = max(0, sent - Double(burst) / 25)
      let late = random.unit() * jitter + body(index)
      drift.add(
        Int64(sent * 90_000), clockRate: 90_000,
        at: Nanoseconds((time / (1 + ppm * 1e-6) + late) * 1e9))
    }
    return drift.partsPerMillion
  }

  @Test func itIsToldThroughJitter() throws {
    for ppm in [-200.0, 0, 35, 400] {
      let found = try #require(drift(ppm, jitter: 0.02, seconds: 60))
      #expect(abs(found - ppm) < 40, "\(found) for \(ppm)")
      let later = try #require(drift(ppm, jitter: 0.02, seconds: 3600))
      #expect(abs(later - ppm) < 2, "\(later) for \(ppm)")
    }
  }

  @Test func secondsOfTroubleAndWhatWasBufferedDoNotMoveIt() throws {
    let found = try #require(
      drift(100, jitter: 0.001, seconds: 120, burst: 50) { (1000...1250).contains($0) ? 3 : 0 })
    #expect(abs(found - 100) < 10, "\(found)")
  }

  @Test func itIsNotToldEarly() {
    #expect(drift(0, jitter: 0, seconds: 9) == nil)
    #expect(drift(0, jitter: 0, seconds: 14) != nil)
    #expect(RTPClockDrift().partsPerMillion == nil)
  }

  @Test func timesThatMakeNoSenseDoNoHarm() {
    var drift = RTPClockDrift()
    for ticks in [Int64.min, .max, 0, 1] {
      for time in [Nanoseconds.min, .max, 0, -1] { drift.add(ticks, clockRate: 1, at: time) }
    }
    _ = drift.partsPerMillion
  }
}
