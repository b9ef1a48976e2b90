import Foundation
import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

@Suite("Loudness")
struct LoudnessTests {
  @Test("At 48 kHz the filters are those of BS.1770's tables")
  func tables() {
    let weighting = KWeighting(sampleRate: 48000)
    let shelf = Biquad(
      b0: 1.53512485958697, b1: -2.69169618940638, b2: 1.19839281085285,
      a1: -1.69065929318241, a2: 0.73248077421585)
    let highPass = Biquad(b0: 1, b1: -2, b2: 1, a1: -1.99004745483398, a2: 0.99007225036621)
    for (made, table) in [(weighting.shelf, shelf), (weighting.highPass, highPass)] {
      for key in [\Biquad.b0, \.b1, \.b2, \.a1, \.a2] {
        #expect(abs(made[keyPath: key] - table[keyPath: key]) < 1e-6)
      }
    }
  }

  static let rates = [
    1, 2, 7, 14, 50, 100, 1000, 8000, 11025, 22050, 44100, 96000, 192_000, 384_000,
  ]

  @Test("The filters are stable at every rate", arguments: rates)
  func stable(rate: Int) {
    let weighting = KWeighting(sampleRate: rate)
    for section in [weighting.shelf, weighting.highPass] {
      // The poles are within the unit circle (Jury).
      #expect(abs(section.a2) < 1)
      #expect(abs(section.a1) < 1 + section.a2)
    }
  }

  @Test("A tone of 1 kHz is as loud at any rate", arguments: rates.filter { $0 >= 8000 })
  func anyRate(rate: Int) throws {
    let tone = Self.tone(rate: rate, seconds: 4, amplitude: 0.1)
    let measured = try LoudnessRig([tone], sampleRate: rate).measure()
    // −20 dBFS in one channel; the bilinear transform bends the shelf's lower end at low rates.
    let loudness = try #require(measured.integrated.number)
    #expect(abs(loudness + 23.0) < (rate < 22050 ? 0.35 : 0.05))
    #expect(measured.shortTermMaximum.number.map { abs($0 - loudness) < 0.05 } == true)
  }

