public import MediaBytes

/// The 24 bytes that begin a pcap file (draft-ietf-opsawg-pcap section 4).
public struct PCAPHeader: Hashable, Sendable {
  /// The size of the header.
  public static let byteCount = 24

  /// The byte order of every number in the file.
  public var byteOrder: ByteOrder
  /// Whether times have nanoseconds rather than microseconds.
  public var isNanoseconds: Bool
  /// Whether records have eight bytes more, as Kuznetzov's patch of libpcap wrote them.
  public var isModified = false
  /// The most bytes of a record that were kept; what records say goes before it.
  public var snapLength: UInt32
  /// What each record begins with; the bits above the sixteen are about frame check sequences.
  public var linkType: LinkType

  /// Makes the header of an ordinary file.
  public init(
    byteOrder: ByteOrder = .little, isNanoseconds: Bool = false, snapLength: UInt32 = 262_144,
    linkType: LinkType = .ethernet
  ) {
    self.byteOrder = byteOrder
    self.isNanoseconds = isNanoseconds
    self.snapLength = snapLength
    self.linkType = linkType
  }

  /// Reads a header of version 2; throws `invalid` where it does not begin as a pcap file.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    var ahead = reader
    let magic = try ahead.u32("magic number")
    guard let kind = Self.kinds[magic] ?? Self.kinds[magic.byteSwapped] else {
      throw ParseError(.invalid(UInt64(magic)), "magic number", at: start)
    }
    let order: ByteOrder = Self.kinds[magic] == nil ? .little : .big
    byteOrder = order
    (isNanoseconds, isModified) = kind
    let major = try ahead.u16(order, "major version")
    guard major == 2 else {
      throw ParseError(.unsupported(UInt64(major)), "major version", at: start + 4)
    }
    _ = try ahead.u16(order, "minor version")
    try ahead.skip(8, "reserved")  // once a time zone and the accuracy of times, never used
    snapLength = try ahead.u32(order, "SnapLen")
    linkType = LinkType(rawValue: UInt16(truncatingIfNeeded: try ahead.u32(order, "LinkType")))
    reader = ahead
  }

  /// Writes 24 bytes of version 2.4.
  public func write(to writer: inout ByteWriter) {
    let magic = Self.kinds.first { $0.value == (isNanoseconds, isModified) }?.key
    writer.integer(magic ?? Self.plain, byteOrder)
    writer.integer(2 as UInt16, byteOrder)
    writer.integer(4 as UInt16, byteOrder)
    writer.fill(8)
    writer.integer(snapLength, byteOrder)
    writer.integer(UInt32(linkType.rawValue), byteOrder)
  }

  private static let plain: UInt32 = 0xa1b2_c3d4
  private static let kinds: [UInt32: (isNanoseconds: Bool, isModified: Bool)] = [
    plain: (false, false), 0xa1b2_3c4d: (true, false), 0xa1b2_cd34: (false, true),
  ]

  /// The size of an ordinary record's header.
  static let recordByteCount = 16

  /// The size of a record's header.
  var recordHeaderByteCount: Int { isModified ? 24 : Self.recordByteCount }
}

/// What stands before the bytes of a record (draft-ietf-opsawg-pcap section 5).
struct PCAPRecordHeader {
  var seconds: UInt32
  /// Microseconds or nanoseconds.
  var fraction: UInt32
  /// Bytes of the record in the file.
  var capturedByteCount: UInt32
  /// Bytes of it on the wire.
  var originalByteCount: UInt32

  /// Reads the 16 bytes from `offset` of the input on, which are in the window.
  init(_ window: ByteReader, at offset: Int, _ order: ByteOrder) {
    let isBig = order == .big
    func field(_ place: Int) -> UInt32 {
      let value = window.u32(at: offset + place)
      return isBig ? value : value.byteSwapped
    }
    (seconds, fraction) = (field(0), field(4))
    (capturedByteCount, originalByteCount) = (field(8), field(12))
  }

  /// Nanoseconds since 1970; a fraction of a second or more is counted on.
  func time(_ header: PCAPHeader) -> Int64 {
    Int64(seconds) * 1_000_000_000 + Int64(fraction) * (header.isNanoseconds ? 1 : 1000)
  }
}

extension ByteReader {
  /// 16 bits in the file's byte order.
  @inline(__always)
  mutating func u16(_ order: ByteOrder, _ field: StaticString) throws(ParseError) -> UInt16 {
    let value = try u16(field)
    return order == .big ? value : value.byteSwapped
  }

  /// 32 bits in the file's byte order.
  @inline(__always)
  mutating func u32(_ order: ByteOrder, _ field: StaticString) throws(ParseError) -> UInt32 {
    let value = try u32(field)
    return order == .big ? value : value.byteSwapped
  }

  /// 64 bits in the file's byte order.
  @inline(__always)
  mutating func u64(_ order: ByteOrder, _ field: StaticString) throws(ParseError) -> UInt64 {
    let value = try u64(field)
    return order == .big ? value : value.byteSwapped
  }
}

extension ByteWriter {
  /// An integer in a byte order.
  mutating func integer<Value: FixedWidthInteger>(_ value: Value, _ order: ByteOrder) {
    integer(order == .big ? value : value.byteSwapped)
  }
}
