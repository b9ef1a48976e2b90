public import MediaRaw

/// The same conversion done as plainly as it can be, sample by sample by `ColorFormula`, without any
/// of the converter's loops: what `--verify` compares with.
public struct ReferenceConverter: PictureStep {
  /// What is done.
  public let conversion: PictureConversion
  /// Of the pictures taken.
  public var input: PictureForm { conversion.input }
  /// Of the pictures made.
  public var output: PictureForm { conversion.output }

  /// A converter of pictures of equal sides.
  public init(_ conversion: PictureConversion) { self.conversion = conversion }

  /// Converts a picture.
  ///
  /// - Parameters:
  ///   - source: `input.layout.byteCount` bytes.
  ///   - target: `output.layout.byteCount` bytes, all of which are written.
  public func apply(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) {
    let planes = input.layout.format.components.indices.map {
      unsafe SamplePlane($0, input.layout, source)
    }
    let writer = ComponentRows(output.layout)
    unsafe writer.writePadding(of: target)
    let values = CodeEquations(from: input, to: output).values
    for (component, value) in values.enumerated() {
      let format = output.layout.format
      let width = format.sampleCount(component: component, width: output.layout.width)
      let rounding = ReferenceRounding(value, component, conversion)
      let inputs = rounding.inputs.map { input in
        let reach = reach(of: input, in: component)
        let plane = planes[input]
        return (plane, reach, (0..<width).map { columns(reach, $0, plane.width) })
      }
      var row = [UInt16](repeating: 0, count: width)
      for y in 0..<format.rowCount(component: component, height: output.layout.height) {
        let lines = inputs.map { plane, reach, columns in
          Line(
            plane: plane, rows: rows(reach, y, plane.height), columns: reach.isSame ? nil : columns)
        }
        for x in 0..<width {
          let a = lines.count > 0 ? lines[0].sample(x, y) : 0
          let b = lines.count > 1 ? lines[1].sample(x, y) : 0
          let c = lines.count > 2 ? lines[2].sample(x, y) : 0
          row[x] = UInt16(rounding.code(a, b, c, x, y))
        }
        unsafe row.withUnsafeBufferPointer { row in
          unsafe writer.write(row, component: component, row: y, of: target)
        }
      }
    }
  }

  // MARK: One sample on another grid

  /// The shifts of an input component and of the output component that it goes into.
  private struct Reach {
    var from: ChromaSubsampling
    var to: ChromaSubsampling
    var isSame: Bool { from == to }
  }

  private func reach(of input: Int, in output: Int) -> Reach {
    Reach(
      from: conversion.input.layout.format.shifts(input),
      to: conversion.output.layout.format.shifts(output))
  }

  /// A line of the output's grid of one input component.
  private struct Line {
    var plane: SamplePlane
    var rows: [Part]
    /// Of every place; nil where the grids are the same.
    var columns: [[Part]]?

    /// The sum of products with the weights along both axes, over the sum of these, rounded half up.
    func sample(_ x: Int, _ y: Int) -> Int {
      guard let columns else { return plane[x, y] }
      var sum = 0
      var total = 0
      for row in rows {
        for column in columns[x] {
          sum += row.weight * column.weight * plane[column.place, row.place]
          total += row.weight * column.weight
        }
      }
      return (2 * sum + total) / (2 * total)
    }
  }

  private typealias Part = (place: Int, weight: Int)

  private func columns(_ reach: Reach, _ x: Int, _ width: Int) -> [Part] {
    let (from, to) = (reach.from.horizontalShift, reach.to.horizontalShift)
    if from == to { return [(x, 1)] }
    if from < to {
      let size = 1 << (to - from)
      return (x * size..<min((x + 1) * size, width)).map { ($0, 1) }
    }
    let size = 1 << (from - to)
    if conversion.chromaFilter == .nearest { return [(x / size, 1)] }
    // Where the first chroma sample lies, in eighths of a luma sample.
    let first = conversion.siting == .center ? 4 * (size - 1) : 0
    return between(x * 8 - first, step: size * 8, last: width - 1)
  }

