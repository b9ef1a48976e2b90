import MediaRaw

@testable import MediaSignal

/// The true peak of one channel, measured in chunks and blocks as the command does.
struct TruePeakRig {
  var samples: [Float]
  var sampleRate = 48000
  var isPortable = false

  struct Reading: Equatable {
    var peak: Float
    var frame: Int64?
    var decibels: Double { Decibels.ofAmplitude(Double(peak)) ?? -.infinity }
  }

  /// Measures with a new chunk at each of `cuts`.
  func measure(cuts: [Int] = [], block: Int = 4800) -> Reading {
    var best = Reading(peak: 0, frame: nil)
    let bounds = [0] + cuts + [samples.count]
    for (start, end) in zip(bounds, bounds.dropFirst()) {
      var meter = TruePeakMeter(
        sampleRate: sampleRate, firstFrame: Int64(start), isPortable: isPortable)
      for first in stride(from: start, to: end, by: block) {
        withHistory(first..<min(first + block, end)) { meter.add($0) }
      }
      if end == samples.count { meter.flush() }
      if meter.peak > best.peak { best = Reading(peak: meter.peak, frame: meter.peakFrame) }
    }
    return best
  }

  private func withHistory(_ range: Range<Int>, _ body: (UnsafeBufferPointer<Float>) -> Void) {
    let before = range.lowerBound - SamplePlanes.history
    let silence = [Float](repeating: 0, count: max(0, -before))
    (silence + samples[max(0, before)..<range.upperBound]).withUnsafeBufferPointer(body)
  }
}
