import Testing

@testable import MediaPlot

@Suite("Terminal pictures") struct TerminalTests {
  @Test("A wave is drawn from its smallest to its largest sample") func ascii() {
    let lines = TerminalWave.lines(
      minima: [-1, -0.5, 0, 0], maxima: [1, 0.5, 0, 0.9], columns: 4, rows: 5, alphabet: .ascii)
    #expect(lines == ["#  #", "## #", "####", "##  ", "#   "])
  }

  @Test("Braille has two by four dots a character") func braille() {
    // Full height on the left, dots 1, 2, 3 and 7; half on the right, dots 5 and 6.
    let lines = TerminalWave.lines(
      minima: [-1, -0.5], maxima: [1, 0.5], columns: 1, rows: 1)
    #expect(lines == ["\u{2877}"])
    #expect(TerminalWave.lines(minima: [], maxima: [], columns: 3, rows: 2) == ["⠀⠀⠀", "⠀⠀⠀"])
  }

  @Test("There are as many lines and characters as asked for, whatever the sound")
  func sizes() {
    for alphabet in [TerminalWave.Alphabet.unicode, .ascii] {
      for (columns, rows) in [(1, 1), (7, 2), (60, 4), (200, 9)] {
        for samples in [[Float](), [0], [.nan, 7, -9], Array(repeating: 0.3, count: 1000)] {
          let lines = TerminalWave.lines(
            minima: samples, maxima: samples, columns: columns, rows: rows, alphabet: alphabet)
          #expect(lines.count == rows)
          #expect(lines.allSatisfy { $0.unicodeScalars.count == columns })
        }
      }
    }
  }

  @Test("Silence is a line in the middle") func silence() {
    #expect(
      TerminalWave.lines(minima: [0], maxima: [0], columns: 3, rows: 5, alphabet: .ascii)
        == ["   ", "   ", "###", "   ", "   "])
  }

  /// A level and its bar of twelve characters, five decibels each.
  struct Level: Sendable {
    var peak: Double?
    var rms: Double?
    var unicode: String
    var ascii: String
    init(_ peak: Double?, _ rms: Double?, _ unicode: String, _ ascii: String) {
      (self.peak, self.rms, self.unicode, self.ascii) = (peak, rms, unicode, ascii)
    }
  }

  @Test(
    "A bar reaches from −60 to 0 dBFS",
    arguments: [
      Level(nil, nil, "            ", "            "),
      Level(-70, -80, "            ", "            "),
      Level(0, 0, "████████████", "############"),
      Level(6, 3, "████████████", "############"),
      Level(-30, -45, "███░░▏      ", "###--|      "),
      Level(-10, -42.5, "███▌░░░░░▏  ", "####-----|  "),
      Level(-59.9, -80, "▏           ", "|           "),
      Level(.nan, .infinity, "            ", "            "),
    ])
  func level(_ level: Level) {
    let bar = TerminalLevel(peak: level.peak, rms: level.rms, width: 12)
    #expect(bar.text == level.unicode)
    #expect(bar.isOver == ((level.peak ?? 0) > 0))
    #expect(
      TerminalLevel(peak: level.peak, rms: level.rms, width: 12, alphabet: .ascii).text
        == level.ascii)
  }
}
