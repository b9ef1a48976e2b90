/// The level of each pixel of a panel.
///
/// A pixel that holds several bins or columns shows the highest, so that no tone is lost; one
/// that lies between two is interpolated.
struct SpectrumPixels {
  private let source: [[Float]]
  private let columns: Int
  private let rows: Int
  /// Columns of the source in one of the panel.
  private let columnShare: Double
  /// Where each row ends within the bins, from the top; one more than rows.
  private let edges: [Double]

  /// - Parameters:
  ///   - source: spectra, all of one length of at least 2.
  ///   - columns: pixels across.
  ///   - rows: pixels down.
  ///   - axis: the frequencies of the rows.
  ///   - columnsShown: how many columns of the source the width takes; the last may be a part.
  init(
    _ source: [[Float]], columns: Int, rows: Int, axis: FrequencyAxis, columnsShown: Double
  ) {
    self.source = source
    self.columns = columns
    self.rows = rows
    columnShare = min(max(columnsShown, 1e-9), Double(source.count)) / Double(columns)
    let highestBin = Double((source.first?.count ?? 2) - 1)
    edges = (0...rows).map { row in
      axis.frequency(at: 1 - Double(row) / Double(rows)) / axis.highest * highestBin
    }
  }

  /// Calls with column, row and level of each pixel.
  func forEach(_ body: (Int, Int, Double) -> Void) {
    for column in 0..<columns {
      let spectrum = spectrum(column)
      for row in 0..<rows {
        body(column, row, Self.level(spectrum, from: edges[row + 1], to: edges[row]))
      }
    }
  }

  private func spectrum(_ column: Int) -> [Float] {
    let (from, to) = (Double(column) * columnShare, Double(column + 1) * columnShare)
    guard to - from < 1 else {
      let first = min(source.count - 1, Int(from))
      let end = max(first + 1, min(source.count, Int(to)))
      return source[first + 1..<end].reduce(source[first]) { zip($0, $1).map(max) }
    }
    // Levels stand in the middle of their columns.
    let place = min(max(0, (from + to) / 2 - 0.5), Double(source.count - 1))
    let lower = min(Int(place), max(0, source.count - 2))
    let share = Float(place - Double(lower))
    guard share > 0 else { return source[lower] }
    return zip(source[lower], source[min(lower + 1, source.count - 1)])
      .map { $0 + ($1 - $0) * share }
  }

  private static func level(_ spectrum: [Float], from: Double, to: Double) -> Double {
    let last = spectrum.count - 1
    let first = Int(from.rounded(.up))
    if to - from >= 1, first <= last {
      let end = max(first + 1, min(last + 1, Int(to.rounded(.up))))
      return Double(spectrum[first..<end].max() ?? 0)
    }
    let place = min(max(0, (from + to) / 2), Double(last))
    let lower = min(Int(place), max(0, last - 1))
    let share = place - Double(lower)
    let (low, high) = (Double(spectrum[lower]), Double(spectrum[min(lower + 1, last)]))
    return low + (high - low) * share
  }
}
