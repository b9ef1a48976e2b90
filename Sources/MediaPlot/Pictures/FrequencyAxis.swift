internal import CKernels

/// Frequencies along the height of a panel.
struct FrequencyAxis {
  /// The frequency of the lower edge: 0 unless logarithmic.
  let lowest: Double
  /// The frequency of the upper edge.
  let highest: Double
  private let isLogarithmic: Bool

  init(highest: Double, scale: SpectrogramPicture.Scale) {
    self.highest = highest.isFinite ? min(max(highest, 0.5), 1e9) : 0.5
    // A sound of very low rate has no 20 Hz to begin with.
    isLogarithmic = scale == .logarithmic
    lowest = isLogarithmic ? min(20, self.highest / 100) : 0
  }

  /// Where a frequency stands: 0 at the lower edge, 1 at the upper one.
  func share(of frequency: Double) -> Double {
    guard isLogarithmic else { return frequency / highest }
    return ckernels_log10(max(frequency, lowest) / lowest) / ckernels_log10(highest / lowest)
  }

  /// The frequency at a share of the height.
  func frequency(at share: Double) -> Double {
    guard isLogarithmic else { return share * highest }
    return lowest * ckernels_pow(10, share * ckernels_log10(highest / lowest))
  }

  /// Frequencies to mark, from the lowest, with their labels.
  func marks(height: Double) -> [(frequency: Double, label: String)] {
    let values: [Double]
    if isLogarithmic {
      values = (-1...9).flatMap { exponent in
        [1.0, 2, 5].map { Ticks.scaled($0, by: exponent) }
      }
      .filter { $0 >= lowest && $0 <= highest }
    } else {
      let ticks = Ticks(
        over: 0...highest, count: max(2, Int(height / 40)), scale: .plain, inside: true)
      values = ticks.indices.map(ticks.value)
    }
    // Evenly spaced ones all take the unit that the highest needs.
    return values.map { value in
      let deciding = isLogarithmic ? value : value == 0 ? 0 : highest / 2
      let (power, unit) = deciding >= 1e6 ? (6, "MHz") : deciding >= 1000 ? (3, "kHz") : (0, "Hz")
      return (value, number(Ticks.scaled(value, by: -power)) + " " + unit)
    }
  }
}
