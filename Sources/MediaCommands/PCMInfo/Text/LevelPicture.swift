internal import MediaPlot
internal import MediaSignal

/// The wave and the levels of each channel, drawn in the characters of a terminal.
struct LevelPicture {
  private static let margin = 6
  /// Of more channels only the levels are drawn.
  private static let mostWaves = 8

  private enum Color: String {
    case wave = "36", rms = "32", peak = "33", over = "31"
  }

  private let result: PCMInfoResult
  private let style: PCMInfoText.Style

  init(_ result: PCMInfoResult, _ style: PCMInfoText.Style) {
    self.result = result
    self.style = style
  }

  /// The lines, without newlines; none where nothing was measured.
  func lines() -> [String] {
    guard result.measurement.frameCount > 0 else { return [] }
    return [""] + waves() + result.channelLines.map(bar)
  }

  // MARK: Waves

  private func waves() -> [String] {
    guard let envelope = result.measurement.envelope, envelope.channels.count <= Self.mostWaves
    else { return [] }
    let rows = envelope.channels.count <= 2 ? 3 : 2
    return envelope.channels.enumerated().flatMap { place, buckets in
      let lines = TerminalWave.lines(
        minima: buckets.map(\.minimum), maxima: buckets.map(\.maximum),
        columns: style.width - Self.margin - 2, rows: rows, alphabet: style.alphabet)
      return lines.enumerated().map { row, line in
        label(row == rows / 2 ? result.name(result.number(ofMeasured: place)) : "")
          + colored(line, .wave)
      }
    }
  }

  // MARK: Levels

  private func bar(_ line: LevelLine) -> String {
    let (peak, rms) = (line.peak.number, line.rms.number)
    let figure = peak.map { Quantity.decimal($0, digits: 1) + " dBFS" } ?? "silence"
    let bar = TerminalLevel(
      peak: peak, rms: rms, width: max(10, style.width - Self.margin - 14),
      alphabet: style.alphabet)
    let isClipped = bar.isOver || line.measurement.clippedSamples > 0
    return label(line.name) + colored(bar.rms, .rms)
      + colored(bar.peak, isClipped ? .over : .peak) + bar.rest
      + String(repeating: " ", count: max(1, 12 - figure.count)) + figure
  }

  private func label(_ name: String) -> String {
    "  " + name + String(repeating: " ", count: max(1, Self.margin - 2 - name.count))
  }

  private func colored(_ text: String, _ color: Color) -> String {
    style.usesColor && !text.isEmpty ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
  }
}
