import Foundation
import Testing

@testable import MediaPlot
import TestSupport

@Suite struct ChartTests {
  /// Two tracks of 20 s, as `probe --plot` draws them.
  static let tracks: Chart = {
    func wave(_ base: Int, _ height: Int, _ turn: Int) -> [(x: Double, y: Double)] {
      (0...20).map { (x: Double($0), y: Double(base + height * (min($0, 19) * turn % 5))) }
    }
    let video = wave(900_000, 450_000, 7)
    let audio = wave(128_000, 900, 3)
    return Chart(
      title: "clip.mp4", xLabel: "time",
      panels: [
        .init(
          title: "0 video h264", series: [.init(name: "bit rate", points: video)],
          markers: [0, 5, 10, 15], yLabel: "bit/s"),
        .init(
          title: "1 audio aac", series: [.init(name: "bit rate", points: audio)], yLabel: "bit/s"),
      ])
  }()

  /// `RECORD=1` rewrites the golden file, and fails so that a recording run cannot pass.
  @Test func equalsGolden() throws {
    // Also the picture of the documentation, hence its place.
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let golden = root.appendingPathComponent("docs/bit-rate.svg")
    let drawn = Self.tracks.svg()
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try Data(drawn.utf8).write(to: golden)
      Issue.record("recorded \(golden.path)")
    }
    #expect(try drawn == String(contentsOf: golden, encoding: .utf8))
  }

  @Test func isWellFormedAndSaysWhatItShows() throws {
    let reading = try XMLReading.of(Self.tracks.svg())
    #expect(reading.error == nil)
    let texts = try #require(reading.texts)
    #expect(texts.contains("clip.mp4"))
    #expect(texts.contains("bit/s"))
    #expect(
      texts.contains(
        "0 video h264: bit rate 21 values from 900k to 2.7M bit/s; keyframe marks: 4. "
          + "1 audio aac: bit rate 21 values from 128k to 131.6k bit/s."))
    #expect(Self.tracks.svg().contains("prefers-color-scheme:dark"))
  }

  @Test func escapesEveryText() throws {
    let hostile = "</text><script>&\"'\u{0}\u{1B}"
    let chart = Chart(
      title: hostile, xLabel: hostile,
      panels: [
        .init(
          title: hostile, series: [.init(name: hostile, points: [(0, 1), (1, 2)])], markers: [0],
          yLabel: hostile, markerName: hostile)
      ])
    let reading = try XMLReading.of(chart.svg())
    #expect(reading.error == nil)
    #expect(reading.elements?["script"] == nil)
    #expect(reading.texts?.contains("</text><script>&\"'\u{FFFD}\u{FFFD}") == true)
  }

  @Test func drawsNothingAsNoValues() throws {
    let charts = [
      Chart(title: "", xLabel: "", panels: []),
      Chart(title: "t", xLabel: "x", panels: [.init(title: "p", series: [])]),
      Chart(
        title: "t", xLabel: "x", panels: [.init(title: "p", series: [.init(name: "s", points: [])])]
      ),
      Chart(
        title: "t", xLabel: "x",
        panels: [
          .init(title: "p", series: [.init(name: "s", points: [(.nan, 1), (1, .infinity)])])
        ]
      ),
    ]
    for chart in charts {
      let reading = try XMLReading.of(chart.svg())
      #expect(reading.error == nil)
      #expect(reading.texts?.contains("no values") == true)
      checkCoordinates(chart.svg())
    }
  }

  @Test func drawsOnePointAsADot() {
    for style in [Chart.Series.Style.step, .line] {
      let series = Chart.Series(name: "s", points: [(3, 7)], style: style)
      let svg = Chart(title: "t", xLabel: "x", panels: [.init(title: "p", series: [series])]).svg()
      #expect(svg.contains("<circle"))
      checkCoordinates(svg)
    }
  }

  @Test func stepsHoldTheirValue() {
    let svg = Chart(
      title: "t", xLabel: "x",
      panels: [.init(title: "p", series: [.init(name: "", points: [(0, 0), (1, 1), (2, 1)])])]
    ).svg()
    #expect(svg.contains("d=\"M72 226H504V76H936V76\""))
  }

  @Test func sortsItsPoints() {
    func chart(_ points: [(x: Double, y: Double)]) -> String {
      let panel = Chart.Panel(title: "p", series: [.init(name: "s", points: points)])
      return Chart(title: "t", xLabel: "x", panels: [panel]).svg()
    }
    #expect(chart([(2, 5), (0, 1), (1, 9)]) == chart([(0, 1), (1, 9), (2, 5)]))
  }

  @Test func staysSmallForManyPoints() {
    let points = (0..<200_000).map { (i: Int) -> (x: Double, y: Double) in
      (x: Double(i) / 100, y: Double(i * 7919 % 1000))
    }
    let markers = (0..<100_000).map { Double($0) / 50 }
    let svg = Chart(
      title: "long", xLabel: "time",
      panels: [.init(title: "p", series: [.init(name: "s", points: points)], markers: markers)]
    ).svg()
    #expect(svg.utf8.count < 100_000)
    checkCoordinates(svg)
  }

  @Test func neverLeavesTheViewBox() throws {
    var random = Seeded.of("ChartTests")
    for round in 0..<150 {
      let chart = randomChart(&random)
      let svg = chart.svg()
      checkCoordinates(svg)
      // A process each: a few are enough.
      if round % 30 == 0 {
        let reading = try XMLReading.of(svg)
        #expect(reading.error == nil)
      }
    }
  }

  private func randomChart(_ random: inout Seeded) -> Chart {
    let odd = [0, -0.0, .nan, .infinity, -.infinity, 1e300, -1e300, 5e-300, 1e15]
    func value(_ random: inout Seeded) -> Double {
      Int.random(in: 0..<8, using: &random) == 0
        ? odd[Int.random(in: 0..<odd.count, using: &random)]
        : random.anyValue()
    }
    func text(_ random: inout Seeded) -> String {
      String(
        String.UnicodeScalarView(
          (0..<Int.random(in: 0..<80, using: &random)).compactMap { _ in
            Unicode.Scalar(UInt32.random(in: 0..<0x11_0000, using: &random))
          }))
    }
    let scales = [Chart.Scale.plain, .metric, .time]
    let panels = (0..<Int.random(in: 0...3, using: &random)).map { _ in
      let series = (0..<Int.random(in: 0...8, using: &random)).map { index in
        Chart.Series(
          name: text(&random),
          points: (0..<Int.random(in: 0...60, using: &random)).map { _ in
            (x: value(&random), y: value(&random))
          }, style: index % 2 == 0 ? .step : .line)
      }
      return Chart.Panel(
        title: text(&random), series: series,
        markers: (0..<Int.random(in: 0...60, using: &random)).map { _ in value(&random) },
        yLabel: text(&random), yScale: scales[Int.random(in: 0...2, using: &random)],
        includesZero: Bool.random(using: &random))
    }
    return Chart(
      title: text(&random), xLabel: text(&random), panels: panels,
      width: [Int.min, 0, 320, 960, 5000, .max][Int.random(in: 0...5, using: &random)],
      xScale: scales[Int.random(in: 0...2, using: &random)])
  }
}

