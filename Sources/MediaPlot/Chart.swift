/// A chart of stacked panels over one shared x axis, written as a self-contained SVG document.
///
/// The document follows the reader's light or dark preference, scales with its viewBox and carries
/// a `<title>` and `<desc>` for readers who cannot see it. Any input gives well-formed XML:
/// coordinates that are not finite are left out, and those beyond ±1e15 are drawn at that limit.
public struct Chart: Sendable {
  /// How the numbers of an axis are written.
  public enum Scale: Sendable {
    /// As they are: `0.25`, `1500`.
    case plain
    /// With a decimal prefix: `1.5k`, `2M`.
    case metric
    /// Seconds, written `5 s` below a minute (`5 ms`, `5 µs` where they are few), `1:05` below an
    /// hour, else `1:01:05`.
    case time
  }

  /// One line of values.
  public struct Series: Sendable {
    /// How two neighbouring points are joined.
    public enum Style: Sendable {
      /// A value holds until the next point; repeat the last value at its end to show its width.
      case step
      /// A straight line from point to point.
      case line
    }

    /// The name in the legend; an empty one is left out of it.
    public var name: String
    /// The values; they need not be sorted.
    ///
    /// A line ends before a `y` that is not a number, and begins anew after it.
    public var points: [(x: Double, y: Double)]
    /// How the points are joined.
    public var style: Style

    /// Creates a series.
    public init(name: String, points: [(x: Double, y: Double)], style: Style = .step) {
      self.name = name
      self.points = points
      self.style = style
    }
  }

  /// A level that holds over the whole x axis, such as a target.
  public struct Reference: Sendable {
    /// The name in the legend; an empty one is left out of it.
    public var name: String
    /// Where it stands on the y axis.
    public var value: Double
    /// Whether its line is dashed.
    public var isDashed: Bool

    /// Creates a reference.
    public init(name: String, value: Double, isDashed: Bool = false) {
      self.name = name
      self.value = value
      self.isDashed = isDashed
    }
  }

  /// A stretch of the y axis, shaded over the whole x axis.
  public struct Band: Sendable {
    /// The name in the legend; an empty one is left out of it.
    public var name: String
    /// The values that it covers.
    public var values: ClosedRange<Double>

    /// Creates a band.
    public init(name: String, values: ClosedRange<Double>) {
      self.name = name
      self.values = values
    }
  }

  /// One plot of the stack: its series share a y axis.
  public struct Panel: Sendable {
    /// The heading above the plot.
    public var title: String
    /// What is drawn, in legend order.
    public var series: [Series]
    /// Positions on the x axis to be marked, such as keyframes.
    public var markers: [Double]
    /// What a marker is, for the legend and the description.
    public var markerName: String
    /// What the y axis counts, such as `bit/s`.
    public var yLabel: String
    /// How the y axis is written.
    public var yScale: Scale
    /// Whether the y axis reaches zero even where no value does.
    public var includesZero: Bool
    /// The values that the y axis spans, whatever those drawn are: they are kept within it.
    public var yRange: ClosedRange<Double>?
    /// Lines across the plot, over its series; their colors follow those of the series.
    public var references: [Reference] = []
    /// Shades across the plot, under its series.
    public var bands: [Band] = []
    /// The height of the plot, 40 to 2000 units.
    public var height = 150

    /// Creates a panel.
    public init(
      title: String, series: [Series], markers: [Double] = [], yLabel: String = "",
      markerName: String = "keyframe", yScale: Scale = .metric, includesZero: Bool = true
    ) {
      self.title = title
      self.series = series
      self.markers = markers
      self.markerName = markerName
      self.yLabel = yLabel
      self.yScale = yScale
      self.includesZero = includesZero
    }
  }

  /// The heading of the whole chart.
  public var title: String
  /// What the x axis counts.
  public var xLabel: String
  /// How the x axis is written.
  public var xScale: Scale
  /// The plots, from the top.
  public var panels: [Panel]
  /// The width of the viewBox; drawn as 320 to 8192.
  public var width: Int
  /// What the x axis spans at least, whatever the values drawn are.
  public var xRange: ClosedRange<Double>?

  /// Creates a chart.
  public init(
    title: String, xLabel: String, panels: [Panel], width: Int = 960, xScale: Scale = .time
  ) {
    self.title = title
    self.xLabel = xLabel
    self.panels = panels
    self.width = width
    self.xScale = xScale
  }

  /// The chart as an SVG 1.1 document, ending in a line feed.
  ///
  /// Each series is drawn with at most four points per pixel column (its first, lowest, highest and
  /// last there), so the size of the document does not grow with the length of the input.
  public func svg() -> String {
    ChartDrawing(self).document()
  }
}
