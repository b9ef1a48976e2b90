import Testing

@testable import MediaPlot
import TestSupport

@Suite("Spectrogram picture") struct SpectrogramPictureTests {
  /// 100 columns of 101 bins at −120 dB but for one bin at 0 dB.
  static func picture(
    bin: Int, channels: Int = 1, scale: SpectrogramPicture.Scale = .linear, rate: Double = 20_000,
    duration: Double = 10
  ) -> SpectrogramPicture {
    let column = (0..<101).map { Float($0 == bin ? 0 : -120) }
    return SpectrogramPicture(
      title: "tone",
      channels: (0..<channels).map {
        .init(name: "CH\($0)", columns: Array(repeating: column, count: 100))
      }, columnDuration: duration / 100, duration: duration, sampleRate: rate, scale: scale)
  }

  private static let stack = PanelStack(
    width: 960, right: 96, panelCount: 1, panelHeight: 400, start: 0, duration: 10)

  @Test("A tone is a line at its frequency", arguments: [10, 25, 50, 90]) func tone(bin: Int) {
    let canvas = Self.picture(bin: bin).canvas()
    let top = Int(Self.stack.top(0))
    let x = Int(PanelStack.left) + 300
    let lit = (0..<400).filter { (canvas[x, top + $0]?.green ?? 0) > 200 }
    let middle = 400 - 4 * bin
    #expect(!lit.isEmpty && lit.allSatisfy { abs($0 - middle) <= 2 }, "\(lit)")
    #expect(canvas[x, top + (middle + 200) % 400] == ColorMap.colors[0])
  }

  @Test("A tone between two pixels is not lost") func narrow() {
    // 4097 bins on 400 rows.
    for bin in [1, 100, 2047, 4000] {
      let column = (0..<4097).map { Float($0 == bin ? 0 : -120) }
      let picture = SpectrogramPicture(
        title: "", channels: [.init(name: "", columns: [column])], columnDuration: 1, duration: 1,
        sampleRate: 48_000)
      let canvas = picture.canvas()
      let top = Int(Self.stack.top(0))
      #expect((0..<400).contains { canvas[500, top + $0] == ColorMap.colors[255] }, "\(bin)")
    }
  }

  @Test("Each octave of a logarithmic axis is as tall as the others") func logarithmic() {
    let axis = FrequencyAxis(highest: 20_480, scale: .logarithmic)
    #expect(axis.lowest == 20)
    #expect(abs(axis.share(of: 40) - 0.1) < 1e-9 && abs(axis.share(of: 10_240) - 0.9) < 1e-9)
    #expect(abs(axis.frequency(at: 0.5) - 640) < 1e-6)
    #expect(axis.marks(height: 400).map(\.label).prefix(3) == ["20 Hz", "50 Hz", "100 Hz"])
    #expect(axis.marks(height: 400).last?.label == "20 kHz")
    let linear = FrequencyAxis(highest: 24_000, scale: .linear)
    #expect(
      linear.marks(height: 200).map(\.label) == ["0 Hz", "5 kHz", "10 kHz", "15 kHz", "20 kHz"])
  }

  @Test("No label lies on another, whatever the sound", arguments: [1, 2, 12])
  func overlapping(channels: Int) {
    for rate in [1.0, 10, 300, 8000, 44_100, 192_000, 1e8] {
      for scale in [SpectrogramPicture.Scale.linear, .logarithmic] {
        for duration in [1e-5, 0.05, 20, 4000, 1e6] {
          let picture = Self.picture(
            bin: 3, channels: channels, scale: scale, rate: rate, duration: duration)
          #expect(
            overlaps(picture.sketch(picture.stack)).first == nil, "\(rate) \(scale) \(duration)")
        }
      }
    }
  }

  @Test("The bar tells the levels and their unit") func bar() {
    let labels = texts(Self.picture(bin: 3).sketch(Self.picture(bin: 3).stack))
    for label in ["dBFS", "0", "−60", "−120", "0 Hz", "10 kHz", "CH0", "time", "10 s"] {
      #expect(labels.contains(label), "\(label)")
    }
  }

  @Test("Whatever is given, something is drawn") func hostile() {
    for value in [Double.nan, .infinity, -1, 0, 1e300] {
      for columns in [[], [[]], [[1]], [[.nan, .infinity, -.infinity]]] as [[[Float]]] {
        let picture = SpectrogramPicture(
          title: "", channels: [.init(name: "", columns: columns)], columnDuration: value,
          duration: value, start: value, sampleRate: value, width: 5000)
        #expect(picture.canvas().width == 5000)
      }
    }
  }
}
