internal import CKernels
internal import MediaRaw

/// Rows of Y, Cb and Cr out of and into pictures whose samples all have one depth, in bytes or words.
struct YUVRows: Sendable {
  enum Arrangement: Equatable {
    case gray
    case planar
    /// Luma apart, chroma in pairs.
    case pairs(crFirst: Bool)
    /// Luma and chroma by turns.
    case packed(lumaFirst: Bool, crFirst: Bool)
  }

  let width: Int
  let height: Int
  let arrangement: Arrangement
  /// Of a sample: 1 or 2.
  let bytes: Int
  let depth: Int
  let horizontalShift: Int
  let verticalShift: Int
  /// Bits of words below the sample.
  private let shift: Int
  private let isSwapped: Bool
  private let planes: PlanePlaces
  private let kernels: PixelKernels

  /// Rows that `read` and `write` use of their scratch.
  static let scratchRows = 6

  var chromaWidth: Int { (width + (1 << horizontalShift) - 1) >> horizontalShift }
  var chromaHeight: Int { (height + (1 << verticalShift) - 1) >> verticalShift }
  /// Whether samples lie in their words as they are.
  private var isPlain: Bool { shift == 0 && !isSwapped }

  /// Nil for what is stored otherwise.
  init?(_ layout: PictureLayout, _ kernels: PixelKernels) {
    let format = layout.format
    guard format.model != .rgb, !format.hasAlpha, !format.isV210,
      let luma = format.components.first,
      luma.wordByteCount <= 2, format.chroma.horizontalShift <= 1,
      format.components.allSatisfy({
        $0.wordByteCount == luma.wordByteCount && $0.depth == luma.depth && $0.shift == luma.shift
      }),
      layout.planes.allSatisfy({ $0.offset % luma.wordByteCount == 0 }),
      let arrangement = Self.arrangement(format)
    else { return nil }
    width = layout.width
    height = layout.height
    planes = PlanePlaces(layout)
    self.arrangement = arrangement
    self.kernels = kernels
    bytes = luma.wordByteCount
    depth = luma.depth
    shift = luma.shift
    isSwapped = format.isBigEndian && luma.wordByteCount > 1
    horizontalShift = format.chroma.horizontalShift
    verticalShift = format.chroma.verticalShift
  }

  private static func arrangement(_ format: PixelFormat) -> Arrangement? {
    let all = format.components
    let steps = all.map { $0.step / $0.wordByteCount }
    if all.count == 1 { return steps == [1] ? .gray : nil }
    guard all.count == 3 else { return nil }
    let crFirst = all[1].offset > all[2].offset
    switch (all.map(\.plane), steps) {
    case ([0, 1, 2], [1, 1, 1]): return .planar
    case ([0, 1, 1], [1, 2, 2]): return .pairs(crFirst: crFirst)
    case ([0, 0, 0], [2, 4, 4]): return .packed(lumaFirst: all[0].offset == 0, crFirst: crFirst)
    default: return nil
    }
  }

  private func place(_ plane: Int, _ row: Int) -> Int { planes.place(plane, row) }
}

// MARK: Out of pictures

extension YUVRows {
  /// A row of luma: where it lies, or in scratch.
  func luma(_ picture: UnsafeRawPointer, _ row: Int, _ scratch: RowScratch) -> UnsafeRawPointer {
    let source = unsafe picture + place(0, row)
    guard case .packed(let lumaFirst, _) = arrangement else {
      return unsafe plain(source, width, scratch[0], scratch[1])
    }
    unsafe kernels.split2(bytes, source, 2 * chromaWidth, scratch[2], scratch[3])
    return unsafe plain(scratch[lumaFirst ? 2 : 3], width, scratch[0], scratch[1])
  }

  /// A row of Cb and Cr, where they lie or in scratch; gray has none.
  func chroma(_ picture: UnsafeRawPointer, _ row: Int, _ scratch: RowScratch)
    -> (UnsafeRawPointer, UnsafeRawPointer)
  {
    let count = chromaWidth
    let first: UnsafeRawPointer
    let second: UnsafeRawPointer
    let crFirst: Bool
    switch arrangement {
    case .gray, .planar:
      unsafe first = picture + place(1, row)
      unsafe second = picture + place(2, row)
      crFirst = false
    case .pairs(let order):
      unsafe kernels.split2(bytes, picture + place(1, row), count, scratch[0], scratch[1])
      unsafe (first, second) = (UnsafeRawPointer(scratch[0]), UnsafeRawPointer(scratch[1]))
      crFirst = order
    case .packed(let lumaFirst, let order):
      unsafe kernels.split2(bytes, picture + place(0, row), 2 * count, scratch[2], scratch[3])
      unsafe kernels.split2(bytes, scratch[lumaFirst ? 3 : 2], count, scratch[0], scratch[1])
      unsafe (first, second) = (UnsafeRawPointer(scratch[0]), UnsafeRawPointer(scratch[1]))
      crFirst = order
    }
    let a = unsafe plain(first, count, scratch[2], scratch[3])
    let b = unsafe plain(second, count, scratch[4], scratch[5])
    return crFirst ? unsafe (b, a) : unsafe (a, b)
  }

