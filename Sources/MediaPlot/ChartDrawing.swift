/// Lays a chart out and writes it.
struct ChartDrawing {
  /// Distances of the layout, in units of the viewBox.
  private enum Layout {
    static let left = 72.0
    static let right = 24.0
    static let title = 48.0
    static let heading = 28.0
    static let plot = 150.0
    static let gap = 20.0
    static let axis = 46.0
    static let fontSize = 12.0
    /// Markers further apart than this, on average, get a line across the plot.
    static let sparse = 12.0
  }

  private let chart: Chart
  private let width: Double
  private let columns: Int
  private let plots: [Plot]
  private let xRange: ClosedRange<Double>
  private var out = ""

  init(_ chart: Chart) {
    self.chart = chart
    let units = min(max(chart.width, 320), 8192)
    width = Double(units)
    columns = units - Int(Layout.left + Layout.right)
    plots = chart.panels.map { Plot($0) }
    var extent = Extent()
    for plot in plots {
      for x in plot.markers { extent.include(x) }
      for points in plot.points { for point in points { extent.include(point.x) } }
    }
    xRange = extent.range
  }

  /// A panel with its values cleaned and sorted.
  private struct Plot {
    var panel: Chart.Panel
    var points: [[Position]]
    var markers: [Double]
    var values = Extent()

    init(_ panel: Chart.Panel) {
      self.panel = panel
      points = panel.series.map { series in
        var points = series.points.compactMap { point -> Position? in
          guard point.x.isFinite, point.y.isFinite else { return nil }
          return Position(x: clamped(point.x), y: clamped(point.y))
        }
        // Sorting is stable, so points of one x stay in their order.
        if !points.isSorted { points.sort { $0.x < $1.x } }
        return points
      }
      markers = panel.markers.filter(\.isFinite).map(clamped).sorted()
      for points in points { for point in points { values.include(point.y) } }
    }
  }

  private var height: Double {
    let stack = Layout.heading + Layout.plot + Layout.gap
    return Layout.title + Double(max(plots.count, 1)) * stack + Layout.axis
  }

  private func x(_ value: Double) -> Double {
    let share = (value - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound)
    return Layout.left + share * Double(columns)
  }

  func document() -> String {
    var drawing = self
    drawing.write()
    return drawing.out
  }

  private mutating func write() {
    let ticks = Ticks(over: xRange, count: columns / 90, scale: chart.xScale, inside: true)
    out += """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
      width="\(number(width))" height="\(number(height))" class="chart" role="img" \
      aria-labelledby="chart-title chart-desc">
      <title id="chart-title">\(escaped(chart.title))</title>
      <desc id="chart-desc">\(escaped(description()))</desc>
      \(chartStyleSheet)
      <rect class="ground" width="\(number(width))" height="\(number(height))"/>

      """
    let titleEms = (width - 2 * Layout.right) / 16
    text(elided(chart.title, ems: titleEms), x: Layout.right, y: 30, classes: "title")
    var top = Layout.title
    if plots.isEmpty { frame(top + Layout.heading, empty: true) }
    for plot in plots {
      write(plot, top: top, ticks: ticks)
      top += Layout.heading + Layout.plot + Layout.gap
    }
    let bottom = height - Layout.axis - Layout.gap
    for (index, label) in zip(ticks.indices, ticks.labels(scale: chart.xScale)) {
      text(label, x: x(ticks.value(index)), y: bottom + 18, classes: "tick middle")
    }
    text(
      chart.xLabel, x: Layout.left + Double(columns) / 2, y: bottom + 40, classes: "quiet middle")
    out += "</svg>\n"
  }

  /// The chart in words, for readers who cannot see it.
  private func description() -> String {
    let panels = plots.map { plot -> String in
      var parts: [String] = []
      for (series, points) in zip(plot.panel.series, plot.points) {
        var extent = Extent()
        for point in points { extent.include(point.y) }
        let name = series.name.isEmpty ? "" : series.name + " "
        let unit = plot.panel.yLabel.isEmpty ? "" : " " + plot.panel.yLabel
        let scale = plot.panel.yScale
        parts.append(
          points.isEmpty
            ? name + "no values"
            : "\(name)\(points.count) values from \(quantity(extent.lowest, scale: scale)) "
              + "to \(quantity(extent.highest, scale: scale))\(unit)")
      }
      if !plot.markers.isEmpty {
        parts.append("\(plot.panel.markerName) marks: \(plot.markers.count)")
      }
      return "\(plot.panel.title): " + (parts.isEmpty ? "no values" : parts.joined(separator: "; "))
    }
    return panels.isEmpty ? "Nothing to draw." : panels.joined(separator: ". ") + "."
  }
}

// MARK: - One panel

