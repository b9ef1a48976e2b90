extension RawSpan {
  /// The byte at `index`, which must be in `0..<byteCount`.
  @inlinable public func byte(at index: Int) -> UInt8 {
    // The bounds are checked; only the type that is read makes it unsafe by name.
    unsafe unsafeLoadUnaligned(fromByteOffset: index, as: UInt8.self)
  }

  /// 16 bits at `index`, most significant byte first; they must be there.
  @inlinable public func u16(at index: Int) -> UInt16 {
    UInt16(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: index, as: UInt16.self))
  }

  /// 32 bits at `index`, most significant byte first; they must be there.
  @inlinable public func u32(at index: Int) -> UInt32 {
    UInt32(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: index, as: UInt32.self))
  }

  /// Whether both hold the same bytes.
  public func elementsEqual(_ other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    for index in 0..<byteCount where byte(at: index) != other.byte(at: index) { return false }
    return true
  }
}

extension [UInt8] {
  /// Copies the bytes of a view.
  @inlinable public init(copying bytes: RawSpan) {
    self = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// Appends the bytes of a view.
  @inlinable public mutating func append(copying bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}
