internal import CKernels

/// A picture of a sound's wave: a panel each channel over one axis of time.
///
/// Amplitude is linear with full scale 1, its axis written in decibels.
public struct WaveformPicture: Sendable {
  /// What is drawn of one channel, a value each bucket of time.
  public struct Channel: Sendable {
    /// The panel's name, such as `FL`.
    public var name: String
    /// The smallest sample of each bucket.
    public var minima: [Float]
    /// The largest sample of each bucket.
    public var maxima: [Float]
    /// Root mean square of each bucket.
    public var rms: [Float]
    /// Where samples are clipped, in seconds on the axis of time.
    public var clipped: [Range<Double>]

    /// A channel.
    public init(
      name: String, minima: [Float], maxima: [Float], rms: [Float], clipped: [Range<Double>] = []
    ) {
      self.name = name
      self.minima = minima
      self.maxima = maxima
      self.rms = rms
      self.clipped = clipped
    }
  }

  /// The heading.
  public var title: String
  /// The channels, from the top.
  public var channels: [Channel]
  /// Seconds of one bucket; the last may be short.
  public var bucketDuration: Double
  /// Seconds in all.
  public var duration: Double
  /// Where the axis of time begins, in seconds.
  public var start: Double
  /// Where all channels are silent, in seconds on the axis of time.
  public var silences: [Range<Double>]
  /// The width of the viewBox; drawn as 320 to 8192.
  public var width: Int

  /// A picture.
  public init(
    title: String, channels: [Channel], bucketDuration: Double, duration: Double,
    start: Double = 0, silences: [Range<Double>] = [], width: Int = 960
  ) {
    self.title = title
    self.channels = channels
    self.bucketDuration = bucketDuration
    self.duration = duration
    self.start = start
    self.silences = silences
    self.width = width
  }

  /// The picture as an SVG document, light or dark as the reader prefers.
  public func svg() -> String { sketch().svg(title: title, description: description()) }

  /// The picture in pixels, `scale` of them to a unit of the viewBox.
  public func canvas(scale: Int = 1) -> Canvas { sketch().canvas(scale: scale) }
}

// MARK: - Drawing

extension WaveformPicture {
  private var panelHeight: Double {
    switch channels.count {
    case ...1: 220
    case 2: 160
    case ...8: 96
    default: 64
    }
  }

  /// Where the panels stand.
  var stack: PanelStack {
    PanelStack(
      width: width, right: 28, panelCount: channels.count, panelHeight: panelHeight, start: start,
      duration: duration)
  }

  private var isEmpty: Bool { channels.allSatisfy(\.maxima.isEmpty) }

  private var hasClipped: Bool { channels.contains { !$0.clipped.isEmpty } }

  func sketch() -> Sketch {
    let stack = stack
    var sketch = Sketch(stack)
    var entries: [(String, Sketch.Ink)] = isEmpty ? [] : [("peak", .peak), ("RMS", .body)]
    if hasClipped { entries.append(("clipped", .clipped)) }
    if !silences.isEmpty { entries.append(("silence", .silence)) }
    let reserved = sketch.legend(entries, stack)
    sketch.title(title, stack, reserved: reserved)
    let columns = channels.map {
      EnvelopeColumns($0, count: stack.columns, of: duration, bucket: bucketDuration)
    }
    let peak = columns.reduce(1) { max($0, $1.peak) }
    if channels.isEmpty { sketch.note("no sound", panel: 0, stack) }
    for (panel, channel) in channels.enumerated() {
      sketch.heading(channel.name, unit: "dBFS", panel: panel, stack)
      draw(channel, columns[panel], panel: panel, fullScale: peak, stack, &sketch)
    }
    sketch.timeAxis(stack)
    return sketch
  }

