import MediaBytes
import MediaRTP
import TestSupport
import Testing

@Suite struct RTPJitterTests {
  /// A.8's first form, in ticks.
  @Test func agreesWithTheFormula() throws {
    var random = Seeded.of("jitter")
    for clockRate in [8000, 44_100, 90_000] as [UInt32] {
      var jitter = try #require(RTPJitter(clockRate: clockRate))
      var estimate = 0.0
      var (sum, highest) = (0.0, 0.0)
      var last: (Int64, UInt32)?
      for index in 0..<2000 {
        let arrival = Int64(index) * 20_000_000 + .random(in: 0...15_000_000, using: &random)
        let ticks = UInt32(truncatingIfNeeded: 4_294_900_000 + index * Int(clockRate) / 50)
        jitter.add(RTPTimestamp(rawValue: ticks), at: arrival)
        if let (before, stamp) = last {
          let spacing = Double(Int32(bitPattern: ticks &- stamp))
          let difference = Double(arrival - before) / 1e9 * Double(clockRate) - spacing
          estimate += (abs(difference) - estimate) / 16
          sum += estimate
          highest = max(highest, estimate)
        }
        last = (arrival, ticks)
      }
      let scale = 1000 / Double(clockRate)
      #expect(abs(try #require(jitter.milliseconds) - estimate * scale) < 1e-6)
      #expect(abs(try #require(jitter.meanMilliseconds) - sum / 1999 * scale) < 1e-6)
      #expect(abs(try #require(jitter.maxMilliseconds) - highest * scale) < 1e-6)
      // The integer form rounds arrivals and each step.
      #expect(abs(Double(jitter.reported) - estimate) < 3)
    }
  }

  /// A.8's integer form by hand: D is 160, 0, 160 ticks, which makes 160, 150, 301 sixteenths.
  @Test func integerFormIsExact() throws {
    var jitter = try #require(RTPJitter(clockRate: 8000))
    let arrivals: [Int64] = [0, 40, 60, 60]
    var scaled = 0
    for (index, arrival) in arrivals.enumerated() {
      jitter.add(RTPTimestamp(rawValue: UInt32(index * 160)), at: arrival * 1_000_000)
      if index > 0 { scaled += [160, 0, 160][index - 1] - ((scaled + 8) >> 4) }
      #expect(jitter.reported == UInt32(scaled >> 4))
    }
    #expect(scaled == 301)
  }

  @Test func aSteadyStreamHasNone() throws {
    var jitter = try #require(RTPJitter(clockRate: 90_000))
    #expect(jitter.milliseconds == nil)
    for index in 0..<100 {
      jitter.add(RTPTimestamp(rawValue: UInt32(index * 3600)), at: Int64(index) * 40_000_000)
    }
    #expect(jitter.milliseconds == 0 && jitter.maxMilliseconds == 0 && jitter.reported == 0)
  }

  @Test func anyTimesAreTaken() throws {
    var jitter = try #require(RTPJitter(clockRate: .max))
    for arrival in [Int64.min, .max, 0, .min, -1, .max] {
      jitter.add(RTPTimestamp(rawValue: UInt32(truncatingIfNeeded: arrival)), at: arrival)
    }
    #expect(jitter.milliseconds?.isFinite == true)
    #expect(RTPJitter(clockRate: 0) == nil)
  }
}
