/// Writes the elements of a NAL unit as the syntax tables list them.
struct RBSPBuilder {
  private var bits: [Bool] = []

  /// Begins with whole bytes, such as the NAL unit header.
  init(_ header: [UInt8] = []) {
    for byte in header { u(8, Int(byte)) }
  }

  /// `u(n)`.
  mutating func u(_ count: Int, _ value: Int) {
    for bit in (0..<count).reversed() { bits.append(value >> bit & 1 == 1) }
  }

  /// `u(1)`.
  mutating func flag(_ value: Bool) { bits.append(value) }

  /// `ue(v)`.
  mutating func ue(_ value: Int) {
    let width = Int.bitWidth - (value + 1).leadingZeroBitCount
    u(width - 1, 0)
    u(width, value + 1)
  }

  /// `se(v)`.
  mutating func se(_ value: Int) { ue(value > 0 ? 2 * value - 1 : -2 * value) }

  /// The bytes so far, zeros up to the next byte boundary.
  var bytes: [UInt8] {
    stride(from: 0, to: bits.count, by: 8).map { start in
      (0..<8).reduce(UInt8(0)) { byte, bit in
        let isSet = start + bit < bits.count && bits[start + bit]
        return byte << 1 | (isSet ? 1 : 0)
      }
    }
  }

  /// The whole NAL unit, with `rbsp_trailing_bits` and emulation prevention.
  var nalUnit: [UInt8] {
    var whole = self
    whole.flag(true)
    return escaped(whole.bytes)
  }
}

/// The bytes with emulation prevention (H.264 7.4.1).
func escaped(_ bytes: [UInt8]) -> [UInt8] {
  var result: [UInt8] = []
  var zeros = 0
  for byte in bytes {
    if zeros >= 2, byte <= 3 {
      result.append(3)
      zeros = 0
    }
    result.append(byte)
    zeros = byte == 0 ? zeros + 1 : 0
  }
  if zeros >= 1 { result.append(3) }
  return result
}
