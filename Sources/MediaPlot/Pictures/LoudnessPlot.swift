/// A plot of loudness over time (EBU R 128): momentary, short-term, and what holds for the whole.
public struct LoudnessPlot: Sendable {
  /// Loudness at one time.
  public struct Point: Sendable {
    /// Where the windows end, seconds on the axis of time.
    public var time: Double
    /// Of the last 400 ms, LUFS; nil where there is none.
    public var momentary: Double?
    /// Of the last 3 s, LUFS; nil where there is none.
    public var shortTerm: Double?

    /// A point.
    public init(time: Double, momentary: Double?, shortTerm: Double?) {
      self.time = time
      self.momentary = momentary
      self.shortTerm = shortTerm
    }
  }

  /// The heading.
  public var title: String
  /// Loudness in order of time.
  public var points: [Point]
  /// Where the axis of time begins, in seconds.
  public var start: Double
  /// Seconds in all.
  public var duration: Double
  /// Integrated loudness, LUFS; nil where there is none.
  public var integrated: Double?
  /// What the loudness should be, LUFS.
  public var target: Double?
  /// The loudness between which the range (LRA) lies, LUFS.
  public var range: ClosedRange<Double>?
  /// The width of the viewBox; drawn as 320 to 8192.
  public var width: Int

  /// A plot.
  public init(
    title: String, points: [Point], start: Double = 0, duration: Double, integrated: Double? = nil,
    target: Double? = nil, range: ClosedRange<Double>? = nil, width: Int = 960
  ) {
    self.title = title
    self.points = points
    self.start = start
    self.duration = duration
    self.integrated = integrated
    self.target = target
    self.range = range
    self.width = width
  }

  /// The plot as an SVG document.
  public func svg() -> String { chart().svg() }

  /// The plot as a chart of one panel.
  func chart() -> Chart {
    let series = [
      line("momentary") { $0.momentary }, line("short-term") { $0.shortTerm },
    ]
    var panel = Chart.Panel(
      title: "Loudness", series: series, yLabel: "LUFS", yScale: .plain, includesZero: false)
    panel.height = 300
    panel.yRange = levels(series)
    if let integrated {
      panel.references.append(
        .init(name: "integrated \(tenths(integrated))", value: integrated))
    }
    if let target {
      panel.references.append(
        .init(name: "target \(tenths(target))", value: target, isDashed: true))
    }
    if let range {
      let name = "LRA \(tenths(range.upperBound - range.lowerBound)) LU"
      panel.bands = [.init(name: name, values: range)]
    }
    // For the name of the axis alone; it lies as the chart's other pictures lay it.
    let stack = PanelStack(
      width: width, right: 24, panelCount: 1, panelHeight: 0, start: start, duration: duration)
    var chart = Chart(
      title: title, xLabel: stack.ticks.timeAxisName, panels: [panel], width: width)
    chart.xRange = stack.time
    return chart
  }

  private func line(_ name: String, _ value: (Point) -> Double?) -> Chart.Series {
    Chart.Series(
      name: name, points: points.map { (x: $0.time, y: value($0) ?? .nan) }, style: .line)
  }

  /// At least 20 LU around what sounds; what lies below −60 LUFS is of no account.
  private func levels(_ series: [Chart.Series]) -> ClosedRange<Double> {
    var extent = Extent()
    let drawn = series.flatMap { $0.points.map(\.y) }
    for level in drawn + [integrated, target].compactMap(\.self) where level.isFinite {
      extent.include(min(max(level, -60), 30))
    }
    guard !extent.isEmpty else { return -60...0 }
    let highest = (extent.highest / 5).rounded(.up) * 5
    let lowest = (extent.lowest / 5).rounded(.down) * 5
    return min(lowest, highest - 20)...highest
  }

  private func tenths(_ value: Double) -> String {
    guard abs(value) < 1e6 else { return "?" }
    let count = Int((abs(value) * 10).rounded())
    return (value < 0 && count > 0 ? "\u{2212}" : "") + "\(count / 10).\(count % 10)"
  }
}
