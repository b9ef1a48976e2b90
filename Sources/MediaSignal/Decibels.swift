internal import CKernels

/// Ratios as decibels.
public enum Decibels {
  /// 20 log10 of a ratio of amplitudes; nil for 0, which has none.
  public static func ofAmplitude(_ ratio: Double) -> Double? {
    ratio > 0 ? 20 * ckernels_log10(ratio) : nil
  }

  /// 10 log10 of a ratio of powers; nil for 0, which has none.
  public static func ofPower(_ ratio: Double) -> Double? {
    ratio > 0 ? 10 * ckernels_log10(ratio) : nil
  }

  /// The ratio of amplitudes that so many decibels are.
  public static func amplitude(_ decibels: Double) -> Double { ckernels_pow(10, decibels / 20) }
}
