/// The two orders in which G.726 codes are put into bytes (RFC 3551 4.5.4).
public enum G726Order: Hashable, Sendable {
  /// The first code in the least significant bits, as `G726-32` has it; FFmpeg's `g726le`.
  case leastSignificantFirst
  /// The first code in the most significant bits, as `AAL2-G726-32` has it; FFmpeg's `g726`.
  case mostSignificantFirst

  /// Puts codes of this order into the other one.
  ///
  /// Codes of 2, 3, 4 and 5 bits fill 1, 3, 1 and 5 bytes; bytes behind the last whole group stay
  /// as they are.
  public func swapped(_ bytes: [UInt8], bitsPerCode: Int) -> [UInt8] {
    precondition((2...5).contains(bitsPerCode), "no rate of G.726")
    let group = bitsPerCode % 2 == 0 ? 1 : bitsPerCode
    let mask = UInt64(1 << bitsPerCode - 1)
    var result = bytes
    for start in stride(from: 0, to: bytes.count - bytes.count % group, by: group) {
      // Either order is that of one number's digits, read from one end or from the other.
      var word: UInt64 = 0
      for index in 0..<group { word |= UInt64(bytes[start + index]) << shift(index, group) }
      var turned: UInt64 = 0
      for _ in 0..<8 * group / bitsPerCode {
        turned = turned << UInt64(bitsPerCode) | word & mask
        word >>= UInt64(bitsPerCode)
      }
      for index in 0..<group {
        let shift = shift(group - 1 - index, group)
        result[start + index] = UInt8(truncatingIfNeeded: turned >> shift)
      }
    }
    return result
  }

  /// Where a byte of a group stands in its number.
  private func shift(_ index: Int, _ group: Int) -> UInt64 {
    UInt64(8 * (self == .leastSignificantFirst ? index : group - 1 - index))
  }
}
