import MediaBytes

extension BitReader {
  /// `LatmGetValue()` (ISO/IEC 14496-3 1.7.3.1): up to 32 bits.
  mutating func latmValue(_ field: StaticString) throws(ParseError) -> Int {
    let count = Int(try bits(2, field)) + 1
    return Int(try bits(8 * count, field))
  }

  /// The next bytes, which need not begin at the border of one.
  mutating func latmBytes(
    _ count: Int, _ field: StaticString
  ) throws(ParseError) -> [UInt8] {
    guard count <= bitsRemaining / 8 else {
      throw ParseError(.truncated(needed: count), field, at: offset)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for _ in 0..<count { bytes.append(UInt8(try bits(8, field))) }
    return bytes
  }
}
