public import MediaBytes

/// `obu_type` (AV1 6.2.2), 4 bits.
public struct AV1OBUType: RawRepresentable, Hashable, Sendable {
  /// The four bits.
  public let rawValue: UInt8
  /// Makes a type of its four bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// OBU_SEQUENCE_HEADER.
  public static let sequenceHeader = Self(rawValue: 1)
  /// OBU_TEMPORAL_DELIMITER.
  public static let temporalDelimiter = Self(rawValue: 2)
  /// OBU_FRAME_HEADER.
  public static let frameHeader = Self(rawValue: 3)
  /// OBU_TILE_GROUP.
  public static let tileGroup = Self(rawValue: 4)
  /// OBU_METADATA.
  public static let metadata = Self(rawValue: 5)
  /// OBU_FRAME: a frame header and a tile group in one.
  public static let frame = Self(rawValue: 6)
  /// OBU_REDUNDANT_FRAME_HEADER.
  public static let redundantFrameHeader = Self(rawValue: 7)
  /// OBU_TILE_LIST.
  public static let tileList = Self(rawValue: 8)
  /// OBU_PADDING.
  public static let padding = Self(rawValue: 15)

  /// Its name in the specification, in lower case.
  public var name: String {
    switch self {
    case .sequenceHeader: "sequence header"
    case .temporalDelimiter: "temporal delimiter"
    case .frameHeader: "frame header"
    case .tileGroup: "tile group"
    case .metadata: "metadata"
    case .frame: "frame"
    case .redundantFrameHeader: "redundant frame header"
    case .tileList: "tile list"
    case .padding: "padding"
    default: "reserved \(rawValue)"
    }
  }
}

/// An open bitstream unit in place (AV1 5.3).
public struct AV1OBU: Hashable, Sendable {
  /// What it is.
  public var type: AV1OBUType
  /// `temporal_id`, 3 bits, and `spatial_id`, 2 bits; nil without an extension header.
  public var layer: Layer?
  /// The whole unit, header and size included.
  public var range: Range<Int>
  /// What is behind its header and size.
  public var payload: Range<Int>
  /// Whether the payload ends before its `obu_size`, because the bytes do.
  public var isCut = false

  /// `obu_extension_header` (5.3.3).
  public struct Layer: Hashable, Sendable {
    /// `temporal_id`, 0...7.
    public var temporalID: UInt8
    /// `spatial_id`, 0...3.
    public var spatialID: UInt8

    /// Makes it of both.
    public init(temporalID: UInt8, spatialID: UInt8) {
      self.temporalID = temporalID
      self.spatialID = spatialID
    }
  }
}

/// Walks over the units of the low-overhead format (AV1 5.2) without copying them.
///
/// Call `next(in:)` with the same bytes each time.
public struct AV1OBUCursor: Sendable {
  private let allowsCut: Bool
  private var position = 0

  /// Begins before the first unit.
  ///
  /// With `allowsCut` the bytes may be only the start of what there is: the last unit is then
  /// marked, not an error, as long as its header is there.
  public init(allowsCut: Bool = false) {
    self.allowsCut = allowsCut
  }

  /// The next unit; nil at the end.
  ///
  /// A unit without a size reaches to the end. One that runs past the end throws `truncated`, a header with its forbidden bit `invalid`.
  public mutating func next(
    in bytes: RawSpan, baseOffset: Int = 0
  ) throws(ParseError) -> AV1OBU? {
    guard position < bytes.byteCount else { return nil }
    var reader = ByteReader(
      bytes.extracting(position..<bytes.byteCount), baseOffset: baseOffset + position)
    let header = try reader.u8("obu_header")
    guard header & 0x80 == 0 else {
      throw ParseError(.invalid(UInt64(header)), "obu_forbidden_bit", at: baseOffset + position)
    }
    var layer: AV1OBU.Layer?
    if header & 4 != 0 {
      let ids = try reader.u8("obu_extension_header")
      layer = AV1OBU.Layer(temporalID: ids >> 5, spatialID: ids >> 3 & 3)
    }
    let declared = header & 2 != 0 ? try reader.leb128("obu_size") : reader.remaining
    let isCut = declared > reader.remaining
    let size = isCut && allowsCut ? reader.remaining : declared
    let start = position
    let begin = position + reader.position
    try reader.skip(size, "obu")
    position += reader.position
    return AV1OBU(
      type: AV1OBUType(rawValue: header >> 3 & 15), layer: layer, range: start..<position,
      payload: begin..<position, isCut: isCut)
  }
}

// MARK: - Variable length numbers

extension ByteReader {
  /// Reads `leb128()` (AV1 4.10.5): at most 8 bytes, and no more than 32 bits of value.
  mutating func leb128(_ field: StaticString) throws(ParseError) -> Int {
    let start = offset
    var value: UInt64 = 0
    for index in 0..<8 {
      let byte = try u8(field)
      value |= UInt64(byte & 0x7f) << UInt64(7 * index)
      guard byte & 0x80 == 0 else { continue }
      guard value <= UInt64(UInt32.max) else { break }
      return Int(value)
    }
    throw ParseError(.overLimit(value, limit: Int(UInt32.max)), field, at: start)
  }
}

extension ByteWriter {
  /// Writes `leb128()` in as few bytes as it takes; `value` is 0...2^32 - 1.
  mutating func leb128(_ value: Int) {
    var left = UInt32(value)
    while left >= 0x80 {
      integer(UInt8(truncatingIfNeeded: left) | 0x80)
      left >>= 7
    }
    integer(UInt8(left))
  }
}

extension BitReader {
  /// Reads `uvlc()` (AV1 4.10.3); 32 zeros or more stand for the largest value by themselves.
  mutating func uvlc(_ field: StaticString) throws(ParseError) -> UInt32 {
    var leadingZeros = 0
    while try !flag(field) { leadingZeros += 1 }
    guard leadingZeros < 32 else { return .max }
    return UInt32(try bits(leadingZeros, field) + 1 << UInt64(leadingZeros) - 1)
  }
}
