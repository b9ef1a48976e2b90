public import MediaBytes

/// How many bytes hold the length of each NAL unit (ISO/IEC 14496-15 5.3.3.1, `lengthSizeMinusOne`).
public enum NALUnitLengthSize: Int, Hashable, Sendable, CaseIterable {
  /// Lengths of 8 bits.
  case one = 1
  /// Lengths of 16 bits.
  case two = 2
  /// Lengths of 32 bits, the only size in general use.
  case four = 4
}

/// How NAL units follow each other.
public enum NALUnitFraming: Hashable, Sendable {
  /// Separated by start codes, as on the air (H.264 and H.265, Annex B).
  case annexB
  /// Each after its length, as in files (ISO/IEC 14496-15).
  case lengthPrefixed(NALUnitLengthSize)
}

/// Walks over NAL units without copying them.
///
/// Call `next(in:)` with the same bytes each time. Empty units are passed over.
public struct NALUnitCursor: Sendable {
  private let framing: NALUnitFraming
  private var position = 0

  /// Begins before the first NAL unit.
  public init(_ framing: NALUnitFraming) {
    self.framing = framing
  }

  /// Where the next NAL unit lies in `bytes`, its header included, its framing not; nil at the end.
  ///
  /// Bytes before the first start code belong to no unit. A length that runs past the end throws
  /// `truncated`; start codes cannot be wrong, so that form never throws.
  public mutating func next(in bytes: RawSpan) throws(ParseError) -> Range<Int>? {
    switch framing {
    case .annexB: nextByStartCode(in: bytes)
    case .lengthPrefixed(let size): try nextByLength(in: bytes, size)
    }
  }

  private mutating func nextByLength(
    in bytes: RawSpan, _ size: NALUnitLengthSize
  ) throws(ParseError) -> Range<Int>? {
    var reader = ByteReader(bytes.extracting(position..<bytes.byteCount), baseOffset: position)
    while !reader.isAtEnd {
      let length =
        switch size {
        case .one: Int(try reader.u8("NAL unit length"))
        case .two: Int(try reader.u16("NAL unit length"))
        case .four: Int(try reader.u32("NAL unit length"))
        }
      let start = reader.offset
      try reader.skip(length, "NAL unit")
      position = reader.offset
      if length > 0 { return start..<position }
    }
    return nil
  }

  private mutating func nextByStartCode(in bytes: RawSpan) -> Range<Int>? {
    // `position` is the byte after a start code, or 0 before the first.
    if position == 0 { position = bytes.firstStartCode().map { $0 + 3 } ?? bytes.byteCount }
    while position < bytes.byteCount {
      let start = position
      let code = bytes.firstStartCode(from: start)
      position = code.map { $0 + 3 } ?? bytes.byteCount
      var end = code ?? bytes.byteCount
      // trailing_zero_8bits, and the zero_byte of a four-byte start code.
      while end > start, bytes.byte(at: end - 1) == 0 { end -= 1 }
      if end > start { return start..<end }
    }
    return nil
  }
}

extension NALUnitFraming {
  /// Puts the NAL units of `bytes`, framed like this, into another framing, otherwise unchanged.
  ///
  /// Start codes written have four bytes; empty units are left out. Nothing is written when it
  /// throws: `truncated` where a length runs past the end, `overLimit` where a unit is too long for
  /// the new size of lengths.
  public func rewrite(
    _ bytes: RawSpan, as framing: Self, into writer: inout ByteWriter
  ) throws(ParseError) {
    let limit =
      switch framing {
      case .annexB: Int.max
      case .lengthPrefixed(let size): 1 << (8 * size.rawValue) - 1
      }
    var check = NALUnitCursor(self)
    while let range = try check.next(in: bytes) {
      guard range.count > limit else { continue }
      throw ParseError(
        .overLimit(UInt64(range.count), limit: limit), "NAL unit length", at: range.lowerBound)
    }
    var cursor = NALUnitCursor(self)
    while let range = try cursor.next(in: bytes) {
      switch framing {
      case .annexB: writer.integer(1 as UInt32)
      case .lengthPrefixed(.one): writer.integer(UInt8(range.count))
      case .lengthPrefixed(.two): writer.integer(UInt16(range.count))
      case .lengthPrefixed(.four): writer.integer(UInt32(range.count))
      }
      writer.append(bytes.extracting(range))
    }
  }
}

extension ByteReader {
  /// Reads `lengthSizeMinusOne` from the low two bits of a byte; 2 is not allowed.
  mutating func lengthSize() throws(ParseError) -> NALUnitLengthSize {
    let start = offset
    let minusOne = try u8("lengthSizeMinusOne") & 3
    guard let size = NALUnitLengthSize(rawValue: Int(minusOne) + 1) else {
      throw ParseError(.invalid(UInt64(minusOne)), "lengthSizeMinusOne", at: start)
    }
    return size
  }
}
