import MediaRTP
import Testing

struct RTPSequenceNumberTests {
  @Test(arguments: [(1, 0, 1), (0, 65_535, 1), (65_535, 0, -1), (0x8000, 0, -0x8000)])
  func distanceGoesTheShorterWayRound(a: UInt16, b: UInt16, distance: Int) {
    let (one, other) = (RTPSequenceNumber(rawValue: a), RTPSequenceNumber(rawValue: b))
    #expect(one.distance(from: other) == distance)
    #expect(other.next.distance(from: other) == 1)
  }
}
