import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

@Suite("Statistics: stretches of time")
struct StretchTests {
  /// A square wave of an amplitude, at 48 kHz.
  static func tone(_ amplitude: Double, _ count: Int) -> [Double] {
    (0..<count).map { $0 / 24 % 2 == 0 ? amplitude : -amplitude }
  }

  static func zeros(_ count: Int) -> [Double] { Array(repeating: 0, count: count) }

  static func interleaved(_ left: [Double], _ right: [Double]) -> [Double] {
    var samples: [Double] = []
    for index in left.indices { samples += [left[index], right[index]] }
    return samples
  }

  static let lanes: [SampleFormat] = [.s16le, .s32le, .f32le, .f64le]

  @Test("Silence is told to the sample, from the shortest time on", arguments: lanes)
  func silence(_ format: SampleFormat) throws {
    var samples = Self.tone(0.5, 1001) + Self.zeros(24_000) + Self.tone(0.5, 777)
    samples += Self.zeros(23_999) + Self.tone(0.5, 5000) + Self.tone(0.0005, 30_001)
    samples += Self.tone(0.002, 100) + Self.zeros(100) + Self.tone(0.0005, 30_000)
    let sound = try FigureTests.sound(format, samples)
    let measurement = try sound.measure()
    #expect(
      measurement.silences == [
        SilentStretch(frames: 1001..<25_001, isDigital: true),
        SilentStretch(frames: 54_777..<84_778, isDigital: false),
        SilentStretch(frames: 84_878..<114_978, isDigital: false),
      ])
    #expect(measurement.silenceCount == 3)
  }

  @Test("Silence shorter than a window is found where it is asked for")
  func shortSilence() throws {
    let samples = Self.tone(0.5, 100) + Self.zeros(10) + Self.tone(0.5, 90) + Self.zeros(9)
    let sound = try FigureTests.sound(.s16le, samples + Self.tone(0.5, 5)) {
      $0.minimumSilence = 10
    }
    #expect(try sound.measure().silences.map(\.frames) == [100..<110])
  }

  @Test("Silence is where all channels are silent at once")
  func silenceOfAll() throws {
    let left = Self.tone(0.5, 30_000) + Self.zeros(60_000)
    let right = Self.zeros(40_000) + Self.tone(0.5, 5) + Self.zeros(49_995)
    let sound = try FigureTests.sound(
      .s16le, Self.interleaved(left, right), channelCount: 2)
    #expect(try sound.measure().silences.map(\.frames) == [40_005..<90_000])
  }

  @Test("A threshold of full scale makes all silent, one of 0 only zeros")
  func thresholds() throws {
    let samples = [-1.0, 0.5, 0, 0, 0, 0.25]
    let all = try FigureTests.sound(.s16le, samples) {
      $0.silenceThreshold = 1
      $0.minimumSilence = 1
    }
    #expect(try all.measure().silences.map(\.frames) == [0..<6])
    let none = try FigureTests.sound(.s16le, samples) {
      $0.silenceThreshold = 0
      $0.minimumSilence = 1
    }
    #expect(try none.measure().silences == [SilentStretch(frames: 2..<5, isDigital: true)])
  }

  @Test("Lists end, counts go on, however the sound is cut")
  func listsEnd() throws {
    let count = SoundMeasurement.maxListed + 500
    let samples = (0..<count * 3).map { $0 % 3 == 2 ? 0.5 : 1.0 } + [1.0, 1.0]
    let sound = try FigureTests.sound(.f32le, samples)
    for cuts in [[], [2], [3001], [3100, 3101, 4000]] {
      let channel = try sound.measure(cuts: cuts).channels[0]
      #expect(channel.clippedRunCount == count + 1)
      #expect(channel.clippedRuns.count == SoundMeasurement.maxListed)
      #expect(channel.clippedRuns.last == 2997..<2999)
    }
  }

  @Test("A dropout is zeros of 1 ms and more with sound close by on either side", arguments: lanes)
  func dropouts(_ format: SampleFormat) throws {
    var samples = Self.tone(0.5, 1000) + Self.zeros(48) + Self.tone(0.5, 1000)  // 1000: yes
    samples += Self.zeros(47) + Self.tone(0.5, 1000)  // too short
    samples += Self.zeros(100) + Self.tone(0.001, 300) + Self.tone(0.5, 500)  // fades in: no
    samples += Self.zeros(300) + Self.tone(0.001, 100) + Self.tone(0.5, 100)  // 3995: yes
    samples += Self.zeros(24_000) + Self.tone(0.5, 100)  // silence
    samples += Self.zeros(500)  // the end
    let channel = try FigureTests.sound(format, samples).measure().channels[0]
    #expect(channel.dropouts == [1000..<1048, 3995..<4295])
    #expect(channel.dropoutCount == 2)
  }

  @Test("Coarse samples that idle around 0 do not drop out")
  func coarse() throws {
    var sound = try Sound(.u8, sampleRate: 8000)
    for _ in 0..<20 { sound.bytes += [UInt8](repeating: 128, count: 20) + [129, 127, 129] }
    #expect(try sound.measure().channels[0].dropoutCount == 0)
    sound.bytes += [UInt8](repeating: 200, count: 20) + [UInt8](repeating: 128, count: 20)
    sound.bytes += [UInt8](repeating: 200, count: 20)
    #expect(try sound.measure().channels[0].dropouts == [480..<500])
  }

  @Test("Identical, inverted and unrelated channels are told apart", arguments: lanes)
  func pairs(_ format: SampleFormat) throws {
    var generator = Seeded.of("pairs")
    var samples: [Double] = []
    for _ in 0..<10_000 {
      let value = Double(Int.random(in: -16_000...16_000, using: &generator)) / 32768
      let other = Double(Int.random(in: -16_000...16_000, using: &generator)) / 32768
      samples += [value, value, -value, other]
    }
    let pairs = try FigureTests.sound(format, samples, channelCount: 4).measure().pairs
    #expect(pairs.map(\.isIdentical) == [true, false, false, false, false, false])
    #expect(pairs.map(\.isInverted) == [false, true, true, false, false, false])
    #expect(isClose(pairs[0].correlation ?? 0, 1))
    #expect(isClose(pairs[1].correlation ?? 0, -1))
    #expect(abs(pairs[3].correlation ?? 1) < 0.05)
    samples[4 * 9_999] += 0.125
    let changed = try FigureTests.sound(format, samples, channelCount: 4).measure().pairs
    #expect(!changed[0].isIdentical)
    #expect(!changed[1].isInverted)
  }

  @Test("Silence is identical to silence but no inverse of it")
  func silentPair() throws {
    let pair = try FigureTests.sound(.s16le, Self.zeros(20), channelCount: 2).measure().pairs[0]
    #expect(pair.isIdentical)
    #expect(!pair.isInverted)
    #expect(pair.correlation == nil)
  }

  @Test("Stretches out of phase are told from a second on, in windows of 50 ms")
  func outOfPhase() throws {
    let left = Self.tone(0.5, 48_000 * 4)
    var right = left
    for index in 10_000..<70_000 { right[index] = -right[index] }
    for index in 100_000..<140_000 { right[index] = -right[index] }
    let sound = try FigureTests.sound(
      .s16le, Self.interleaved(left, right), channelCount: 2)
    // Windows that are inverted for less than three quarters do not count.
    #expect(try sound.measure().pairs[0].outOfPhase == [9600..<69_600])
  }

  @Test("A series gives every window, the last as short as it is")
  func series() throws {
    let samples = Self.tone(0.5, 100) + Self.tone(0.25, 100) + Self.tone(0.125, 50)
    let sound = try FigureTests.sound(.s16le, samples) { $0.seriesWindow = 100 }
    var windows: [SoundWindow] = []
    _ = try sound.measure(cuts: [30, 120]) { windows.append($0) }
    #expect(windows.map(\.frames) == [0..<100, 100..<200, 200..<250])
    #expect(windows.map(\.peaks) == [[0.5], [0.25], [0.125]])
    #expect(windows.map(\.rms) == [[0.5], [0.25], [0.125]])
    #expect(windows.allSatisfy { $0.momentary == nil })
  }

  @Test("Windows have the loudness of the last step that ended by then")
  func seriesLoudness() throws {
    let sound = try FigureTests.sound(.s16le, Self.tone(0.5, 48_000)) {
      $0.measuresLoudness = true
      $0.seriesWindow = 12_000
    }
    var windows: [SoundWindow] = []
    var steps: [(end: Int64, momentary: Double?)] = []
    _ = try sound.measure(
      cuts: [7000, 13_000, 30_001], onWindow: { windows.append($0) },
      onLoudness: { end, momentary, _ in steps.append((end, momentary)) })
    #expect(steps.map(\.end) == (1...10).map { $0 * 4800 })
    #expect(windows.map(\.momentary) == [1, 4, 6, 9].map { steps[$0].momentary })
    #expect(windows[0].momentary == nil)
    #expect(windows[1].momentary != nil)
  }

  @Test("An envelope has buckets of 64 frames, doubled until they are at most 8192")
  func envelope() throws {
    let samples = (0..<64 * 8192 + 1).map { (index: Int) -> Double in
      let ramp = Double(index % 128) / 256
      return index % 3 == 0 ? ramp - 0.25 : ramp
    }
    var sound = try FigureTests.sound(.f32le, samples) { $0.keepsEnvelope = true }
    let folded = try #require(try sound.measure(cuts: [1000, 100_001]).envelope)
    #expect(folded.bucketFrames == 128)
    #expect(folded.channels[0].count == 4097)
    sound.bytes.removeLast(4)
    let whole = try #require(try sound.measure(cuts: [1000, 100_001]).envelope)
    #expect(whole.bucketFrames == 64)
    #expect(whole.channels[0].count == 8192)
    for (index, bucket) in folded.channels[0].enumerated() where index < 4096 {
      let part = samples[index * 128..<index * 128 + 128].map { Double(Float($0)) }
      #expect(Double(bucket.minimum) == part.min())
      #expect(Double(bucket.maximum) == part.max())
      #expect(isClose(bucket.sumOfSquares, part.reduce(0) { $0 + $1 * $1 }))
    }
  }
}
