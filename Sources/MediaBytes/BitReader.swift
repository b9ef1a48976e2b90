/// Reads bit fields, most significant bit first.
///
/// In its second form it reads the payload of an H.264 or H.265 NAL unit and leaves out each
/// `emulation_prevention_three_byte` as it goes (H.264 7.3.1, H.265 7.3.1.1), so nothing is copied.
/// An error's offset is that of the byte in the input at which reading stopped.
public struct BitReader: ~Escapable {
  private let bytes: RawSpan
  private let baseOffset: Int
  /// Only an RBSP has emulation prevention and trailing bits.
  private let isRBSP: Bool
  /// The next byte of `bytes` to load.
  private var position = 0
  /// The byte being read; its low `bitsLeft` bits are still unread.
  private var current: UInt8 = 0
  private var bitsLeft = 0
  /// How many bytes before `position` are zero, as far as it matters.
  private var zeros = 0
  /// Where the data ends, in bits from the start of `bytes`: found once, not at each question.
  private let dataEnd: Int

  /// Reads all bits of `bytes`, whose first byte lies at `baseOffset` of the whole input.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, baseOffset: Int = 0) {
    self.bytes = bytes
    self.baseOffset = baseOffset
    isRBSP = false
    dataEnd = bytes.byteCount * 8
  }

  /// Reads the RBSP inside `rbsp`: a NAL unit's bytes after its header, as they are transmitted.
  @_lifetime(copy bytes)
  public init(rbsp bytes: RawSpan, baseOffset: Int = 0) {
    self.bytes = bytes
    self.baseOffset = baseOffset
    isRBSP = true
    dataEnd = Self.stopBit(of: bytes)
  }

  /// Reads what `reader` has not read yet.
  @_lifetime(copy reader)
  public init(_ reader: ByteReader) {
    self.init(
      reader.bytes.extracting(reader.position..<reader.bytes.byteCount), baseOffset: reader.offset)
  }

  /// The byte of the input that holds the next bit.
  public var offset: Int { baseOffset + position - (bitsLeft > 0 ? 1 : 0) }
  /// How many bits are left; in an RBSP this counts emulation prevention and trailing bits too.
  public var bitsRemaining: Int { (bytes.byteCount - position) * 8 + bitsLeft }
  /// Whether the next bit is the first of a byte.
  public var isByteAligned: Bool { bitsLeft == 0 }
}

// MARK: - Bits

extension BitReader {
  /// Reads `count` bits (0...64) as an unsigned integer.
  public mutating func bits(_ count: Int, _ field: StaticString) throws(ParseError) -> UInt64 {
    precondition((0...64).contains(count), "a field has at most 64 bits")
    var value: UInt64 = 0
    var wanted = count
    while wanted > 0 {
      if bitsLeft == 0 { try loadByte(field) }
      let taken = min(wanted, bitsLeft)
      bitsLeft -= taken
      wanted -= taken
      let mask: UInt8 = 0xff >> (8 - taken)
      value = value << taken | UInt64(current >> bitsLeft & mask)
    }
    return value
  }

  /// Reads one bit: true when it is 1.
  public mutating func flag(_ field: StaticString) throws(ParseError) -> Bool {
    try bits(1, field) == 1
  }

  /// Steps over `count` bits.
  public mutating func skip(_ count: Int, _ field: StaticString) throws(ParseError) {
    var left = count
    while left > 0 {
      _ = try bits(min(left, 64), field)
      left -= 64
    }
  }

  /// Steps to the next byte boundary; stays where it is when already there.
  public mutating func alignToByte() {
    bitsLeft = 0
  }

  private mutating func loadByte(_ field: StaticString) throws(ParseError) {
    if isRBSP, zeros >= 2, position < bytes.byteCount, bytes.byte(at: position) == 3 {
      position += 1
      zeros = 0
    }
    guard position < bytes.byteCount else {
      throw ParseError(.truncated(needed: 1), field, at: baseOffset + position)
    }
    current = bytes.byte(at: position)
    position += 1
    zeros = current == 0 ? zeros + 1 : 0
    bitsLeft = 8
  }
}

// MARK: - Exponential Golomb codes, H.264 9.1

extension BitReader {
  /// Reads `ue(v)`: 0...2^32 - 2, the widest range that H.264 and H.265 give any element.
  public mutating func ue(_ field: StaticString) throws(ParseError) -> UInt32 {
    let start = offset
    var leadingZeros = 0
    while try !flag(field) {
      leadingZeros += 1
      guard leadingZeros < 32 else {
        throw ParseError(.overLimit(UInt64(leadingZeros), limit: 31), field, at: start)
      }
    }
    let suffix = try bits(leadingZeros, field)
    return UInt32(1 << leadingZeros - 1 + suffix)
  }

  /// Reads `se(v)`: -(2^31 - 1)...2^31 - 1.
  public mutating func se(_ field: StaticString) throws(ParseError) -> Int32 {
    let code = Int64(try ue(field))
    return Int32(code & 1 == 1 ? (code + 1) / 2 : -(code / 2))
  }
}

// MARK: - The end of an RBSP

extension BitReader {
  /// Whether data precedes the `rbsp_trailing_bits`: `more_rbsp_data()` of H.264 7.2.
  ///
  /// False as well when the stop bit is missing, so a loop on it ends on broken data too. In plain
  /// bytes, which have no trailing bits, it is whether any bit is left.
  public var hasMoreRBSPData: Bool {
    position * 8 - bitsLeft < dataEnd
  }

  /// Where the last 1 bit of an RBSP is, in bits from its start; 0 when there is none.
  private static func stopBit(of bytes: RawSpan) -> Int {
    var end = bytes.byteCount
    while end > 0 {
      let last = bytes.byte(at: end - 1)
      // After cabac_zero_words (0x0000) a final 0x03 stands only for emulation prevention.
      let isPrevention =
        last == 3 && end >= 3 && bytes.byte(at: end - 2) == 0 && bytes.byte(at: end - 3) == 0
      guard last == 0 || isPrevention else {
        return end * 8 - 1 - last.trailingZeroBitCount
      }
      end -= 1
    }
    return 0
  }
}
