public import MediaBytes

/// The body of a vpcC box (VP Codec ISO Media File Format Binding 1.0).
public struct VPCodecConfigurationRecord: Hashable, Sendable {
  /// 0...3.
  public var profile: UInt8
  /// Ten times the level, such as 31; 0 when unknown.
  public var level: UInt8
  /// Bits of a sample: 8, 10 or 12.
  public var bitDepth: UInt8
  /// 0 and 1 are 4:2:0 (vertical or collocated), 2 is 4:2:2, 3 is 4:4:4.
  public var chromaSubsampling: UInt8
  /// `videoFullRangeFlag`.
  public var isFullRange: Bool
  /// `colourPrimaries` of ISO/IEC 23091-2.
  public var primaries: UInt8
  /// `transferCharacteristics` of ISO/IEC 23091-2.
  public var transfer: UInt8
  /// `matrixCoefficients` of ISO/IEC 23091-2.
  public var matrix: UInt8

  /// Reads the record, with or without the version and flags of the box before it.
  ///
  /// Both are in use. They cannot be confused: as a record, `01 00 00 00` would have a bit depth
  /// of 0.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    var ahead = reader
    if try ahead.u32("version and flags") == 0x0100_0000 { try reader.skip(4, "version and flags") }
    profile = try reader.u8("profile")
    level = try reader.u8("level")
    let start = reader.offset
    let bits = try reader.u8("bitDepth")
    bitDepth = bits >> 4
    guard [8, 10, 12].contains(bitDepth) else {
      throw ParseError(.invalid(UInt64(bitDepth)), "bitDepth", at: start)
    }
    chromaSubsampling = bits >> 1 & 7
    isFullRange = bits & 1 == 1
    primaries = try reader.u8("colourPrimaries")
    transfer = try reader.u8("transferCharacteristics")
    matrix = try reader.u8("matrixCoefficients")
  }
}
