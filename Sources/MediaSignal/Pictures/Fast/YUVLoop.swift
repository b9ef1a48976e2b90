internal import CKernels
internal import MediaRaw

/// YCbCr and gray to the same colours in other places: other packing, other sampling, and in limited
/// range another depth.
struct YUVLoop: PictureLoop {
  private enum DepthChange {
    case none
    case widen(CInt)
    case narrow(CInt)
    case up(CInt)
    case down(CInt, maximum: UInt16)
  }

  private let input: YUVRows
  private let output: YUVRows
  private let change: DepthChange
  private let gaps: PictureGaps
  private let kernels: PixelKernels

  init?(_ conversion: PictureConversion, _ kernels: PixelKernels) {
    guard let input = YUVRows(conversion.input.layout, kernels),
      let output = YUVRows(conversion.output.layout, kernels)
    else { return nil }
    let (from, to) = (conversion.input.color, conversion.output.color)
    let hasChroma = input.arrangement != .gray && output.arrangement != .gray
    // By another matrix the input's chroma has a part in luma, also where only that is wanted.
    guard from.range == to.range, input.arrangement == .gray || from.matrix == to.matrix,
      input.depth == output.depth
        || (from.range == .limited && (input.depth < output.depth || conversion.dither == .none))
    else { return nil }
    if hasChroma {
      let up =
        input.horizontalShift > output.horizontalShift
        || input.verticalShift > output.verticalShift
      if up, conversion.chromaFilter != .nearest { return nil }
      if conversion.isInterlaced, input.verticalShift != output.verticalShift { return nil }
    }
    self.input = input
    self.output = output
    self.kernels = kernels
    gaps = PictureGaps(conversion.output.layout)
    change = Self.change(input, output)
  }

  private static func change(_ input: YUVRows, _ output: YUVRows) -> DepthChange {
    let shift = CInt(abs(output.depth - input.depth))
    switch (input.bytes, output.bytes) {
    case (1, 2): return .widen(shift)
    case (2, 1): return .narrow(shift)
    default:
      if shift == 0 { return .none }
      let maximum = UInt16(truncatingIfNeeded: (1 << output.depth) - 1)
      return input.depth < output.depth ? .up(shift) : .down(shift, maximum: maximum)
    }
  }

  /// Rows of scratch: those of the input's chroma twice, of its luma, of the output, and our own.
  private static let readingMore = YUVRows.scratchRows
  private static let readingLuma = 2 * YUVRows.scratchRows
  private static let writing = 3 * YUVRows.scratchRows
  private static let own = 4 * YUVRows.scratchRows

  func run(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
    guard let from = source.baseAddress, let to = target.baseAddress else { return }
    unsafe gaps.clear(to)
    RowScratch.with(rows: Self.own + 7, width: output.width) { scratch in
      if input.arrangement == .gray { fillChroma(scratch) }
      for row in 0..<output.height { unsafe run(row, from, to, scratch) }
    }
  }

  private func run(
    _ row: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ scratch: RowScratch
  ) {
    let own = scratch.from(Self.own)
    let writing = scratch.from(Self.writing)
    let room = unsafe output.lumaRoom(to, row) ?? own[0]
    let samples = unsafe input.luma(from, row, scratch.from(Self.readingLuma))
    let luma = unsafe changed(samples, output.width, room)
    if case .packed = output.arrangement {
      let (cb, cr) = unsafe chroma(row, from, to, scratch)
      unsafe output.putPacked(luma, cb, cr, to, row, writing)
      return
    }
    unsafe output.putLuma(luma, to, row, writing)
    let lines = 1 << output.verticalShift
    guard output.arrangement != .gray, row % lines == 0 else { return }
    let (cb, cr) = unsafe chroma(row / lines, from, to, scratch)
    unsafe output.putChroma(cb, cr, to, row / lines, writing)
  }

  /// Gray, in the rows in which chroma of the output is made.
  private func fillChroma(_ scratch: RowScratch) {
    let own = scratch.from(Self.own)
    let middle = UInt16(1) << UInt16(output.depth - 1)
    for row in 1...2 {
      for place in 0..<output.chromaWidth {
        if output.bytes == 1 {
          unsafe own[row].bytes[place] = 128
        } else {
          unsafe own[row].words[place] = middle
        }
      }
    }
  }

  /// A row of Cb and Cr of the output's sampling and depth.
  private func chroma(
    _ row: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ scratch: RowScratch
  ) -> (UnsafeRawPointer, UnsafeRawPointer) {
    let own = scratch.from(Self.own)
    if input.arrangement == .gray {
      return unsafe (UnsafeRawPointer(own[1]), UnsafeRawPointer(own[2]))
    }
    let isFiner = input.verticalShift < output.verticalShift
    let first = isFiner ? 2 * row : row >> (input.verticalShift - output.verticalShift)
    let (cb0, cr0) = unsafe input.chroma(from, first, scratch)
    let more: (UnsafeRawPointer, UnsafeRawPointer)? =
      isFiner && first + 1 < input.chromaHeight
      ? unsafe input.chroma(from, first + 1, scratch.from(Self.readingMore)) : nil
    let cb = unsafe resampled(cb0, more?.0, own[3])
    let cr = unsafe resampled(cr0, more?.1, own[4])
    let count = output.chromaWidth
    let cbRoom = unsafe output.chromaRoom(to, 1, row) ?? own[5]
    let crRoom = unsafe output.chromaRoom(to, 2, row) ?? own[6]
    return unsafe (changed(cb, count, cbRoom), changed(cr, count, crRoom))
  }

  /// One row, or the mean of two, with as many samples as the output has.
  private func resampled(
    _ first: UnsafeRawPointer, _ second: UnsafeRawPointer?, _ room: UnsafeMutableRawPointer
  ) -> UnsafeRawPointer {
    let bytes = input.bytes
    if input.horizontalShift < output.horizontalShift {
      unsafe kernels.mean2(bytes, first, second, input.chromaWidth, room)
    } else if input.horizontalShift > output.horizontalShift {
      unsafe kernels.repeat2(bytes, first, output.chromaWidth, room)
    } else if let second = unsafe second {
      unsafe kernels.mean1x2(bytes, first, second, input.chromaWidth, room)
    } else {
      return unsafe first
    }
    return UnsafeRawPointer(room)
  }

  /// Samples of the output's depth.
  private func changed(
    _ samples: UnsafeRawPointer, _ count: Int, _ room: UnsafeMutableRawPointer
  ) -> UnsafeRawPointer {
    let table = unsafe kernels.table.pointee
    switch change {
    case .none: return unsafe samples
    case .widen(let shift): unsafe table.widen(samples.bytes, count, shift, room.words)
    case .narrow(let shift): unsafe table.narrow(samples.words, count, shift, room.bytes)
    case .up(let shift): unsafe table.shift_left(samples.words, count, shift, room.words)
    case .down(let shift, let maximum):
      unsafe table.round_right(samples.words, count, shift, maximum, room.words)
    }
    return UnsafeRawPointer(room)
  }
}