  /// Samples without their words' order and shift, and without what words have above them.
  private func plain(
    _ source: UnsafeRawPointer, _ count: Int, _ first: UnsafeMutableRawPointer,
    _ second: UnsafeMutableRawPointer
  ) -> UnsafeRawPointer {
    var result = unsafe source
    if isSwapped {
      unsafe kernels.table.pointee.swap(result.words, count, first.words)
      unsafe result = UnsafeRawPointer(first)
    }
    if shift > 0 {
      unsafe kernels.table.pointee.shift_right(result.words, count, CInt(shift), second.words)
      unsafe result = UnsafeRawPointer(second)
    } else if bytes == 2, depth < 16 {
      let bits = UInt16(1 << depth - 1)
      unsafe kernels.table.pointee.mask(result.words, count, bits, second.words)
      unsafe result = UnsafeRawPointer(second)
    }
    return unsafe result
  }
}

// MARK: Into pictures

extension YUVRows {
  /// Where a row of luma may be made that `putLuma` then need not copy; nil where it lies otherwise.
  func lumaRoom(_ picture: UnsafeMutableRawPointer, _ row: Int) -> UnsafeMutableRawPointer? {
    if case .packed = arrangement { return nil }
    return isPlain ? unsafe picture + place(0, row) : nil
  }

  /// The same of Cb (1) or Cr (2).
  func chromaRoom(
    _ picture: UnsafeMutableRawPointer, _ component: Int, _ row: Int
  ) -> UnsafeMutableRawPointer? {
    isPlain && arrangement == .planar ? unsafe picture + place(component, row) : nil
  }

  /// Puts a row of luma into a picture that is not packed.
  func putLuma(
    _ samples: UnsafeRawPointer, _ picture: UnsafeMutableRawPointer, _ row: Int,
    _ scratch: RowScratch
  ) {
    unsafe put(samples, width, picture + place(0, row), scratch)
  }

  /// Puts a row of chroma into a picture that is not packed.
  func putChroma(
    _ cb: UnsafeRawPointer, _ cr: UnsafeRawPointer, _ picture: UnsafeMutableRawPointer,
    _ row: Int, _ scratch: RowScratch
  ) {
    if case .pairs(let crFirst) = arrangement {
      let target = unsafe picture + place(1, row)
      let merged = unsafe isPlain ? target : scratch[2]
      let (first, second) = crFirst ? unsafe (cr, cb) : unsafe (cb, cr)
      unsafe kernels.merge2(bytes, first, second, chromaWidth, merged)
      unsafe put(merged, 2 * chromaWidth, target, scratch)
    } else {
      unsafe put(cb, chromaWidth, picture + place(1, row), scratch)
      unsafe put(cr, chromaWidth, picture + place(2, row), scratch)
    }
  }

  /// Puts a row of a packed picture; what an odd width leaves of the last pair repeats the last
  /// sample.
  func putPacked(
    _ luma: UnsafeRawPointer, _ cb: UnsafeRawPointer, _ cr: UnsafeRawPointer,
    _ picture: UnsafeMutableRawPointer, _ row: Int, _ scratch: RowScratch
  ) {
    guard case .packed(let lumaFirst, let crFirst) = arrangement else { return }
    var luma = unsafe luma
    if width % 2 > 0 {
      unsafe scratch[4].copyMemory(from: luma, byteCount: width * bytes)
      unsafe (scratch[4] + width * bytes).copyMemory(
        from: luma + (width - 1) * bytes, byteCount: bytes)
      unsafe luma = UnsafeRawPointer(scratch[4])
    }
    let (first, second) = crFirst ? unsafe (cr, cb) : unsafe (cb, cr)
    unsafe kernels.merge2(bytes, first, second, chromaWidth, scratch[3])
    let chroma = unsafe UnsafeRawPointer(scratch[3])
    let target = unsafe picture + place(0, row)
    let merged = unsafe isPlain ? target : scratch[2]
    unsafe kernels.merge2(
      bytes, lumaFirst ? luma : chroma, lumaFirst ? chroma : luma, 2 * chromaWidth, merged)
    unsafe put(merged, 4 * chromaWidth, target, scratch)
  }

  /// Words in their order and with their shift; samples that lie there already stay.
  private func put(
    _ samples: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer,
    _ scratch: RowScratch
  ) {
    if unsafe samples == UnsafeRawPointer(target) { return }
    switch (shift > 0, isSwapped) {
    case (false, false): unsafe target.copyMemory(from: samples, byteCount: count * bytes)
    case (true, false):
      unsafe kernels.table.pointee.shift_left(samples.words, count, CInt(shift), target.words)
    case (false, true): unsafe kernels.table.pointee.swap(samples.words, count, target.words)
    case (true, true):
      let shifted = unsafe scratch[0].words
      unsafe kernels.table.pointee.shift_left(samples.words, count, CInt(shift), shifted)
      unsafe kernels.table.pointee.swap(shifted, count, target.words)
    }
  }
}
