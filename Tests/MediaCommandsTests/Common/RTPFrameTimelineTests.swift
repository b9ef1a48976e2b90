import TestSupport
import Testing

@testable import MediaCommands

@Suite struct RTPFrameTimelineTests {
  /// Times of timestamps of 8 kHz that came 20 ms apart, unless their arrivals are given.
  private func times(
    _ timestamps: [Int64], arrivals: [Int64?]? = nil, reorders: Bool = false
  ) -> [Int64] {
    var timeline = RTPFrameTimeline(clockRate: 8000)
    return timestamps.enumerated().map { index, timestamp in
      let now = arrivals.map { $0[index] } ?? Int64(index) * 20_000_000
      return timeline.time(of: timestamp, at: now) { reorders }
    }
  }

  @Test(arguments: [-2_000_000_000, -8000, 2_000_000_000] as [Int64])
  func aJumpGoesOnByTheTimeOfArrival(jump: Int64) {
    let jumped = [1000, 1160, 1320 + jump, 1480 + jump]
    #expect(times(jumped) == [1000, 1160, 1320, 1480])
    // What nobody sent for half a second is missing.
    let late: [Int64] = [0, 20_000_000, 520_000_000, 540_000_000]
    #expect(times(jumped, arrivals: late) == [1000, 1160, 5160, 5320])
    // Without arrivals frames follow each other as before.
    #expect(times(jumped, arrivals: [nil, nil, nil, nil]) == [1000, 1160, 1320, 1480])
  }

  @Test func whatIsNoJumpIsTakenAsSent() {
    // Rounding, silence that lasted, and pictures sent faster than they are shown.
    let rounded: [Int64] = [1000, 1160, 1150, 1320]
    #expect(times(rounded) == rounded)
    let silent: [Int64] = [1000, 9_000_000]
    #expect(times(silent, arrivals: [0, 1_125_000_000_000]) == silent)
    let fast: [Int64] = [0, 8000, 16_000, 80_000]
    #expect(times(fast, arrivals: [0, 0, 0, 1]) == fast)
  }

  @Test func picturesMayBeShownBeforeOthers() {
    let order: [Int64] = [0, 32_000, 16_000, 8000, 24_000, 64_000, 48_000]
    #expect(times(order, reorders: true) == order)
    let jumped = order + [1_000_000_000 - 4_000_000_000, 1_000_008_000 - 4_000_000_000]
    #expect(times(jumped, reorders: true).suffix(2).map { $0 > 64_000 } == [true, true])
  }

  @Test func picturesThatGoBackBySecondsAreNotShownTwice() {
    let order: [Int64] = [0, 960, 320, 640, 1920, 1280, 1600]
    let again = order.map { 16_000 + $0 } + order
    let found = times(again, reorders: true)
    #expect(Set(found).count == found.count && found.suffix(7).allSatisfy { $0 > 17_920 })
  }

  @Test func anyTimestampsAreTaken() {
    var random = Seeded.of("frame timelines")
    var timeline = RTPFrameTimeline(clockRate: 1)
    for _ in 0..<2000 {
      _ = timeline.time(
        of: Int64(bitPattern: random.next()), at: Int64(bitPattern: random.next()) >> 2
      ) { true }
    }
  }
}

/// A source whose timestamps jump under the same SSRC.
@Suite struct RTPTimestampJumpTests {
  @Test(.peers("ffprobe")) func noSoundIsPressedTogether() throws {
    let scratch = try ScratchFolder()
    var packets = RTPCaptures.sound(100)
    for index in 50..<100 { packets[index].timestamp &-= 2_000_000_000 }
    try RTPCaptures.write(packets.map { ($0.time, $0.bytes) }, to: scratch["a.pcap"])
    _ = try rtpDocument("--map", "96=L16/8000", "-o", scratch["a.mkv"], scratch["a.pcap"])
    let outcome = try ProcessRunner.run(
      "ffprobe",
      ["-v", "error", "-show_entries", "packet=pts_time", "-of", "csv=p=0", scratch["a.mkv"]])
    let times = outcome.output.split(separator: "\n").compactMap { Double($0) }
    #expect(times.count == 100)
    for (index, time) in times.enumerated() {
      #expect(abs(time - Double(index) * 0.02) < 0.0011, "\(index)")
    }
  }
}