  private func rows(_ reach: Reach, _ y: Int, _ height: Int) -> [Part] {
    let (from, to) = (reach.from.verticalShift, reach.to.verticalShift)
    if from == to { return [(y, 1)] }
    let lines = conversion.input.layout.height
    if from < to {
      let covered = (0..<lines).filter { Self.row(covering: $0, of: lines, conversion) == y }
      return covered.map { ($0, 1) }
    }
    let row = Self.row(covering: y, of: lines, conversion)
    if conversion.chromaFilter == .nearest { return [(row, 1)] }
    guard conversion.isInterlaced else {
      return between(y * 8 - (conversion.siting == .topleft ? 0 : 4), step: 16, last: height - 1)
    }
    // Of one field: its lines, its rows of chroma.
    let field = y % 2
    guard row % 2 == field else { return [(row, 1)] }
    let first = conversion.siting == .topleft ? 0 : field == 0 ? 2 : 6
    let count = (height - field + 1) / 2
    return between(y / 2 * 8 - first, step: 16, last: count - 1).map {
      (2 * $0.place + field, $0.weight)
    }
  }

  /// The row of 4:2:0 chroma that a line belongs to.
  private static func row(covering line: Int, of lines: Int, _ conversion: PictureConversion) -> Int
  {
    guard conversion.isInterlaced else { return line / 2 }
    // The last of 4n + 2 lines has no row of its own field, and shares that of the line above.
    if lines % 4 == 2, line == lines - 1 { return line / 2 }
    return line / 4 * 2 + line % 2
  }

  /// The two samples around a place, counted from the first of them, at equal steps; beyond the ends
  /// the last one alone.
  private func between(_ place: Int, step: Int, last: Int) -> [Part] {
    if place <= 0 { return [(0, 1)] }
    let before = place / step
    if before >= last { return [(last, 1)] }
    return [(before, step - place % step), (before + 1, place % step)]
  }
}

/// All samples of one component of a picture.
private struct SamplePlane {
  let width: Int
  let height: Int
  private let samples: [UInt16]

  init(_ component: Int, _ layout: PictureLayout, _ picture: UnsafeRawBufferPointer) {
    width = layout.format.sampleCount(component: component, width: layout.width)
    height = layout.format.rowCount(component: component, height: layout.height)
    let reader = ComponentRows(layout)
    var row = [UInt16](repeating: 0, count: width)
    var samples: [UInt16] = []
    samples.reserveCapacity(width * height)
    for y in 0..<height {
      unsafe row.withUnsafeMutableBufferPointer { row in
        unsafe reader.read(component: component, row: y, of: picture, into: row)
      }
      samples += row
    }
    self.samples = samples
  }

  subscript(x: Int, y: Int) -> Int { Int(samples[y * width + x]) }
}

/// The formula of one component, or with dithering the 64 of its thresholds.
private struct ReferenceRounding {
  let inputs: [Int]
  private let sums: [ExactSum]

  init(_ value: LinearSum, _ component: Int, _ conversion: PictureConversion) {
    let depths = conversion.input.layout.format.components.map(\.depth)
    let format = conversion.output.layout.format
    let depth = format.components[component].depth
    let inputs = value.factors.indices.filter { value.factors[$0] != 0 }
    let isAlpha = format.hasAlpha && component == format.components.count - 1
    let falls = inputs.contains { depths[$0] > depth } && !isAlpha
    let thresholds =
      conversion.dither == .bayer && falls ? BayerMatrix.rows.flatMap(\.self) : [Fraction(1, 2)]
    self.inputs = inputs
    sums = thresholds.map { threshold in
      ExactSum(
        ColorFormula(value, depth: depth, threshold: threshold), depths: inputs.map { depths[$0] })
    }
  }

  func code(_ a: Int, _ b: Int, _ c: Int, _ x: Int, _ y: Int) -> Int {
    let sum = sums.count == 1 ? sums[0] : sums[y % 8 * 8 + x % 8]
    return sum.code(a, b, c)
  }
}
