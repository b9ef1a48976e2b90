internal import CKernels

/// A formula in floating point, exact on every value.
///
/// A value that the formula rounds down is a whole multiple of one over the divisor. Half of that is
/// added, so that no value is nearer than it to a whole number, below or above; where that is more
/// than floating point can err, nothing else is needed. Else values nearer than the possible error are
/// done again with integers.
struct FormulaSums: Sendable {
  /// One, or for dithering one for every row of the thresholds.
  private let sums: [ckernels_formula]
  /// What settles doubtful values: of the same shape, one for every threshold in a row of them.
  private let exact: [[ExactSum]]
  /// How many inputs take part: 1 to 3.
  private let inputCount: Int
  private let maximum: Int

  init(
    _ value: LinearSum, depth: Int, inputs: [Int], depths: [Int], dithers: Bool,
    avoidsAVX2: Bool = false
  ) {
    let rows =
      dithers ? BayerMatrix.rows : [[Fraction](repeating: Fraction(1, 2), count: 1)]
    let formulas = rows.map { row in
      row.map { ColorFormula(value, depth: depth, threshold: $0) }
    }
    sums = formulas.map { row in
      var sums = Self.sums(row, inputs, depths)
      sums.avoids_avx2 = avoidsAVX2
      return sums
    }
    exact = formulas.map { row in row.map { ExactSum($0, depths: depths) } }
    inputCount = inputs.count
    maximum = 1 << depth - 1
  }

  private static func sums(
    _ formulas: [ColorFormula], _ inputs: [Int], _ depths: [Int]
  ) -> ckernels_formula {
    var sums = ckernels_formula()
    var factors = [0.0, 0.0, 0.0]
    var constants: [Double] = []
    for formula in formulas {
      let divisor = Double(formula.divisor)
      var size = abs(Double(formula.constant) + 0.5) / divisor + 1
      for (place, input) in inputs.enumerated() {
        factors[place] = Double(formula.factors[input]) / divisor
        size += abs(factors[place]) * Double(1 << depths[place])
      }
      constants.append((Double(formula.constant) + 0.5) / divisor)
      // Each of the factors, products and sums errs by at most 2^-53 of the size, and conversions
      // of numbers beyond 2^53 by as much again: 16 of these are more than all together.
      let error = size * 0x1p-49
      sums.maximum = Double(formula.maximum)
      if error * divisor >= 0.5 { sums.doubt = max(sums.doubt, 2 * error) }
    }
    sums.factors = (factors[0], factors[1], factors[2])
    func constant(_ index: Int) -> Double { constants[index % constants.count] }
    sums.constants = (
      constant(0), constant(1), constant(2), constant(3), constant(4), constant(5), constant(6),
      constant(7)
    )
    return sums
  }

  func run(
    _ rows: ComponentLoop.Rows, row: Int, count: Int, into results: UnsafeMutablePointer<UInt16>
  ) {
    let (a, b, c) = unsafe three(rows)
    let doubtful = unsafe withUnsafePointer(to: sums[row % sums.count]) { sums in
      unsafe ckernels_formula_apply(sums, a, b, c, count, results)
    }
    guard doubtful > 0 else { return }
    let exact = exact[row % exact.count]
    for i in 0..<count {
      let code = unsafe exact[i % exact.count].code(Int(a[i]), Int(b[i]), Int(c[i]))
      unsafe results[i] = UInt16(code)
    }
  }

  func clippedCount(_ rows: ComponentLoop.Rows, row: Int, count: Int) -> Int64 {
    let (a, b, c) = unsafe three(rows)
    let sums = sums[row % sums.count]
    if sums.doubt == 0 {
      return unsafe withUnsafePointer(to: sums) { sums in
        Int64(unsafe ckernels_formula_clipped(sums, a, b, c, count))
      }
    }
    let exact = exact[row % exact.count]
    var total: Int64 = 0
    for i in 0..<count {
      let code = unsafe exact[i % exact.count].unclipped(Int(a[i]), Int(b[i]), Int(c[i]))
      if !(0...maximum).contains(code) { total += 1 }
    }
    return total
  }

  /// Rows for three inputs; those that take no part have factors of zero.
  private func three(
    _ rows: ComponentLoop.Rows
  ) -> (UnsafePointer<UInt16>, UnsafePointer<UInt16>, UnsafePointer<UInt16>) {
    unsafe (rows[0], rows[min(1, inputCount - 1)], rows[inputCount - 1])
  }
}

/// Thresholds for ordered dithering, eight by eight, after Bayer.
enum BayerMatrix {
  /// (2t + 1) / 128 for t from 0 to 63, each once.
  static let rows: [[Fraction]] = (0..<8).map { y in
    (0..<8).map { x in Fraction(Int128(2 * rank(x: x, y: y) + 1), 128) }
  }

  /// Bits of x ^ y and y by turns, the lowest first as the highest.
  static func rank(x: Int, y: Int) -> Int {
    var rank = 0
    for bit in 0..<3 {
      rank = rank << 2 | ((x ^ y) >> bit & 1) << 1 | y >> bit & 1
    }
    return rank
  }
}
