internal import MediaSignal

/// The levels of each channel and of all, in aligned columns, a row a figure.
struct LevelTable {
  private static let labelWidth = 17
  private static let columnWidth = 10

  private struct Row {
    var label: String
    var unit: String
    var cell: (LevelLine) -> String
  }

  private let lines: [LevelLine]
  private let overall: LevelLine
  private let width: Int

  /// `lines` are the channels; columns are broken so that no line is wider than `width`.
  init(_ lines: [LevelLine], overall: LevelLine, width: Int) {
    self.lines = lines
    self.overall = overall
    self.width = width
  }

  /// The rows, without newlines.
  func rows() -> [String] {
    // Of one channel all is the same.
    let columns = lines.count == 1 ? lines : lines + [overall]
    let perBlock = max(2, (width - Self.labelWidth - 8) / Self.columnWidth)
    var rows: [String] = []
    for start in stride(from: 0, to: columns.count, by: perBlock) {
      if start > 0 { rows.append("") }
      rows += block(Array(columns[start..<min(start + perBlock, columns.count)]))
    }
    return rows
  }

  private func block(_ columns: [LevelLine]) -> [String] {
    let head = Self.padded("", Self.labelWidth) + columns.map { Self.cell($0.name) }.joined()
    return [head]
      + figures.map { row in
        let cells = columns.map { Self.cell(row.cell($0)) }.joined()
        return Self.padded("  " + row.label, Self.labelWidth) + cells
          + (row.unit.isEmpty ? "" : "  " + row.unit)
      }
  }

  private var figures: [Row] {
    var rows = [
      Row(label: "peak", unit: "dBFS") { Self.level($0.peak) },
      Row(label: "true peak", unit: "dBTP") { Self.level($0.truePeak) },
      Row(label: "RMS", unit: "dBFS") { Self.level($0.rms) },
      Row(label: "RMS, least", unit: "dBFS") { Self.level($0.rmsMinimum) },
      Row(label: "RMS, most", unit: "dBFS") { Self.level($0.rmsMaximum) },
      Row(label: "crest factor", unit: "dB") { Self.level($0.crestFactorLevel) },
      Row(label: "noise floor", unit: "dBFS") { Self.level($0.noiseFloor) },
      Row(label: "DC offset", unit: "%") {
        Quantity.decimal($0.measurement.dcOffset * 100, digits: 4)
      },
      Row(label: "bits used", unit: "") {
        $0.measurement.effectiveBits.map { String($0) } ?? "-"
      },
      Row(label: "zero crossings", unit: "") { String($0.measurement.zeroCrossings) },
      Row(label: "clipped", unit: "samples") { String($0.measurement.clippedSamples) },
    ]
    if !overall.hasTruePeak { rows.remove(at: 1) }
    let all = lines.map(\.measurement)
    if all.contains(where: { $0.clippedRunCount > 0 }) {
      rows.append(Row(label: "clipped runs", unit: "") { String($0.measurement.clippedRunCount) })
    }
    if all.contains(where: { $0.dropoutCount > 0 }) {
      rows.append(Row(label: "dropouts", unit: "") { String($0.measurement.dropoutCount) })
    }
    if all.contains(where: { $0.invalidSamples > 0 }) {
      rows.append(
        Row(label: "not numbers", unit: "samples") { String($0.measurement.invalidSamples) })
    }
    return rows
  }

  private static func level(_ figure: Figure) -> String {
    figure.number.map { Quantity.decimal($0, digits: 2) } ?? (figure == .silence ? "silence" : "-")
  }

  private static func cell(_ text: String) -> String {
    String(repeating: " ", count: max(1, columnWidth - text.count)) + text
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
