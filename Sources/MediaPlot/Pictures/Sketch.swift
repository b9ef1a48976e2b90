/// A picture as a list of shapes, which are drawn alike as SVG and on a canvas.
///
/// Coordinates are units of the viewBox; a canvas gives each unit so many pixels.
struct Sketch {
  /// What a shape stands for, which settles its color.
  enum Ink: String, CaseIterable {
    case ground, plot, frame, grid, zero, silence, peak, body, clipped
    case text, quiet, tick, panel, title
  }

  enum Anchor: String { case start, middle, end }

  enum Shape {
    /// A filled rectangle.
    case rectangle(x: Double, y: Double, width: Double, height: Double, Ink)
    /// A filled rectangle of a color that stands for itself.
    case swatch(x: Double, y: Double, width: Double, height: Double, Canvas.Color)
    /// The outline of a rectangle.
    case outline(x: Double, y: Double, width: Double, height: Double, Ink)
    /// A line along an axis, one unit thick.
    case rule(x: Double, y: Double, width: Double, height: Double, Ink)
    /// Columns one unit wide from `x` on, each filled between two heights.
    case band(x: Double, tops: [Double], bottoms: [Double], Ink)
    /// A text on its base line.
    case text(String, x: Double, y: Double, Anchor, Ink)
  }

  var width: Double
  var height: Double
  private(set) var shapes: [Shape] = []

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
    add(.rectangle(x: 0, y: 0, width: width, height: height, .ground))
  }

  mutating func add(_ shape: Shape) { shapes.append(shape) }

  /// How wide a text can become at most, as SVG or on a canvas.
  static func width(of text: String, _ ink: Ink = .text) -> Double {
    let isTitle = ink == .title
    let size = isTitle ? 16.0 : ink == .panel ? 13.0 : 12.0
    return max(emWidth(text) * size, Double(Canvas.width(of: text, isBold: isTitle)))
  }
}

// MARK: - On a canvas

extension Sketch.Ink {
  var color: Canvas.Color {
    switch self {
    case .ground, .plot: Canvas.Color(0xFFFFFF)
    case .frame: Canvas.Color(0xC3CAD2)
    case .grid: Canvas.Color(0xE6EAEF)
    case .zero: Canvas.Color(0xA9B3BD)
    case .silence: Canvas.Color(0xECEFF3)
    case .peak: Canvas.Color(0x7FB0E6)
    case .body: Canvas.Color(0x0A5FC2)
    case .clipped: Canvas.Color(0xD1242F)
    case .text, .panel, .title: Canvas.Color(0x1B1F24)
    case .quiet, .tick: Canvas.Color(0x57606A)
    }
  }
}

extension Sketch {
  /// The picture with `scale` pixels a unit, at least 1.
  func canvas(scale: Int) -> Canvas {
    let scale = max(1, min(scale, 8))
    let unit = Double(scale)
    var canvas = Canvas(
      width: Int(width) * scale, height: Int(height) * scale, color: Ink.ground.color)
    func pixels(_ value: Double) -> Int { Int((value * unit).rounded()) }
    for shape in shapes {
      switch shape {
      case .rectangle(let x, let y, let width, let height, let ink),
        .rule(let x, let y, let width, let height, let ink):
        canvas.fill(
          x: pixels(x), y: pixels(y), width: max(1, pixels(x + width) - pixels(x)),
          height: max(1, pixels(y + height) - pixels(y)), ink.color)
      case .swatch(let x, let y, let width, let height, let color):
        canvas.fill(
          x: pixels(x), y: pixels(y), width: pixels(x + width) - pixels(x),
          height: pixels(y + height) - pixels(y), color)
      case .outline(let x, let y, let width, let height, let ink):
        canvas.outline(
          x: pixels(x), y: pixels(y), width: pixels(width), height: pixels(height),
          thickness: scale, ink.color)
      case .band(let x, let tops, let bottoms, let ink):
        for (column, (top, bottom)) in zip(tops, bottoms).enumerated() {
          for part in 0..<scale {
            canvas.fillColumn(
              pixels(x) + column * scale + part, from: top * unit, to: bottom * unit, ink.color)
          }
        }
      case .text(let text, let x, let y, let anchor, let ink):
        let isBold = ink == .title || ink == .panel
        // Three letters wide, for the dots of one letter run together.
        let text = text.split(separator: "…", omittingEmptySubsequences: false)
          .joined(separator: "...")
        let width = Canvas.width(of: text, scale: scale, isBold: isBold)
        let left = pixels(x) - (anchor == .start ? 0 : anchor == .middle ? width / 2 : width)
        canvas.text(text, x: left, baseline: pixels(y), ink.color, scale: scale, isBold: isBold)
      }
    }
    return canvas
  }
}

