public import MediaBytes

/// The aggregation header of AV1 (AV1 RTP 4.4).
///
///      0 1 2 3 4 5 6 7
///     +-+-+-+-+-+-+-+-+
///     |Z|Y| W |N|-|-|-|
///     +-+-+-+-+-+-+-+-+
public struct AV1AggregationHeader: Hashable, Sendable {
  /// `Z`: the first element goes on with an OBU of the packet before.
  public var continuesUnit = false
  /// `Y`: the last element goes on in the next packet.
  public var isContinued = false
  /// `W`: how many elements there are, 1...3, the last of them without a length; 0 where each of
  /// them has one.
  public var elementCount = 0
  /// `N`: the packet begins a coded video sequence.
  public var startsSequence = false
  /// Whether reserved bits were set.
  public var hasReservedBits = false

  /// Makes one with nothing set.
  public init() {}

  /// Reads one byte.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let byte = try reader.u8("AV1 aggregation header")
    continuesUnit = byte & 0x80 != 0
    isContinued = byte & 0x40 != 0
    elementCount = Int(byte >> 4 & 3)
    startsSequence = byte & 8 != 0
    hasReservedBits = byte & 7 != 0
  }

  /// Its byte.
  public var byte: UInt8 {
    (continuesUnit ? 0x80 : 0) | (isContinued ? 0x40 : 0)
      | UInt8(truncatingIfNeeded: elementCount & 3) << 4 | (startsSequence ? 8 : 0)
  }
}

/// `leb128()` of AV1 4.10.5.
enum LEB128 {
  /// How many bytes a number takes, 0...2^32 - 1.
  static func byteCount(_ value: Int) -> Int {
    var (left, count) = (value >> 7, 1)
    while left > 0 { (left, count) = (left >> 7, count + 1) }
    return count
  }

  /// The bytes of a number, 0...2^32 - 1.
  static func bytes(_ value: Int) -> [UInt8] {
    var left = value
    var bytes: [UInt8] = []
    while left >= 0x80 {
      bytes.append(UInt8(left & 0x7f) | 0x80)
      left >>= 7
    }
    bytes.append(UInt8(left & 0x7f))
    return bytes
  }

  /// Reads a number of at most 8 bytes and no more than 32 bits.
  static func read(_ reader: inout ByteReader, _ field: StaticString) throws(ParseError) -> Int {
    var ahead = reader
    var value: UInt64 = 0
    for index in 0..<8 {
      let byte = try ahead.u8(field)
      value |= UInt64(byte & 0x7f) << UInt64(7 * index)
      if byte & 0x80 == 0 { break }
      if index == 7 { value = .max }
    }
    guard value <= UInt64(UInt32.max) else {
      throw ParseError(.overLimit(value, limit: Int(UInt32.max)), field, at: reader.offset)
    }
    reader = ahead
    return Int(value)
  }
}
