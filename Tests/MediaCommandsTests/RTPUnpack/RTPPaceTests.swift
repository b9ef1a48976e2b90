import MediaModel
import Testing

@testable import MediaCommands

@Suite struct RTPPaceTests {
  /// Goes through timestamps and times in milliseconds; what is told of them.
  private func pace(_ steps: [(Int64, Int64)]) -> (slow: Int, fast: Bool) {
    var pace = RTPPace()
    var slow = 0
    for (media, time) in steps
    where pace.add(media * 90, at: time * 1_000_000, clockRate: 90_000) != nil {
      slow += 1
    }
    return (slow, pace.fast != nil)
  }

  private func steady(_ count: Int64, media: Int64, time: Int64) -> [(Int64, Int64)] {
    (0..<count).map { ($0 * media, $0 * time) }
  }

  @Test func whatLagsIsToldOnce() {
    #expect(pace(steady(200, media: 40, time: 40)) == (0, false))
    #expect(pace(steady(200, media: 35, time: 40)) == (0, false))
    #expect(pace(steady(200, media: 30, time: 40)) == (1, false))
    #expect(pace(steady(200, media: 0, time: 40)) == (1, false))
    // Below two seconds nothing is steady.
    #expect(pace(steady(40, media: 0, time: 40)) == (0, false))
  }

  @Test func whatRunsAheadIsToldIfItAlwaysDoes() {
    #expect(pace(steady(200, media: 80, time: 40)) == (0, true))
    #expect(pace(steady(200, media: 45, time: 40)) == (0, false))
    // As fast as the network goes.
    #expect(pace(steady(5000, media: 40, time: 1)) == (0, false))
    // First what was kept, then as time goes.
    let burst = steady(100, media: 80, time: 40)
    let rest = steady(100, media: 40, time: 40).map { ($0.0 + 8000, $0.1 + 4000) }
    #expect(pace(burst + rest) == (0, false))
  }

  @Test func holdUpsAreNoLag() {
    // What is sent meanwhile comes at once afterwards.
    let all = steady(300, media: 40, time: 40).map { media, time in
      (media, (2000..<3500).contains(time % 5000) ? time / 5000 * 5000 + 3500 : time)
    }
    #expect(pace(all) == (0, false))
    // A camera that was paused goes on where it was.
    let paused = steady(200, media: 40, time: 40).map { ($0, $1 >= 4000 ? $1 + 9000 : $1) }
    #expect(pace(paused) == (0, false))
  }
}
