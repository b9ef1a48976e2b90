internal import CKernels
internal import MediaRaw

/// Extremes and sums of 16-bit samples.
struct IntegerSums: Equatable {
  var low: Int16
  var high: Int16
  var sum: Int32
  var squares: UInt64
}

// Sums of 16 bits are exact: 2^16 samples of 2^15 fit 32 bits, their squares 46.
extension Int16: LaneSample {
  static let step = 1.0 / 32768
  private static let hasAVX2 = ckernels_has_avx2()

  static func plane(_ channel: Int, of planes: SamplePlanes) -> UnsafeBufferPointer<Int16> {
    unsafe planes.int16s(channel)
  }

  static func sums(_ samples: UnsafeBufferPointer<Int16>) -> CellSums {
    guard !samples.isEmpty else { return CellSums() }
    let sums = unsafe integerSums(samples, isPortable: !hasAVX2)
    return CellSums(
      minimum: sums.low.amplitude, maximum: sums.high.amplitude, sum: Double(sums.sum) * step,
      sumOfSquares: Double(sums.squares) * (step * step))
  }

  static func extremes(_ samples: UnsafeBufferPointer<Int16>) -> SoundEnvelope.Bucket {
    let sums = unsafe integerSums(samples, isPortable: !hasAVX2)
    return SoundEnvelope.Bucket(
      minimum: Float(sums.low.amplitude), maximum: Float(sums.high.amplitude),
      sumOfSquares: Double(sums.squares) * (step * step))
  }

  static func products(
    _ first: UnsafeBufferPointer<Int16>, _ second: UnsafeBufferPointer<Int16>
  ) -> Double {
    Double(unsafe integerProducts(first, second, isPortable: !hasAVX2)) * (step * step)
  }

  static func changes(_ samples: UnsafeBufferPointer<Int16>) -> Int {
    var count: UInt16 = 0
    for index in 1..<Swift.max(1, samples.count) {
      unsafe count &+= UInt16(bitPattern: samples[index] ^ samples[index &- 1]) >> 15
    }
    return Int(count)
  }

  @inline(__always)
  static func loneRests(_ samples: UnsafePointer<Int16>, _ count: Int) -> Int? {
    var rests: Int16 = 0
    var pairs: Int16 = 0
    for index in 0..<count {
      let zero: Int16 = unsafe samples[index] == 0 ? -1 : 0
      let areNegative = unsafe (samples[index &- 1] & samples[index &+ 1]) >> 15
      pairs |= unsafe samples[index] | samples[index &+ 1] == 0 ? -1 : 0
      rests &-= zero & areNegative
    }
    return pairs == 0 ? Int(rests) : nil
  }

  /// Extremes and sums in units of the lane; of at least one sample.
  static func integerSums(
    _ samples: UnsafeBufferPointer<Int16>, isPortable: Bool
  ) -> IntegerSums {
    if !isPortable, let start = samples.baseAddress {
      var sums = ckernels_int16_sums()
      unsafe ckernels_int16_sums_avx2(start, samples.count, &sums)
      return IntegerSums(low: sums.low, high: sums.high, sum: sums.sum, squares: sums.squares)
    }
    var result = IntegerSums(low: .max, high: .min, sum: 0, squares: 0)
    for index in samples.indices {
      let sample = unsafe samples[index]
      result.low = Swift.min(result.low, sample)
      result.high = Swift.max(result.high, sample)
    }
    for index in samples.indices { unsafe result.sum &+= Int32(samples[index]) }
    for index in samples.indices {
      let wide = unsafe Int32(samples[index])
      result.squares &+= UInt64(UInt32(bitPattern: wide &* wide))
    }
    return result
  }

  /// The sum of the products in units of the lane.
  static func integerProducts(
    _ first: UnsafeBufferPointer<Int16>, _ second: UnsafeBufferPointer<Int16>, isPortable: Bool
  ) -> Int64 {
    let count = Swift.min(first.count, second.count)
    if !isPortable, let one = first.baseAddress, let other = second.baseAddress {
      return unsafe ckernels_int16_products_avx2(one, other, count)
    }
    // A bias of 2^30 makes each product a number without sign, which is cheaper to widen.
    var biased: UInt64 = 0
    for index in 0..<count {
      let product = unsafe Int32(first[index]) &* Int32(second[index])
      biased &+= UInt64(UInt32(bitPattern: product &+ 1 << 30))
    }
    return Int64(bitPattern: biased) &- Int64(count) << 30
  }
}
