/// Appends fields in wire order to an array of bytes.
///
/// Writing a valid value cannot fail; a value that does not fit its field is our own bug and stops
/// the program. `integer` is inlinable because an unspecialised generic call from another module
/// costs forty times as much (441 ns against 10.3 ns for four fields of 15 bytes).
public struct ByteWriter: Sendable {
  /// Everything written so far.
  public var bytes: [UInt8] { storage }
  @usableFromInline var storage: [UInt8] = []

  /// An integer field whose value becomes known only later, see `reserve`.
  public struct Placeholder<Value: FixedWidthInteger & Sendable>: Sendable {
    fileprivate let offset: Int
  }

  /// Makes an empty writer with room for `capacity` bytes.
  public init(capacity: Int = 0) {
    storage.reserveCapacity(capacity)
  }

  /// How many bytes have been written.
  public var count: Int { storage.count }

  /// Empties the writer, keeping its memory for the next use.
  public mutating func removeAll() {
    storage.removeAll(keepingCapacity: true)
  }
}

// MARK: - Values

extension ByteWriter {
  /// Writes an integer of any width, most significant byte first.
  @inlinable public mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
    var shift = Value.bitWidth
    while shift > 0 {
      shift -= 8
      storage.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// Writes an integer of any width, least significant byte first.
  @inlinable public mutating func integer<Value: FixedWidthInteger>(littleEndian value: Value) {
    integer(value.byteSwapped)
  }

  /// Writes 24 bits, most significant byte first; `value` is 0...0xffffff.
  public mutating func u24(_ value: UInt32) {
    precondition(value <= 0xff_ffff, "value does not fit in 24 bits")
    integer(UInt8(value >> 16))
    integer(UInt16(truncatingIfNeeded: value))
  }

  /// Writes 24 bits, least significant byte first; `value` is 0...0xffffff.
  public mutating func u24(littleEndian value: UInt32) {
    precondition(value <= 0xff_ffff, "value does not fit in 24 bits")
    u24(value.byteSwapped >> 8)
  }

  /// Writes 24 bits, two's complement, most significant byte first; `value` is ±2^23.
  public mutating func i24(_ value: Int32) {
    precondition((-0x80_0000...0x7f_ffff).contains(value), "value does not fit in 24 bits")
    u24(UInt32(bitPattern: value) & 0xff_ffff)
  }

  /// Writes 24 bits, two's complement, least significant byte first; `value` is ±2^23.
  public mutating func i24(littleEndian value: Int32) {
    precondition((-0x80_0000...0x7f_ffff).contains(value), "value does not fit in 24 bits")
    u24(littleEndian: UInt32(bitPattern: value) & 0xff_ffff)
  }

  /// Writes an IEEE 754 binary64, most significant byte first.
  public mutating func float64(_ value: Double) {
    integer(value.bitPattern)
  }

  /// Writes an IEEE 754 binary64, least significant byte first.
  public mutating func float64(littleEndian value: Double) {
    integer(littleEndian: value.bitPattern)
  }

  /// Writes bytes as they are.
  public mutating func append(_ more: [UInt8]) {
    storage += more
  }

  /// Writes bytes as they are.
  public mutating func append(_ more: RawSpan) {
    storage.append(copying: more)
  }

  /// Writes `count` times the same byte.
  public mutating func fill(_ count: Int, with byte: UInt8 = 0) {
    storage.append(contentsOf: repeatElement(byte, count: count))
  }
}

// MARK: - Values known later

extension ByteWriter {
  /// Leaves room for a big-endian integer, zero until `patch` or `patchLength` sets it.
  public mutating func reserve<Value>(_ type: Value.Type) -> Placeholder<Value> {
    defer { integer(Value.zero) }
    return Placeholder(offset: count)
  }

  /// Sets a reserved integer.
  public mutating func patch<Value>(_ field: Placeholder<Value>, with value: Value) {
    let width = Value.bitWidth / 8
    for index in 0..<width {
      let shift = 8 * (width - 1 - index)
      storage[field.offset + index] = UInt8(truncatingIfNeeded: value >> shift)
    }
  }

  /// Sets a reserved integer to the number of bytes written since.
  ///
  /// With `includingField` the integer's own bytes count as well, as in the size of an MP4 box.
  public mutating func patchLength<Value>(
    _ field: Placeholder<Value>, includingField: Bool = false
  ) {
    let start = field.offset + (includingField ? 0 : Value.bitWidth / 8)
    guard let length = Value(exactly: count - start) else {
      preconditionFailure("the length does not fit its field")
    }
    patch(field, with: length)
  }
}
