import MediaBytes

extension RawSpan {
  /// Where the first start code at or after `from` begins, `00 00 01`; nil where there is none.
  public func firstStartCode(from: Int = 0) -> Int? {
    let last = byteCount - 3
    var index = from
    // Two zeros behind each other are rare in coded video: most blocks are passed over at once.
    while index + Self.blockByteCount < byteCount {
      let end = index + Self.blockByteCount
      if hasZeroPair(inBlockAt: index),
        let found = firstStartCode(in: index..<min(end, last + 1))
      {
        return found
      }
      index = end
    }
    return index <= last ? firstStartCode(in: index..<last + 1) : nil
  }

  /// Whether the bytes begin with a start code of three or four bytes.
  public var beginsWithStartCode: Bool {
    guard byteCount >= 4, byte(at: 0) == 0, byte(at: 1) == 0 else { return false }
    return byte(at: 2) == 1 || (byte(at: 2) == 0 && byte(at: 3) == 1)
  }

  private static var blockByteCount: Int { 64 }

  private func firstStartCode(in starts: Range<Int>) -> Int? {
    starts.first { byte(at: $0) == 0 && byte(at: $0 + 1) == 0 && byte(at: $0 + 2) == 1 }
  }

  /// Whether two zeros behind each other begin in the block at `index`; the byte behind it is read.
  @inline(__always)
  private func hasZeroPair(inBlockAt index: Int) -> Bool {
    // The caller has looked where the bytes end.
    let bytes = unsafe unsafeLoadUnaligned(
      fromUncheckedByteOffset: index, as: SIMD8<UInt64>.self)
    let next = unsafe unsafeLoadUnaligned(
      fromUncheckedByteOffset: index + 1, as: SIMD8<UInt64>.self)
    let pairs = bytes | next
    // Each byte that is 0 borrows from its own highest bit.
    let borrows = (pairs &- SIMD8(repeating: 0x0101_0101_0101_0101)) & ~pairs
    let folded = borrows.lowHalf | borrows.highHalf
    let rest = folded.lowHalf | folded.highHalf
    return (rest.x | rest.y) & 0x8080_8080_8080_8080 != 0
  }
}
