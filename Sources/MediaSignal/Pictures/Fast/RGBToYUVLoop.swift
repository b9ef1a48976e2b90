internal import CKernels
internal import MediaRaw

/// RGB of 8 bits and full range to YCbCr of 8 bits.
struct RGBToYUVLoop: PictureLoop, @unchecked Sendable {
  private let input: RGBRows
  private let output: YUVRows
  private let terms: (ckernels_rgb_term, ckernels_rgb_term, ckernels_rgb_term)
  private let gaps: PictureGaps
  private let kernels: PixelKernels

  init?(_ conversion: PictureConversion, _ kernels: PixelKernels) {
    let color = conversion.output.color
    guard conversion.input.color.range == .full, let weights = color.matrix.weights,
      let input = RGBRows(conversion.input.layout, kernels),
      let output = YUVRows(conversion.output.layout, kernels), output.depth == 8
    else { return nil }
    if conversion.isInterlaced, output.verticalShift > 0 { return nil }
    self.input = input
    self.output = output
    self.kernels = kernels
    gaps = PictureGaps(conversion.output.layout)
    let terms = RGBTerms.components(weights, color.range)
    self.terms = (terms[0], terms[1], terms[2])
  }

  /// Rows of scratch: those of two rows of the input, of the output, and our own.
  private static let readingMore = RGBRows.scratchRows
  private static let writing = 2 * RGBRows.scratchRows
  private static let own = writing + YUVRows.scratchRows

  func run(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
    guard let from = source.baseAddress, let to = target.baseAddress else { return }
    unsafe gaps.clear(to)
    RowScratch.with(rows: Self.own + 7, width: output.width) { scratch in
      let lines = 1 << output.verticalShift
      for first in stride(from: 0, to: output.height, by: lines) {
        unsafe run(first, from, to, scratch)
      }
    }
  }

  /// The rows of luma that share a row of chroma.
  private func run(
    _ row: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ scratch: RowScratch
  ) {
    let own = scratch.from(Self.own)
    let writing = scratch.from(Self.writing)
    let first = unsafe input.read(from, row, scratch)
    let luma = unsafe made(0, first, output.width, output.lumaRoom(to, row) ?? own[0])
    var second: RGBRows.Rows?
    if output.verticalShift > 0, row + 1 < output.height {
      let rows = unsafe input.read(from, row + 1, scratch.from(Self.readingMore))
      let room = unsafe output.lumaRoom(to, row + 1) ?? own[1]
      unsafe output.putLuma(made(0, rows, output.width, room), to, row + 1, writing)
      second = rows
    }
    if output.arrangement == .gray {
      unsafe output.putLuma(luma, to, row, writing)
      return
    }
    let means = self.means(first, second, own)
    let chromaRow = row >> output.verticalShift
    let cbRoom = unsafe output.chromaRoom(to, 1, chromaRow) ?? own[2]
    let crRoom = unsafe output.chromaRoom(to, 2, chromaRow) ?? own[3]
    let cb = unsafe made(1, means, output.chromaWidth, cbRoom)
    let cr = unsafe made(2, means, output.chromaWidth, crRoom)
    if case .packed = output.arrangement {
      unsafe output.putPacked(luma, cb, cr, to, row, writing)
    } else {
      unsafe output.putLuma(luma, to, row, writing)
      unsafe output.putChroma(cb, cr, to, chromaRow, writing)
    }
  }

  private func made(
    _ component: Int, _ rows: RGBRows.Rows, _ count: Int, _ room: UnsafeMutableRawPointer
  ) -> UnsafeRawPointer {
    var term = component == 0 ? terms.0 : component == 1 ? terms.1 : terms.2
    unsafe kernels.table.pointee.rgb_to_component(
      &term, rows.red.bytes, rows.green.bytes, rows.blue.bytes, count, room.bytes)
    return UnsafeRawPointer(room)
  }

  /// RGB on the grid of chroma.
  private func means(_ first: RGBRows.Rows, _ second: RGBRows.Rows?, _ own: RowScratch)
    -> RGBRows.Rows
  {
    if output.horizontalShift == 0 { return first }
    let width = output.width
    unsafe kernels.mean2(1, first.red, second?.red, width, own[4])
    unsafe kernels.mean2(1, first.green, second?.green, width, own[5])
    unsafe kernels.mean2(1, first.blue, second?.blue, width, own[6])
    return unsafe RGBRows.Rows(
      red: UnsafeRawPointer(own[4]), green: UnsafeRawPointer(own[5]),
      blue: UnsafeRawPointer(own[6]), rest: first.rest)
  }
}
