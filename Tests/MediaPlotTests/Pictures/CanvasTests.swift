import Testing

@testable import MediaPlot
import TestSupport

private let ground = Canvas.Color(0xFFFFFF)
private let ink = Canvas.Color(0x102030)

/// A canvas as text: a line a row, `#` for ink, `.` for ground, `+` for what lies between.
private func dump(_ canvas: Canvas) -> [String] {
  (0..<canvas.height).map { y in
    (0..<canvas.width).map { x in
      canvas[x, y] == ink ? "#" : canvas[x, y] == ground ? "." : "+"
    }
    .joined()
  }
}

private func drawn(_ width: Int, _ height: Int, _ draw: (inout Canvas) -> Void) -> [String] {
  var canvas = Canvas(width: width, height: height, color: ground)
  draw(&canvas)
  return dump(canvas)
}

@Suite("Canvas") struct CanvasTests {
  @Test("Pixels lie row by row, three bytes each") func layout() {
    var canvas = Canvas(width: 2, height: 2, color: ground)
    canvas.set(1, 0, ink)
    #expect(canvas.pixels == [255, 255, 255, 0x10, 0x20, 0x30] + [UInt8](repeating: 255, count: 6))
  }

  @Test("Rectangles are filled and outlined to their last pixel") func rectangles() {
    #expect(
      drawn(6, 4) { $0.fill(x: 1, y: 1, width: 3, height: 2, ink) }
        == ["......", ".###..", ".###..", "......"])
    #expect(
      drawn(6, 4) { $0.outline(x: 0, y: 0, width: 6, height: 4, ink) }
        == ["######", "#....#", "#....#", "######"])
  }

  @Test("A column covers its ends in part") func columns() {
    var canvas = Canvas(width: 1, height: 5, color: Canvas.Color(0))
    canvas.fillColumn(0, from: 0.5, to: 3.25, Canvas.Color(0xFFFFFF))
    #expect((0..<5).map { canvas[0, $0]?.red } == [128, 255, 255, 64, 0])
  }

  @Test("Lines reach both ends") func lines() {
    #expect(
      drawn(4, 4) { $0.line(from: (0, 0), to: (3, 3), ink) } == ["#...", ".#..", "..#.", "...#"])
    #expect(drawn(4, 2) { $0.line(from: (3, 1), to: (0, 1), ink) } == ["....", "####"])
  }

  @Test("Text stands on its base line, at any scale") func text() {
    #expect(
      drawn(13, 12) { $0.text("gA", x: 0, baseline: 9, ink) }
        == [
          "........#....",
          ".......#.#...",
          "......#...#..",
          ".####.#...#..",
          "#...#.#...#..",
          "#...#.#####..",
          "#...#.#...#..",
          "#...#.#...#..",
          ".####.#...#..",
          "....#........",
          "....#........",
          ".###.........",
        ])
    let large = drawn(26, 24) { $0.text("gA", x: 0, baseline: 18, ink, scale: 2) }
    let small = drawn(13, 12) { $0.text("gA", x: 0, baseline: 9, ink) }
    #expect(
      large
        == small.flatMap { row in
          let wide = row.map { "\($0)\($0)" }.joined()
          return [wide, wide]
        })
  }

  @Test("What lies beyond the edges is left out") func edges() {
    let rows = drawn(5, 3) { canvas in
      canvas.fill(x: -10, y: -10, width: 11, height: 11, ink)
      canvas.fill(x: 4, y: 2, width: 1000, height: 1000, ink)
      canvas.fill(x: 2, y: 1, width: -5, height: 1, ink)
      canvas.set(-1, 0, ink)
      canvas.mix(9, 9, ink, share: 1)
      canvas.fillColumn(2, from: -5, to: 0.5, ink)
      canvas.fillColumn(7, from: 0, to: 3, ink)
      canvas.fillColumn(3, from: 5, to: 9, ink)
      canvas.line(from: (-.infinity, 0), to: (.nan, 3), ink)
      canvas.text("W", x: -20, baseline: 2, ink)
      canvas.text("W", x: 2, baseline: 40, ink)
    }
    #expect(rows == ["#.+..", ".....", "....#"])
    #expect(Canvas(width: 0, height: -3, color: ink).pixels.count == 3)
  }

  @Test("Every printable letter has a form of its own") func letters() {
    let letters = (32...126).compactMap(Unicode.Scalar.init) + ["−", "°", "µ", "…", "±", "×", "∞"]
    var seen: [[UInt8]: Unicode.Scalar] = [:]
    for letter in letters {
      let rows = BitmapFont.rows(letter)
      #expect(rows.count == BitmapFont.rowCount)
      #expect(seen[rows] == nil, "\(letter) looks like \(seen[rows] ?? letter)")
      #expect(letter == " " || rows.contains { $0 != 0 }, "\(letter)")
      seen[rows] = letter
    }
    #expect(seen[BitmapFont.rows("日")] == nil)
  }

  @Test("Colors of the map grow lighter in even steps") func colorMap() {
    func linear(_ value: UInt8) -> Double {
      // The square is near enough to the curve of sRGB for an order.
      let share = Double(value) / 255
      return share * share
    }
    let lightness = ColorMap.colors.map { color in
      (0.21 * linear(color.red) + 0.72 * linear(color.green) + 0.07 * linear(color.blue))
        .squareRoot()
    }
    #expect(ColorMap.colors.count == 256)
    #expect(zip(lightness, lightness.dropFirst(4)).allSatisfy { $0 < $1 })
    #expect(ColorMap.color(-1) == ColorMap.colors[0] && ColorMap.color(.nan) == ColorMap.colors[0])
    #expect(ColorMap.color(7) == ColorMap.colors[255])
  }
}
