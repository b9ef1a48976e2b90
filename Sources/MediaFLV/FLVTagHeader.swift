public import MediaBytes

/// What a tag carries, `TagType` (FLV 10.1 E.4.1), 5 bits; also RTMP's message type.
public struct FLVTagType: RawRepresentable, Hashable, Sendable {
  /// The five bits.
  public let rawValue: UInt8
  /// Makes a type of its five bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Sound.
  public static let audio = Self(rawValue: 8)
  /// Pictures.
  public static let video = Self(rawValue: 9)
  /// Script data in AMF3 (RTMP's data message; found in recordings of such streams).
  public static let scriptAMF3 = Self(rawValue: 15)
  /// Script data in AMF0.
  public static let script = Self(rawValue: 18)

  /// Whether it is one of the four that have a meaning.
  public var isKnown: Bool {
    switch self {
    case .audio, .video, .script, .scriptAMF3: true
    default: false
    }
  }
}

/// The eleven bytes that begin a tag (FLV 10.1 E.4.1).
public struct FLVTagHeader: Hashable, Sendable {
  /// The size of the header itself.
  public static let byteCount = 11

  /// What the tag carries.
  public var type: FLVTagType
  /// `Filter`: the body is encrypted, and an EncryptionTagHeader tells how (Annex F).
  public var isFiltered: Bool = false
  /// The two bits above `Filter`, which must be zero.
  public var reservedBits: UInt8 = 0
  /// `DataSize`: bytes from the end of this header to `PreviousTagSize`, 24 bits.
  public var dataSize: UInt32
  /// When to decode the tag, in milliseconds: SI32, its highest byte from `TimestampExtended`.
  public var timestamp: Int32
  /// `StreamID`, 24 bits: always 0 in a file.
  public var streamID: UInt32 = 0

  /// Makes the header of an ordinary tag; `dataSize` is 0...0xffffff.
  public init(_ type: FLVTagType, dataSize: UInt32, timestamp: Int32) {
    self.type = type
    self.dataSize = dataSize
    self.timestamp = timestamp
  }

  /// Reads eleven bytes; any values are lawful to this reader.
  @inlinable
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let bits = try reader.u8("TagType")
    type = FLVTagType(rawValue: bits & 0x1f)
    isFiltered = bits & 0x20 != 0
    reservedBits = bits >> 6
    dataSize = try reader.u24("DataSize")
    let low = try reader.u24("Timestamp")
    let high = try reader.u8("TimestampExtended")
    timestamp = Int32(bitPattern: UInt32(high) << 24 | low)
    streamID = try reader.u24("StreamID")
  }

  /// Writes eleven bytes.
  public func write(to writer: inout ByteWriter) {
    writer.integer(reservedBits << 6 | (isFiltered ? 0x20 : 0) | type.rawValue)
    writer.u24(dataSize)
    let bits = UInt32(bitPattern: timestamp)
    writer.u24(bits & 0xff_ffff)
    writer.integer(UInt8(bits >> 24))
    writer.u24(streamID)
  }
}
