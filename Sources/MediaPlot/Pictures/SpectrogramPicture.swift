/// A picture of power over time and frequency: a panel each channel over one axis of time.
public struct SpectrogramPicture: Sendable {
  /// The spectra of one channel.
  public struct Channel: Sendable {
    /// The panel's name, such as `FL`.
    public var name: String
    /// Levels in decibels, a list a column: each from 0 Hz to half the sampling rate.
    public var columns: [[Float]]

    /// A channel.
    public init(name: String, columns: [[Float]]) {
      self.name = name
      self.columns = columns
    }
  }

  /// How frequencies are spread over the height.
  public enum Scale: Hashable, Sendable {
    /// Evenly.
    case linear
    /// Each octave as tall as the others, from 20 Hz or the lowest bin on.
    case logarithmic
  }

  /// The heading.
  public var title: String
  /// The channels, from the top.
  public var channels: [Channel]
  /// Seconds of one column; the last may be short.
  public var columnDuration: Double
  /// Seconds in all.
  public var duration: Double
  /// Where the axis of time begins, in seconds.
  public var start: Double
  /// Samples per second.
  public var sampleRate: Double
  /// Levels shown darkest and lightest, decibels.
  public var levels: ClosedRange<Double>
  /// How frequencies are spread over the height.
  public var scale: Scale
  /// Units across, 320 to 8192.
  public var width: Int

  /// A picture.
  public init(
    title: String, channels: [Channel], columnDuration: Double, duration: Double, start: Double = 0,
    sampleRate: Double, levels: ClosedRange<Double> = -120...0, scale: Scale = .linear,
    width: Int = 960
  ) {
    self.title = title
    self.channels = channels
    self.columnDuration = columnDuration
    self.duration = duration
    self.start = start
    self.sampleRate = sampleRate
    self.levels = levels
    self.scale = scale
    self.width = width
  }

  /// The picture in pixels, `scale` of them to a unit.
  public func canvas(scale: Int = 1) -> Canvas {
    let scale = max(1, min(scale, 8))
    let stack = stack
    var canvas = sketch(stack).canvas(scale: scale)
    let (columns, rows) = (stack.columns * scale, Int(stack.panelHeight) * scale)
    let axis = FrequencyAxis(highest: sampleRate / 2, scale: self.scale)
    for (panel, channel) in channels.enumerated() where isDrawable(channel) {
      let pixels = SpectrumPixels(
        channel.columns, columns: columns, rows: rows, axis: axis,
        columnsShown: duration / columnDuration)
      let (left, top) = (Int(PanelStack.left) * scale, Int(stack.top(panel)) * scale)
      pixels.forEach { column, row, level in
        canvas.set(left + column, top + row, ColorMap.color(share(level)))
      }
    }
    return canvas
  }
}

// MARK: - Around the panels

extension SpectrogramPicture {
  private var panelHeight: Double {
    switch channels.count {
    case ...1: 400
    case 2: 256
    case ...8: 160
    default: 96
    }
  }

  /// Where the panels stand.
  var stack: PanelStack {
    PanelStack(
      width: width, right: 96, panelCount: channels.count, panelHeight: panelHeight, start: start,
      duration: duration)
  }

  private func isDrawable(_ channel: Channel) -> Bool {
    guard let first = channel.columns.first else { return false }
    return first.count > 1 && duration > 0 && columnDuration > 0 && duration.isFinite
      && sampleRate > 0 && sampleRate.isFinite
  }

  private func share(_ level: Double) -> Double {
    let span = levels.upperBound - levels.lowerBound
    return span > 0 ? (level - levels.lowerBound) / span : 0
  }

  func sketch(_ stack: PanelStack) -> Sketch {
    var sketch = Sketch(stack)
    sketch.title(title, stack, reserved: 0)
    if channels.isEmpty { sketch.note("no sound", panel: 0, stack) }
    for (panel, channel) in channels.enumerated() {
      sketch.heading(channel.name, unit: "", panel: panel, stack)
      let top = stack.top(panel)
      sketch.add(
        .outline(
          x: PanelStack.left - 1, y: top - 1, width: Double(stack.columns) + 2,
          height: stack.panelHeight + 2, .frame))
      if isDrawable(channel) {
        frequencies(top, stack, &sketch)
      } else {
        sketch.note("no sound", panel: panel, stack)
      }
    }
    if channels.contains(where: isDrawable) { colorBar(stack, &sketch) }
    sketch.timeAxis(stack)
    return sketch
  }

  private func frequencies(_ top: Double, _ stack: PanelStack, _ sketch: inout Sketch) {
    let axis = FrequencyAxis(highest: sampleRate / 2, scale: scale)
    var last = Double.infinity
    for (frequency, label) in axis.marks(height: stack.panelHeight) {
      let y = top + stack.panelHeight * (1 - axis.share(of: frequency))
      // Labels never touch; the lowest mark has the right of way.
      guard last - y >= 15 else { continue }
      last = y
      let line = min(y.rounded(.down), top + stack.panelHeight - 1)
      sketch.add(.rule(x: PanelStack.left - 6, y: line, width: 5, height: 1, .zero))
      sketch.add(.text(label, x: PanelStack.left - 10, y: y + 4, .end, .tick))
    }
  }

  /// What the colors mean, beside the uppermost panel.
  private func colorBar(_ stack: PanelStack, _ sketch: inout Sketch) {
    let (x, top, height) = (stack.width - 76, stack.top(0), stack.panelHeight)
    let steps = Int(height)
    for step in 0..<steps {
      let share = 1 - (Double(step) + 0.5) / Double(steps)
      sketch.add(
        .swatch(
          x: x, y: top + Double(step), width: 14, height: 1, ColorMap.color(share)))
    }
    sketch.add(.outline(x: x - 1, y: top - 1, width: 16, height: height + 2, .frame))
    sketch.add(.text("dBFS", x: x - 1, y: top - 10, .start, .quiet))
    let ticks = Ticks(over: levels, count: max(2, Int(height / 24)), scale: .plain, inside: true)
    for (index, label) in zip(ticks.indices, ticks.labels(scale: .plain)) {
      let y = top + height * (1 - share(ticks.value(index)))
      let line = min(y.rounded(.down), top + height - 1)
      sketch.add(.rule(x: x + 15, y: line, width: 4, height: 1, .zero))
      sketch.add(.text(withMinus(label), x: x + 23, y: y + 4, .start, .tick))
    }
  }
}
