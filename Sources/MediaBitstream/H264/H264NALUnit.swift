public import MediaBytes

/// `nal_unit_type` of H.264, 5 bits (Table 7-1).
public struct H264NALUnitType: RawRepresentable, Hashable, Sendable {
  /// The five bits.
  public let rawValue: UInt8
  /// Makes a type of its five bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// Reads it from the first byte of a NAL unit.
  public init(header: UInt8) { rawValue = header & 0x1f }

  /// A slice of a picture that is not an IDR picture.
  public static let nonIDRSlice = Self(rawValue: 1)
  /// The first partition of such a slice, with its header.
  public static let slicePartitionA = Self(rawValue: 2)
  /// A slice of an IDR picture.
  public static let idrSlice = Self(rawValue: 5)
  /// Supplemental enhancement information.
  public static let sei = Self(rawValue: 6)
  /// Sequence parameter set.
  public static let sps = Self(rawValue: 7)
  /// Picture parameter set.
  public static let pps = Self(rawValue: 8)
  /// Access unit delimiter.
  public static let accessUnitDelimiter = Self(rawValue: 9)
}

/// The three bytes that begin every H.264 sequence parameter set (7.3.2.1.1).
public struct H264ProfileLevel: Hashable, Sendable {
  /// `profile_idc`.
  public var profileIDC: UInt8
  /// `constraint_set0_flag` (the highest bit) to `constraint_set5_flag` and two reserved bits.
  public var constraintFlags: UInt8
  /// `level_idc`: ten times the level, except 9 (and 11 with set 3) for level 1b.
  public var levelIDC: UInt8

  /// Makes it of its three bytes.
  public init(profileIDC: UInt8, constraintFlags: UInt8, levelIDC: UInt8) {
    self.profileIDC = profileIDC
    self.constraintFlags = constraintFlags
    self.levelIDC = levelIDC
  }

  /// Reads three bytes: as in avcC, or after the header of a sequence parameter set.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    profileIDC = try reader.u8("profile_idc")
    constraintFlags = try reader.u8("constraint_set flags")
    levelIDC = try reader.u8("level_idc")
  }

  /// Finds the first sequence parameter set among NAL units; nil when there is none.
  public init?(in bytes: RawSpan, framing: NALUnitFraming) throws(ParseError) {
    var cursor = NALUnitCursor(framing)
    while let range = try cursor.next(in: bytes) {
      var reader = ByteReader(bytes.extracting(range), baseOffset: range.lowerBound)
      guard H264NALUnitType(header: try reader.u8("nal_unit header")) == .sps else { continue }
      try self.init(parsing: &reader)
      return
    }
    return nil
  }
}
