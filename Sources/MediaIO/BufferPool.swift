internal import Glibc

/// Memory for blocks of bytes, given back and used again: fresh pages cost more than their filling.
///
/// May be used from several threads; what is taken belongs to who took it.
public final class BufferPool: Sendable {
  /// A block, given back to its pool when the last reference goes.
  public final class Buffer: @unchecked Sendable {
    /// Its bytes; what they hold at first is anybody's guess.
    public let bytes: UnsafeMutableRawBufferPointer
    private let pool: BufferPool

    fileprivate init(_ bytes: UnsafeMutableRawBufferPointer, _ pool: BufferPool) {
      self.bytes = bytes
      self.pool = pool
    }

    deinit { pool.putBack(bytes) }
  }

  private struct Free: @unchecked Sendable {
    var blocks: [UnsafeMutableRawBufferPointer] = []
  }

  /// Bytes of each block.
  public let byteCount: Int
  private let free = Monitor(Free())

  /// A pool of blocks of one size.
  public init(byteCount: Int) { self.byteCount = byteCount }

  deinit {
    free.change { free in
      for block in free.blocks { block.deallocate() }
    }
  }

  /// A block that nobody uses.
  public func take() -> Buffer {
    let known = free.wait { .some($0.blocks.popLast()) }
    return Buffer(known ?? fresh(), self)
  }

  /// Large blocks in large pages where the system has them: these are had, and found, sooner.
  private func fresh() -> UnsafeMutableRawBufferPointer {
    let largePage = 2 << 20
    guard byteCount >= largePage else { return .allocate(byteCount: byteCount, alignment: 64) }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: largePage)
    // Whether it is granted changes nothing but the time.
    _ = madvise(block.baseAddress, byteCount, Int32(MADV_HUGEPAGE))
    return block
  }

  private func putBack(_ bytes: UnsafeMutableRawBufferPointer) {
    free.change { $0.blocks.append(bytes) }
  }
}
