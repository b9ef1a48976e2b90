import Foundation
import TestSupport
import Testing

@testable import MediaSignal

@Suite("Fourier transform")
struct FourierTransformTests {
  static func powers(_ samples: [Float]) -> [Float] {
    let transform = FourierTransform(size: samples.count)
    var result = [Float](repeating: .nan, count: transform.binCount)
    var scratch = [Float](repeating: .nan, count: transform.scratchCount)
    samples.withUnsafeBufferPointer { samples in
      result.withUnsafeMutableBufferPointer { result in
        scratch.withUnsafeMutableBufferPointer { scratch in
          guard let source = samples.baseAddress, let target = result.baseAddress,
            let room = scratch.baseAddress
          else { return }
          transform.powers(of: source, into: target, scratch: room)
        }
      }
    }
    return result
  }

  /// The definition, bin by bin.
  static func definition(_ samples: [Float], bin: Int) -> Double {
    var (real, imaginary) = (0.0, 0.0)
    for (index, sample) in samples.enumerated() {
      let turn = 2 * Double.pi * Double(index * bin % samples.count) / Double(samples.count)
      real += Double(sample) * cos(turn)
      imaginary -= Double(sample) * sin(turn)
    }
    return real * real + imaginary * imaginary
  }

  static func noise(_ count: Int, _ random: inout Seeded) -> [Float] {
    (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
  }

  @Test("Equals the definition", arguments: [64, 128, 256, 512, 1024])
  func definition(size: Int) {
    var random = Seeded.of("FourierTransformTests")
    let samples = Self.noise(size, &random)
    for (bin, power) in Self.powers(samples).enumerated() {
      let expected = Self.definition(samples, bin: bin)
      // Amplitudes differ by rounding alone.
      #expect(
        abs(Double(power).squareRoot() - expected.squareRoot()) < 1e-5 * Double(size).squareRoot(),
        "bin \(bin) of \(size)")
    }
  }

  @Test(
    "Power of the samples is power of the bins",
    arguments: [64, 128, 2048, 4096, 8192, 16384, 32768])
  func parseval(size: Int) {
    var random = Seeded.of("FourierTransformTests.parseval")
    let samples = Self.noise(size, &random)
    let energy = samples.reduce(0.0) { $0 + Double($1) * Double($1) }
    let powers = Self.powers(samples).map(Double.init)
    let inner = powers[1..<size / 2].reduce(0, +)
    let total = (powers[0] + 2 * inner + powers[size / 2]) / Double(size)
    #expect(abs(total / energy - 1) < 1e-5)
  }

  @Test("A cosine of whole periods is in its bin alone", arguments: [64, 512, 32768])
  func cosine(size: Int) {
    for bin in [1, 5, size / 4, size / 2 - 1] {
      let samples = (0..<size).map { index in
        Float(cos(2 * Double.pi * Double(index * bin % size) / Double(size)))
      }
      let powers = Self.powers(samples)
      #expect(abs(powers[bin].squareRoot() / Float(size / 2) - 1) < 1e-4)
      let rest = powers.enumerated().filter { $0.offset != bin }.map(\.element).max() ?? 0
      #expect(rest < 1e-9 * powers[bin], "bin \(bin) of \(size)")
    }
  }
}
