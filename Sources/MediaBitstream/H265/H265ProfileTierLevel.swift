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

extension H265ProfileTierLevel {
  /// Reads all of `profile_tier_level(1, maxSubLayersMinus1)`; of the sub-layers nothing is kept.
  init(parsing reader: inout BitReader, maxSubLayersMinus1: Int) throws(ParseError) {
    try self.init(parsing: &reader)
    var present: [(profile: Bool, level: Bool)] = []
    for _ in 0..<maxSubLayersMinus1 {
      let profile = try reader.flag("sub_layer_profile_present_flag")
      present.append((profile, try reader.flag("sub_layer_level_present_flag")))
    }
    if maxSubLayersMinus1 > 0 {
      try reader.skip(2 * (8 - maxSubLayersMinus1), "reserved_zero_2bits")
    }
    for (profile, level) in present {
      if profile { try reader.skip(88, "sub_layer_profile") }
      if level { try reader.skip(8, "sub_layer_level_idc") }
    }
  }

  /// The profile's name in Annexes A, G, H and I, such as `Main 10`; nil for one unknown.
  public var profileName: String? {
    guard profileSpace == 0 else { return nil }
    switch profileIDC {
    case 1: return "Main"
    case 2: return constraint(12) ? "Main 10 Still Picture" : "Main 10"
    case 3: return "Main Still Picture"
    case 4: return rangeExtensionsName
    case 5: return "High Throughput " + rangeExtensionsName
    case 6: return "Multiview Main"
    case 7: return constraint(7) ? "Scalable Main" : "Scalable Main 10"
    case 8: return "3D Main"
    case 9: return "Screen-Extended " + rangeExtensionsName
    case 10: return "Scalable " + rangeExtensionsName
    case 11: return "Screen-Extended High Throughput " + rangeExtensionsName
    default: return nil
    }
  }

  /// Profiles of one number are told apart by what their streams promise not to use (Table A.2).
  private var rangeExtensionsName: String {
    let depth = constraint(7) ? "" : constraint(6) ? " 10" : constraint(5) ? " 12" : " 16"
    let chroma =
      constraint(10)
      ? "Monochrome" : constraint(9) ? "Main" : constraint(8) ? "Main 4:2:2" : "Main 4:4:4"
    let pictures = constraint(12) ? " Still Picture" : constraint(11) ? " Intra" : ""
    return chroma + depth + pictures
  }

  /// A constraint flag: 1 from `general_progressive_source_flag`, 5 from
  /// `general_max_12bit_constraint_flag`, 12 from `general_one_picture_only_constraint_flag`.
  private func constraint(_ number: Int) -> Bool {
    constraintFlags >> UInt64(48 - number) & 1 == 1
  }

  /// The level as Table A.8 writes it, such as `4.1` and `4`.
  public var level: String {
    let tenths = levelIDC / 3
    return "\(tenths / 10)" + (tenths % 10 == 0 ? "" : ".\(tenths % 10)")
  }

  /// `Main` or `High`.
  public var tierName: String { isHighTier ? "High" : "Main" }
}
