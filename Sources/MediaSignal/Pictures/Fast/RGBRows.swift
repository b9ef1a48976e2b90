internal import CKernels
internal import MediaRaw

/// Rows of R, G, B and alpha out of and into pictures of 8 bits.
struct RGBRows: Sendable {
  /// Rows of one byte for each pixel.
  @safe struct Rows {
    var red: UnsafeRawPointer
    var green: UnsafeRawPointer
    var blue: UnsafeRawPointer
    /// What is stored beside the three: alpha, or nothing of meaning.
    var rest: UnsafeRawPointer
  }

  /// Where each of R, G, B and the rest lies in a pixel, or its plane.
  struct Places {
    var red: Int
    var green: Int
    var blue: Int
    /// Of no meaning where pixels have no fourth byte.
    var rest: Int
  }

  let width: Int
  let height: Int
  /// Bytes of a pixel; 1 where each component has a plane.
  let step: Int
  let hasAlpha: Bool
  let places: Places
  private let planes: PlanePlaces
  private let kernels: PixelKernels

  static let scratchRows = 4

  init?(_ layout: PictureLayout, _ kernels: PixelKernels) {
    let format = layout.format
    guard format.model == .rgb, let first = format.components.first,
      format.components.allSatisfy({
        $0.wordByteCount == 1 && $0.depth == 8 && $0.step == first.step
      })
    else { return nil }
    let isPlanar = format.planeCount == 3
    let colors = format.components.prefix(3).map { isPlanar ? $0.plane : $0.offset }
    guard colors.count == 3, first.step == (isPlanar ? 1 : max(first.step, 3)), first.step <= 4,
      isPlanar ? Set(colors) == [0, 1, 2] : format.planeCount == 1,
      first.step != 4 || format.hasAlpha || format.paddingOffsets.count == 1
    else { return nil }
    width = layout.width
    height = layout.height
    planes = PlanePlaces(layout)
    self.kernels = kernels
    step = first.step
    hasAlpha = format.hasAlpha
    // The four places of a pixel are 0 to 3.
    places = Places(
      red: colors[0], green: colors[1], blue: colors[2],
      rest: first.step == 4 ? 6 - colors.reduce(0, +) : 3)
  }

  func place(_ plane: Int, _ row: Int) -> Int { planes.place(plane, row) }

  /// A row: where it lies, or in scratch.
  func read(_ picture: UnsafeRawPointer, _ row: Int, _ scratch: RowScratch) -> Rows {
    let table = unsafe kernels.table.pointee
    let source = unsafe picture + place(0, row)
    switch step {
    case 1:
      return unsafe Rows(
        red: picture + place(places.red, row), green: picture + place(places.green, row),
        blue: picture + place(places.blue, row), rest: source)
    case 3:
      unsafe table.split3(
        source.bytes, width, scratch[0].bytes, scratch[1].bytes, scratch[2].bytes)
    default:
      unsafe table.split4(
        source.bytes, width, scratch[0].bytes, scratch[1].bytes, scratch[2].bytes,
        scratch[3].bytes)
    }
    return unsafe Rows(
      red: UnsafeRawPointer(scratch[places.red]), green: UnsafeRawPointer(scratch[places.green]),
      blue: UnsafeRawPointer(scratch[places.blue]), rest: UnsafeRawPointer(scratch[places.rest]))
  }

  /// Puts a row.
  func write(_ rows: Rows, _ picture: UnsafeMutableRawPointer, _ row: Int) {
    let table = unsafe kernels.table.pointee
    if step == 1 {
      unsafe (picture + place(places.red, row)).copyMemory(from: rows.red, byteCount: width)
      unsafe (picture + place(places.green, row)).copyMemory(from: rows.green, byteCount: width)
      unsafe (picture + place(places.blue, row)).copyMemory(from: rows.blue, byteCount: width)
      return
    }
    let target = unsafe (picture + place(0, row)).bytes
    let a = unsafe component(at: 0, rows).bytes
    let b = unsafe component(at: 1, rows).bytes
    let c = unsafe component(at: 2, rows).bytes
    if step == 3 {
      unsafe table.merge3(a, b, c, width, target)
    } else {
      unsafe table.merge4(a, b, c, component(at: 3, rows).bytes, width, target)
    }
  }

  private func component(at place: Int, _ rows: Rows) -> UnsafeRawPointer {
    switch place {
    case places.red: unsafe rows.red
    case places.green: unsafe rows.green
    case places.blue: unsafe rows.blue
    default: unsafe rows.rest
    }
  }
}

/// RGB of 8 bits to RGB of 8 bits, the same values in other places.
struct RGBShuffleLoop: PictureLoop {
  private let input: RGBRows
  private let output: RGBRows
  private let gaps: PictureGaps

  init?(_ conversion: PictureConversion, _ kernels: PixelKernels) {
    guard conversion.input.color.range == conversion.output.color.range,
      let input = RGBRows(conversion.input.layout, kernels),
      let output = RGBRows(conversion.output.layout, kernels)
    else { return nil }
    self.input = input
    self.output = output
    gaps = PictureGaps(conversion.output.layout)
  }

  func run(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
    guard let from = source.baseAddress, let to = target.baseAddress else { return }
    unsafe gaps.clear(to)
    let width = input.width
    RowScratch.with(rows: RGBRows.scratchRows + 1, width: width) { scratch in
      let opaque = unsafe scratch[RGBRows.scratchRows]
      unsafe opaque.initializeMemory(as: UInt8.self, repeating: 255, count: width)
      for row in 0..<input.height {
        var rows = unsafe input.read(from, row, scratch)
        if !input.hasAlpha || !output.hasAlpha { unsafe rows.rest = UnsafeRawPointer(opaque) }
        unsafe output.write(rows, to, row)
      }
    }
  }
}
