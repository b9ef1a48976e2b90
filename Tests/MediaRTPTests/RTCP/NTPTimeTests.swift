import MediaRTP
import TestSupport
import Testing

@Suite struct NTPTimeTests {
  /// 1970 is 2,208,988,800 s after 1900; half a second is 2^31.
  @Test(
    arguments: [
      (0, 0x83aa_7e80_0000_0000), (500_000_000, 0x83aa_7e80_8000_0000),
      (-1_000_000_000, 0x83aa_7e7f_0000_0000), (-250_000_000, 0x83aa_7e7f_c000_0000),
      (1, 0x83aa_7e80_0000_0004),
      // 2000-01-01, 946,684,800 s after 1970.
      (946_684_800_000_000_000, 0xbc17_c200_0000_0000),
      // The last second of the first era, and the first of the next (2036-02-07T06:28:16Z).
      (2_085_978_495_000_000_000, 0xffff_ffff_0000_0000), (2_085_978_496_000_000_000, 0),
    ] as [(Int64, UInt64)])
  func secondsAreThoseSince1900(nanoseconds: Int64, raw: UInt64) {
    #expect(NTPTime(nanosecondsSince1970: nanoseconds).rawValue == raw)
    #expect(NTPTime(rawValue: raw).nanosecondsSince1970 == nanoseconds)
  }

  @Test func everyNanosecondSurvives() {
    var random = Seeded.of("NTP time")
    for _ in 0..<10_000 {
      let nanoseconds = Int64.random(in: 0...4_000_000_000_000_000_000, using: &random)
      #expect(NTPTime(nanosecondsSince1970: nanoseconds).nanosecondsSince1970 == nanoseconds)
    }
    for nanoseconds in [Int64.min, .max, 999_999_999, -1] {
      _ = NTPTime(nanosecondsSince1970: nanoseconds).nanosecondsSince1970
    }
    #expect(NTPTime(nanosecondsSince1970: -1).nanosecondsSince1970 == -1)
    // The last moment before seconds begin anew in 2104 stays before it.
    let last = NTPTime(rawValue: 0x7fff_ffff_ffff_ffff).nanosecondsSince1970
    #expect(last % 1_000_000_000 == 999_999_999)
    #expect(NTPTime(nanosecondsSince1970: last).nanosecondsSince1970 == last)
  }

  @Test func differencesGoTheShorterWayRound() {
    let before = NTPTime(rawValue: 0xffff_ffff_8000_0000)
    let after = NTPTime(rawValue: 0x0000_0001_0000_0000)
    #expect(after.nanoseconds(since: before) == 1_500_000_000)
    #expect(before.nanoseconds(since: after) == -1_500_000_000)
    _ = NTPTime(rawValue: 1 << 63).nanoseconds(since: NTPTime(rawValue: 0))
  }

  /// The example of RFC 3550 6.4.1, figure 2.
  @Test func roundTripIsThatOfTheFigure() {
    let report = NTPTime(rawValue: 0xb44d_b705_2000_0000)
    #expect(report.middle32 == 0xb705_2000)
    var block = RTCPReportBlock(ssrc: 1)
    #expect(block.roundTripTime(at: report) == nil)
    block.lastSenderReport = report.middle32
    block.delaySinceLastSenderReport = 0x0005_4000
    let time = block.roundTripTime(at: NTPTime(rawValue: 0xb44d_b710_8000_0000))
    #expect(time == 6.125)
  }
}
