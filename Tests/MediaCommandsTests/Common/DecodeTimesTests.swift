import TestSupport
import Testing

@testable import MediaCommands

/// Decode times from the order of pictures.
@Suite struct DecodeTimesTests {
  private func times(_ pts: [Int64], depth: Int?) -> [DecodeTimes<Int>.Timed] {
    var times = DecodeTimes<Int>(depth: depth)
    var found: [DecodeTimes<Int>.Timed] = []
    for (index, time) in pts.enumerated() { found += times.add(index, pts: time) }
    found += times.finish()
    #expect(times.misplaced == 0)
    return found
  }

  @Test func picturesInOrderAreDecodedWhenShown() {
    let pts: [Int64] = [100, 200, 300, 400]
    #expect(times(pts, depth: 0).map(\.dts) == pts)
    #expect(times(pts, depth: nil).map(\.dts) == pts)
  }

  @Test func timesThatRepeatArePartedByAStep() {
    var times = DecodeTimes<Int>(depth: 0, step: 12)
    let found = [100, 100, 90, 200].enumerated().flatMap { times.add($0, pts: $1) }
    #expect(found.map(\.dts) == [100, 112, 124, 200] && found.map(\.pts) == found.map(\.dts))
  }

  @Test(arguments: [2, nil]) func aPyramidOfThree(depth: Int?) {
    // I P B b b as x264 sends them: shown 0 4 2 1 3 8 6 5 7.
    let pts: [Int64] = [0, 4, 2, 1, 3, 8, 6, 5, 7].map { $0 * 10 }
    let found = times(pts, depth: depth)
    #expect(found.map(\.picture) == Array(0..<9))
    #expect(found.map(\.pts) == pts)
    #expect(found.map(\.dts) == [-20, -10, 0, 10, 20, 30, 40, 50, 60])
  }

  @Test func anyOrderOfAnyDepthIsLawful() {
    var random = Seeded.of("decodeTimes")
    for _ in 0..<500 {
      let depth = Int.random(in: 0...4, using: &random)
      let isStated = Bool.random(using: &random)
      let count = Int.random(in: 1...60, using: &random)
      // Swaps that put no picture behind more than `depth` later ones.
      var order = Array(0..<count)
      for start in stride(from: 0, to: count - depth, by: depth + 1) where depth > 0 {
        order.insert(order.remove(at: start + depth), at: start)
      }
      let pts = order.map { Int64($0) * 3000 + 7 }
      let found = times(pts, depth: isStated ? max(depth, 1) : nil)
      #expect(found.map(\.picture) == Array(0..<count))
      #expect(found.map(\.pts) == pts)
      #expect(found.allSatisfy { $0.dts <= $0.pts })
      #expect(zip(found, found.dropFirst()).allSatisfy { $0.dts < $1.dts })
    }
  }

  @Test func deeperThanStatedIsToldAndStaysInOrder() {
    var times = DecodeTimes<Int>(depth: 0)
    let found = [0, 40, 20, 10, 30].enumerated().flatMap { times.add($0.offset, pts: $0.element) }
    #expect(zip(found, found.dropFirst()).allSatisfy { $0.dts < $1.dts })
    #expect(found.allSatisfy { $0.dts <= $0.pts })
    #expect(times.misplaced == 3)
  }
}
