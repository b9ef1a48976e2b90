import Testing

@testable import MediaPlot
import TestSupport

/// An axis and the labels it must have.
struct AxisVector: Sendable, CustomTestStringConvertible {
  var range: ClosedRange<Double>
  var scale: Chart.Scale
  var inside = false
  var labels: [String]
  var testDescription: String { "\(range) \(scale) \(labels)" }
}

private let axes = [
  AxisVector(range: 0...1, scale: .plain, labels: ["0", "0.5", "1"]),
  AxisVector(range: 0...0.3, scale: .plain, labels: ["0", "0.1", "0.2", "0.3"]),
  AxisVector(range: -3...5, scale: .plain, labels: ["-4", "-2", "0", "2", "4", "6"]),
  AxisVector(
    range: 0...1_900_000, scale: .metric, labels: ["0", "0.5M", "1M", "1.5M", "2M"]),
  AxisVector(range: 0...730, scale: .metric, labels: ["0", "200", "400", "600", "800"]),
  AxisVector(range: 0...4_096, scale: .metric, labels: ["0", "2k", "4k", "6k"]),
  AxisVector(
    range: 0...20, scale: .time, inside: true, labels: ["0 s", "5 s", "10 s", "15 s", "20 s"]),
  AxisVector(
    range: 0.3...1, scale: .time, inside: true, labels: ["0.4 s", "0.6 s", "0.8 s", "1 s"]),
  AxisVector(range: 0...100, scale: .time, inside: true, labels: ["0:00", "0:30", "1:00", "1:30"]),
  AxisVector(
    range: 0...7000, scale: .time, inside: true,
    labels: ["0:00:00", "0:30:00", "1:00:00", "1:30:00"]),
  AxisVector(
    range: 65...66.5, scale: .time, inside: true, labels: ["1:05", "1:05.5", "1:06", "1:06.5"]),
  AxisVector(
    range: -70 ... -10, scale: .time, inside: true, labels: ["-1:00", "-0:45", "-0:30", "-0:15"]),
]

@Suite struct TicksTests {
  @Test(arguments: axes) func labels(_ v: AxisVector) {
    let ticks = Ticks(over: v.range, count: 4, scale: v.scale, inside: v.inside)
    #expect(ticks.labels(scale: v.scale) == v.labels)
  }

  @Test(arguments: [
    Step(0.9, .plain, 1, 0), Step(1, .plain, 1, 0), Step(1.01, .plain, 2, 0),
    Step(2.5, .plain, 5, 0), Step(5.1, .plain, 1, 1), Step(0.013, .plain, 2, -2),
    Step(9, .time, 1, 1), Step(11, .time, 15, 0), Step(100, .time, 120, 0),
    Step(50_000, .time, 86_400, 0), Step(200_000, .time, 5 * 86_400, 0),
  ])
  func steps(_ v: Step) {
    let (mantissa, exponent) = Ticks.niceStep(atLeast: v.wanted, scale: v.scale)
    #expect(mantissa == v.mantissa)
    #expect(exponent == v.exponent)
  }

  @Test func extentsAlwaysHaveWidth() {
    for value in [0, 1, -1, 5000, 1e-9, -1e-9, 1e15, -1e15] {
      var extent = Extent()
      extent.include(value)
      #expect(extent.range.lowerBound < extent.range.upperBound, "\(value)")
      #expect(extent.range.contains(value), "\(value)")
    }
    #expect(Extent().range == 0...1)
  }

  @Test func ticksOfAnyRangeAreFewAndEnclose() {
    var random = Seeded.of("TicksTests")
    for _ in 0..<2000 {
      var extent = Extent()
      for _ in 0..<Int.random(in: 1...3, using: &random) { extent.include(random.anyValue()) }
      let range = extent.range
      for scale in [Chart.Scale.plain, .metric, .time] {
        let around = Ticks(over: range, count: 4, scale: scale)
        #expect((2...8).contains(around.indices.count), "\(range)")
        let give = around.step * 1e-5
        #expect(around.value(around.indices.lowerBound) <= range.lowerBound + give, "\(range)")
        #expect(around.value(around.indices.upperBound) >= range.upperBound - give, "\(range)")
        let labels = around.labels(scale: scale)
        #expect(Set(labels).count == labels.count, "\(range): \(labels)")
        let inside = Ticks(over: range, count: 8, scale: scale, inside: true)
        #expect(inside.indices.count <= 10, "\(range)")
      }
    }
  }
}

struct Step: Sendable {
  var wanted: Double
  var scale: Chart.Scale
  var mantissa: Int
  var exponent: Int
  init(_ wanted: Double, _ scale: Chart.Scale, _ mantissa: Int, _ exponent: Int) {
    (self.wanted, self.scale, self.mantissa, self.exponent) = (wanted, scale, mantissa, exponent)
  }
}
