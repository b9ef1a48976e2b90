/// The ones' complement sum of IP, UDP and TCP (RFC 1071).
///
/// It is summed in the machine's own byte order, which the sum does not depend on (section 2 (B)):
/// words of 64 bits, folded at the end. Only the last piece may have an odd size.
struct InternetChecksum {
  private var sum: UInt64 = 0

  /// Adds bytes that lie on the wire one after another.
  mutating func add(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe add($0) }
  }

  /// Adds bytes that lie on the wire one after another.
  @unsafe mutating func add(_ bytes: UnsafeRawBufferPointer) {
    // Two sums of 64-bit words, whose carries count as ones: 2^64 is 1 modulo 2^16 - 1.
    let pairsEnd = bytes.count & ~15
    var (first, second, carries) = (UInt64(0), UInt64(0), UInt64(0))
    var index = 0
    while index < pairsEnd {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let next = unsafe bytes.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)
      let (firstSum, firstCarry) = first.addingReportingOverflow(word)
      let (secondSum, secondCarry) = second.addingReportingOverflow(next)
      (first, second) = (firstSum, secondSum)
      carries &+= (firstCarry ? 1 : 0) &+ (secondCarry ? 1 : 0)
      index &+= 16
    }
    var total = carries &+ Self.halves(first) &+ Self.halves(second)
    let wordsEnd = bytes.count & ~3
    while index < wordsEnd {
      total &+= UInt64(unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
      index &+= 4
    }
    var tail: UInt32 = 0
    var shift: UInt32 = 24
    while index < bytes.count {
      tail |= UInt32(unsafe bytes[index]) &<< shift
      shift &-= 8
      index &+= 1
    }
    sum &+= total &+ UInt64(tail.bigEndian)
  }

  private static func halves(_ sum: UInt64) -> UInt64 { (sum & 0xffff_ffff) &+ sum >> 32 }

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
