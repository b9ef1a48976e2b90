import Testing

@testable import MediaPlot
import TestSupport

@Suite("Loudness plot") struct LoudnessPlotTests {
  static let programme = LoudnessPlot(
    title: "programme.wav",
    points: (1...200).map { step in
      let isSilent = (100...120).contains(step)
      return .init(
        time: Double(step) / 10, momentary: isSilent || step < 4 ? nil : -23 + Double(step % 7),
        shortTerm: step < 30 ? nil : -24)
    }, duration: 20, integrated: -21.44, target: -23, range: -27 ... -19.2)

  @Test("The document is well-formed and names what it shows") func document() throws {
    let svg = Self.programme.svg()
    let reading = try XMLReading.of(svg)
    #expect(reading.error == nil)
    let texts = try #require(reading.texts)
    for text in [
      "programme.wav", "LUFS", "momentary", "short-term", "integrated −21.4", "target −23.0",
      "LRA 7.8 LU", "−20", "5 s", "time",
    ] {
      #expect(texts.contains(text), "\(text)")
    }
    checkCoordinates(svg)
  }

  @Test("Where there is no loudness there is no line") func gaps() throws {
    let panel = ChartPlot(try #require(Self.programme.chart().panels.first))
    #expect(panel.runs.map(\.count) == [2, 1])
    #expect(panel.runs[0][0].first?.x == 0.4 && panel.runs[0][0].last?.x == 9.9)
    #expect(panel.runs[0][1].first?.x == 12.1)
    #expect(panel.runs[1][0].count == 171)
  }

  @Test("The axis spans the whole sound, and at least 20 LU") func axes() throws {
    let chart = Self.programme.chart()
    #expect(chart.xRange == 0...20)
    #expect(chart.panels.first?.yRange == -35 ... -15)
    let quiet = LoudnessPlot(
      title: "", points: [.init(time: 1, momentary: -200, shortTerm: -5)], duration: 2)
    #expect(quiet.chart().panels.first?.yRange == -60 ... -5)
    checkCoordinates(quiet.svg())
  }

  @Test("Silence and nonsense are drawn as no values") func hostile() throws {
    for value in [Double.nan, .infinity, -1, 1e300] {
      let plot = LoudnessPlot(
        title: "<", points: [.init(time: value, momentary: nil, shortTerm: nil)], start: value,
        duration: value, integrated: value, target: value)
      let reading = try XMLReading.of(plot.svg())
      #expect(reading.error == nil)
      #expect(reading.texts?.contains("no values") == true)
      checkCoordinates(plot.svg())
    }
  }
}
