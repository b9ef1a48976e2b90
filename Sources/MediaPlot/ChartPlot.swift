/// A panel of a chart with its values cleaned and sorted.
struct ChartPlot {
  static let emptyHeight = 150.0

  let panel: Chart.Panel
  /// The values of each series, and the same as lines without a gap.
  private(set) var points: [[Position]] = []
  private(set) var runs: [[[Position]]] = []
  let markers: [Double]
  let references: [Chart.Reference]
  let bands: [Chart.Band]
  private(set) var values = Extent()

  init(_ panel: Chart.Panel) {
    self.panel = panel
    markers = panel.markers.filter(\.isFinite).map(clamped).sorted()
    references = panel.references.filter(\.value.isFinite)
    bands = panel.bands.filter { $0.values.lowerBound.isFinite && $0.values.upperBound.isFinite }
    for series in panel.series {
      var points = series.points.compactMap { point -> Position? in
        guard point.x.isFinite, !point.y.isInfinite else { return nil }
        return Position(x: clamped(point.x), y: point.y.isNaN ? .nan : clamped(point.y))
      }
      // Sorting is stable, so points of one x stay in their order.
      if !points.isSorted { points.sort { $0.x < $1.x } }
      let lines = points.split(whereSeparator: \.y.isNaN).map { Array($0) }
      runs.append(lines)
      self.points.append(lines.count == 1 ? lines[0] : lines.flatMap(\.self))
    }
    for points in points { for point in points { values.include(point.y) } }
    for reference in references { values.include(clamped(reference.value)) }
  }

  var height: Double { Double(min(max(panel.height, 40), 2000)) }

  /// The marks of the y axis, which enclose its values.
  var ticks: Ticks {
    var extent = Extent()
    if let range = panel.yRange, range.lowerBound.isFinite, range.upperBound.isFinite {
      extent.include(clamped(range.lowerBound))
      extent.include(clamped(range.upperBound))
    } else {
      extent = values
      if panel.includesZero, !values.isEmpty { extent.include(0) }
    }
    let count = max(2, Int(height / 37))
    return Ticks(over: extent.range, count: count, scale: panel.yScale)
  }

  func classes(ofReference index: Int) -> String {
    let dashed = references[index].isDashed ? " dashed" : ""
    return "series " + colourClass(panel.series.count + index) + dashed
  }
}

/// The six colours of a panel's series, repeated.
func colourClass(_ index: Int) -> String { "c\(index % 6)" }

func clamped(_ value: Double) -> Double { min(max(value, -Ticks.limit), Ticks.limit) }

extension [Position] {
  fileprivate var isSorted: Bool {
    zip(self, dropFirst()).allSatisfy { $0.x <= $1.x }
  }
}
