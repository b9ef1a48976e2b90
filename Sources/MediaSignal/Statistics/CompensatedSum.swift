/// A sum that keeps what rounding takes from it (Neumaier), so that hours of sound lose nothing and
/// its value hardly depends on the order of the parts.
struct CompensatedSum: Sendable {
  private var sum = 0.0
  private var lost = 0.0

  /// The sum.
  var value: Double { sum + lost }

  /// Adds a part.
  mutating func add(_ part: Double) {
    let next = sum + part
    lost += sum.magnitude >= part.magnitude ? (sum - next) + part : (part - next) + sum
    sum = next
  }

  /// Adds all parts of another sum.
  mutating func add(_ other: CompensatedSum) {
    add(other.sum)
    lost += other.lost
  }
}
