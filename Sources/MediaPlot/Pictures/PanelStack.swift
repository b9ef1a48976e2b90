/// Panels one below the other over one axis of time: where they stand, and what is around them.
struct PanelStack {
  static let left = 72.0
  static let titleHeight = 48.0
  static let heading = 28.0
  static let gap = 16.0
  static let axis = 52.0

  /// The whole picture's width.
  let width: Double
  /// What is kept free to the right of the plots.
  let right: Double
  let panelCount: Int
  let panelHeight: Double
  /// Seconds, from the left edge of the plots to the right one.
  let time: ClosedRange<Double>

  init(
    width: Int, right: Double, panelCount: Int, panelHeight: Double, start: Double, duration: Double
  ) {
    self.width = Double(min(max(width, 320), 8192))
    self.right = right
    self.panelCount = panelCount
    // Canvases end somewhere; so many panels share what there is.
    let room = Double(Canvas.longestSide / 2) - Self.titleHeight - Self.axis
    let most = room / Double(max(panelCount, 1)) - Self.heading - Self.gap
    self.panelHeight = max(16, min(panelHeight, most.rounded(.down)))
    let first = start.isFinite ? min(max(start, -Ticks.limit), Ticks.limit) : 0
    let length = duration.isFinite ? min(max(duration, 0), Ticks.limit) : 0
    var extent = Extent()
    extent.include(first)
    extent.include(first + length)
    time = extent.range
  }

  var columns: Int { Int(width - Self.left - right) }

  var height: Double {
    Self.titleHeight + Double(max(panelCount, 1)) * (Self.heading + panelHeight + Self.gap)
      + Self.axis - Self.gap
  }

  /// The upper edge of a panel's plot.
  func top(_ panel: Int) -> Double {
    Self.titleHeight + Double(panel) * (Self.heading + panelHeight + Self.gap) + Self.heading
  }

  var bottom: Double { top(max(panelCount, 1) - 1) + panelHeight }

  func x(_ seconds: Double) -> Double {
    let share = (seconds - time.lowerBound) / (time.upperBound - time.lowerBound)
    return Self.left + min(max(share, 0), 1) * Double(columns)
  }

  /// The marks of the axis of time.
  var ticks: Ticks { Ticks(over: time, count: columns / 90, scale: .time, inside: true) }
}

extension Sketch {
  /// An empty picture of a stack.
  init(_ stack: PanelStack) { self.init(width: stack.width, height: stack.height) }

  /// The heading, cut to the room that `reserved` leaves it.
  mutating func title(_ title: String, _ stack: PanelStack, reserved: Double) {
    let room = stack.width - 48 - reserved
    var shown = elided(title, ems: room / 16)
    // The face of the canvas is narrower than most, but not than every one.
    while Sketch.width(of: shown, .title) > room, shown.count > 2 {
      shown = String(shown.dropLast(shown.hasSuffix("…") ? 2 : 1)) + "…"
    }
    add(.text(shown, x: 24, y: 30, .start, .title))
  }

  /// Times below the lowest panel, and marks that reach to it.
  mutating func timeAxis(_ stack: PanelStack) {
    let ticks = stack.ticks
    for (index, label) in zip(ticks.indices, ticks.labels(scale: .time)) {
      let x = stack.x(ticks.value(index)).rounded(.down)
      add(
        .rule(x: min(x, stack.width - stack.right - 1), y: stack.bottom, width: 1, height: 5, .zero)
      )
      add(.text(label, x: x, y: stack.bottom + 19, .middle, .tick))
    }
    add(
      .text(
        ticks.timeAxisName, x: PanelStack.left + Double(stack.columns) / 2, y: stack.bottom + 38,
        .middle, .quiet))
  }

  /// A panel's name and unit above its plot.
  mutating func heading(_ name: String, unit: String, panel: Int, _ stack: PanelStack) {
    let y = stack.top(panel) - 10
    let shown = elided(name, ems: Double(stack.columns) * 0.7 / 13)
    add(.text(shown, x: PanelStack.left, y: y, .start, .panel))
    guard !unit.isEmpty else { return }
    let gap = shown.isEmpty ? 0 : Self.width(of: shown, .panel) + 10
    add(.text(unit, x: PanelStack.left + gap, y: y, .start, .quiet))
  }

  /// Names beside patches of color, ending at the right edge of the plots.
  ///
  /// - Returns: how much room they take.
  mutating func legend(_ entries: [(name: String, ink: Ink)], _ stack: PanelStack) -> Double {
    var right = stack.width - stack.right
    for entry in entries.reversed() {
      let left = right - Self.width(of: entry.name)
      add(.text(entry.name, x: left, y: 29, .start, .quiet))
      add(.rectangle(x: left - 17, y: 20, width: 12, height: 10, entry.ink))
      right = left - 17 - 14
    }
    return stack.width - right
  }

  /// A text in the middle of a panel that has nothing to show.
  mutating func note(_ text: String, panel: Int, _ stack: PanelStack) {
    add(
      .text(
        text, x: PanelStack.left + Double(stack.columns) / 2,
        y: stack.top(panel) + stack.panelHeight / 2 + 4, .middle, .quiet))
  }
}