// MARK: - As SVG

extension Sketch {
  /// The picture as an SVG 1.1 document, ending in a line feed.
  func svg(title: String, description: String) -> String {
    var out = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
      width="\(number(width))" height="\(number(height))" class="chart" role="img" \
      aria-labelledby="chart-title chart-desc">
      <title id="chart-title">\(escaped(title))</title>
      <desc id="chart-desc">\(escaped(description))</desc>
      \(chartStyleSheet)
      \(sketchStyleSheet)

      """
    for shape in shapes { out += element(shape) + "\n" }
    return out + "</svg>\n"
  }

  private func element(_ shape: Shape) -> String {
    switch shape {
    case .rectangle(let x, let y, let width, let height, let ink),
      .rule(let x, let y, let width, let height, let ink):
      return rectangle("fill-\(ink)", x, y, width, height)
    case .swatch(let x, let y, let width, let height, let color):
      let code = [color.red, color.green, color.blue].map { channel in
        (channel < 16 ? "0" : "") + String(channel, radix: 16)
      }
      .joined()
      return """
        <rect style="fill:#\(code)" x="\(number(x))" y="\(number(y))" \
        width="\(number(width))" height="\(number(height))"/>
        """
    case .outline(let x, let y, let width, let height, let ink):
      // Half a unit inwards, for a stroke lies on both sides of its path.
      return rectangle("\(ink)", x + 0.5, y + 0.5, width - 1, height - 1)
    case .band(let x, let tops, let bottoms, let ink):
      // The outline through the middles of the columns, from the first one's left edge to the right
      // one of the last.
      let last = x + Double(tops.count)
      var path = "M\(number(x)) \(number(tops.first ?? 0))"
      for (column, top) in tops.enumerated() {
        path += "L\(number(x + Double(column) + 0.5)) \(number(top))"
      }
      path +=
        "L\(number(last)) \(number(tops.last ?? 0))L\(number(last)) \(number(bottoms.last ?? 0))"
      for (column, bottom) in bottoms.enumerated().reversed() {
        path += "L\(number(x + Double(column) + 0.5)) \(number(bottom))"
      }
      path += "L\(number(x)) \(number(bottoms.first ?? 0))Z"
      return "<path class=\"fill-\(ink)\" d=\"\(path)\"/>"
    case .text(let text, let x, let y, let anchor, let ink):
      let classes = anchor == .start ? "\(ink)" : "\(ink) \(anchor)"
      return """
        <text class="\(classes)" x="\(number(x))" y="\(number(y))">\(escaped(text))</text>
        """
    }
  }

  private func rectangle(
    _ name: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double
  ) -> String {
    """
    <rect class="\(name)" x="\(number(x))" y="\(number(y))" width="\(number(max(0, width)))" \
    height="\(number(max(0, height)))"/>
    """
  }
}

/// What pictures of shapes need beside the chart's sheet, likewise light before dark.
private let sketchStyleSheet = """
  <style>
  .chart .fill-ground,.chart .fill-plot{fill:#fff}
  .chart .fill-grid{fill:#e6eaef}.chart .fill-frame{fill:#c3cad2}.chart .fill-zero{fill:#a9b3bd}
  .chart .fill-silence{fill:#eceff3}
  .chart .fill-peak{fill:#7fb0e6}.chart .fill-body{fill:#0a5fc2}.chart .fill-clipped{fill:#d1242f}
  @media (prefers-color-scheme:dark){
  .chart .fill-ground,.chart .fill-plot{fill:#14181d}
  .chart .fill-grid{fill:#262d35}.chart .fill-frame{fill:#434d58}.chart .fill-zero{fill:#5c6772}
  .chart .fill-silence{fill:#20262d}
  .chart .fill-peak{fill:#2f6bb0}.chart .fill-body{fill:#8cc2ff}.chart .fill-clipped{fill:#ff6b6b}
  }
  </style>
  """
