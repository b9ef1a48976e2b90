internal import CKernels

/// Interpolates five-fold by a filter of 12 taps a phase, and finds the largest magnitudes.
///
/// The filter of BS.1770-5 Annex 2, an example there, errs by up to 0.24 dB below 0.4 of the sampling
/// rate, and four-fold interpolation by 0.43 dB more where a peak lies in the middle: together that
/// is more than the 0.4 dB that Tech 3341 allows. This one, of the least largest error up to 0.4 of
/// the rate, errs by 0.1 dB and 0.28 dB for as many products a sample. It is used at every rate;
/// `TruePeakHalfPhase` joins it at some.
///
/// The phases are symmetric: that at 4/5 of a sample is that at 1/5 mirrored, and that at 3/5 is that
/// at 2/5. So with sums s and differences d of the samples equally far from the middle, both of a
/// pair are A + B and A − B where A = Σ even · s and B = Σ odd · d, and the larger magnitude of the two
/// is |A| + |B|. The phase at 0 is the sample itself.
enum TruePeakFilter {
  /// Samples in front of one that its interpolation needs.
  static let history = 11
  /// Samples that are interpolated at once.
  static let block = 256
  /// No interpolated magnitude is more than so many times the largest of the samples: the sum of the
  /// magnitudes of the coefficients, with room for rounding.
  static let bound: Float = 2.01

  /// Whether this processor has the faster kernel.
  static let hasAVX2 = ckernels_has_avx2()

  /// The largest magnitude of `count` samples.
  static func largestMagnitude(
    _ samples: UnsafePointer<Float>, count: Int, usesAVX2: Bool = false
  ) -> Float {
    if usesAVX2 { return unsafe ckernels_largest_magnitude_avx2(samples, count) }
    var largest: Int32 = 0
    for index in 0..<count { largest = max(largest, order(unsafe samples[index].magnitude)) }
    return Float(bitPattern: UInt32(bitPattern: largest))
  }

  /// A magnitude as the integer of the same bits: they are ordered alike, and of integers the
  /// compiler makes loops over vectors.
  @inline(__always)
  private static func order(_ magnitude: Float) -> Int32 {
    Int32(bitPattern: magnitude.bitPattern)
  }

  /// Where the magnitude `value` is first.
  static func firstIndex(of value: Float, in samples: UnsafePointer<Float>, count: Int) -> Int? {
    (0..<count).first { unsafe samples[$0].magnitude == value }
  }

  /// The largest magnitude between the samples, of what `count` samples (at most `block`) complete;
  /// `start` is that of the `history` samples in front of them.
  static func largest(_ start: UnsafePointer<Float>, count: Int, usesAVX2: Bool) -> Float {
    if usesAVX2 { return unsafe ckernels_true_peak_avx2(start, count) }
    return unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { values in
      guard let values = values.baseAddress else { return 0 }
      for index in 0..<count {
        let (first, second) = unsafe magnitudes(start + index)
        unsafe values[index] = order(first) > order(second) ? first : second
      }
      return unsafe largestMagnitude(values, count: count)
    }
  }

  /// The sample nearest to the first place of the magnitude `value` that `largest` gave, counted from
  /// the first after the history; negative within that.
  static func place(of value: Float, _ start: UnsafePointer<Float>, count: Int) -> Int {
    for index in 0..<count {
      let pairs = unsafe pairs(start + index)
      for pair in [pairs.0, pairs.1] where pair.a.magnitude + pair.b.magnitude == value {
        // The middle of 12 samples; A − B is the mirrored phase, nearer to the later sample.
        return index - 6 + ((pair.a < 0) == (pair.b < 0) ? 0 : 1)
      }
    }
    return 0
  }

  /// The larger magnitude of each pair of phases, that at 1/5 and 4/5 first.
  @inline(__always)
  private static func magnitudes(_ x: UnsafePointer<Float>) -> (Float, Float) {
    let pairs = unsafe pairs(x)
    return (pairs.0.a.magnitude + pairs.0.b.magnitude, pairs.1.a.magnitude + pairs.1.b.magnitude)
  }

  /// A and B of both pairs; in the order of the kernel in C, so that the sums round alike.
  @inline(__always)
  private static func pairs(
    _ x: UnsafePointer<Float>
  ) -> ((a: Float, b: Float), (a: Float, b: Float)) {
    unsafe (
      (
        -0.00857555 * sum(x, 0) + 0.01623305 * sum(x, 1) - 0.03145273 * sum(x, 2) + 0.05856033
          * sum(x, 3) - 0.11935522 * sum(x, 4) + 0.58459012 * sum(x, 5),
        -0.00040490 * difference(x, 0) + 0.00101556 * difference(x, 1) - 0.00260127
          * difference(x, 2) + 0.00690855 * difference(x, 3) - 0.02373402 * difference(x, 4)
          + 0.35060702 * difference(x, 5)
      ),
      (
        -0.01385637 * sum(x, 0) + 0.02618327 * sum(x, 1) - 0.05059702 * sum(x, 2) + 0.09360433
          * sum(x, 3) - 0.18635155 * sum(x, 4) + 0.63101732 * sum(x, 5),
        -0.00021801 * difference(x, 0) + 0.00054591 * difference(x, 1) - 0.00139456
          * difference(x, 2) + 0.00368016 * difference(x, 3) - 0.01234953 * difference(x, 4)
          + 0.12612416 * difference(x, 5)
      )
    )
  }

  @inline(__always)
  private static func sum(_ x: UnsafePointer<Float>, _ k: Int) -> Float {
    unsafe x[k] + x[11 - k]
  }

  @inline(__always)
  private static func difference(_ x: UnsafePointer<Float>, _ k: Int) -> Float {
    unsafe x[k] - x[11 - k]
  }
}