extension ChartDrawing {
  private mutating func write(_ plot: Plot, top: Double, ticks: Ticks) {
    let top = top + Layout.heading
    heading(plot, y: top - 10)
    let empty = plot.points.allSatisfy(\.isEmpty) && plot.markers.isEmpty
    frame(top, empty: empty)
    if empty { return }

    var values = plot.values
    if plot.panel.includesZero, !values.isEmpty { values.include(0) }
    let yTicks = Ticks(over: values.range, count: 4, scale: plot.panel.yScale)
    let lowest = yTicks.value(yTicks.indices.lowerBound)
    let highest = yTicks.value(yTicks.indices.upperBound)
    let y = { (value: Double) in
      top + Layout.plot * (1 - (value - lowest) / (highest - lowest))
    }

    var grid = ""
    for index in yTicks.indices {
      grid += "M\(number(Layout.left)) \(number(y(yTicks.value(index))))h\(columns)"
    }
    for index in ticks.indices {
      grid += "M\(number(x(ticks.value(index)))) \(number(top))v\(number(Layout.plot))"
    }
    out += "<path class=\"grid\" d=\"\(grid)\"/>\n"
    if !plot.values.isEmpty {
      for (index, label) in zip(yTicks.indices, yTicks.labels(scale: plot.panel.yScale)) {
        text(label, x: Layout.left - 8, y: y(yTicks.value(index)) + 4, classes: "tick end")
      }
    }
    write(markers: plot.markers, top: top)
    for (index, (series, points)) in zip(plot.panel.series, plot.points).enumerated() {
      let positions = points.map { Position(x: x($0.x), y: y($0.y)) }
      write(downsampled(positions, columns: columns), style: series.style, colour: index)
    }
  }

  /// Lines across the plot where there is room to tell them apart, else short ones at its top.
  private mutating func write(markers: [Double], top: Double) {
    var path = ""
    var lastColumn = -1
    let isSparse = Double(columns) / Double(max(markers.count, 1)) > Layout.sparse
    let length = isSparse ? Layout.plot : 7
    for marker in markers {
      let position = x(marker)
      guard Int(position) != lastColumn else { continue }
      lastColumn = Int(position)
      path += "M\(number(position)) \(number(top))v\(number(length))"
    }
    if !path.isEmpty {
      out += "<path class=\"marker\(isSparse ? " dashed" : "")\" d=\"\(path)\"/>\n"
    }
  }

  private mutating func write(_ points: [Position], style: Chart.Series.Style, colour: Int) {
    guard let first = points.first else { return }
    let classes = colourClass(colour)
    // A line needs two points; what stands in one place is a dot.
    guard points.contains(where: { $0.x != first.x || $0.y != first.y }) else {
      out += """
        <circle class="dot \(classes)" cx="\(number(first.x))" cy="\(number(first.y))" r="3"/>

        """
      return
    }
    var path = "M\(number(first.x)) \(number(first.y))"
    for point in points.dropFirst() {
      switch style {
      case .step: path += "H\(number(point.x))V\(number(point.y))"
      case .line: path += "L\(number(point.x)) \(number(point.y))"
      }
    }
    out += "<path class=\"series \(classes)\" d=\"\(path)\"/>\n"
  }

  private mutating func frame(_ top: Double, empty: Bool) {
    out += """
      <rect class="frame" x="\(number(Layout.left))" y="\(number(top))" width="\(columns)" \
      height="\(number(Layout.plot))"/>

      """
    if empty {
      text(
        "no values", x: Layout.left + Double(columns) / 2, y: top + Layout.plot / 2 + 4,
        classes: "quiet middle")
    }
  }

  /// The panel's title and unit on the left, its legend on the right as far as there is room.
  private mutating func heading(_ plot: Plot, y: Double) {
    let panel = plot.panel
    let size = Layout.fontSize
    var position = Layout.left
    let title = elided(panel.title, ems: Double(columns) * 0.5 / size)
    text(title, x: position, y: y, classes: "panel")
    position += emWidth(title) * size * 1.1 + 12
    if !panel.yLabel.isEmpty {
      let label = elided(panel.yLabel, ems: Double(columns) * 0.15 / size)
      text(label, x: position, y: y, classes: "quiet")
      position += emWidth(label) * size + 24
    }
    var entries: [(name: String, classes: String)] = []
    for (index, series) in panel.series.enumerated() where !series.name.isEmpty {
      entries.append((series.name, "series " + colourClass(index)))
    }
    if !plot.markers.isEmpty { entries.append((panel.markerName, "marker dashed")) }
    var right = width - Layout.right
    for entry in entries.reversed() {
      let name = elided(entry.name, ems: Double(columns) * 0.2 / size)
      let left = right - emWidth(name) * size - 28
      guard left > position else { break }
      out += "<path class=\"\(entry.classes)\" d=\"M\(number(left)) \(number(y - 4))h18\"/>\n"
      text(name, x: left + 24, y: y, classes: "quiet")
      right = left - 12
    }
  }

  private mutating func text(_ text: String, x: Double, y: Double, classes: String) {
    guard !text.isEmpty else { return }
    out += """
      <text class="\(classes)" x="\(number(x))" y="\(number(y))">\(escaped(text))</text>

      """
  }
}

// MARK: - Small things

/// The six colours of a panel's series, repeated.
private func colourClass(_ index: Int) -> String { "c\(index % 6)" }

private func clamped(_ value: Double) -> Double {
  min(max(value, -Ticks.limit), Ticks.limit)
}

extension [Position] {
  fileprivate var isSorted: Bool {
    zip(self, dropFirst()).allSatisfy { $0.x <= $1.x }
  }
}
