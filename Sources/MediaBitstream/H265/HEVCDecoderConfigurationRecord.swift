public import MediaBytes

/// The body of an hvcC box, HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 8.3.3.1).
public struct HEVCDecoderConfigurationRecord: Hashable, Sendable {
  /// Profile, tier and level that cover all parameter sets.
  public var profileTierLevel: H265ProfileTierLevel
  /// `chroma_format_idc`, 2 bits: 1 is 4:2:0.
  public var chromaFormat: UInt8
  /// Bits of a luma sample, 8...15.
  public var bitDepthLuma: UInt8
  /// Bits of a chroma sample, 8...15.
  public var bitDepthChroma: UInt8
  /// The size of the lengths before NAL units in samples.
  public var lengthSize: NALUnitLengthSize
  /// Parameter sets and SEI, by type, in the record's order.
  public var arrays: [NALUnitArray]

  /// NAL units of one type.
  public struct NALUnitArray: Hashable, Sendable {
    /// Whether no other units of this type are in the stream.
    public var isComplete: Bool
    /// The type of all of them.
    public var type: H265NALUnitType
    /// Whole NAL units.
    public var units: [[UInt8]]
  }

  /// Reads a record of version 1.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    try reader.version1("configurationVersion")
    let start = reader.offset
    var bits = BitReader(try reader.take(12, "profile_tier_level"), baseOffset: start)
    profileTierLevel = try H265ProfileTierLevel(parsing: &bits)
    try reader.skip(2, "min_spatial_segmentation_idc")
    try reader.skip(1, "parallelismType")
    chromaFormat = try reader.u8("chromaFormat") & 3
    bitDepthLuma = 8 + (try reader.u8("bitDepthLumaMinus8") & 7)
    bitDepthChroma = 8 + (try reader.u8("bitDepthChromaMinus8") & 7)
    try reader.skip(2, "avgFrameRate")
    lengthSize = try reader.lengthSize()
    arrays = []
    for _ in 0..<(try reader.u8("numOfArrays")) {
      let head = try reader.u8("NAL_unit_type")
      let count = Int(try reader.u16("numNalus"))
      arrays.append(
        NALUnitArray(
          isComplete: head >> 7 == 1, type: H265NALUnitType(rawValue: head & 0x3f),
          units: try reader.nalUnits(count, "nalUnit")))
    }
  }
}
