/// The ones' complement sum of IP, UDP and TCP (RFC 1071).
///
/// It is summed in the machine's own byte order, which the sum does not depend on (section 2 (B)):
/// 32-bit words into 64 bits, folded at the end. Only the last piece may have an odd size.
struct InternetChecksum {
  private var sum: UInt64 = 0

  /// Adds bytes that lie on the wire one after another.
  mutating func add(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe add($0) }
  }

  /// Adds bytes that lie on the wire one after another.
  @unsafe mutating func add(_ bytes: UnsafeRawBufferPointer) {
    // Four 32-bit words at a time, the even and the odd ones apart.
    var even = SIMD2<UInt64>.zero
    var odd = SIMD2<UInt64>.zero
    let low = SIMD2<UInt64>(repeating: 0xffff_ffff)
    var index = 0
    while index &+ 16 <= bytes.count {
      let words = unsafe bytes.loadUnaligned(fromByteOffset: index, as: SIMD2<UInt64>.self)
      even &+= words & low
      odd &+= words &>> 32
      index &+= 16
    }
    var total = (even &+ odd).wrappedSum()
    while index &+ 4 <= bytes.count {
      total &+= UInt64(unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
      index &+= 4
    }
    var tail: UInt32 = 0
    var shift: UInt32 = 24
    while index < bytes.count {
      tail |= UInt32(unsafe bytes[index]) << shift
      shift &-= 8
      index &+= 1
    }
    sum &+= total &+ UInt64(tail.bigEndian)
  }

  /// Adds a number of 16 bits.
  mutating func add(_ value: UInt16) { sum &+= UInt64(value.bigEndian) }

  /// Adds a number of 32 bits.
  mutating func add(_ value: UInt32) { sum &+= UInt64(value.bigEndian) }

  /// Adds an address.
  mutating func add(_ address: IPAddress) {
    if let value = address.ipv4 { return add(value) }
    for half in [address.high, address.low] {
      add(UInt32(truncatingIfNeeded: half >> 32))
      add(UInt32(truncatingIfNeeded: half))
    }
  }

  /// What a checksum field must hold; over a whole that has its checksum in it, zero.
  var value: UInt16 {
    var folded = sum
    while folded >> 16 != 0 { folded = (folded & 0xffff) + folded >> 16 }
    return ~UInt16(truncatingIfNeeded: folded).bigEndian
  }
}
