import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

@Suite("Statistics: each figure by hand")
struct FigureTests {
  struct Lane: Sendable, CustomTestStringConvertible {
    var format: SampleFormat
    var bits: Int
    var testDescription: String { format.rawValue }
  }

  static let lanes = [
    Lane(format: .s16le, bits: 3), Lane(format: .s32le, bits: 3), Lane(format: .f32le, bits: 3),
    Lane(format: .f64le, bits: 3),
  ]

  /// The same amplitudes in each lane.
  static func sound(
    _ format: SampleFormat, _ amplitudes: [Double], channelCount: Int = 1,
    _ edit: (inout SoundPlan) -> Void = { _ in }
  ) throws -> Sound {
    var sound = try Sound(format, channelCount: channelCount, edit)
    switch format {
    case .s16le: sound.append(amplitudes.map { Int16(max(-32768, min(32767, $0 * 32768))) })
    case .s32le:
      sound.append(amplitudes.map { Int32(max(-2_147_483_648, min(2_147_483_647, $0 * 0x1p31))) })
    case .f32le: sound.append(amplitudes.map { Float($0) })
    default: sound.append(amplitudes)
    }
    return sound
  }

  @Test("Four samples give the same figures in every lane", arguments: lanes)
  func four(_ lane: Lane) throws {
    let channel = try #require(
      Self.sound(lane.format, [0.25, -0.75, 0.5, 0]).measure().channels.first)
    #expect(channel.peak == 0.75)
    #expect(channel.peakFrame == 1)
    #expect(channel.minimum == -0.75)
    #expect(channel.maximum == 0.5)
    #expect(channel.dcOffset == 0)
    #expect(isClose(channel.rms, (0.875 / 4).squareRoot()))
    #expect(channel.zeroCrossings == 2)
    #expect(channel.effectiveBits == lane.bits)
    #expect(isClose(try #require(channel.crestFactor), 0.75 / (0.875 / 4).squareRoot()))
    #expect(channel.rmsMinimum == nil)
    #expect(channel.noiseFloor == nil)
    #expect(channel.clippedSamples == 0)
  }

  @Test("One sample is measured, and the most negative has a peak of 1", arguments: lanes)
  func one(_ lane: Lane) throws {
    let measurement = try Self.sound(lane.format, [-1]).measure()
    #expect(measurement.frameCount == 1)
    #expect(measurement.channels[0].peak == 1)
    #expect(measurement.channels[0].rms == 1)
    #expect(measurement.channels[0].dcOffset == -1)
    #expect(measurement.channels[0].effectiveBits == 1)
    #expect(measurement.channels[0].clippedSamples == 1)
    #expect(measurement.channels[0].clippedRunCount == 0)
  }

  @Test("Long full scale of either sign sums up without overflow", arguments: [-32768, 32767])
  func extremes(_ code: Int) throws {
    var sound = try Sound(.s16le, channelCount: 2)
    sound.append([Int16](repeating: Int16(code), count: 100_000))
    let measurement = try sound.measure()
    let amplitude = Double(code) / 32768
    #expect(measurement.channels[0].rms == abs(amplitude))
    #expect(measurement.channels[1].dcOffset == amplitude)
    #expect(measurement.channels[0].clippedSamples == 50_000)
    #expect(measurement.channels[0].clippedRuns == [0..<50_000])
    #expect(measurement.pairs[0].isIdentical)
    #expect(measurement.pairs[0].correlation == nil)
  }

  @Test("No frame gives no peak, silence of a frame a peak of 0 at the first")
  func nothing() throws {
    let empty = try Sound(.s16le).measure()
    #expect(empty.frameCount == 0)
    #expect(empty.channels[0].peakFrame == nil)
    #expect(empty.overall.peakFrame == nil)
    let zero = try Self.sound(.s16le, [0]).measure()
    #expect(zero.channels[0].peak == 0)
    #expect(zero.channels[0].peakFrame == 0)
    #expect(zero.channels[0].crestFactor == nil)
    #expect(zero.channels[0].effectiveBits == 0)
  }

  struct Signs: Sendable {
    var samples: [Double]
    var count: Int64
    init(_ samples: [Double], _ count: Int64) { (self.samples, self.count) = (samples, count) }
  }

  static let signVectors = [
    Signs([1, -1, 1], 2), Signs([-1, 0, -1], 0), Signs([1, 0, 1], 0), Signs([-1, 0, 0, 1], 1),
    Signs([0, -1], 0), Signs([-1, 0], 0), Signs([0, 0], 0), Signs([1, 0, -1, 0, -1, 0, 1], 2),
  ]

  @Test("Signs change between samples that are not 0", arguments: signVectors)
  func signs(_ vector: Signs) throws {
    for format in [SampleFormat.s16le, .s32le, .f32le, .f64le] {
      let sound = try Self.sound(format, vector.samples.map { $0 / 4 })
      #expect(try sound.measure().channels[0].zeroCrossings == vector.count)
      for cut in 1..<vector.samples.count {
        #expect(try sound.measure(cuts: [cut]).channels[0].zeroCrossings == vector.count)
      }
    }
  }

  @Test("Zeros alone and in rows are passed over wherever they lie")
  func zeros() throws {
    var generator = Seeded.of("zeros")
    for share in [0.02, 0.3, 0.9] {
      for count in [3, 63, 64, 65, 66, 67, 129, 130, 131, 1000] {
        let samples = (0..<count).map { _ in
          Double.random(in: 0..<1, using: &generator) < share
            ? 0 : Bool.random(using: &generator) ? 0.25 : -0.25
        }
        for format in [SampleFormat.s16le, .s32le, .f32le, .f64le] {
          let found = try Self.sound(format, samples).measure().channels[0].zeroCrossings
          #expect(found == Int64(Defined(samples).zeroCrossings), "\(share) \(count) \(format)")
        }
      }
    }
  }

  @Test("A negative zero is a zero")
  func negativeZero() throws {
    let channel = try Self.sound(.f32le, [0.5, -0.0, 0.5, -0.0]).measure().channels[0]
    #expect(channel.zeroCrossings == 0)
    #expect(channel.effectiveBits == 2)
  }

  struct Bits: Sendable {
    var format: SampleFormat
    var bytes: [UInt8]
    var count: Int
    init(_ format: SampleFormat, _ bytes: [UInt8], _ count: Int) {
      (self.format, self.bytes, self.count) = (format, bytes, count)
    }
  }

  static let bitVectors = [
    Bits(.u8, [129, 127], 8), Bits(.u8, [130, 126], 7), Bits(.s8, [4, 0], 6),
    Bits(.s24le, [0, 0, 1], 8), Bits(.s24le, [1, 0, 0], 24), Bits(.s24in32le, [0, 1, 0, 0], 16),
  ]

  @Test("Used bits are told of each width", arguments: bitVectors)
  func usedBits(_ vector: Bits) throws {
    var sound = try Sound(vector.format)
    sound.bytes = vector.bytes
    #expect(try sound.measure().channels[0].effectiveBits == vector.count)
  }

  @Test("Floating point has the bits of the narrowest integers, or none")
  func floatBits() throws {
    func bits(_ samples: [Double]) throws -> Int? {
      try Self.sound(.f64le, samples).measure().channels[0].effectiveBits
    }
    #expect(try bits([-1, 0x1p-15]) == 16)
    #expect(try bits([0x1p-31]) == 32)
    #expect(try bits([0.5, 0x1p-32]) == nil)
    #expect(try bits([0.1]) == nil)
    #expect(try bits([1]) == nil)
  }

  @Test("Clipping is at either extreme code, of floating point at 1 and above")
  func clipping() throws {
    var sound = try Sound(.s16le)
    sound.append([0, 32767, -32768, 32766, 32767, -32767, 32767, 32767, 32767] as [Int16])
    let channel = try sound.measure().channels[0]
    #expect(channel.clippedSamples == 6)
    #expect(channel.clippedRuns == [1..<3, 6..<9])
    #expect(channel.clippedRunCount == 2)
    let over = try Self.sound(.f32le, [1.5, -1, 0.999, 1, 0]).measure().channels[0]
    #expect(over.clippedSamples == 3)
    #expect(over.clippedRuns == [0..<2])
    #expect(over.peak == 1.5)
  }

  @Test("Windows of 50 ms give extremes; the last, incomplete one is left out")
  func windows() throws {
    var amplitudes = [Double](repeating: 0.5, count: 2400)
    amplitudes += (0..<2400).map { $0 % 2 == 0 ? 0.125 : -0.125 }
    amplitudes += [Double](repeating: 0, count: 2399)
    let measurement = try Self.sound(.s16le, amplitudes).measure()
    #expect(measurement.channels[0].rmsMaximum == 0.5)
    #expect(measurement.channels[0].rmsMinimum == 0.125)
    #expect(measurement.channels[0].noiseFloor == 0.125)
  }

  @Test("Channels taken together have the peak of the earliest, all sums, the largest offset")
  func overall() throws {
    let measurement = try Self.sound(
      .f64le, [0.25, -0.5, 0.5, 0.25, -0.25, -0.5], channelCount: 2
    ).measure()
    let overall = measurement.overall
    #expect(overall.peak == 0.5)
    #expect(overall.peakFrame == 0)
    #expect(isClose(overall.dcOffset, -0.25))
    #expect(isClose(overall.rms, (0.9375 / 6).squareRoot()))
    #expect(overall.minimum == -0.5)
    #expect(overall.zeroCrossings == 3)
    #expect(overall.effectiveBits == 3)
  }

  @Test(
    "What is not a number, infinite or absurd counts as invalid and as 0",
    arguments: [SampleFormat.f32le, .f64le])
  func invalid(_ format: SampleFormat) throws {
    let samples = [0.5, .nan, -.infinity, 0x1p65, 0.25, -0.5]
    let sound = try Self.sound(format, samples) {
      $0.measuresLoudness = true
      $0.measuresTruePeak = true
      $0.keepsEnvelope = true
    }
    let channel = try sound.measure().channels[0]
    #expect(channel.invalidSamples == 3)
    #expect(channel.peak == 0.5)
    #expect(isClose(channel.rms, (0.5625 / 6).squareRoot()))
    #expect(channel.effectiveBits == 3)
    #expect(try #require(channel.truePeak) < 1)
  }

  @Test("64 channels are measured apart, pairs of the first eight")
  func manyChannels() throws {
    var sound = try Sound(.s16le, channelCount: 64)
    for frame in 0..<1000 {
      sound.append((0..<64).map { Int16(($0 + 1) * (frame % 2 == 0 ? 100 : -50)) })
    }
    let measurement = try sound.measure()
    for (index, channel) in measurement.channels.enumerated() {
      #expect(channel.peak == Double((index + 1) * 100) / 32768)
      #expect(isClose(channel.dcOffset, Double((index + 1) * 25) / 32768))
    }
    #expect(measurement.pairs.count == 28)
    #expect(
      measurement.pairs.map { [$0.first, $0.second] }.prefix(3) == [[0, 1], [0, 2], [1, 2]])
    #expect(measurement.pairs.allSatisfy { isClose($0.correlation ?? 0, 1) })
  }

  @Test("The channel of bass alone has nearly all its power below 120 Hz")
  func bass() throws {
    var sound = try Sound(.f32le, channelCount: 3)
    var generator = Seeded.of("bass")
    for frame in 0..<96_000 {
      let noise = Float.random(in: -0.5...0.5, using: &generator)
      // A triangle of 40 Hz, which is nearly a sine.
      let phase = Float(frame % 1200) / 1200
      sound.append([noise, 0.4 * abs(phase - 0.5) - 0.1, Float(frame % 2) - 0.5])
    }
    let measurement = try sound.measure()
    let shares = measurement.channels.map(\.lowFrequencyShare)
    #expect(try #require(shares[0]) < 0.02)
    #expect(try #require(shares[1]) > 0.95)
    #expect(try #require(shares[2]) < 0.001)
    #expect(measurement.overall.lowFrequencyShare == nil)
  }
}
