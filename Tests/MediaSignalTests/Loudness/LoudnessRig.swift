import Foundation
import MediaRaw
import Testing

@testable import MediaSignal

/// Sound in planes for tests, and its loudness measured in chunks as the command does.
struct LoudnessRig {
  var sampleRate = 48000
  var planes: [[Float]]
  var weights: [Double]

  init(_ planes: [[Float]], sampleRate: Int = 48000, weights: [Double]? = nil) {
    self.planes = planes
    self.sampleRate = sampleRate
    self.weights = weights ?? Array(repeating: 1, count: planes.count)
  }

  var frameCount: Int { planes.first?.count ?? 0 }

  /// One step of the series.
  struct Step: Equatable {
    var end: Int64
    var momentary: Double?
    var shortTerm: Double?
  }

  /// Measures with a new chunk at each of `cuts`.
  func measure(cuts: [Int] = [], block: Int = 4800) throws -> LoudnessMeasurement {
    try #require(try running(cuts: cuts, block: block).last)
  }

  /// The measurements after each chunk, of all there is until then.
  func running(
    cuts: [Int], block: Int = 4800, onStep: @escaping (Step) -> Void = { _ in }
  ) throws -> [LoudnessMeasurement] {
    var meter = LoudnessMeter(sampleRate: sampleRate, weights: weights) {
      end, momentary, shortTerm in
      onStep(Step(end: end, momentary: momentary, shortTerm: shortTerm))
    }
    let bounds = [0] + cuts + [frameCount]
    return try zip(bounds, bounds.dropFirst()).map { start, end in
      try meter.append(energies(start..<end, block: block), endFrame: Int64(end))
      return meter.measurement(frameCount: Int64(end))
    }
  }

  func steps() throws -> [Step] {
    var steps: [Step] = []
    _ = try running(cuts: []) { steps.append($0) }
    return steps
  }

  private func energies(_ frames: Range<Int>, block: Int) -> LoudnessEnergies {
    var meter = LoudnessChunkMeter(
      sampleRate: sampleRate, weights: weights, firstFrame: Int64(frames.lowerBound))
    let settled = max(0, frames.lowerBound - max(SamplePlanes.history, sampleRate / 2))
    for range in Self.blocks(settled..<frames.lowerBound, of: block) {
      withPlanes(range) { meter.settle(frameCount: range.count, plane: $0) }
    }
    for range in Self.blocks(frames, of: block) {
      withPlanes(range) { meter.add(frameCount: range.count, plane: $0) }
    }
    return meter.energies
  }

  private func withPlanes(
    _ range: Range<Int>, _ body: ((Int) -> UnsafeBufferPointer<Float>) -> Void
  ) {
    let joined = planes.flatMap { $0[range] }
    joined.withUnsafeBufferPointer { all in
      body { UnsafeBufferPointer(rebasing: all[$0 * range.count..<($0 + 1) * range.count]) }
    }
  }

  private static func blocks(_ range: Range<Int>, of size: Int) -> [Range<Int>] {
    stride(from: range.lowerBound, to: range.upperBound, by: size).map {
      $0..<min($0 + size, range.upperBound)
    }
  }
}

/// Sounds for tests.
enum TestSound {
  /// A stretch of a tone: its peak, dB of full scale (nil for silence), and seconds.
  struct Stretch: Sendable {
    var level: Double?
    var seconds: Double

    init(_ level: Double?, _ seconds: Double) {
      self.level = level
      self.seconds = seconds
    }
  }

  /// A tone of 1 kHz at 48 kHz that goes on through all stretches.
  static func tone(_ stretches: [Stretch]) -> [Float] {
    let period = (0..<48).map { sine(2 * .pi * Double($0) / 48) }
    var samples: [Float] = []
    for stretch in stretches {
      let amplitude = stretch.level.map(Decibels.amplitude) ?? 0
      let first = samples.count
      for index in 0..<Int((stretch.seconds * 48000).rounded()) {
        samples.append(Float(amplitude * period[(first + index) % 48]))
      }
    }
    return samples
  }

  static func sine(_ angle: Double) -> Double { Foundation.sin(angle) }
}
