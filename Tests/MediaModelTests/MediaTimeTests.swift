import MediaModel
import Testing
import TestSupport

private func scale(_ ticksPerSecond: UInt32) throws -> Timescale {
  try #require(Timescale(ticksPerSecond))
}

@Suite struct TimescaleTests {
  @Test func refusesZero() throws {
    #expect(Timescale(0) == nil)
    #expect(try scale(.max).ticksPerSecond == .max)
    #expect(try scale(90_000) == .mpeg)
  }
}

struct RescaleVector: Sendable {
  var ticks: Int64
  var from: UInt32
  var to: UInt32
  /// Nearest, down, up, towards zero.
  var results: [Int64?]
}

/// The finite results are those of `av_rescale_rnd(ticks, to, from, …)`.
private let vectors = [
  RescaleVector(ticks: 0, from: 90_000, to: 1000, results: [0, 0, 0, 0]),
  RescaleVector(ticks: 3003, from: 90_000, to: 1000, results: [33, 33, 34, 33]),
  RescaleVector(ticks: -3003, from: 90_000, to: 1000, results: [-33, -34, -33, -33]),
  RescaleVector(ticks: 45, from: 90_000, to: 1000, results: [1, 0, 1, 0]),
  RescaleVector(ticks: -45, from: 90_000, to: 1000, results: [-1, -1, 0, 0]),
  RescaleVector(ticks: 44, from: 90_000, to: 1000, results: [0, 0, 1, 0]),
  RescaleVector(ticks: 1000, from: 1000, to: 90_000, results: [90_000, 90_000, 90_000, 90_000]),
  RescaleVector(
    ticks: .max, from: .max, to: .max - 1,
    results: [
      9_223_372_034_707_292_159, 9_223_372_034_707_292_158, 9_223_372_034_707_292_159,
      9_223_372_034_707_292_158,
    ]),
  RescaleVector(ticks: .max, from: 1, to: 2, results: [nil, nil, nil, nil]),
  RescaleVector(ticks: .min, from: 1, to: .max, results: [nil, nil, nil, nil]),
  RescaleVector(ticks: .min, from: 7, to: 7, results: [.min, .min, .min, .min]),
]

@Suite struct MediaTimeTests {
  @Test(arguments: vectors) func rescales(_ vector: RescaleVector) throws {
    let time = MediaTime(ticks: vector.ticks, timescale: try scale(vector.from))
    for (rounding, result) in zip(MediaTime.Rounding.allCases, vector.results) {
      let rescaled = time.rescaled(to: try scale(vector.to), rounding: rounding)
      #expect(rescaled?.ticks == result, "\(rounding)")
    }
  }

  @Test func comparesAcrossTimescales() throws {
    let second = MediaTime(ticks: 90_000, timescale: .mpeg)
    #expect(second == MediaTime(ticks: 1000, timescale: .milliseconds))
    #expect(second.hashValue == MediaTime(ticks: 1, timescale: .seconds).hashValue)
    #expect(second > MediaTime(ticks: 999_999_999, timescale: .nanoseconds))
    #expect(second < MediaTime(ticks: 1_000_000_001, timescale: .nanoseconds))
    let longest = MediaTime(ticks: .max, timescale: .seconds)
    let nearly = MediaTime(ticks: .max, timescale: try scale(.max))
    #expect(nearly < longest)
    #expect(MediaTime(ticks: .min, timescale: .seconds) < nearly)
    #expect(
      MediaTime(ticks: 0, timescale: .mpeg).hashValue
        == MediaTime(ticks: 0, timescale: .seconds).hashValue)
  }

  /// Rounded results lie on the right side of the exact time and less than a tick away.
  @Test func roundingHoldsForRandomTimes() throws {
    let seed = testSeed("MediaTime rounding")
    var random = Seeded(seed)
    for _ in 0..<2000 {
      let ticks = Int64(bitPattern: random.next()) >> Int64.random(in: 20..<64, using: &random)
      let time = MediaTime(
        ticks: ticks, timescale: try scale(UInt32.random(in: 1...UInt32.max, using: &random)))
      let other = try scale(UInt32.random(in: 1...1_000_000, using: &random))
      let down = try #require(time.rescaled(to: other, rounding: .down))
      let up = try #require(time.rescaled(to: other, rounding: .up))
      let near = try #require(time.rescaled(to: other))
      let zero = try #require(time.rescaled(to: other, rounding: .towardZero))
      #expect(down <= time && time <= up)
      #expect(up.ticks - down.ticks == (down == time ? 0 : 1))
      #expect(near == down || near == up)
      #expect(zero == (ticks < 0 ? up : down))
      if down == time { #expect(down.hashValue == time.hashValue) }
    }
  }

  @Test func takesFFmpegTimeBases() throws {
    let time = try #require(MediaTime(ticks: 30, timeBase: 1001, 30_000))
    #expect(time == MediaTime(ticks: 1_001_000, timescale: .microseconds))
    #expect(time.seconds == 1.001)
    #expect(time.description == "30030/30000")
    #expect(MediaTime(ticks: 1, timeBase: 0, 1) == nil)
    #expect(MediaTime(ticks: 1, timeBase: 1, 0) == nil)
    #expect(MediaTime(ticks: 1, timeBase: -1, 25) == nil)
    #expect(MediaTime(ticks: .max, timeBase: 2, 1) == nil)
  }
}