  private func draw(
    _ channel: Channel, _ columns: EnvelopeColumns, panel: Int, fullScale: Double,
    _ stack: PanelStack, _ sketch: inout Sketch
  ) {
    let (left, top) = (PanelStack.left, stack.top(panel))
    let (width, height) = (Double(stack.columns), stack.panelHeight)
    let middle = top + height / 2
    let reach = height / 2 - 0.5
    sketch.add(.rectangle(x: left, y: top, width: width, height: height, .plot))
    for silence in silences {
      let (from, to) = (stack.x(silence.lowerBound).rounded(.down), stack.x(silence.upperBound))
      sketch.add(
        .rectangle(
          x: min(from, left + width - 1), y: top, width: max(1, to.rounded(.up) - from),
          height: height, .silence))
    }
    for index in stack.ticks.indices {
      let x = min(stack.x(stack.ticks.value(index)).rounded(.down), left + width - 1)
      sketch.add(.rule(x: x, y: top, width: 1, height: height, .grid))
    }
    levels(middle, reach, fullScale, stack, &sketch)
    guard !columns.isEmpty else {
      sketch.add(.outline(x: left, y: top, width: width, height: height, .frame))
      return sketch.note("no sound", panel: panel, stack)
    }
    func y(_ value: Double) -> Double { middle - value / fullScale * reach }
    // At least a line, where the sound is too low to be seen.
    let tops = columns.highs.map { min(y($0), middle - 0.5) }
    let bottoms = columns.lows.map { max(y($0), middle + 0.5) }
    sketch.add(.band(x: left, tops: tops, bottoms: bottoms, .peak))
    sketch.add(
      .band(
        x: left, tops: zip(columns.rms, tops).map { max(y($0), $1) },
        bottoms: zip(columns.rms, bottoms).map { min(y(-$0), $1) }, .body))
    for run in clippedColumns(channel, stack) {
      sketch.add(
        .band(
          x: left + Double(run.lowerBound), tops: Array(tops[run]), bottoms: Array(bottoms[run]),
          .clipped))
      // A flag at the upper edge, for one column is hard to see.
      sketch.add(
        .rectangle(
          x: left + Double(run.lowerBound) - 1, y: top - 5, width: Double(run.count) + 2, height: 4,
          .clipped))
    }
    sketch.add(.outline(x: left, y: top, width: width, height: height, .frame))
  }

  /// Lines at steps of 6 dB as far as their labels have room, and at 0.
  private func levels(
    _ middle: Double, _ reach: Double, _ fullScale: Double, _ stack: PanelStack,
    _ sketch: inout Sketch
  ) {
    let (left, width) = (PanelStack.left, Double(stack.columns))
    sketch.add(.rule(x: left, y: middle.rounded(.down), width: width, height: 1, .zero))
    sketch.add(.text("\u{2212}∞", x: left - 8, y: middle + 4, .end, .tick))
    var last = reach + 100
    for step in stride(from: 120, through: -120, by: -6) {
      let amplitude = ckernels_pow(10, Double(step) / 20)
      let distance = amplitude / fullScale * reach
      guard distance <= reach + 0.01, distance >= 14, last - distance >= 14 else { continue }
      last = distance
      for y in [middle - distance, middle + distance] {
        // At full scale the frame is the line.
        if distance < reach - 2 {
          let ink = step == 0 ? Sketch.Ink.zero : .grid
          sketch.add(.rule(x: left, y: y.rounded(.down), width: width, height: 1, ink))
        }
        let label = step > 0 ? "+\(step)" : withMinus("\(step)")
        sketch.add(.text(label, x: left - 8, y: y + 4, .end, .tick))
      }
    }
  }

  /// The columns with clipped samples, in runs.
  private func clippedColumns(_ channel: Channel, _ stack: PanelStack) -> [Range<Int>] {
    var marked = [Bool](repeating: false, count: stack.columns)
    for range in channel.clipped {
      guard range.lowerBound < stack.time.upperBound, range.upperBound > stack.time.lowerBound
      else { continue }
      let first = Int(stack.x(range.lowerBound) - PanelStack.left)
      let last = Int((stack.x(range.upperBound) - PanelStack.left).rounded(.up))
      for column in min(first, marked.count - 1)..<max(min(first, marked.count - 1) + 1, last) {
        marked[column] = true
      }
    }
    var runs: [Range<Int>] = []
    for column in marked.indices where marked[column] {
      if let run = runs.last, run.upperBound == column {
        runs[runs.count - 1] = run.lowerBound..<column + 1
      } else {
        runs.append(column..<column + 1)
      }
    }
    return runs
  }

  /// The picture in words, for readers who cannot see it.
  private func description() -> String {
    let parts = channels.map { channel -> String in
      let highest = zip(channel.minima, channel.maxima)
        .reduce(Float(0)) { max($0, max(abs($1.0), abs($1.1))) }
      guard highest.isFinite, highest > 0 else { return "\(channel.name) is silent" }
      let level = (20 * ckernels_log10(Double(highest)) * 10).rounded() / 10
      let clipped = channel.clipped.isEmpty ? "" : ", clipped in \(channel.clipped.count) places"
      return "\(channel.name) peaks at \(number(level)) dBFS\(clipped)"
    }
    let length = duration > 0 ? min(duration, Ticks.limit) : 0
    let silent = silences.isEmpty ? "" : "; silent in \(silences.count) places"
    return "Wave of \(number(length)) s"
      + (parts.isEmpty ? "" : ": " + parts.joined(separator: "; ")) + silent + "."
  }
}
