/// The arithmetic of one component of the output, for rows of samples on its own grid: as plain as its
/// formula allows, and exact.
struct ComponentLoop: Sendable {
  /// A row of each of the components that take part, in the order of `inputs`.
  typealias Rows = [UnsafePointer<UInt16>]

  enum Method: Sendable {
    /// The same code everywhere.
    case constant(UInt16)
    /// The input's code.
    case copy
    /// A whole multiple and something added, with nothing to clip.
    case scale(UInt16, UInt16)
    /// Something added, then a shift, then the largest code.
    case shift(added: UInt32, count: UInt32)
    /// A result for every code.
    case table([UInt16])
    /// Sums of floating point, near enough to be exact; where `isCertain` is false, near a whole
    /// number they are not, and are done again with integers.
    case sums(FormulaSums)
  }

  let method: Method
  /// Numbers of the input's components that take part.
  let inputs: [Int]
  let formula: ColorFormula
  /// Whether thresholds take the place of halves.
  let dithers: Bool
  /// The largest code of the deepest input that takes part.
  private let inputMaximum: Int

  /// - Parameters:
  ///   - value: what the formula rounds.
  ///   - depth: of the output's component.
  ///   - inputDepths: of the input's components.
  ///   - dithers: whether thresholds take the place of halves.
  init(_ value: LinearSum, depth: Int, inputDepths: [Int], dithers: Bool) {
    formula = ColorFormula(value, depth: depth)
    inputs = formula.inputs
    self.dithers = dithers
    let depths = inputs.map { inputDepths[$0] }
    inputMaximum = 1 << (depths.max() ?? 0) - 1
    if inputs.isEmpty {
      method = .constant(UInt16(formula.code([])))
    } else if formula.copiedInput != nil, depths[0] == depth {
      method = .copy
    } else if !dithers, let simple = Self.simple(formula, inputs, depths) {
      method = simple
    } else {
      let sums = FormulaSums(value, depth: depth, inputs: inputs, depths: depths, dithers: dithers)
      method = .sums(sums)
    }
  }

  /// Whether each result is an input, or the same everywhere.
  var isCopy: Bool {
    switch method {
    case .constant, .copy: true
    case .scale, .shift, .table, .sums: false
    }
  }

  /// Whether a result can lie beyond the codes.
  var canClip: Bool {
    switch method {
    case .constant, .copy, .scale: false
    case .shift(let added, let count):
      (inputMaximum + Int(added)) >> Int(count) > formula.maximum
    case .table(let codes): unclippedRange(codes.count).count < codes.count
    case .sums: true
    }
  }

  /// The methods for one component alone.
  private static func simple(_ formula: ColorFormula, _ inputs: [Int], _ depths: [Int]) -> Method? {
    guard inputs.count == 1, let depth = depths.first, let input = inputs.first else { return nil }
    let factor = formula.factors[input]
    let top = factor * (1 << Int128(depth) - 1) + formula.constant
    let isWithin = factor > 0 && formula.constant >= 0
    if formula.divisor == 1, isWithin, top <= Int128(formula.maximum) {
      return .scale(UInt16(factor), UInt16(formula.constant))
    }
    let count = formula.divisor.trailingZeroBitCount
    if factor == 1, isWithin, formula.divisor == 1 << Int128(count), count < 16,
      formula.constant < formula.divisor
    {
      return .shift(added: UInt32(formula.constant), count: UInt32(count))
    }
    guard depth <= 12 else { return nil }
    let codes = ExactSum(formula, depths: depths)
    return .table((0..<1 << depth).map { UInt16(codes.code($0)) })
  }

  /// Makes a row.
  func run(
    _ rows: Rows, row: Int, count: Int, into results: UnsafeMutablePointer<UInt16>
  ) {
    switch method {
    case .constant(let code): unsafe results.update(repeating: code, count: count)
    case .copy: unsafe results.update(from: rows[0], count: count)
    case .scale(let factor, let added):
      let samples = unsafe rows[0]
      for i in 0..<count { unsafe results[i] = samples[i] &* factor &+ added }
    case .shift(let added, let shift):
      let samples = unsafe rows[0]
      let top = UInt32(formula.maximum)
      for i in 0..<count {
        unsafe results[i] = UInt16(
          truncatingIfNeeded: min((UInt32(samples[i]) &+ added) &>> shift, top))
      }
    case .table(let codes):
      let samples = unsafe rows[0]
      unsafe codes.withUnsafeBufferPointer { codes in
        // Readers of rows give no code beyond the depth.
        for i in 0..<count { unsafe results[i] = codes[Int(samples[i])] }
      }
    case .sums(let sums): unsafe sums.run(rows, row: row, count: count, into: results)
    }
  }

  /// How many results of a row are clipped.
  func clippedCount(_ rows: Rows, row: Int, count: Int) -> Int64 {
    switch method {
    case .constant, .copy, .scale: return 0
    case .shift(let added, let shift):
      let samples = unsafe rows[0]
      let top = UInt32(formula.maximum)
      var total: Int64 = 0
      for i in 0..<count where unsafe (UInt32(samples[i]) &+ added) &>> shift > top { total += 1 }
      return total
    case .table(let codes):
      let samples = unsafe rows[0]
      // Only the ends of the codes can be clipped.
      let range = unclippedRange(codes.count)
      var total: Int64 = 0
      for i in 0..<count where !range.contains(Int(unsafe samples[i])) { total += 1 }
      return total
    case .sums(let sums): return unsafe sums.clippedCount(rows, row: row, count: count)
    }
  }

  /// The codes of the only input, of so many, that need no clipping.
  private func unclippedRange(_ count: Int) -> Range<Int> {
    var samples = [Int](repeating: 0, count: formula.factors.count)
    func isUnclipped(_ code: Int) -> Bool {
      samples[inputs[0]] = code
      return (0...formula.maximum).contains(formula.unclipped(samples))
    }
    let first = (0..<count).first(where: isUnclipped) ?? count
    let last = (first..<count).last(where: isUnclipped) ?? first - 1
    return first..<last + 1
  }
}
