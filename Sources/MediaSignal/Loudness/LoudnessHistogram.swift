internal import CKernels

/// Loudness of blocks, gated at −70 LUFS, in memory that does not grow with their number.
///
/// Blocks are counted by loudness, in bins of 0.01 LU, and each bin also sums their energies. So the
/// mean of all blocks from a bin on is exact; only where the relative gate cuts through a bin do its
/// blocks go or stay together, and a percentile is the mean of its bin.
struct LoudnessHistogram: Sendable {
  private struct Bin: Sendable {
    var count: Int64 = 0
    var energy = 0.0

    var mean: Double { count > 0 ? energy / Double(count) : 0 }
  }

  static let absoluteGate = -70.0
  /// Nothing below has a loudness, LUFS.
  ///
  /// It is less than the noise of rounding to 24 bits (−149 dBFS), so no sound but what is left of
  /// one: the filters ring on in the digital silence behind it, down by 200 dB each 100 ms.
  static let floor = -150.0
  private static let binsPerUnit = 100.0
  /// Up to +130 LUFS, which floating point at the scale of 24-bit integers does not exceed; the
  /// last bin takes what is louder still.
  private static let binCount = 20000

  private var bins = [Bin](repeating: Bin(), count: Self.binCount)
  private var total = Bin()

  /// Takes a block of the mean square `energy`, unless the absolute gate is closed to it.
  mutating func add(energy: Double) {
    guard let loudness = Self.loudness(energy), loudness > Self.absoluteGate else { return }
    let index = Self.index(loudness)
    bins[index].count += 1
    bins[index].energy += energy
    total.count += 1
    total.energy += energy
  }

  /// The relative gate: so many LU below the mean of all blocks; nil where there are none.
  func gate(below distance: Double) -> Double? {
    total.count == 0 ? nil : Self.loudness(total.mean).map { $0 - distance }
  }

  /// The loudness of the mean of all blocks above a gate, LUFS.
  func mean(above gate: Double) -> Double? {
    var sum = Bin()
    for index in firstBin(above: gate)..<Self.binCount {
      sum.count += bins[index].count
      sum.energy += bins[index].energy
    }
    return sum.count == 0 ? nil : Self.loudness(sum.mean)
  }

  /// Percentiles (0 to 1) of the loudness of all blocks above a gate, LUFS.
  ///
  /// That is the block of the rank 1 + (n − 1) p, rounded, as the code in Tech 3342 has it.
  func percentiles(_ fractions: [Double], above gate: Double) -> [Double]? {
    let first = firstBin(above: gate)
    let count = bins[first...].reduce(0) { $0 + $1.count }
    guard count > 0 else { return nil }
    return fractions.compactMap { fraction in
      var left = Int64((Double(count - 1) * fraction).rounded())
      for bin in bins[first...] where bin.count > 0 {
        if left < bin.count { return Self.loudness(bin.mean) }
        left -= bin.count
      }
      return nil
    }
  }

  /// The loudness of a mean square, LUFS (BS.1770-5 Annex 1, formula 2); nil below `floor`.
  static func loudness(_ energy: Double) -> Double? {
    guard energy > 0 else { return nil }
    let loudness = -0.691 + 10 * ckernels_log10(energy)
    return loudness >= floor ? loudness : nil
  }

  private func firstBin(above gate: Double) -> Int {
    guard gate > Self.absoluteGate else { return 0 }
    let index = Self.index(gate)
    guard let mean = Self.loudness(bins[index].mean), mean >= gate else {
      return min(index + 1, Self.binCount - 1)
    }
    return index
  }

  private static func index(_ loudness: Double) -> Int {
    Int(min(max((loudness - absoluteGate) * binsPerUnit, 0), Double(binCount - 1)))
  }
}