/// Every attribute that places something is a plain number inside the viewBox.
func checkCoordinates(_ svg: String, sourceLocation: SourceLocation = #_sourceLocation) {
  guard let box = svg.firstMatch(of: /viewBox="0 0 (\d+) (\d+)"/),
    let width = Double(box.1), let height = Double(box.2)
  else {
    Issue.record("no viewBox", sourceLocation: sourceLocation)
    return
  }
  func check(_ text: Substring, _ limit: Double) {
    #expect(
      text.wholeMatch(of: /-?\d+(\.\d{1,2})?/) != nil, "\(text)", sourceLocation: sourceLocation)
    #expect(
      (0...limit).contains(Double(text) ?? -1), "\(text)", sourceLocation: sourceLocation)
  }
  for match in svg.matches(of: /\s(c?[xy])="([^"]*)"/) {
    check(match.2, match.1.hasSuffix("x") ? width : height)
  }
  for match in svg.matches(of: /\sd="([^"]*)"/) {
    var (x, y) = (0.0, 0.0)
    for command in match.1.matches(of: /([A-Za-z])([^A-Za-z]*)/) {
      let numbers = command.2.split(separator: " ").compactMap { Double($0) }
      #expect(numbers.count == (["M", "L"].contains(command.1) ? 2 : 1), "\(match.1)")
      guard let first = numbers.first, let last = numbers.last else { return }
      switch command.1 {
      case "M", "L": (x, y) = (first, last)
      case "H": x = first
      case "V": y = first
      case "h": x += first
      case "v": y += first
      default: Issue.record("command \(command.1)", sourceLocation: sourceLocation)
      }
      #expect((0...width).contains(x), "\(x) in \(width)", sourceLocation: sourceLocation)
      #expect((0...height).contains(y), "\(y) in \(height)", sourceLocation: sourceLocation)
    }
  }
}
