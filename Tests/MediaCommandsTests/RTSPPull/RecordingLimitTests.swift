import Testing

@testable import MediaCommands

/// Where a recording ends among pictures that are not decoded in the order they are shown in.
@Suite struct RecordingLimitTests {
  /// I P B b b as x264 sends them.
  private let pyramid: [Int64] = [0, 4, 2, 1, 3, 8, 6, 5, 7, 12, 10, 9, 11]

  private func written(
    _ times: [Int64], bound: Int64? = nil, most: Int? = nil, depth: Int
  ) -> (taken: [Int64], isOver: Bool) {
    var limit = RecordingLimit<Int64>(bound: bound, most: most, depth: depth)
    return (times.flatMap { limit.take($0, at: $0) }, limit.isOver)
  }

  @Test func picturesInOrderEndAtTheLimit() {
    let found = written(Array(0..<9), most: 4, depth: 0)
    #expect(found.taken == [0, 1, 2, 3] && found.isOver)
    #expect(written(Array(0..<9), bound: 4, depth: 0).taken == [0, 1, 2, 3])
  }

  @Test(arguments: 1...12) func thereIsNeverAHole(limit: Int) {
    for found in [
      written(pyramid, most: limit, depth: 2), written(pyramid, bound: Int64(limit), depth: 2),
    ] {
      let count = found.taken.count
      #expect(found.taken.sorted() == (0..<Int64(count)).map(\.self), "\(found)")
      #expect(found.taken == Array(pyramid.prefix(count)))
      #expect(count >= limit && count < limit + 4)
    }
  }

  @Test func theShortestPrefixIsTaken() {
    #expect(written(pyramid, bound: 5, depth: 2).taken == [0, 4, 2, 1, 3])
    #expect(written(pyramid, most: 5, depth: 2).taken == [0, 4, 2, 1, 3])
    #expect(written(pyramid, most: 1, depth: 2).taken == [0])
    #expect(written(pyramid, bound: 6, depth: 2).taken.count == 9)
  }

  @Test func withoutALimitAllIsTaken() {
    let found = written(pyramid, depth: 2)
    #expect(found.taken == pyramid && !found.isOver)
  }

  @Test func aLostConnectionEndsWhatIsPastTheLimit() {
    var limit = RecordingLimit<Int64>(bound: 4, most: nil, depth: 2)
    for time in [0, 1, 2, 3] as [Int64] { _ = limit.take(time, at: time) }
    limit.interrupt()
    #expect(!limit.isOver)
    #expect(limit.take(8, at: 8).isEmpty)
    limit.interrupt()
    #expect(limit.isOver)
  }
}
