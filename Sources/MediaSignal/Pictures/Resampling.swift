internal import MediaRaw

/// How the samples of one of the input's components come onto the grid of one of the output's.
struct Resampling: Hashable, Sendable {
  /// What happens along rows, or along columns.
  ///
  /// Shifts are the powers of two by which the grids differ.
  enum Axis: Hashable, Sendable {
    case same
    /// The input is coarser: its sample that covers the place.
    case repeated(shift: Int)
    /// The input is coarser: between samples by their distance.
    case interpolated(shift: Int)
    /// The input is finer: all samples covered, alike.
    case mean(shift: Int)
  }

  /// One or two rows of the input and their weights, which add up to a power of two.
  struct Rows: Hashable {
    var first: Int
    var second: Int
    /// Both 0 where `first` is taken alone.
    var firstWeight: UInt32 = 0
    var secondWeight: UInt32 = 0
  }

  let horizontal: Axis
  let vertical: Axis
  let inputWidth: Int
  let inputRowCount: Int
  let outputWidth: Int
  let outputRowCount: Int
  let siting: ChromaSiting
  let isInterlaced: Bool

  /// From a component of the conversion's input to one of its output.
  init(_ conversion: PictureConversion, from input: Int, to output: Int) {
    let (source, target) = (conversion.input.layout, conversion.output.layout)
    let from = source.format.shifts(input)
    let to = target.format.shifts(output)
    func axis(_ from: Int, _ to: Int) -> Axis {
      if from < to { return .mean(shift: to - from) }
      if from == to { return .same }
      return conversion.chromaFilter == .nearest
        ? .repeated(shift: from - to) : .interpolated(shift: from - to)
    }
    horizontal = axis(from.horizontalShift, to.horizontalShift)
    vertical = axis(from.verticalShift, to.verticalShift)
    inputWidth = source.format.sampleCount(component: input, width: source.width)
    inputRowCount = source.format.rowCount(component: input, height: source.height)
    outputWidth = target.format.sampleCount(component: output, width: target.width)
    outputRowCount = target.format.rowCount(component: output, height: target.height)
    siting = conversion.siting
    isInterlaced = conversion.isInterlaced
  }

  var isIdentity: Bool { horizontal == .same && vertical == .same }

  /// The rows that make up a row of the output's grid.
  func rows(for row: Int) -> Rows {
    switch vertical {
    case .same: Rows(first: row, second: row)
    case .repeated: Rows(first: covering(row), second: covering(row))
    case .mean: covered(by: row)
    case .interpolated: around(row)
    }
  }

  // MARK: Rows of chroma

  /// Whether the last two lines share a row of chroma although they belong to different fields: their
  /// number is not divisible by four, so that the second field has no row for its line.
  private func isLastOfBoth(_ row: Int, of count: Int) -> Bool { row == count - 1 && row & 1 == 0 }

  /// The row of coarse samples that covers a line.
  private func covering(_ line: Int) -> Int {
    min(isInterlaced ? (line >> 2) << 1 | line & 1 : line >> 1, inputRowCount - 1)
  }

  /// The lines that a row of coarse samples covers.
  private func covered(by row: Int) -> Rows {
    let isOfField = isInterlaced && !isLastOfBoth(row, of: outputRowCount)
    let first = isOfField ? 4 * (row >> 1) + row & 1 : 2 * row
    let second = first + (isOfField ? 2 : 1)
    guard second < inputRowCount else { return Rows(first: first, second: first) }
    return Rows(first: first, second: second, firstWeight: 1, secondWeight: 1)
  }

  /// The two nearest rows of coarse samples.
  private func around(_ line: Int) -> Rows {
    let row = covering(line)
    let step = isInterlaced ? 2 : 1
    let phase = isInterlaced ? line >> 1 & 1 : line & 1
    if isInterlaced && row & 1 != line & 1 { return Rows(first: row, second: row) }
    let weights = Self.weights(phase, shift: 1, offset: verticalOffset(line))
    let (before, after) = (row - step, row + step)
    if weights.before > 0, before >= 0 {
      return Rows(
        first: before, second: row, firstWeight: weights.before, secondWeight: weights.here)
    }
    if weights.after > 0, after < inputRowCount {
      return Rows(first: row, second: after, firstWeight: weights.here, secondWeight: weights.after)
    }
    return Rows(first: row, second: row)
  }

  /// Quarters of a line from the first line covered down to the coarse sample.
  ///
  /// Of interlaced pictures the rows of both fields together are equally far apart, so they lie a
  /// quarter and three quarters of the field's lines down.
  private func verticalOffset(_ line: Int) -> Int {
    if siting == .topleft { return 0 }
    return isInterlaced ? (line & 1 == 0 ? 1 : 3) : 2
  }

  // MARK: Weights

  /// Eighths that the coarse samples before, at and after a place have in it.
  struct Weights: Hashable {
    var before: UInt32
    var here: UInt32
    var after: UInt32
  }

  /// For each of the places that one coarse sample covers in a row.
  var columnWeights: [Weights] {
    guard case .interpolated(let shift) = horizontal else { return [] }
    let offset = siting == .center ? 2 * ((1 << shift) - 1) : 0
    return (0..<1 << shift).map { Self.weights($0, shift: shift, offset: offset) }
  }

  /// For the place `phase` of those that a sample covers, when the sample lies `offset` quarters of a
  /// place behind the first of them.
  private static func weights(_ phase: Int, shift: Int, offset: Int) -> Weights {
    let distance = (8 * phase - 2 * offset) >> shift
    let here = UInt32(8 - abs(distance))
    return distance < 0
      ? Weights(before: UInt32(-distance), here: here, after: 0)
      : Weights(before: 0, here: here, after: UInt32(distance))
  }
}

extension PixelFormat {
  /// How much coarser than luma a component is.
  func shifts(_ component: Int) -> ChromaSubsampling { isChroma(component) ? chroma : .none }
}
