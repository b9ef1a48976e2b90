internal import MediaBytes

/// Fields of a chunk by their place; nil where the chunk ends before them.
extension RawSpan {
  /// The four characters at `index`, each byte one.
  func fourCharacters(at index: Int) -> String? {
    guard holds(4, at: index) else { return nil }
    var scalars = String.UnicodeScalarView()
    for place in index..<index + 4 { scalars.append(Unicode.Scalar(byte(at: place))) }
    return String(scalars)
  }

  /// 16 bits.
  func uint16(at index: Int, _ order: ByteOrder) -> UInt16? {
    guard holds(2, at: index) else { return nil }
    let value = u16(at: index)
    return order == .big ? value : value.byteSwapped
  }

  /// 32 bits.
  func uint32(at index: Int, _ order: ByteOrder) -> UInt32? {
    guard holds(4, at: index) else { return nil }
    let value = u32(at: index)
    return order == .big ? value : value.byteSwapped
  }

  /// 64 bits, least significant byte first.
  func uint64le(at index: Int) -> UInt64? {
    guard let low = uint32(at: index, .little), let high = uint32(at: index + 4, .little) else {
      return nil
    }
    return UInt64(high) << 32 | UInt64(low)
  }

  /// Whether `count` bytes are there from `index` on; neither may be near the limits of `Int`.
  func holds(_ count: Int, at index: Int) -> Bool {
    index >= 0 && count >= 0 && count <= byteCount && index <= byteCount - count
  }

  /// The text of up to `count` bytes from `index` on, as far as there are so many and to the first
  /// NUL: UTF-8 where it is valid, else Latin-1.
  func text(at index: Int, _ count: Int) -> String {
    guard index >= 0, index < byteCount, count > 0 else { return "" }
    var bytes = [UInt8](copying: extracting(index..<index + min(count, byteCount - index)))
    if let end = bytes.firstIndex(of: 0) { bytes.removeSubrange(end...) }
    while bytes.last == 0x20 { bytes.removeLast() }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var scalars = String.UnicodeScalarView()
    for byte in bytes { scalars.append(Unicode.Scalar(byte)) }
    return String(scalars)
  }
}
