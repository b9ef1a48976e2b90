internal import CKernels

/// Interpolates half way between samples by a filter of 24 taps, and finds the largest magnitudes.
///
/// From 96 kHz on the phases of `TruePeakFilter`, which keep to 0.4 of the sampling rate, are joined by
/// this one, of the least largest error (0.04 dB) up to 0.44 of it: meters after BS.1770-5 interpolate
/// but two-fold there, by longer filters, and so find more in noise and in clipped sound, whose peaks
/// lie half way. At 192 kHz and above they interpolate no more, and it is left out.
enum TruePeakHalfPhase {
  /// Sampling rates where it is used.
  static let rates = 96_000..<192_000
  /// Samples in front of one that its interpolation needs.
  static let history = 23
  /// No interpolated magnitude is more than so many times the largest of the samples.
  static let bound: Float = 2.42

  /// The largest magnitude half way between samples, of what `count` samples (at most
  /// `TruePeakFilter.block`) complete; `start` is that of the `history` samples in front of them.
  static func largest(_ start: UnsafePointer<Float>, count: Int, usesAVX2: Bool) -> Float {
    if usesAVX2 { return unsafe ckernels_half_peak_avx2(start, count) }
    return unsafe withUnsafeTemporaryAllocation(
      of: Float.self, capacity: TruePeakFilter.block
    ) { values in
      guard let values = values.baseAddress else { return 0 }
      for index in 0..<count { unsafe values[index] = value(start + index) }
      return unsafe TruePeakFilter.largestMagnitude(values, count: count)
    }
  }

  /// The sample before the first place of the magnitude `value` that `largest` gave, counted from the
  /// first after the history; negative within that.
  static func place(of value: Float, _ start: UnsafePointer<Float>, count: Int) -> Int {
    let index = (0..<count).first { unsafe self.value(start + $0).magnitude == value }
    return index.map { $0 - 12 } ?? 0
  }

  /// In the order of the kernel in C, so that the sum rounds alike.
  @inline(__always)
  private static func value(_ x: UnsafePointer<Float>) -> Float {
    let outer = unsafe -0.00424075 * sum(x, 0) + 0.00539541 * sum(x, 1) - 0.00868711 * sum(x, 2)
    let next = unsafe outer + 0.01320020 * sum(x, 3) - 0.01928123 * sum(x, 4)
    let middle = unsafe next + 0.02744094 * sum(x, 5) - 0.03851872 * sum(x, 6)
    let inner = unsafe middle + 0.05407306 * sum(x, 7) - 0.07744530 * sum(x, 8)
    return unsafe inner + 0.11737957 * sum(x, 9) - 0.20611601 * sum(x, 10)
      + 0.63456858 * sum(x, 11)
  }

  @inline(__always)
  private static func sum(_ x: UnsafePointer<Float>, _ k: Int) -> Float {
    unsafe x[k] + x[23 - k]
  }
}
