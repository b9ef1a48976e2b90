import Foundation
import Testing

@testable import MediaPlot
import TestSupport

@Suite("Waveform picture") struct WaveformPictureTests {
  static func channel(
    _ name: String, _ peaks: [Float], clipped: [Range<Double>] = []
  ) -> WaveformPicture.Channel {
    .init(
      name: name, minima: peaks.map { -$0 / 2 }, maxima: peaks, rms: peaks.map { $0 / 4 },
      clipped: clipped)
  }

  static let stereo = WaveformPicture(
    title: "clip.wav",
    channels: [
      channel("FL", (0..<200).map { Float($0 % 20) / 20 }),
      channel("FR", (0..<200).map { $0 < 100 ? 1 : 0 }, clipped: [4.0..<4.1]),
    ], bucketDuration: 0.1, duration: 20, silences: [10..<20])

  @Test("The document is well-formed and says what it shows") func document() throws {
    let svg = Self.stereo.svg()
    let reading = try XMLReading.of(svg)
    #expect(reading.error == nil)
    let texts = try #require(reading.texts)
    for text in ["clip.wav", "FL", "FR", "dBFS", "0", "−6", "−12", "−∞", "5 s", "time", "clipped"] {
      #expect(texts.contains(text), "\(text)")
    }
    #expect(
      texts.contains(
        "Wave of 20 s: FL peaks at -0.4 dBFS; FR peaks at 0 dBFS, clipped in 1 places; "
          + "silent in 1 places."))
    #expect(svg.contains("prefers-color-scheme:dark"))
    checkCoordinates(svg.replacing("Z\"", with: "\""))
  }

  @Test("Columns are filled from the smallest to the largest sample") func columns() {
    let canvas = Self.stereo.canvas()
    let peak = Sketch.Ink.peak.color
    let silence = Sketch.Ink.silence.color
    // The second panel: its middle and its upper half at 3 s, and at 15 s, where it is silent.
    let stack = Self.stereo.stack
    let top = Int(stack.top(1))
    let (loud, silent) = (Int(stack.x(3)), Int(stack.x(15)) + 3)
    #expect(canvas[loud, top + 10] == peak)
    #expect(canvas[loud, top + 80 + 30] == peak)
    #expect(canvas[loud, top + 80 + 50] != peak)
    #expect(canvas[loud, top + 80 - 10] == Sketch.Ink.body.color)
    #expect(canvas[silent, top + 10] == silence)
    #expect(canvas[Int(stack.x(4.05)), top + 10] == Sketch.Ink.clipped.color)
    #expect(canvas[Int(stack.x(4.05)), top - 3] == Sketch.Ink.clipped.color)
  }

  @Test("At twice the scale it is twice as large") func scales() {
    let (small, large) = (Self.stereo.canvas(), Self.stereo.canvas(scale: 2))
    #expect(large.width == 2 * small.width && large.height == 2 * small.height)
  }

  @Test("Float beyond full scale widens the axis")
  func over() {
    let picture = WaveformPicture(
      title: "over", channels: [Self.channel("FC", [2, 0.5, 4])], bucketDuration: 1, duration: 3)
    let labels = texts(picture.sketch())
    #expect(labels.contains("+6") && labels.contains("+12") && labels.contains("0"))
  }

  @Test("No label lies on another, whatever the sound", arguments: [1, 2, 6, 12])
  func overlapping(channels: Int) {
    for duration in [0, 1e-5, 0.05, 20, 61, 10_800, 1e6] {
      for peak in [Float(0), 1, 8, 1e5] {
        let picture = WaveformPicture(
          title: String(repeating: "long name ", count: 30),
          channels: (0..<channels).map { Self.channel("CH\($0)", [peak], clipped: [0..<1]) },
          bucketDuration: max(duration, 1), duration: duration, start: duration / 3,
          silences: [0..<1])
        #expect(overlaps(picture.sketch()).first == nil, "\(duration) s, \(peak)")
      }
    }
  }

  @Test("Whatever is given, something is drawn") func hostile() throws {
    let odd: [Double] = [.nan, .infinity, -1, 0, 1e300]
    for value in odd {
      let picture = WaveformPicture(
        title: "\u{0}<&>",
        channels: [
          Self.channel("<", [.nan, .infinity, -.infinity], clipped: [-1e300..<1e300]),
          .init(name: "", minima: [], maxima: [1], rms: []),
        ], bucketDuration: value, duration: value, start: value, silences: [-5..<1e200], width: -9)
      #expect(picture.canvas().width == 320)
      #expect(try XMLReading.of(picture.svg()).error == nil)
    }
    let empty = WaveformPicture(title: "", channels: [], bucketDuration: 1, duration: 0)
    #expect(texts(empty.sketch()).contains("no sound"))
  }

  @Test("Joining buckets keeps every extreme and the power") func joining() {
    var random = Seeded.of("WaveformPictureTests")
    let peaks = (0..<1000).map { _ in Float.random(in: 0...1, using: &random) }
    for count in [1, 7, 500, 999, 1000, 1001, 3000] {
      let columns = EnvelopeColumns(Self.channel("", peaks), count: count, of: 100, bucket: 0.1)
      #expect(columns.highs.count == count)
      #expect(columns.peak == Double(peaks.max() ?? 0))
      if count == 1000 { #expect(columns.highs == peaks.map(Double.init)) }
    }
    let columns = EnvelopeColumns(Self.channel("", [0.4, 0.8]), count: 1, of: 2, bucket: 1)
    #expect(abs((columns.rms.first ?? 0) - (0.01 + 0.04).squareRoot() / 2.0.squareRoot()) < 1e-6)
  }
}
