/// Pixels to draw on: red, green and blue, eight bits each, row by row from the top.
///
/// Whatever is drawn beyond its edges is left out.
public struct Canvas: Equatable, Sendable {
  /// A color without transparency.
  public struct Color: Hashable, Sendable {
    /// Red, 0 to 255.
    public var red: UInt8
    /// Green, 0 to 255.
    public var green: UInt8
    /// Blue, 0 to 255.
    public var blue: UInt8

    /// The color written `0xRRGGBB`; bits above are not looked at.
    public init(_ code: UInt32) {
      red = UInt8(truncatingIfNeeded: code >> 16)
      green = UInt8(truncatingIfNeeded: code >> 8)
      blue = UInt8(truncatingIfNeeded: code)
    }
  }

  /// Pixels of a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Three bytes a pixel, rows without padding.
  public private(set) var pixels: [UInt8]

  /// Neither side of a canvas is longer, so that its bytes can be counted.
  public static let longestSide = 32_768

  /// A canvas of one color; sides are at least 1 and at most `longestSide`.
  public init(width: Int, height: Int, color: Color) {
    self.width = min(max(width, 1), Self.longestSide)
    self.height = min(max(height, 1), Self.longestSide)
    pixels = []
    pixels.reserveCapacity(self.width * self.height * 3)
    for _ in 0..<self.width * self.height {
      pixels.append(color.red)
      pixels.append(color.green)
      pixels.append(color.blue)
    }
  }

  /// The color of a pixel, nil beyond the edges.
  public subscript(x: Int, y: Int) -> Color? {
    guard x >= 0, x < width, y >= 0, y < height else { return nil }
    let index = (y * width + x) * 3
    return Color(
      UInt32(pixels[index]) << 16 | UInt32(pixels[index + 1]) << 8 | UInt32(pixels[index + 2]))
  }

  /// Colors one pixel.
  public mutating func set(_ x: Int, _ y: Int, _ color: Color) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    let index = (y * width + x) * 3
    pixels[index] = color.red
    pixels[index + 1] = color.green
    pixels[index + 2] = color.blue
  }

  /// Colors one pixel in part: 0 leaves it as it is, 1 covers it.
  public mutating func mix(_ x: Int, _ y: Int, _ color: Color, share: Double) {
    guard let old = self[x, y], share > 0 else { return }
    let share = min(share, 1)
    func mixed(_ old: UInt8, _ new: UInt8) -> UInt32 {
      UInt32((Double(old) * (1 - share) + Double(new) * share).rounded())
    }
    set(
      x, y,
      Color(
        mixed(old.red, color.red) << 16 | mixed(old.green, color.green) << 8
          | mixed(old.blue, color.blue)))
  }

  /// Fills a rectangle.
  public mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color) {
    let columns = max(0, x)..<max(0, x, min(self.width, x + width))
    for row in max(0, y)..<max(0, y, min(self.height, y + height)) {
      for column in columns { set(column, row, color) }
    }
  }

  /// Outlines a rectangle, `thickness` pixels inwards.
  public mutating func outline(
    x: Int, y: Int, width: Int, height: Int, thickness: Int = 1, _ color: Color
  ) {
    fill(x: x, y: y, width: width, height: thickness, color)
    fill(x: x, y: y + height - thickness, width: width, height: thickness, color)
    fill(x: x, y: y, width: thickness, height: height, color)
    fill(x: x + width - thickness, y: y, width: thickness, height: height, color)
  }

  /// Fills one column between two heights, whose fractions cover their pixels in part.
  public mutating func fillColumn(_ x: Int, from top: Double, to bottom: Double, _ color: Color) {
    let (top, bottom) = (max(0, top), min(Double(height), bottom))
    guard x >= 0, x < width, bottom > top else { return }
    for row in Int(top)...min(height - 1, Int(bottom)) {
      let share = min(Double(row + 1), bottom) - max(Double(row), top)
      if share >= 1 { set(x, row, color) } else { mix(x, row, color, share: share) }
    }
  }

  /// Draws a straight line of `thickness` pixels.
  public mutating func line(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), thickness: Int = 1,
    _ color: Color
  ) {
    let (across, down) = (end.x - start.x, end.y - start.y)
    let length = max(abs(across), abs(down))
    guard length.isFinite, length < 4 * Double(Self.longestSide),
      abs(start.x) + abs(start.y) < 4 * Double(Self.longestSide)
    else { return }
    let steps = max(1, Int(length.rounded(.up)))
    for step in 0...steps {
      let share = Double(step) / Double(steps)
      let x = Int((start.x + across * share).rounded(.down))
      let y = Int((start.y + down * share).rounded(.down))
      fill(x: x, y: y, width: thickness, height: thickness, color)
    }
  }

  /// Writes a line of text.
  ///
  /// - Parameters:
  ///   - text: what to write; what the face lacks shows as a box.
  ///   - x: the left edge of the first letter.
  ///   - baseline: the row below the letters' feet.
  ///   - color: of the letters.
  ///   - scale: pixels of a dot of the face, at least 1.
  ///   - isBold: whether strokes are twice as wide.
  public mutating func text(
    _ text: String, x: Int, baseline: Int, _ color: Color, scale: Int = 1, isBold: Bool = false
  ) {
    let scale = max(1, scale)
    let top = baseline - BitmapFont.ascent * scale
    var left = x
    for scalar in text.unicodeScalars {
      for (row, bits) in BitmapFont.rows(scalar).enumerated() {
        for column in 0..<BitmapFont.columnCount
        where bits >> (BitmapFont.columnCount - 1 - column) & 1 == 1 {
          fill(
            x: left + column * scale, y: top + row * scale, width: scale * (isBold ? 2 : 1),
            height: scale, color)
        }
      }
      left += (BitmapFont.advance + (isBold ? 1 : 0)) * scale
      guard left < width else { return }
    }
  }

  /// How many pixels wide a text is drawn.
  public static func width(of text: String, scale: Int = 1, isBold: Bool = false) -> Int {
    text.unicodeScalars.count * (BitmapFont.advance + (isBold ? 1 : 0)) * max(1, scale)
  }
}
