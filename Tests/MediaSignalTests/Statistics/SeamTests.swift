import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

@Suite("Statistics: no cut shows")
struct SeamTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var format: SampleFormat
    var sampleRate: Int
    var channelCount: Int
    var testDescription: String { "\(format.rawValue) \(sampleRate) Hz \(channelCount) channels" }
  }

  static let cases = [
    Case(format: .s16le, sampleRate: 48_000, channelCount: 2),
    Case(format: .u8, sampleRate: 8000, channelCount: 1),
    Case(format: .s24le, sampleRate: 44_100, channelCount: 3),
    Case(format: .f32le, sampleRate: 22_050, channelCount: 2),
    Case(format: .f64le, sampleRate: 11_025, channelCount: 4),
    Case(format: .s16le, sampleRate: 50, channelCount: 2),
  ]

  /// Sound with everything in it that is joined over seams: rests, dropouts, clipping, inversion.
  static func sound(_ form: Case, _ generator: inout Seeded) throws -> Sound {
    var sound = try Sound(
      form.format, sampleRate: form.sampleRate, channelCount: form.channelCount
    ) {
      $0.measuresLoudness = true
      $0.measuresTruePeak = true
      $0.keepsEnvelope = true
      $0.seriesWindow = max(1, form.sampleRate / 30)
      $0.minimumSilence = max(1, form.sampleRate / 20)
    }
    // A dropout, silence and clipping for certain, then whatever comes.
    let rate = form.sampleRate
    var parts = [(rate / 50, 1), (rate / 10, 2), (rate / 100, 4), (rate / 200, 0), (rate / 100, 4)]
    var left = rate * 2
    while left > 0 {
      let part = parts.popLast()
      let random = Int.random(in: 1...max(2, rate / 15), using: &generator)
      let count = min(left, part?.0 ?? random)
      let kind = part?.1 ?? Int.random(in: 0..<6, using: &generator)
      for _ in 0..<count {
        var first = 0.0
        for channel in 0..<form.channelCount {
          var value = Double.random(in: -1...1, using: &generator)
          switch kind {
          case 0: value = 0
          case 1: value = value > 0.3 ? 1.2 : value < -0.3 ? -1.2 : 0
          case 2: value *= 0.0009
          case 3: value = channel == 0 ? value : -first
          default: value *= 0.5
          }
          if channel == 0 { first = value }
          sound.append(value, as: form.format)
        }
      }
      left -= count
    }
    return sound
  }

  @Test("Any cutting gives the same measurement", arguments: cases)
  func seams(_ form: Case) throws {
    var generator = Seeded.of("seams \(form)")
    let sound = try Self.sound(form, &generator)
    var windows: [SoundWindow] = []
    let whole = try sound.measure { windows.append($0) }
    #expect(whole.channels[0].dropoutCount > 0 || form.format == .u8 || form.sampleRate == 50)
    #expect(whole.channels[0].clippedRunCount > 0 || form.sampleRate == 50)
    #expect(whole.silenceCount > 0)
    for round in 0..<9 {
      // Many short chunks in one place, few elsewhere.
      let narrow = Int.random(in: 0..<sound.frameCount, using: &generator)
      var cuts = (0..<round).map { _ in Int.random(in: 1..<sound.frameCount, using: &generator) }
      cuts += (0..<round).map { _ in
        min(sound.frameCount - 1, narrow + Int.random(in: 0...400, using: &generator))
      }
      cuts.sort()
      var cutWindows: [SoundWindow] = []
      let cut = try sound.measure(cuts: cuts) { cutWindows.append($0) }
      let comment = Comment(rawValue: "cut at \(cuts)")
      compare(cut.overall, whole.overall, comment)
      for (one, other) in zip(cut.channels, whole.channels) { compare(one, other, comment) }
      compare(cut, whole, comment)
      #expect(cutWindows.map(\.frames) == windows.map(\.frames), comment)
      #expect(cutWindows.map(\.peaks) == windows.map(\.peaks), comment)
      for (one, other) in zip(cutWindows, windows) {
        for (a, b) in zip(one.rms, other.rms) { #expect(isClose(a, b), comment) }
        #expect(isClose(one.momentary ?? 0, other.momentary ?? 0, 1e-9), comment)
      }
    }
  }

  private func compare(_ cut: SoundMeasurement, _ whole: SoundMeasurement, _ comment: Comment) {
    #expect(cut.silences == whole.silences, comment)
    #expect(cut.silenceCount == whole.silenceCount, comment)
    for (one, other) in zip(cut.pairs, whole.pairs) {
      #expect(one.isIdentical == other.isIdentical, comment)
      #expect(one.isInverted == other.isInverted, comment)
      #expect(one.outOfPhase == other.outOfPhase, comment)
      #expect(isClose(one.correlation ?? 9, other.correlation ?? 9), comment)
    }
    let buckets = zip(cut.envelope?.channels ?? [], whole.envelope?.channels ?? [])
    for (one, other) in buckets {
      #expect(one.map(\.minimum) == other.map(\.minimum), comment)
      #expect(one.map(\.maximum) == other.map(\.maximum), comment)
      #expect(zip(one, other).allSatisfy { isClose($0.sumOfSquares, $1.sumOfSquares) }, comment)
    }
    let integrated = (cut.loudness?.integrated.number, whole.loudness?.integrated.number)
    #expect(isClose(integrated.0 ?? 0, integrated.1 ?? 0, 1e-9), comment)
  }

  private func compare(_ cut: ChannelMeasurement, _ whole: ChannelMeasurement, _ comment: Comment) {
    #expect(cut.peak == whole.peak, comment)
    #expect(cut.peakFrame == whole.peakFrame, comment)
    #expect(cut.minimum == whole.minimum, comment)
    #expect(cut.maximum == whole.maximum, comment)
    #expect(cut.truePeak == whole.truePeak, comment)
    #expect(cut.truePeakFrame == whole.truePeakFrame, comment)
    #expect(isClose(cut.rms, whole.rms), comment)
    #expect(isClose(cut.rmsMinimum ?? -1, whole.rmsMinimum ?? -1), comment)
    #expect(isClose(cut.rmsMaximum ?? -1, whole.rmsMaximum ?? -1), comment)
    #expect(cut.noiseFloor == whole.noiseFloor, comment)
    #expect(isClose(cut.dcOffset, whole.dcOffset), comment)
    #expect(cut.effectiveBits == whole.effectiveBits, comment)
    #expect(cut.zeroCrossings == whole.zeroCrossings, comment)
    #expect(cut.clippedSamples == whole.clippedSamples, comment)
    #expect(cut.clippedRuns == whole.clippedRuns, comment)
    #expect(cut.clippedRunCount == whole.clippedRunCount, comment)
    #expect(cut.dropouts == whole.dropouts, comment)
    #expect(cut.dropoutCount == whole.dropoutCount, comment)
    let shares = (cut.lowFrequencyShare ?? -1, whole.lowFrequencyShare ?? -1)
    #expect(isClose(shares.0, shares.1, 1e-9), comment)
  }

  @Test("Random sound agrees with the definitions, sample by sample", arguments: cases)
  func definitions(_ form: Case) throws {
    var generator = Seeded.of("definitions \(form)")
    let sound = try Self.sound(form, &generator)
    let measurement = try sound.measure()
    let samples = sound.amplitudes()
    for (index, channel) in measurement.channels.enumerated() {
      let defined = Defined(samples[index])
      #expect(channel.peak == defined.peak)
      #expect(
        channel.peakFrame == samples[index].firstIndex { abs($0) == defined.peak }.map(Int64.init))
      #expect(isClose(channel.rms, defined.rms))
      #expect(isClose(channel.dcOffset, defined.dcOffset))
      #expect(channel.zeroCrossings == defined.zeroCrossings)
    }
  }

  @Test("The kernels for AVX2 are equal to the plain loops on every value")
  func kernels() {
    let lacksAVX2 = !TruePeakFilter.hasAVX2
    var generator = Seeded.of("kernels")
    for count in [1, 2, 15, 16, 17, 100, 4800] {
      for extreme in [false, true] {
        let values = { () -> [Int16] in
          (0..<count).map { _ in
            extreme ? .min : Int16.random(in: .min ... .max, using: &generator)
          }
        }
        let (one, other) = (values(), values())
        one.withUnsafeBufferPointer { one in
          other.withUnsafeBufferPointer { other in
            let sums = Int16.integerSums(one, isPortable: true)
            #expect(sums == Int16.integerSums(one, isPortable: lacksAVX2))
            let products = Int16.integerProducts(one, other, isPortable: true)
            #expect(products == Int16.integerProducts(one, other, isPortable: lacksAVX2))
            let defined = (0..<count).reduce(0 as Int64) { $0 + Int64(one[$1]) * Int64(other[$1]) }
            #expect(products == defined)
          }
        }
      }
    }
  }
}

extension Sound {
  /// The amplitudes of each channel.
  fileprivate func amplitudes() -> [[Double]] {
    let width = plan.format.sampleFormat.byteCount
    var channels = [[Double]](repeating: [], count: plan.format.channelCount)
    for (index, start) in stride(from: 0, to: bytes.count, by: width).enumerated() {
      let part = bytes[start..<start + width]
      let bits = part.enumerated().reduce(0 as UInt64) {
        $0 | UInt64($1.element) << ($1.offset * 8)
      }
      let value: Double =
        switch plan.format.sampleFormat {
        case .u8: Double(Int(bits) - 128) / 128
        case .s16le: Double(Int16(truncatingIfNeeded: bits)) / 32768
        case .s24le: Double(Int32(truncatingIfNeeded: bits << 8) >> 8) / 8_388_608
        case .f32le: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        default: Double(bitPattern: bits)
        }
      channels[index % plan.format.channelCount].append(value)
    }
    return channels
  }
}