  @Test("Any rate is measured without a crash, and in whole windows", arguments: rates)
  func anyLength(rate: Int) throws {
    var random = Seeded(UInt64(rate))
    let count = min(rate * 4, max(60_000, rate / 2)) + 31
    let noise = (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
    var ends: [Int64] = []
    let rig = LoudnessRig([noise], sampleRate: rate)
    let measured = try rig.running(cuts: [count / 3]) { ends.append($0.end) }
    let step = LoudnessEnergies.stepFrames(sampleRate: rate)
    #expect(ends == (1...max(1, count / step)).map { Int64($0 * step) })
    #expect(measured.last?.integrated.number != nil)
  }

  @Test("Any cutting into chunks gives the same", arguments: [8000, 22050, 44100, 48000])
  func seams(rate: Int) throws {
    var random = Seeded.of("loudness seams")
    let count = rate * 5 + 123
    let planes = (0..<3).map { _ in
      (0..<count).map { Float.random(in: -1...1, using: &random) * Float($0 % rate) / Float(rate) }
    }
    let rig = LoudnessRig(planes, sampleRate: rate, weights: [1, 1.41, 0])
    let whole = try rig.measure()
    for _ in 0..<4 {
      let cuts = (0..<4).map { _ in Int.random(in: 1..<count, using: &random) }.sorted()
      let cut = try rig.measure(cuts: cuts, block: Int.random(in: 100...9000, using: &random))
      for key in Self.values {
        let difference = abs(
          (cut[keyPath: key].number ?? .nan) - (whole[keyPath: key].number ?? .nan))
        #expect(difference <= 1e-9)
      }
      #expect(cut.momentaryMaximumEnd == whole.momentaryMaximumEnd)
      #expect(cut.shortTermMaximumEnd == whole.shortTermMaximumEnd)
    }
  }

  @Test("Two channels filtered at once give what each gives alone, bit by bit")
  func pairs() {
    var random = Seeded.of("loudness pairs")
    let filter = KWeightingFilter(KWeighting(sampleRate: 44100))
    let sound = (0..<2).map { _ in (0..<999).map { _ in Float.random(in: -1...1, using: &random) } }
    var states = Array(repeating: KWeightingFilter.State(), count: 4)
    for _ in 0..<3 {
      sound[0].withUnsafeBufferPointer { first in
        sound[1].withUnsafeBufferPointer { second in
          var (one, other) = (states[0], states[1])
          let sums = filter.sumsOfSquares(first, second, &one, &other)
          states[0] = one
          states[1] = other
          #expect(sums.0 == filter.sumOfSquares(first, &states[2]))
          #expect(sums.1 == filter.sumOfSquares(second, &states[3]))
        }
      }
      #expect(states[0] == states[2] && states[1] == states[3])
    }
  }

  @Test("Long silence after sound leaves nothing in the filters")
  func flush() {
    let filter = KWeightingFilter(KWeighting(sampleRate: 48000))
    var state = KWeightingFilter.State()
    [Float](repeating: 1, count: 100).withUnsafeBufferPointer {
      _ = filter.sumOfSquares($0, &state)
    }
    [Float](repeating: 0, count: 4800).withUnsafeBufferPointer { silence in
      for _ in 0..<20 { _ = filter.sumOfSquares(silence, &state) }
    }
    #expect(state == KWeightingFilter.State())
  }

  @Test("What is too short for a window has no figure, and says so")
  func tooShort() throws {
    let tone = Self.tone(rate: 48000, seconds: 4, amplitude: 0.1)
    func measured(_ frames: Int) throws -> LoudnessMeasurement {
      try LoudnessRig([Array(tone.prefix(frames))]).measure()
    }
    for frames in [0, 1, 19199] {
      let short = try measured(frames)
      #expect(short.integrated == .tooShort(seconds: 0.4))
      #expect(short.threshold == .tooShort(seconds: 0.4))
      #expect(short.momentaryMaximum == .tooShort(seconds: 0.4))
      #expect(short.range == .tooShort(seconds: 3))
    }
    let block = try measured(19200)
    #expect(block.integrated.number != nil && block.momentaryMaximumEnd == 19200)
    #expect(try measured(143_999).shortTermMaximum == .tooShort(seconds: 3))
    let window = try measured(144_000)
    #expect(window.range == .value(0))
    #expect(window.shortTermMaximumEnd == 144_000)
  }

  @Test("Silence has no loudness; what is below the gate has some, but is not integrated")
  func silence() throws {
    let silent = try LoudnessRig([[Float](repeating: 0, count: 200_000)]).measure()
    for key in Self.values { #expect(silent[keyPath: key] == .silence) }
    let soft = Self.tone(rate: 48000, seconds: 4, amplitude: 1e-4)
    let measured = try LoudnessRig([soft]).measure()
    #expect(measured.integrated == .silence && measured.range == .silence)
    #expect(measured.momentaryMaximum.number.map { abs($0 + 83) < 0.1 } == true)
    #expect(try LoudnessRig([[0, 1]], weights: [0]).measure().integrated == .noChannel)
  }

  @Test("The ringing of the filters in silence behind sound is no loudness")
  func ringing() throws {
    let sound = TestSound.tone([.init(-20, 1), .init(nil, 5), .init(-20, 1)])
    let steps = try LoudnessRig([sound]).steps()
    for step in steps {
      // The window that begins where the sound ends still holds what rings audibly.
      let isSilent = (1.5...6.0).contains(Double(step.end) / 48000)
      #expect((step.momentary == nil) == (isSilent || step.end < 19200), "\(step)")
      let isLongSilent = (4.1...6.0).contains(Double(step.end) / 48000)
      #expect((step.shortTerm == nil) == (isLongSilent || step.end < 144_000), "\(step)")
    }
    let fading = TestSound.tone([.init(-145, 1), .init(-155, 4)])
    let measured = try LoudnessRig([fading]).measure()
    #expect(measured.momentaryMaximum.number.map { abs($0 + 148) < 0.1 } == true)
    let below = try LoudnessRig([TestSound.tone([.init(-155, 4)])]).measure()
    #expect(below.momentaryMaximum == .silence && below.momentaryMaximumEnd == nil)
  }

  @Test("Percentiles are of the rank that the code in Tech 3342 gives")
  func ranks() {
    var blocks = LoudnessHistogram()
    for index in 0..<12 { blocks.add(energy: pow(10, (-40.095 + Double(index)) / 10)) }
    // Of twelve, counted from 0: 1.1 and 10.45, rounded.
    let values = blocks.percentiles([0, 0.1, 0.95, 1], above: -60)?.map { ($0 + 0.691 + 40.095) }
    #expect(values?.map { ($0 * 1e6).rounded() / 1e6 } == [0, 1, 10, 11])
  }

  @Test("64 channels count together; a channel of weight 0 does not")
  func manyChannels() throws {
    let tone = Self.tone(rate: 48000, seconds: 1, amplitude: 0.01)
    let one = try #require(try LoudnessRig([tone]).measure().integrated.number)
    let all = Array(repeating: tone, count: 64)
    let many = try #require(try LoudnessRig(all).measure().integrated.number)
    #expect(abs(many - one - 10 * log10(64)) < 1e-6)
    let weights = [1.0] + Array(repeating: 0, count: 63)
    #expect(try LoudnessRig(all, weights: weights).measure().integrated == .value(one))
  }

  @Test("Floating point far above full scale is measured too")
  func overs() throws {
    let loud = Self.tone(rate: 48000, seconds: 4, amplitude: 32768)
    let measured = try LoudnessRig([loud]).measure()
    #expect(measured.integrated.number.map { abs($0 - 87.3) < 0.1 } == true)
    let loudest = [Float](repeating: .greatestFiniteMagnitude, count: 48000)
    #expect(try LoudnessRig([loudest]).measure().integrated.number?.isFinite == true)
  }

  @Test("The gate leaves out what is more than 10 LU below the rest, to 0.01 LU")
  func gate() throws {
    let parts: [TestSound.Stretch] = [.init(-20, 30), .init(-29, 30), .init(-60, 30)]
    let measured = try LoudnessRig([TestSound.tone(parts)]).measure()
    // −29 is above −10 LU of the mean of all, of which −60 is a third; the mean of both is left.
    let mean = -23 + 10 * log10((1 + pow(10, -0.9)) / 2)
    #expect(abs(try #require(measured.integrated.number) - mean) < 0.05)
    #expect(measured.threshold.number.map { $0 > -38 && $0 < -33 } == true)
  }

  static var values: [KeyPath<LoudnessMeasurement, LoudnessValue>] {
    [
      \.integrated, \.threshold, \.range, \.rangeLow, \.rangeHigh, \.momentaryMaximum,
      \.shortTermMaximum,
    ]
  }

  private static func tone(rate: Int, seconds: Int, amplitude: Double) -> [Float] {
    (0..<rate * seconds).map {
      Float(amplitude * sin(2 * .pi * Double($0 * 1000 % rate) / Double(rate)))
    }
  }
}

@Suite("Loudness weights")
struct LoudnessWeightsTests {
  struct Layout: Sendable {
    var mask: UInt32
    var weights: [Double]
  }

  static let all = [
    Layout(mask: 0x4, weights: [1]),
    Layout(mask: 0x3, weights: [1, 1]),
    // 5.1 with the surround pair called back, called side; 5.0.
    Layout(mask: 0x3f, weights: [1, 1, 1, 0, 1.41, 1.41]),
    Layout(mask: 0x60f, weights: [1, 1, 1, 0, 1.41, 1.41]),
    Layout(mask: 0x37, weights: [1, 1, 1, 1.41, 1.41]),
    // 6.1, 7.1, 7.1 with two more in front.
    Layout(mask: 0x70f, weights: [1, 1, 1, 0, 1, 1.41, 1.41]),
    Layout(mask: 0x63f, weights: [1, 1, 1, 0, 1, 1, 1.41, 1.41]),
    Layout(mask: 0xff, weights: [1, 1, 1, 0, 1.41, 1.41, 1, 1]),
    // Above, and LFE alone.
    Layout(mask: 0x3f800, weights: Array(repeating: 1, count: 7)),
    Layout(mask: 0x8, weights: [0]),
  ]

  @Test("Channels count by where they stand", arguments: all)
  func layouts(_ layout: Layout) {
    let positions = ChannelPosition.positions(ofMask: layout.mask)
    let weights = LoudnessWeights.weights(positions: positions, channelCount: positions.count)
    #expect(weights == layout.weights)
  }

  @Test("Channels without a position count 1, and mono twice where it stands for two")
  func unknown() {
    #expect(
      LoudnessWeights.weights(positions: [.lowFrequency, nil], channelCount: 3) == [0, 1, 1])
    #expect(LoudnessWeights.weights(positions: [], channelCount: 0) == [])
    let mono = LoudnessWeights.weights(positions: [.frontCenter], channelCount: 1, isDualMono: true)
    #expect(mono == [2])
    let stereo = LoudnessWeights.weights(positions: [], channelCount: 2, isDualMono: true)
    #expect(stereo == [1, 1])
  }

  @Test("An order is taken for granted for as many channels as there are")
  func assumed() {
    for count in 1...8 {
      #expect(LoudnessWeights.assumedPositions(channelCount: count)?.count == count)
    }
    #expect(LoudnessWeights.assumedPositions(channelCount: 9) == nil)
    #expect(LoudnessWeights.assumedPositions(channelCount: 0) == nil)
  }
}
