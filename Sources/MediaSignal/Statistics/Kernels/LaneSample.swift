internal import MediaRaw

/// A number as samples lie in memory, with the loops that are written for each kind.
protocol LaneSample: SignedNumeric, Comparable, Sendable, BitwiseCopyable {
  /// What a 1 of it amounts to where full scale is 1.
  static var step: Double { get }

  /// The samples of a channel.
  static func plane(_ channel: Int, of planes: SamplePlanes) -> UnsafeBufferPointer<Self>

  /// Extremes and sums; at most 2^16 samples.
  static func sums(_ samples: UnsafeBufferPointer<Self>) -> CellSums

  /// Extremes and sum of squares alone; at most 2^16 samples.
  static func extremes(_ samples: UnsafeBufferPointer<Self>) -> SoundEnvelope.Bucket

  /// The sum of the products of two channels; at most 2^16 samples, as many of each.
  static func products(
    _ first: UnsafeBufferPointer<Self>, _ second: UnsafeBufferPointer<Self>
  ) -> Double

  /// Changes of sign from sample to sample where 0 counts as positive; at most 2^15 samples.
  static func changes(_ samples: UnsafeBufferPointer<Self>) -> Int

  /// How many of so many samples are 0 and lie between two negative ones; nil where one is 0 and the
  /// next is too. A sample in front of them and one behind are looked at.
  static func loneRests(_ samples: UnsafePointer<Self>, _ count: Int) -> Int?

  /// Notes which bits are set.
  static func note(_ samples: UnsafeBufferPointer<Self>, in used: inout UsedBits)

  /// The samples whose magnitude does not exceed an amplitude.
  static func band(upTo amplitude: Double) -> ClosedRange<Self>

  /// The samples that are not clipped, of floating point.
  static var unclipped: ClosedRange<Self> { get }

  /// The sample as an amplitude.
  var amplitude: Double { get }
}

/// Extremes and sums of some samples of a channel, full scale being 1.
struct CellSums: Sendable, Equatable {
  var minimum = Double.infinity
  var maximum = -Double.infinity
  var sum = 0.0
  var sumOfSquares = 0.0

  /// The largest magnitude; −infinity of nothing.
  var peak: Double { max(maximum, -minimum) }

  /// Takes in the sums of other samples.
  mutating func add(_ other: CellSums) {
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    sum += other.sum
    sumOfSquares += other.sumOfSquares
  }
}

extension LaneSample where Self: FixedWidthInteger & SignedInteger {
  static func band(upTo amplitude: Double) -> ClosedRange<Self> {
    guard amplitude < 1 else { return .min ... .max }
    let bound = Self(Swift.max(0, amplitude) / step)
    return -bound...bound
  }

  static var unclipped: ClosedRange<Self> { (.min + 1)...(.max - 1) }

  var amplitude: Double { Double(self) * Self.step }
}

extension LaneSample {
  static func changes(_ samples: UnsafeBufferPointer<Self>) -> Int {
    var count: Int32 = 0
    for index in 1..<Swift.max(1, samples.count) {
      unsafe count &+= (samples[index] < 0) != (samples[index &- 1] < 0) ? 1 : 0
    }
    return Int(count)
  }

  @inline(__always)
  static func loneRests(_ samples: UnsafePointer<Self>, _ count: Int) -> Int? {
    var rests: Int32 = 0
    var pairs: Int32 = 0
    for index in 0..<count {
      let zero: Int32 = unsafe samples[index] == 0 ? 1 : 0
      let before: Int32 = unsafe samples[index &- 1] < 0 ? 1 : 0
      let after: Int32 = unsafe samples[index &+ 1] < 0 ? 1 : 0
      pairs |= unsafe zero & (samples[index &+ 1] == 0 ? 1 : 0)
      rests &+= zero & before & after
    }
    return pairs == 0 ? Int(rests) : nil
  }
}
