/// Which bits of samples are ever set, as integers of 32 bits would hold them.
struct UsedBits: Sendable, Equatable {
  /// All samples so far, or-ed, shifted up to fill 32 bits.
  var bits: UInt32 = 0
  /// Whether integers of 32 bits hold all samples so far.
  var isInteger = true

  /// Takes in other samples.
  mutating func add(_ other: UsedBits) {
    bits |= other.bits
    isInteger = isInteger && other.isInteger
  }

  /// The width less the low bits that are never set; nil where integers of 32 bits do not suffice.
  var count: Int? { isInteger ? 32 - min(32, bits.trailingZeroBitCount) : nil }
}

// The loops of each lane.
extension Int16 {
  static func note(_ samples: UnsafeBufferPointer<Int16>, in used: inout UsedBits) {
    var bits: Int16 = 0
    for index in samples.indices { unsafe bits |= samples[index] }
    used.bits |= UInt32(UInt16(bitPattern: bits)) << 16
  }
}

extension Int32 {
  static func note(_ samples: UnsafeBufferPointer<Int32>, in used: inout UsedBits) {
    var bits: Int32 = 0
    for index in samples.indices { unsafe bits |= samples[index] }
    used.bits |= UInt32(bitPattern: bits)
  }
}

extension LaneSample where Self: BinaryFloatingPoint {
  // Most sound in floating point was never integers, and shows it in the first block.
  static func note(_ samples: UnsafeBufferPointer<Self>, in used: inout UsedBits) {
    guard used.isInteger else { return }
    // Adding 1.5 × 2^21 to a Double rounds it to multiples of 2^-31, which then are the low bits.
    let magnet = 3_145_728.0
    var bits: UInt64 = 0
    var lost: UInt64 = 0
    for index in samples.indices {
      let sample = unsafe samples[index].amplitude
      let moved = sample + magnet
      bits |= moved.bitPattern
      lost |= moved - magnet == sample && sample >= -1 && sample < 1 ? 0 : 1
    }
    used.bits |= UInt32(truncatingIfNeeded: bits)
    used.isInteger = lost == 0
  }
}
