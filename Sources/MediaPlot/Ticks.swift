/// The marked values of an axis: whole multiples of a step a person counts in.
///
/// The step is `mantissa` times ten to the power of `exponent`, kept as integers so that a label is
/// exact: 3 times 0.1 is written 0.3.
struct Ticks: Equatable {
  var mantissa: Int
  var exponent: Int
  /// The multiples of the step at or inside both ends.
  var indices: ClosedRange<Int>

  /// The largest magnitude an axis shows; also keeps every product below within `Int`.
  static let limit = 1e15

  var step: Double { Self.scaled(Double(mantissa), by: exponent) }

  func value(_ index: Int) -> Double { Self.scaled(Double(index * mantissa), by: exponent) }

  /// Ticks that enclose `range`, or with `inside` those that fall within it.
  ///
  /// About `count` of them; for a range as `Extent` gives it, wider than a millionth of its values.
  init(over range: ClosedRange<Double>, count: Int, scale: Chart.Scale, inside: Bool = false) {
    let wanted = (range.upperBound - range.lowerBound) / Double(max(count, 1))
    (mantissa, exponent) = Self.niceStep(atLeast: wanted, scale: scale)
    let step = Self.scaled(Double(mantissa), by: exponent)
    let low = range.lowerBound / step
    let high = range.upperBound / step
    // A little give, so that 0.3 / 0.1 counts as 3.
    let give = 1e-6
    if inside {
      let first = Int((low - give).rounded(.up))
      indices = first...max(first, Int((high + give).rounded(.down)))
    } else {
      let first = Int((low + give).rounded(.down))
      indices = first...max(first + 1, Int((high - give).rounded(.up)))
    }
  }

  /// The smallest step of 1, 2 or 5 times a power of ten that is not below `wanted`.
  ///
  /// Time above ten seconds counts in the parts of a minute, an hour and a day instead.
  static func niceStep(atLeast wanted: Double, scale: Chart.Scale) -> (Int, Int) {
    if scale == .time, wanted > 10 {
      let clock = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200]
      if let seconds = clock.first(where: { Double($0) >= wanted }) { return (seconds, 0) }
      let (days, exponent) = niceStep(atLeast: wanted / 86400, scale: .plain)
      return exponent < 0 ? (86400, 0) : (days * 86400, exponent)
    }
    var exponent = 0
    while scaled(1, by: exponent) > wanted, exponent > -12 { exponent -= 1 }
    while scaled(10, by: exponent) <= wanted, exponent < 15 { exponent += 1 }
    for mantissa in [1, 2, 5] where scaled(Double(mantissa), by: exponent) >= wanted {
      return (mantissa, exponent)
    }
    return (1, exponent + 1)
  }

  /// `value` times ten to the power of `exponent`, rounded once.
  static func scaled(_ value: Double, by exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<abs(exponent) { power *= 10 }
    return exponent < 0 ? value / power : value * power
  }
}

extension Ticks {
  /// The label of each tick, from the lowest.
  func labels(scale: Chart.Scale) -> [String] {
    let largest = max(abs(value(indices.lowerBound)), abs(value(indices.upperBound)))
    return indices.map { index in
      switch scale {
      case .plain:
        return decimal(index * mantissa, exponent: exponent)
      case .metric:
        let (power, prefix) = metricPrefix(of: largest)
        return index == 0 ? "0" : decimal(index * mantissa, exponent: exponent - power) + prefix
      case .time:
        return time(index, largest: largest)
      }
    }
  }

  /// What an axis of time is to be called, so that its labels are understood.
  var timeAxisName: String {
    let largest = abs(value(indices.upperBound))
    return largest >= 3600 ? "time (h:mm:ss)" : largest >= 60 ? "time (m:ss)" : "time"
  }

  /// A time of the axis: all its labels take the form that the largest one needs.
  private func time(_ index: Int, largest: Double) -> String {
    guard largest >= 60 else {
      let (power, unit) = largest < 1e-3 ? (6, "µs") : largest < 0.1 ? (3, "ms") : (0, "s")
      return decimal(index * mantissa, exponent: exponent + power) + " " + unit
    }
    // Whole seconds and, where the step is finer, the fraction as the digits that follow them.
    var unit = 1
    for _ in 0..<max(0, -exponent) { unit *= 10 }
    var ticks = abs(index) * mantissa
    for _ in 0..<max(0, exponent) { ticks *= 10 }
    let seconds = ticks / unit
    let fraction = decimal(ticks % unit, exponent: -max(0, -exponent)).dropFirst()
    let sign = index < 0 ? "-" : ""
    let minutes = seconds / 60 % 60
    let clock =
      largest >= 3600
      ? "\(seconds / 3600):\(twoDigits(minutes)):\(twoDigits(seconds % 60))"
      : "\(minutes):\(twoDigits(seconds % 60))"
    return sign + clock + fraction
  }
}

/// The lowest and highest of some values, grown to a range that can be divided into ticks.
struct Extent {
  private(set) var lowest = Double.infinity
  private(set) var highest = -Double.infinity

  mutating func include(_ value: Double) {
    lowest = min(lowest, value)
    highest = max(highest, value)
  }

  var isEmpty: Bool { lowest > highest }

  /// The range, or `0...1` of nothing.
  ///
  /// It is never narrower than a millionth of its values, so ticks stay far apart from rounding.
  var range: ClosedRange<Double> {
    guard !isEmpty else { return 0...1 }
    let least = max(1e-6, 1e-6 * max(abs(lowest), abs(highest)))
    guard highest - lowest < least else { return lowest...highest }
    // A single small value: a unit around it is easier to read than a millionth.
    let pad = abs(highest) < 1e5 ? 1 : least
    return lowest >= 0 && lowest < pad ? 0...(lowest + pad) : (lowest - pad)...(highest + pad)
  }
}
