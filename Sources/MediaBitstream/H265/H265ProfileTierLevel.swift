public import MediaBytes

/// The general part of H.265 `profile_tier_level()` (7.3.3), 96 bits.
public struct H265ProfileTierLevel: Hashable, Sendable {
  /// `general_profile_space`, 2 bits; 0 but for streams of the future.
  public var profileSpace: UInt8
  /// `general_tier_flag`.
  public var isHighTier: Bool
  /// `general_profile_idc`, 5 bits.
  public var profileIDC: UInt8
  /// `general_profile_compatibility_flag[0]` (the highest bit) to `[31]`.
  public var compatibilityFlags: UInt32
  /// The 48 bits from `general_progressive_source_flag` on, in the low bits.
  public var constraintFlags: UInt64
  /// `general_level_idc`: thirty times the level.
  public var levelIDC: UInt8

  /// Makes it of its fields.
  public init(
    profileSpace: UInt8 = 0, isHighTier: Bool = false, profileIDC: UInt8,
    compatibilityFlags: UInt32, constraintFlags: UInt64, levelIDC: UInt8
  ) {
    self.profileSpace = profileSpace
    self.isHighTier = isHighTier
    self.profileIDC = profileIDC
    self.compatibilityFlags = compatibilityFlags
    self.constraintFlags = constraintFlags
    self.levelIDC = levelIDC
  }

  /// Reads 96 bits: as in hvcC, or within a parameter set.
  public init(parsing reader: inout BitReader) throws(ParseError) {
    profileSpace = UInt8(try reader.bits(2, "general_profile_space"))
    isHighTier = try reader.flag("general_tier_flag")
    profileIDC = UInt8(try reader.bits(5, "general_profile_idc"))
    compatibilityFlags = UInt32(try reader.bits(32, "general_profile_compatibility_flag"))
    constraintFlags = try reader.bits(48, "general_constraint_indicator_flags")
    levelIDC = UInt8(try reader.bits(8, "general_level_idc"))
  }

  /// Finds it in the first sequence or video parameter set among NAL units; nil without one.
  public init?(in bytes: RawSpan, framing: NALUnitFraming) throws(ParseError) {
    var cursor = NALUnitCursor(framing)
    while let range = try cursor.next(in: bytes) {
      var reader = ByteReader(bytes.extracting(range), baseOffset: range.lowerBound)
      let header = try H265NALUnitHeader(parsing: &reader)
      guard header.layerID == 0, header.type == .sps || header.type == .vps else { continue }
      var bits = BitReader(rbsp: reader.takeRest(), baseOffset: range.lowerBound + 2)
      if header.type == .sps {
        // sps_video_parameter_set_id, sps_max_sub_layers_minus1, sps_temporal_id_nesting_flag
        try bits.skip(8, "seq_parameter_set")
      } else {
        // vps_video_parameter_set_id to vps_reserved_0xffff_16bits
        try bits.skip(32, "video_parameter_set")
      }
      try self.init(parsing: &bits)
      return
    }
    return nil
  }
}
