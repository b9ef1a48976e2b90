/// Appends bit fields, most significant bit first.
///
/// Of the structures written here only those of MPEG-4 audio are not made of whole bytes.
public struct BitWriter: Sendable {
  private var whole: [UInt8] = []
  private var current: UInt8 = 0
  private var used = 0

  /// Makes an empty writer.
  public init() {}

  /// Everything written so far, the last byte filled up with zeros.
  public var bytes: [UInt8] { used == 0 ? whole : whole + [current << UInt8(8 - used)] }

  /// Writes the low `count` bits (0...32) of `value`, which has no higher ones.
  public mutating func bits(_ count: Int, _ value: Int) {
    precondition((0...32).contains(count) && value >> count == 0, "the value does not fit")
    for index in stride(from: count - 1, through: 0, by: -1) {
      current = current << 1 | UInt8(value >> index & 1)
      used += 1
      if used == 8 {
        whole.append(current)
        (current, used) = (0, 0)
      }
    }
  }

  /// Writes one bit.
  public mutating func flag(_ value: Bool) {
    bits(1, value ? 1 : 0)
  }

  /// Writes zeros to the next byte boundary.
  public mutating func alignToByte() {
    if used > 0 { bits(8 - used, 0) }
  }
}
