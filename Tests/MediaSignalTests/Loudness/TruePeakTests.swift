import Foundation
import TestSupport
import Testing

@testable import MediaSignal

@Suite("True peak")
struct TruePeakTests {
  struct Tone: CustomTestStringConvertible, Sendable {
    var number: Int
    var period: Double
    var amplitude: Double
    var degrees: Double
    var expected: Double
    var testDescription: String { "case \(number)" }
  }

  static let toneCases = [
    Tone(number: 15, period: 4, amplitude: 0.5, degrees: 0, expected: -6),
    Tone(number: 16, period: 4, amplitude: 0.5, degrees: 45, expected: -6),
    Tone(number: 17, period: 6, amplitude: 0.5, degrees: 60, expected: -6),
    Tone(number: 18, period: 8, amplitude: 0.5, degrees: 67.5, expected: -6),
    Tone(number: 19, period: 4, amplitude: 1.41, degrees: 45, expected: 3),
  ]

  @Test("Tones, Tech 3341 cases 15 to 19", arguments: toneCases, [false, true])
  func tones(_ tone: Tone, isPortable: Bool) {
    let samples = Self.faded(
      (0..<48000).map { index -> Double in
        tone.amplitude * sin(2 * .pi * (Double(index) / tone.period + tone.degrees / 360))
      })
    let reading = TruePeakRig(samples: samples, isPortable: isPortable).measure()
    #expect((-0.4...0.2).contains(reading.decibels - tone.expected))
  }

  @Test("A louder period in a tone, Tech 3341 cases 20 to 23", arguments: 0..<4, [false, true])
  func burst(offset: Int, isPortable: Bool) {
    let samples = Self.downsampled(Self.burst, offset: offset)
    let reading = TruePeakRig(samples: samples, isPortable: isPortable).measure()
    #expect((-0.4...0.2).contains(reading.decibels))
    let nearest = Int64(Self.burstPeak / 4)
    #expect(reading.frame.map { abs($0 - nearest) <= 4 } == true)
  }

  @Test(
    "Any cutting gives the same peak at the same frame", arguments: [48000, 96000], [false, true])
  func cuts(rate: Int, isPortable: Bool) {
    var random = Seeded.of("true peak cuts")
    let samples = (0..<6000).map { _ in Float.random(in: -1...1, using: &random) }
    let rig = TruePeakRig(samples: samples, sampleRate: rate, isPortable: isPortable)
    let whole = rig.measure()
    for _ in 0..<20 {
      let cuts = (0..<3).map { _ in Int.random(in: 1..<6000, using: &random) }.sorted()
      #expect(rig.measure(cuts: cuts, block: Int.random(in: 1...700, using: &random)) == whole)
    }
  }

  @Test("The kernels of the processor give what the portable forms give, bit by bit")
  func kernels() {
    var random = Seeded.of("true peak kernels")
    for _ in 0..<200 {
      let count = Int.random(in: 0...TruePeakFilter.block, using: &random)
      let scale = Float.random(in: 1e-30...4, using: &random)
      let samples = (0..<count + TruePeakHalfPhase.history).map { _ in
        Float.random(in: -1...1, using: &random) * scale
      }
      samples.withUnsafeBufferPointer { samples in
        guard TruePeakFilter.hasAVX2, let start = samples.baseAddress else { return }
        for form in [TruePeakFilter.largest, TruePeakHalfPhase.largest] {
          #expect(form(start, count, false).bitPattern == form(start, count, true).bitPattern)
        }
      }
    }
  }

  @Test("Skipping blocks changes no peak", arguments: [1, 2, 3], [48000, 96000])
  func skipping(_ seed: UInt64, rate: Int) {
    var random = Seeded(seed)
    // Quiet and loud, so that most blocks can be skipped and some only just.
    let samples = (0..<20_000).map { index -> Float in
      Float.random(in: -1...1, using: &random) * (index / 500 % 3 == 0 ? 1 : 0.5)
    }
    let silence = [Float](repeating: 0, count: TruePeakHalfPhase.history)
    let largest = (silence + samples + silence).withUnsafeBufferPointer { padded -> Float in
      guard let start = padded.baseAddress else { return 0 }
      return (0..<samples.count + TruePeakHalfPhase.history).reduce(0) { largest, index in
        let half = TruePeakHalfPhase.largest(start + index, count: 1, usesAVX2: false)
        return max(
          largest, TruePeakFilter.largest(start + index, count: 1, usesAVX2: false),
          rate == 96000 ? half : 0)
      }
    }
    #expect(TruePeakRig(samples: samples, sampleRate: rate).measure().peak == largest)
  }

