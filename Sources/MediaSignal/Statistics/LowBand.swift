internal import CKernels
internal import MediaRaw

/// Measures the power below 120 Hz of the channels of a chunk, to tell which of them carries bass
/// alone.
///
/// Samples are averaged in groups first, which are counted from the first frame of the sound: what
/// that folds down to the bass is far below what is to be told apart, and it saves most of the work.
struct LowBand: Sendable {
  static let cornerFrequency = 120.0

  private struct Filter: Sendable {
    var first = 0.0
    var second = 0.0
    var group = 0.0
    var power = CompensatedSum()
  }

  private let groupFrames: Int
  private let b0: Double
  private let a1: Double
  private let a2: Double
  private var filters: [Filter]

  /// A measure of so many channels; nil where the sampling rate is too low for it to mean anything.
  init?(sampleRate: Int, channelCount: Int) {
    guard sampleRate >= 1000 else { return nil }
    groupFrames = max(1, sampleRate / 4800)
    let rate = Double(sampleRate) / Double(groupFrames)
    // Butterworth's low-pass of second order under the bilinear transform.
    let k = ckernels_tan(Double.pi * Self.cornerFrequency / rate)
    let scale = 1 / (1 + 2.0.squareRoot() * k + k * k)
    b0 = k * k * scale
    a1 = 2 * (k * k - 1) * scale
    a2 = (1 - 2.0.squareRoot() * k + k * k) * scale
    filters = Array(repeating: Filter(), count: channelCount)
  }

  /// The sum of the squares of the filtered samples, of a channel.
  func sumOfSquares(_ channel: Int) -> CompensatedSum { filters[channel].power }

  /// Lets the filters see what comes in front of the chunk.
  mutating func settle(_ planes: SamplePlanes, firstFrame: Int64) {
    add(planes, firstFrame: firstFrame)
    for channel in filters.indices { filters[channel].power = CompensatedSum() }
  }

  /// Takes the next block of the chunk.
  mutating func add(_ planes: SamplePlanes, firstFrame: Int64) {
    for channel in filters.indices {
      unsafe add(planes.floats(channel), channel, firstFrame: firstFrame)
    }
  }

  private mutating func add(
    _ samples: UnsafeBufferPointer<Float>, _ channel: Int, firstFrame: Int64
  ) {
    var filter = filters[channel]
    var power = 0.0
    var left = groupFrames - Int(firstFrame % Int64(groupFrames))
    for index in samples.indices {
      unsafe filter.group += Double(samples[index])
      left &-= 1
      guard left == 0 else { continue }
      let output = step(filter.group / Double(groupFrames), &filter)
      power += output * output
      filter.group = 0
      left = groupFrames
    }
    filter.power.add(power * Double(groupFrames))
    filters[channel] = filter
  }

  @inline(__always)
  private func step(_ sample: Double, _ filter: inout Filter) -> Double {
    let input = b0 * sample
    let output = input + filter.first
    filter.first = 2 * input - a1 * output + filter.second
    filter.second = input - a2 * output
    return output
  }
}
