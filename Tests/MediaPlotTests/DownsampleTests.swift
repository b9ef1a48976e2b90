import Testing

@testable import MediaPlot
import TestSupport

@Suite struct DownsampleTests {
  @Test func keepsFewPointsAsTheyAre() {
    let points = (0..<40).map { Position(x: Double($0) / 4, y: Double($0 % 3)) }
    #expect(downsampled(points, columns: 10) == points)
  }

  @Test func keepsFirstLowestHighestLastOfAColumn() {
    let y = [5.0, 9, 1, 4, 7]
    let points = y.enumerated().map { Position(x: 0.1 * Double($0.offset), y: $0.element) }
    #expect(downsampled(points, columns: 1).map(\.y) == [5, 9, 1, 7])
  }

  @Test func keepsExtremesAndOrderOfAnySeries() {
    var random = Seeded.of("DownsampleTests")
    for _ in 0..<50 {
      let columns = Int.random(in: 1...30, using: &random)
      let points = (0..<Int.random(in: 1...2000, using: &random))
        .map { _ in
          Position(
            x: Double.random(in: 0..<Double(columns), using: &random),
            y: Double.random(in: -9...9, using: &random))
        }
        .sorted { $0.x < $1.x }
      let kept = downsampled(points, columns: columns)
      #expect(kept.count <= 4 * columns)
      #expect(kept.map(\.y).min() == points.map(\.y).min())
      #expect(kept.map(\.y).max() == points.map(\.y).max())
      #expect(kept.first == points.first)
      #expect(kept.last == points.last)
      #expect(zip(kept, kept.dropFirst()).allSatisfy { $0.x <= $1.x })
    }
  }
}
