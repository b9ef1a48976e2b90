import MediaBytes

/// Random access by offsets of the whole input; those asked for must be in the window.
extension ByteReader {
  /// Where the window ends in the whole input.
  var windowEnd: Int { baseOffset + bytes.byteCount }

  /// The byte at an offset of the input.
  func u8(atOffset offset: Int) -> UInt8 { bytes.byte(at: offset - baseOffset) }

  /// 24 bits at an offset of the input.
  func u24(atOffset offset: Int) -> UInt32 {
    UInt32(u8(atOffset: offset)) << 16 | UInt32(u8(atOffset: offset + 1)) << 8
      | UInt32(u8(atOffset: offset + 2))
  }

  /// 32 bits at an offset of the input.
  func u32(atOffset offset: Int) -> UInt32 {
    let value = unsafe bytes.unsafeLoadUnaligned(
      fromByteOffset: offset - baseOffset, as: UInt32.self)
    return UInt32(bigEndian: value)
  }

  /// The tag header at an offset of the input.
  @inline(__always)
  func tagHeader(atOffset offset: Int) -> FLVTagHeader {
    let start = offset - baseOffset
    let header = bytes.extracting(start..<start + FLVTagHeader.byteCount)
    // All but StreamID, whose three bytes follow.
    let fields = UInt64(
      bigEndian: unsafe header.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self))
    let last = UInt32(
      bigEndian: unsafe header.unsafeLoadUnaligned(fromByteOffset: 7, as: UInt32.self))
    return FLVTagHeader(fields: fields, streamID: last & 0xff_ffff)
  }
}

extension FLVTagHeader {
  /// Makes it of its first eight bytes, the first the most significant, and its last three.
  @inline(__always)
  fileprivate init(fields: UInt64, streamID: UInt32) {
    let extended = UInt32(truncatingIfNeeded: fields & 0xff)
    let timestamp = UInt32(truncatingIfNeeded: fields >> 8 & 0xff_ffff)
    self.init(
      FLVTagType(rawValue: UInt8(truncatingIfNeeded: fields >> 56 & 0x1f)),
      dataSize: UInt32(truncatingIfNeeded: fields >> 32 & 0xff_ffff),
      timestamp: Int32(bitPattern: extended << 24 | timestamp))
    isFiltered = fields >> 61 & 1 != 0
    reservedBits = UInt8(truncatingIfNeeded: fields >> 62)
    self.streamID = streamID
  }
}
