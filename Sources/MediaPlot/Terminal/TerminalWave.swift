/// Small pictures of sound for terminals, as text without color.
public enum TerminalWave {
  /// Which characters a picture is made of.
  public enum Alphabet: Hashable, Sendable {
    /// Braille patterns for waves, eighths of blocks for bars.
    case unicode
    /// Printable ASCII alone, for terminals and logs that show nothing else.
    case ascii
  }

  /// A wave over time: lines of `columns` characters, from the top.
  ///
  /// - Parameters:
  ///   - minima: the smallest samples over time, full scale 1.
  ///   - maxima: the largest, as many.
  ///   - columns: characters of a line, 1 to 1000.
  ///   - rows: lines, 1 to 100.
  ///   - alphabet: what the lines are made of.
  /// - Returns: As many lines as rows; blank ones where there is no sound.
  public static func lines(
    minima: [Float], maxima: [Float], columns: Int, rows: Int, alphabet: Alphabet = .unicode
  ) -> [String] {
    let columns = min(max(columns, 1), 1000)
    let rows = min(max(rows, 1), 100)
    let dots: (across: Int, down: Int) = alphabet == .unicode ? (2, 4) : (1, 1)
    let grid = DotGrid(
      minima: minima, maxima: maxima, width: columns * dots.across, height: rows * dots.down)
    return (0..<rows).map { row in
      var line = ""
      for column in 0..<columns {
        switch alphabet {
        case .unicode: line.unicodeScalars.append(braille(grid, column, row))
        case .ascii: line += grid[column, row] ? "#" : " "
        }
      }
      return line
    }
  }

  /// The pattern of two by four dots: U+2800 and a bit for each dot, in the order of Unicode's chart.
  private static func braille(_ grid: DotGrid, _ column: Int, _ row: Int) -> Unicode.Scalar {
    let order: [(x: Int, y: Int)] = [
      (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3),
    ]
    var bits: UInt32 = 0
    for (bit, dot) in order.enumerated() where grid[2 * column + dot.x, 4 * row + dot.y] {
      bits |= 1 << UInt32(bit)
    }
    return Unicode.Scalar(0x2800 + bits) ?? " "
  }
}

/// Which dots of a grid a wave covers.
private struct DotGrid {
  private let covered: [ClosedRange<Int>?]

  init(minima: [Float], maxima: [Float], width: Int, height: Int) {
    let channel = WaveformPicture.Channel(name: "", minima: minima, maxima: maxima, rms: [])
    let count = Double(min(minima.count, maxima.count))
    let columns = EnvelopeColumns(channel, count: width, of: count, bucket: 1)
    // 1 is the upper edge of the uppermost dot, −1 the lower one of the lowest.
    func edge(_ value: Double) -> Double { (1 - min(max(value, -1), 1)) / 2 * Double(height) }
    covered =
      columns.isEmpty
      ? Array(repeating: nil, count: width)
      : zip(columns.lows, columns.highs).map { low, high in
        // From the middle on where the wave does not cross it, as a direct current would look.
        let (top, bottom) = (edge(max(high, 0)), edge(min(low, 0)))
        let (first, end) = (Int(top.rounded()), Int(bottom.rounded()))
        // What is lower than a dot is one all the same.
        return first < end ? first...end - 1 : Int(edge(0))...Int(edge(0))
      }
  }

  subscript(x: Int, y: Int) -> Bool { covered[x]?.contains(y) ?? false }
}
