/// Rows of memory for what lies between input and output, each behind the other.
@safe struct RowScratch {
  private let base: UnsafeMutableRawPointer
  private let rowByteCount: Int

  /// Runs `body` with rows that hold two samples of two bytes for each of `width` pixels, and some
  /// more.
  static func with(rows: Int, width: Int, _ body: (RowScratch) -> Void) {
    let byteCount = (4 * width + 191) / 64 * 64
    unsafe withUnsafeTemporaryAllocation(byteCount: rows * byteCount, alignment: 64) { memory in
      guard let base = memory.baseAddress else { return }
      unsafe body(RowScratch(base: base, rowByteCount: byteCount))
    }
  }

  private init(base: UnsafeMutableRawPointer, rowByteCount: Int) {
    unsafe self.base = base
    self.rowByteCount = rowByteCount
  }

  subscript(row: Int) -> UnsafeMutableRawPointer { unsafe base + row &* rowByteCount }

  /// The rows from one on.
  func from(_ row: Int) -> RowScratch {
    unsafe RowScratch(base: self[row], rowByteCount: rowByteCount)
  }
}
