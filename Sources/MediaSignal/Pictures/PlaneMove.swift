internal import CKernels
internal import MediaRaw

/// How the rows of one plane come into another.
struct PlaneMove: Hashable, Sendable {
  /// Bytes from the source picture's beginning to the first row that is read, and from row to row.
  private let sourceOffset: Int
  private let sourceStride: Int
  private let targetOffset: Int
  private let targetStride: Int
  /// Bytes of an element, and elements in a row of the source.
  private let elementByteCount: Int
  private let columns: Int
  /// Rows of the source that are read.
  private let rows: Int
  /// For a picture inside of another: its first row, and bytes before it in a row.
  private let insideRow: Int
  private let insideByte: Int
  private let outerRows: Int

  init(
    _ number: Int, _ geometry: PictureGeometry, from layout: PictureLayout,
    to target: PictureLayout
  ) {
    let format = layout.format
    let (from, to) = (layout.planes[number], target.planes[number])
    let grid = PlaneGrid(number, format)
    var (start, across, rows) = (from.offset, from.rowByteCount, from.rowCount)
    var (stride, targetStart, targetStride) = (from.stride, to.offset, to.stride)
    var inside = (row: 0, byte: 0)
    switch geometry {
    case .crop(let rectangle):
      start += grid.row(rectangle.y) * stride + grid.byte(rectangle.x)
      (across, rows) = (to.rowByteCount, to.rowCount)
    case .pad(_, _, let x, let y, _):
      inside = (grid.row(y), grid.byte(x))
    case .flipVertically, .rotate(180), .rotate(90):
      // From the last row up; transposed so, the picture is turned clockwise.
      start += (rows - 1) * stride
      stride = -stride
    case .rotate:
      targetStart += (to.rowCount - 1) * targetStride
      targetStride = -targetStride
    case .flipHorizontally: break
    }
    sourceOffset = start
    sourceStride = stride
    targetOffset = targetStart
    self.targetStride = targetStride
    elementByteCount = grid.elementByteCount
    columns = across / grid.elementByteCount
    self.rows = rows
    insideRow = inside.row
    insideByte = inside.byte
    outerRows = to.rowCount
  }

  func copyRows(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer) {
    let (from, to) = unsafe (source + sourceOffset, target + targetOffset)
    let byteCount = columns * elementByteCount
    if byteCount == sourceStride, byteCount == targetStride {
      return unsafe to.copyMemory(from: from, byteCount: byteCount * rows)
    }
    for row in 0..<rows {
      unsafe (to + row * targetStride).copyMemory(
        from: from + row * sourceStride, byteCount: byteCount)
    }
  }

  /// Around the rows is what `filling` has at their place.
  func copyRows(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, within filling: [UInt8]
  ) {
    let from = unsafe source + sourceOffset
    let byteCount = columns * elementByteCount
    let end = insideByte + byteCount
    unsafe filling.withUnsafeBytes { filling in
      guard let color = filling.baseAddress else { return }
      for row in 0..<outerRows {
        let to = unsafe target + targetOffset + row * targetStride
        guard (insideRow..<insideRow + rows).contains(row) else {
          unsafe to.copyMemory(from: color, byteCount: filling.count)
          continue
        }
        unsafe to.copyMemory(from: color, byteCount: insideByte)
        unsafe (to + insideByte).copyMemory(
          from: from + (row - insideRow) * sourceStride, byteCount: byteCount)
        unsafe (to + end).copyMemory(from: color + end, byteCount: filling.count - end)
      }
    }
  }

  func reverseRows(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer) {
    let from = unsafe (source + sourceOffset).assumingMemoryBound(to: UInt8.self)
    let to = unsafe (target + targetOffset).assumingMemoryBound(to: UInt8.self)
    for row in 0..<rows {
      unsafe ckernels_reverse(
        from + row * sourceStride, to + row * targetStride, columns, elementByteCount)
    }
  }

  func transpose(_ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer) {
    unsafe ckernels_transpose(
      (source + sourceOffset).assumingMemoryBound(to: UInt8.self), sourceStride,
      (target + targetOffset).assumingMemoryBound(to: UInt8.self), targetStride, columns, rows,
      elementByteCount)
  }
}

/// How the places of pixels become those of a plane's elements.
private struct PlaneGrid {
  let elementByteCount: Int
  private let horizontalShift: Int
  private let verticalShift: Int

  init(_ number: Int, _ format: PixelFormat) {
    let own = format.components.indices.filter { format.components[$0].plane == number }
    let isChroma = own.contains { format.isChroma($0) }
    elementByteCount = own.map { format.components[$0].step }.max() ?? 1
    horizontalShift = isChroma ? format.chroma.horizontalShift : 0
    verticalShift = isChroma ? format.chroma.verticalShift : 0
  }

  func row(_ y: Int) -> Int { y >> verticalShift }
  func byte(_ x: Int) -> Int { (x >> horizontalShift) * elementByteCount }
}
