/// Lays a chart out and writes it.
struct ChartDrawing {
  /// Distances of the layout, in units of the viewBox.
  private enum Layout {
    static let left = 72.0
    static let right = 24.0
    static let title = 48.0
    static let heading = 28.0
    static let gap = 20.0
    static let axis = 46.0
    static let fontSize = 12.0
    /// Markers further apart than this, on average, get a line across the plot.
    static let sparse = 12.0
  }

  private let chart: Chart
  private let width: Double
  private let columns: Int
  private let plots: [ChartPlot]
  private let xRange: ClosedRange<Double>
  private var out = ""

  init(_ chart: Chart) {
    self.chart = chart
    let units = min(max(chart.width, 320), 8192)
    width = Double(units)
    columns = units - Int(Layout.left + Layout.right)
    plots = chart.panels.map { ChartPlot($0) }
    var extent = Extent()
    for bound in [chart.xRange?.lowerBound, chart.xRange?.upperBound] {
      if let bound, bound.isFinite { extent.include(clamped(bound)) }
    }
    for plot in plots {
      for x in plot.markers { extent.include(x) }
      for points in plot.points { for point in points { extent.include(point.x) } }
    }
    xRange = extent.range
  }

  private var height: Double {
    let stack = plots.reduce(0) { $0 + Layout.heading + $1.height + Layout.gap }
    let empty = Layout.heading + ChartPlot.emptyHeight + Layout.gap
    return Layout.title + (plots.isEmpty ? empty : stack) + Layout.axis
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
    if plots.isEmpty { frame(top + Layout.heading, height: ChartPlot.emptyHeight, empty: true) }
    for plot in plots {
      write(plot, top: top, ticks: ticks)
      top += Layout.heading + plot.height + Layout.gap
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
      parts += plot.references.map(\.name).filter { !$0.isEmpty }
      return "\(plot.panel.title): " + (parts.isEmpty ? "no values" : parts.joined(separator: "; "))
    }
    return panels.isEmpty ? "Nothing to draw." : panels.joined(separator: ". ") + "."
  }
}

// MARK: - One panel

extension ChartDrawing {
  private mutating func write(_ plot: ChartPlot, top: Double, ticks: Ticks) {
    let top = top + Layout.heading
    heading(plot, y: top - 10)
    let empty = plot.points.allSatisfy(\.isEmpty) && plot.markers.isEmpty
    frame(top, height: plot.height, empty: empty)
    if empty { return }

    let yTicks = plot.ticks
    let lowest = yTicks.value(yTicks.indices.lowerBound)
    let highest = yTicks.value(yTicks.indices.upperBound)
    let y = { (value: Double) in
      top + plot.height * (1 - (min(max(value, lowest), highest) - lowest) / (highest - lowest))
    }
    write(bands: plot.bands, y: y)

    var grid = ""
    for index in yTicks.indices {
      grid += "M\(number(Layout.left)) \(number(y(yTicks.value(index))))h\(columns)"
    }
    for index in ticks.indices {
      grid += "M\(number(x(ticks.value(index)))) \(number(top))v\(number(plot.height))"
    }
    out += "<path class=\"grid\" d=\"\(grid)\"/>\n"
    if !plot.values.isEmpty || plot.panel.yRange != nil {
      for (index, label) in zip(yTicks.indices, yTicks.labels(scale: plot.panel.yScale)) {
        text(
          withMinus(label), x: Layout.left - 8, y: y(yTicks.value(index)) + 4, classes: "tick end")
      }
    }
    write(markers: plot.markers, top: top, height: plot.height)
    for (index, (series, runs)) in zip(plot.panel.series, plot.runs).enumerated() {
      for points in runs {
        let positions = points.map { Position(x: x($0.x), y: y($0.y)) }
        write(downsampled(positions, columns: columns), style: series.style, colour: index)
      }
    }
    for (index, reference) in plot.references.enumerated() {
      let classes = plot.classes(ofReference: index)
      out += """
        <path class="\(classes)" d="M\(number(Layout.left)) \(number(y(reference.value)))h\(columns)"/>

        """
    }
  }

  private mutating func write(bands: [Chart.Band], y: (Double) -> Double) {
    for band in bands {
      let (top, bottom) = (y(band.values.upperBound), y(band.values.lowerBound))
      out += """
        <rect class="frame" style="\(bandStyle)" x="\(number(Layout.left))" y="\(number(top))" \
        width="\(columns)" height="\(number(bottom - top))"/>

        """
    }
  }

  /// Lines across the plot where there is room to tell them apart, else short ones at its top.
  private mutating func write(markers: [Double], top: Double, height: Double) {
    var path = ""
    var lastColumn = -1
    let isSparse = Double(columns) / Double(max(markers.count, 1)) > Layout.sparse
    let length = isSparse ? height : 7
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

  private mutating func frame(_ top: Double, height: Double, empty: Bool) {
    out += """
      <rect class="frame" x="\(number(Layout.left))" y="\(number(top))" width="\(columns)" \
      height="\(number(height))"/>

      """
    if empty {
      text(
        "no values", x: Layout.left + Double(columns) / 2, y: top + height / 2 + 4,
        classes: "quiet middle")
    }
  }

  /// The panel's title and unit on the left, its legend on the right as far as there is room.
  private mutating func heading(_ plot: ChartPlot, y: Double) {
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
    for (index, reference) in plot.references.enumerated() where !reference.name.isEmpty {
      entries.append((reference.name, plot.classes(ofReference: index)))
    }
    if !plot.markers.isEmpty { entries.append((panel.markerName, "marker dashed")) }
    for band in plot.bands where !band.name.isEmpty { entries.append((band.name, "")) }
    var right = width - Layout.right
    for entry in entries.reversed() {
      let name = elided(entry.name, ems: Double(columns) * 0.2 / size)
      let left = right - emWidth(name) * size - 28
      guard left > position else { break }
      out +=
        entry.classes.isEmpty
        ? "<rect style=\"\(bandStyle)\" x=\"\(number(left))\" y=\"\(number(y - 9))\" "
          + "width=\"18\" height=\"10\"/>\n"
        : "<path class=\"\(entry.classes)\" d=\"M\(number(left)) \(number(y - 4))h18\"/>\n"
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

/// A shade that shows on a light ground and on a dark one.
private let bandStyle = "fill:#7f8fa6;fill-opacity:.18;stroke:none"
