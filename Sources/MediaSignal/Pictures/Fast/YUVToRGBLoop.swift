internal import CKernels
internal import MediaRaw

/// YCbCr of 8 bits to RGB of 8 bits and full range, chroma repeated.
struct YUVToRGBLoop: PictureLoop, @unchecked Sendable {
  private let input: YUVRows
  private let output: RGBRows
  private let conversion: ckernels_yuv_to_rgb
  private let storing: CInt
  private let gaps: PictureGaps
  private let kernels: PixelKernels

  init?(_ conversion: PictureConversion, _ kernels: PixelKernels) {
    let color = conversion.input.color
    guard conversion.output.color.range == .full, let weights = color.matrix.weights,
      let input = YUVRows(conversion.input.layout, kernels), input.depth == 8,
      let output = RGBRows(conversion.output.layout, kernels)
    else { return nil }
    let isCoarse = input.horizontalShift > 0
    if isCoarse, conversion.chromaFilter != .nearest { return nil }
    if conversion.isInterlaced, input.verticalShift > 0 { return nil }
    self.input = input
    self.output = output
    self.kernels = kernels
    gaps = PictureGaps(conversion.output.layout)
    let terms = RGBTerms.chroma(weights, color.range)
    // In the order of memory, which has green in the middle; planes are given in the order of the terms.
    let isReversed = output.step > 1 && output.places.blue < output.places.red
    self.conversion = ckernels_yuv_to_rgb(
      terms: (terms[isReversed ? 2 : 0], terms[1], terms[isReversed ? 0 : 2]),
      is_limited: color.range == .limited)
    let number =
      switch (output.step, output.places.rest) {
      case (1, _): ckernels_planes
      case (3, _): ckernels_triples
      case (_, 0): ckernels_opaque_first
      default: ckernels_opaque_last
      }
    storing = CInt(number)
  }

  func run(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
    guard let from = source.baseAddress, let to = target.baseAddress else { return }
    unsafe gaps.clear(to)
    let scratchRows = 2 * YUVRows.scratchRows
    RowScratch.with(rows: scratchRows + 1, width: input.width) { scratch in
      let gray = unsafe scratch[scratchRows]
      unsafe gray.initializeMemory(as: UInt8.self, repeating: 128, count: input.width)
      let lines = 1 << input.verticalShift
      for first in stride(from: 0, to: input.height, by: lines) {
        let (cb, cr) =
          input.arrangement == .gray
          ? (UnsafeRawPointer(gray), UnsafeRawPointer(gray))
          : unsafe input.chroma(from, first / lines, scratch.from(YUVRows.scratchRows))
        unsafe convert(first, min(lines, input.height - first), cb, cr, from, to, scratch)
      }
    }
  }

  /// One row, or two of the same chroma, which are not packed.
  private func convert(
    _ row: Int, _ count: Int, _ cb: UnsafeRawPointer, _ cr: UnsafeRawPointer,
    _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ scratch: RowScratch
  ) {
    var constants = conversion
    var rows = unsafe self.rows(to, row)
    var moreRows = unsafe count > 1 ? self.rows(to, row + 1) : rows
    let luma = unsafe input.luma(from, row, scratch).bytes
    let more = count > 1 ? unsafe input.luma(from, row + 1, scratch).bytes : nil
    unsafe kernels.table.pointee.yuv_to_rgb(
      &constants, luma, more, cb.bytes, cr.bytes, input.width, input.horizontalShift > 0, storing,
      &rows, &moreRows)
  }

  private func rows(_ picture: UnsafeMutableRawPointer, _ row: Int) -> ckernels_rgb_rows {
    if output.step > 1 {
      return unsafe ckernels_rgb_rows(rows: ((picture + output.place(0, row)).bytes, nil, nil))
    }
    func plane(_ number: Int) -> UnsafeMutablePointer<UInt8> {
      unsafe (picture + output.place(number, row)).bytes
    }
    let places = output.places
    return unsafe ckernels_rgb_rows(
      rows: (plane(places.red), plane(places.green), plane(places.blue)))
  }
}
