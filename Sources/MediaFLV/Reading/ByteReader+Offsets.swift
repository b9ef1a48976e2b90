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
  func tagHeader(atOffset offset: Int) throws(ParseError) -> FLVTagHeader {
    let start = offset - baseOffset
    var reader = ByteReader(
      bytes.extracting(start..<start + FLVTagHeader.byteCount), baseOffset: offset)
    return try FLVTagHeader(parsing: &reader)
  }
}
