import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

/// Sound of tests: interleaved bytes and how to measure them.
struct Sound {
  var plan: SoundPlan
  var bytes: [UInt8] = []

  init(
    _ sampleFormat: SampleFormat, sampleRate: Int = 48_000, channelCount: Int = 1,
    _ edit: (inout SoundPlan) -> Void = { _ in }
  ) throws {
    let format = try #require(
      PCMFormat(sampleFormat: sampleFormat, sampleRate: sampleRate, channelCount: channelCount))
    plan = SoundPlan(format: format, loudnessWeights: Array(repeating: 1, count: channelCount))
    plan.measuresLoudness = false
    plan.measuresTruePeak = false
    edit(&plan)
  }

  var frameCount: Int { bytes.count / plan.format.blockAlign }

  /// Little-endian integers or floating point, frame after frame.
  mutating func append<Value>(_ values: [Value]) {
    for value in values { withUnsafeBytes(of: value) { bytes += $0 } }
  }

  /// Appends an amplitude in the nearest code, clipped where that is an integer.
  mutating func append(_ amplitude: Double, as sampleFormat: SampleFormat) {
    switch sampleFormat {
    case .f32le: append([Float(amplitude)])
    case .f64le: append([amplitude])
    default:
      let fullScale = Double(UInt64(1) << UInt64(sampleFormat.bitsPerSample - 1))
      let code = Int64(max(-fullScale, min(fullScale - 1, (amplitude * fullScale).rounded())))
      let stored = sampleFormat == .u8 ? code + 128 : code
      for byte in 0..<sampleFormat.byteCount {
        bytes.append(UInt8(truncatingIfNeeded: stored >> (byte * 8)))
      }
    }
  }

  /// Measures it in chunks that end at `cuts`, ascending, and at its end.
  func measure(
    cuts: [Int] = [], onWindow: @escaping (SoundWindow) -> Void = { _ in },
    onLoudness: @escaping (Int64, Double?, Double?) -> Void = { _, _, _ in }
  ) throws -> SoundMeasurement {
    let chunks = SoundChunkMeter(plan)
    var meter = SoundMeter(plan)
    meter.onWindow = onWindow
    meter.onLoudness = onLoudness
    var start = 0
    let align = plan.format.blockAlign
    for end in cuts + [frameCount] {
      let settling = min(start, plan.settlingFrames)
      let chunk = bytes.withUnsafeBytes { bytes in
        chunks.measure(
          UnsafeRawBufferPointer(rebasing: bytes[(start - settling) * align..<end * align]),
          settling: settling, firstFrame: Int64(start))
      }
      try meter.append(chunk)
      start = end
    }
    return try meter.finish()
  }
}

/// What is said of some samples by the definitions, sample by sample.
struct Defined {
  var peak = 0.0
  var rms = 0.0
  var dcOffset = 0.0
  var zeroCrossings = 0

  init(_ samples: [Double]) {
    var last = 0.0
    for sample in samples {
      peak = max(peak, abs(sample))
      rms += sample * sample
      dcOffset += sample
      guard sample != 0 else { continue }
      if last * sample < 0 { zeroCrossings += 1 }
      last = sample < 0 ? -1 : 1
    }
    rms = (rms / Double(samples.count)).squareRoot()
    dcOffset /= Double(samples.count)
  }
}

func isClose(_ one: Double, _ other: Double, _ tolerance: Double = 1e-12) -> Bool {
  abs(one - other) <= tolerance * max(abs(one), abs(other), 1e-3)
}
