import MediaModel
import TestSupport
import Testing

@testable import MediaFFmpeg

@Suite struct PictureTimelineTests {
  private func places(_ times: [Int64?], duration: Int64 = 40) -> [Int64?] {
    var timeline = PictureTimeline(ticksPerSecond: 1000)
    return times.map { timeline.place($0, duration: duration) }
  }

  @Test func timesAndGapsStay() {
    #expect(places([-80, 0, 40, 7_000_000]) == [-80, 0, 40, 7_000_000])
  }

  @Test func unknownTimesFollow() {
    #expect(places([nil, nil, 500, nil]) == [0, 40, 500, 540])
  }

  @Test func lateAndDoublePicturesAreLeftOut() {
    #expect(places([0, 40, 40, 20, 80]) == [0, 40, nil, nil, 80])
  }

  @Test func clockThatBeginsAgainGoesOn() {
    #expect(places([5000, 5040, 0, 40, 120]) == [5000, 5040, 5080, 5120, 5200])
    #expect(places([5000, 5040, 0, nil, 80]) == [5000, 5040, 5080, 5120, 5160])
  }

  @Test func anyTimesRise() {
    var seeded = Seeded.of("any times rise")
    var timeline = PictureTimeline(ticksPerSecond: 1000)
    var last = Int64.min
    for _ in 0..<5000 {
      let time =
        Bool.random(using: &seeded) ? Int64.random(in: -5000...50_000, using: &seeded) : nil
      guard let place = timeline.place(time, duration: .random(in: 0...100, using: &seeded)) else {
        continue
      }
      #expect(place > last)
      last = place
    }
  }
}

@Suite struct SampleTimelineTests {
  @Test func firstBlockSaysWhereSoundBegins() {
    var timeline = SampleTimeline(samplesPerSecond: 48_000)
    #expect(timeline.place(-1200, expected: 0) == .jump(-1200))
    var untold = SampleTimeline(samplesPerSecond: 48_000)
    #expect(untold.place(nil, expected: 0) == .append)
  }

  private func placed(_ lead: Int64) -> SampleTimeline.Placement {
    var timeline = SampleTimeline(samplesPerSecond: 48_000)
    _ = timeline.place(0, expected: 0)
    return timeline.place(100_000 + lead, expected: 100_000)
  }

  @Test func roundedTimesChangeNothing() {
    #expect(placed(0) == .append)
    #expect(placed(1920) == .append)
    #expect(placed(-1920) == .append)
  }

  @Test func gapsAreFilledUnlessLong() {
    #expect(placed(1921) == .fill(1921))
    #expect(placed(480_000) == .fill(480_000))
    #expect(placed(480_001) == .jump(580_001))
  }

  @Test func whatHasBeenHeardIsLeftOut() {
    #expect(placed(-1921) == .drop)
    #expect(placed(-47_999) == .drop)
  }

  @Test func clockThatBeginsAgainGoesOn() {
    var timeline = SampleTimeline(samplesPerSecond: 48_000)
    _ = timeline.place(480_000, expected: 0)
    #expect(timeline.place(0, expected: 481_024) == .append)
    #expect(timeline.place(1024, expected: 482_048) == .append)
    #expect(timeline.place(4096, expected: 483_072) == .fill(2048))
  }

  /// A clock of 100 parts in a million too slow, for an hour of blocks of 1024 samples.
  @Test(arguments: [1.0001, 0.9999]) func slowDriftStaysWithinTolerance(ratio: Double) {
    var timeline = SampleTimeline(samplesPerSecond: 48_000)
    var (heard, worst, placements) = (0 as Int64, 0 as Int64, 0)
    for index in 0 as Int64..<168_750 {
      let time = Int64(Double(index * 1024) * ratio)
      switch timeline.place(time, expected: heard) {
      case .append: heard += 1024
      case .fill(let count):
        heard += count + 1024
        placements += 1
      case .drop: placements += 1
      case .jump(let start): heard = start + 1024
      }
      worst = max(worst, abs(time + 1024 - heard))
    }
    #expect(worst <= 1920 + 1024)
    #expect((5...20).contains(placements))
  }
}

@Suite struct RawInputTests {
  @Test(arguments: [
    (
      "bgr24:1280x720@25",
      RawVideoInput(format: "bgr24", width: 1280, height: 720, rate: Rational(25, 1))
    ),
    (
      "nv12:1x1@30000/1001",
      RawVideoInput(format: "nv12", width: 1, height: 1, rate: Rational(30_000, 1001))
    ),
    (
      "gray:2x3@23.98",
      RawVideoInput(format: "gray", width: 2, height: 3, rate: Rational(24_000, 1001))
    ),
    ("gray:2x3@12.5", RawVideoInput(format: "gray", width: 2, height: 3, rate: Rational(25, 2))),
  ])
  func videoIsRead(text: String, input: RawVideoInput) throws {
    #expect(try RawVideoInput(parsing: text) == input)
  }

  @Test(arguments: [
    "", "bgr24", "bgr24:1280x720", ":1280x720@25", "bgr24:1280@25", "bgr24:0x720@25",
    "bgr24:-1x720@25", "bgr24:+1x720@25", "bgr24:1280x720@0", "bgr24:1280x720@25/0",
    "bgr24:1280x720@0.0", "bgr24:1280x720@.5", "bgr24:1280x720@2.", "bgr24:1280x720@1.2.3",
    "bgr24:1280x720@-25", "bgr24:99999999999x1@25", "bgr24:2147483648x1@25", "a:b:1x1@25",
    "bgr24:1x1@25@25", "bgr24:1x1x1@25",
  ])
  func videoThatMakesNoSense(text: String) {
    #expect(throws: RawInputError.self) { try RawVideoInput(parsing: text) }
  }

  @Test func audioIsRead() throws {
    #expect(
      try RawAudioInput(parsing: "s16le:48000:2")
        == RawAudioInput(format: "s16le", sampleRate: 48_000, channels: 2))
  }

  @Test(arguments: [
    "", "s16le", "s16le:48000", ":48000:2", "s16le:0:2", "s16le:48000:0", "s16le:48000:65",
    "s16le:1000001:2", "s16le:x:2", "s16le:48000:2:1",
  ])
  func audioThatMakesNoSense(text: String) {
    #expect(throws: RawInputError.self) { try RawAudioInput(parsing: text) }
  }

  @Test func anyCutGivesTheSameUnits() {
    var seeded = Seeded.of("any cut gives the same units")
    let bytes = seeded.bytes(1003)
    for unit in [1, 2, 7, 100, 1003, 2000] {
      for most in [1, 3, 1000] {
        var cutter = RawCutter(unitByteCount: unit, mostUnits: most)
        var (joined, largest) = ([UInt8](), 0)
        var position = 0
        while position < bytes.count {
          let end = min(bytes.count, position + .random(in: 0...300, using: &seeded))
          bytes[position..<end].withUnsafeBytes { piece in
            cutter.cut(piece) {
              #expect($0.count > 0 && $0.count % unit == 0)
              largest = max(largest, $0.count)
              joined += $0
            }
          }
          position = end
        }
        #expect(joined == Array(bytes.prefix(1003 / unit * unit)))
        #expect(cutter.leftover == 1003 % unit)
        #expect(largest <= unit * most)
      }
    }
  }
}
