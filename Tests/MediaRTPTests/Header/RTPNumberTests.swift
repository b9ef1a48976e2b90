import MediaRTP
import Testing

@Suite struct RTPNumberTests {
  @Test(arguments: [(1, 0, 1), (0, 65_535, 1), (65_535, 0, -1), (0x8000, 0, -0x8000)])
  func sequenceDistanceGoesTheShorterWayRound(a: UInt16, b: UInt16, distance: Int) {
    let (one, other) = (RTPSequenceNumber(rawValue: a), RTPSequenceNumber(rawValue: b))
    #expect(one.distance(from: other) == distance)
    #expect(other.advanced(by: distance) == one)
    #expect(other.next.distance(from: other) == 1)
  }

  @Test(arguments: [
    (0, UInt32.max, 1), (UInt32.max, 0, -1), (0x8000_0000, 0, -0x8000_0000),
    (3000, 4_294_964_296, 6000),
  ])
  func timestampDistanceGoesTheShorterWayRound(a: UInt32, b: UInt32, distance: Int) {
    let (one, other) = (RTPTimestamp(rawValue: a), RTPTimestamp(rawValue: b))
    #expect(one.distance(from: other) == distance)
    #expect(other.advanced(by: distance) == one)
  }

  @Test func advancingTakesAnyCount() {
    let zero = RTPTimestamp(rawValue: 0)
    #expect(zero.advanced(by: .max).rawValue == UInt32.max)
    #expect(zero.advanced(by: .min).rawValue == 0)
    #expect(RTPSequenceNumber(rawValue: 5).advanced(by: -6).rawValue == 65_535)
  }

  @Test func timelineCountsWrapsOfBoth() {
    var timeline = RTPTimeline()
    let sequence = [65_534, 65_535, 0, 65_533, 1, 2].map { UInt16($0) }
    let extended = sequence.map { timeline.extend(RTPSequenceNumber(rawValue: $0)) }
    #expect(extended == [65_534, 65_535, 65_536, 65_533, 65_537, 65_538])
    let stamps: [UInt32] = [4_294_964_296, 0, 4_294_967_295, 3000]
    let ticks = stamps.map { timeline.extend(RTPTimestamp(rawValue: $0)) }
    #expect(ticks == [4_294_964_296, 4_294_967_296, 4_294_967_295, 4_294_970_296])
  }

  @Test func whatPrecedesTheFirstPacketMayBeNegative() {
    var timeline = RTPTimeline()
    #expect(timeline.extend(RTPSequenceNumber(rawValue: 0)) == 0)
    #expect(timeline.extend(RTPSequenceNumber(rawValue: 65_535)) == -1)
    #expect(timeline.extend(RTPTimestamp(rawValue: 10)) == 10)
    #expect(timeline.extend(RTPTimestamp(rawValue: 4_294_967_290)) == -6)
  }

  @Test func timelineFollowsManyWraps() {
    var timeline = RTPTimeline()
    for index in 0..<100_000 {
      let number = Int64(index) * 7000
      #expect(timeline.extend(RTPSequenceNumber(rawValue: UInt16(number & 0xffff))) == number)
      let ticks = Int64(index) * 1_000_000
      #expect(timeline.extend(RTPTimestamp(rawValue: UInt32(ticks & 0xffff_ffff))) == ticks)
    }
  }
}
