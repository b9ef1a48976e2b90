import MediaPlot
import Testing

@testable import MediaCommands

/// Loudness over time, kept in so many points.
@Suite struct LoudnessHistoryTests {
  @Test(arguments: [0, 1, 4096, 4097, 10_000, 40_000])
  func lengthIsBoundedAndNothingLoudIsLost(_ count: Int) {
    var history = LoudnessHistory()
    for step in 0..<count {
      let isLoudest = step == count / 3
      history.add(
        .init(
          time: Double(step + 1) / 10, momentary: step < 3 ? nil : isLoudest ? -5 : -20,
          shortTerm: step < 29 ? nil : -21))
    }
    let points = history.points
    #expect(points.count <= 4096 && points.count >= min(count, 2048))
    #expect(points.last?.time == (count == 0 ? nil : Double(count) / 10))
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.time < $1.time })
    if count > 100 {
      #expect(points.filter { $0.momentary == -5 }.count == 1)
      #expect(points.contains { $0.shortTerm == -21 })
    }
  }
}