  @Test("Half way between samples is measured more closely from 96 kHz to below 192 kHz")
  func rates() {
    // Steps of all signs that add up half way: more than 12 samples, fewer than 24 of them.
    let signs = (0..<24).map { index in Float((index < 12) == (index % 2 == 0) ? 1 : -1) }
    let samples = [Float](repeating: 0, count: 700) + signs.map { $0 * 0.5 }
    let readings = [48000, 88200, 96000, 176_400, 191_999, 192_000, 384_000].map {
      TruePeakRig(samples: samples, sampleRate: $0).measure()
    }
    let short = readings[0]
    let long = readings[2]
    #expect(long.peak > 1.1 * short.peak)
    #expect(long.frame == 711)
    #expect(readings == [short, short, long, long, long, short, short])
  }

  @Test(
    "Nothing is lost at either end: an impulse first, last, or alone", arguments: [48000, 96000])
  func ends(rate: Int) {
    // Half way between two equal samples the sound is higher than they are, the more so at an end.
    let pair: [Float] = [0.5, 0.5]
    let silence = [Float](repeating: 0, count: 100)
    let within = Self.reading(silence + pair + silence, rate)
    #expect(within.peak > 0.6)
    #expect(Self.reading(pair + silence, rate).peak == within.peak)
    #expect(Self.reading(silence + pair, rate).peak == within.peak)
    #expect(Self.reading(pair, rate) == .init(peak: within.peak, frame: 0))
    #expect(Self.reading([-0.25], rate) == .init(peak: 0.25, frame: 0))
  }

  @Test("Silence has no peak, and nothing neither")
  func silence() {
    #expect(TruePeakRig(samples: []).measure() == .init(peak: 0, frame: nil))
    let silence = [Float](repeating: 0, count: 999)
    #expect(TruePeakRig(samples: silence).measure() == .init(peak: 0, frame: nil))
  }

  /// Over every frequency up to 0.4 of the sampling rate and every phase: what the filter makes of a
  /// sine, at best and at worst.
  @Test("A sine below 0.4 of the sampling rate reads within −0.4 and +0.2 dB")
  func sines() {
    for step in stride(from: 1, through: 40, by: 1) {
      // Rates near a small fraction, where the phases that samples see are few.
      for period in [100.0 / Double(step)] {
        for phase in stride(from: 0.0, to: 0.5, by: 0.05) {
          let samples = Self.faded(
            (0..<1200).map { index -> Double in
              sin(2 * .pi * (Double(index) / period + phase))
            })
          let reading = TruePeakRig(samples: samples).measure().decibels
          #expect((-0.4...0.2).contains(reading), "\(step) hundredths, phase \(phase)")
        }
      }
    }
  }

  // MARK: Signals

  private static func reading(_ samples: [Float], _ rate: Int) -> TruePeakRig.Reading {
    TruePeakRig(samples: samples, sampleRate: rate).measure()
  }

  /// With a linear fade of 10 ms of 48 kHz at both ends, as the document's signals have.
  private static func faded(_ samples: [Double]) -> [Float] {
    let fade = min(480, samples.count / 3)
    return samples.enumerated().map { index, sample in
      Float(sample * min(1, Double(min(index, samples.count - 1 - index)) / Double(fade)))
    }
  }

  private static let carrierPeriod = 24
  private static let burstPeriod = 16
  private static let burstStart = 200 * carrierPeriod
  private static var burstPeak: Int { burstStart + burstPeriod / 4 }

  /// At four times the rate: a sine of a sixth of the rate and half of full scale, with one period of
  /// a fourth of the rate and full scale that begins and ends at its zero crossings.
  private static let burst: [Double] = {
    (0..<400 * carrierPeriod).map { index in
      let within = index - burstStart
      if (0..<burstPeriod).contains(within) {
        return sin(2 * .pi * Double(within) / Double(burstPeriod))
      }
      let place = within < 0 ? index : within - burstPeriod
      return 0.5 * sin(2 * .pi * Double(place) / Double(carrierPeriod))
    }
  }()

  /// Low-passed at half the lower rate, and every fourth sample from `offset` on.
  private static func downsampled(_ source: [Double], offset: Int) -> [Float] {
    let half = 160
    let kernel = (-half...half).map { index -> Double in
      let x = Double(index)
      let sinc = index == 0 ? 0.25 : sin(.pi * x / 4) / (.pi * x)
      return sinc * (0.5 + 0.5 * cos(.pi * x / Double(half + 1)))
    }
    let places = stride(from: offset, to: source.count, by: 4)
    return faded(
      places.map { place in
        kernel.indices.reduce(0.0) { sum, tap in
          let index = place + half - tap
          return source.indices.contains(index) ? sum + kernel[tap] * source[index] : sum
        }
      })
  }
}
