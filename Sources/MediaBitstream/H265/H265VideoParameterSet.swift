public import MediaBytes

/// An H.265 video parameter set (7.3.2.1), as far as its timing.
public struct H265VideoParameterSet: Hashable, Sendable {
  /// `vps_video_parameter_set_id`, 0...15.
  public var id: UInt8
  /// `vps_max_layers_minus1` plus 1, 1...64.
  public var layerCount: UInt8
  /// `vps_max_sub_layers_minus1` plus 1, 1...7.
  public var subLayerCount: UInt8
  /// `vps_temporal_id_nesting_flag`.
  public var isTemporalIDNested: Bool
  /// The general profile, tier and level.
  public var profileTierLevel: H265ProfileTierLevel
  /// `vps_num_units_in_tick` and `vps_time_scale`; nil when nothing is said of time.
  public var clock: VideoClock?
  /// `vps_num_ticks_poc_diff_one_minus1` plus 1; nil where output times follow no such rule.
  public var ticksPerPictureOrder: Int?

  /// Reads the RBSP of a video parameter set, as far as its timing.
  public init(parsing reader: inout BitReader) throws(ParseError) {
    id = UInt8(try reader.bits(4, "vps_video_parameter_set_id"))
    try reader.skip(2, "vps_base_layer flags")
    layerCount = 1 + UInt8(try reader.bits(6, "vps_max_layers_minus1"))
    let maxSubLayersMinus1 = try reader.maxSubLayersMinus1("vps_max_sub_layers_minus1")
    subLayerCount = UInt8(maxSubLayersMinus1) + 1
    isTemporalIDNested = try reader.flag("vps_temporal_id_nesting_flag")
    try reader.skip(16, "vps_reserved_0xffff_16bits")
    profileTierLevel = try H265ProfileTierLevel(
      parsing: &reader, maxSubLayersMinus1: maxSubLayersMinus1)
    try reader.skipSubLayerOrdering(maxSubLayersMinus1)
    let maxLayerID = Int(try reader.bits(6, "vps_max_layer_id"))
    let start = reader.offset
    let layerSetsMinus1 = Int(try reader.ue("vps_num_layer_sets_minus1"))
    guard layerSetsMinus1 <= 1023 else {
      throw ParseError(.invalid(UInt64(layerSetsMinus1)), "vps_num_layer_sets_minus1", at: start)
    }
    try reader.skip(layerSetsMinus1 * (maxLayerID + 1), "layer_id_included_flag")
    guard try reader.flag("vps_timing_info_present_flag") else { return }
    clock = try VideoClock(parsing: &reader)
    if try reader.flag("vps_poc_proportional_to_timing_flag") {
      ticksPerPictureOrder = 1 + Int(try reader.ue("vps_num_ticks_poc_diff_one_minus1"))
    }
  }

  /// Reads a whole NAL unit of type 32, whose first byte lies at `offset` of the input.
  public init(nalUnit: RawSpan, at offset: Int = 0) throws(ParseError) {
    try H265NALUnitType.vps.require(in: nalUnit, at: offset)
    var reader = BitReader(
      rbsp: nalUnit.extracting(2..<nalUnit.byteCount), baseOffset: offset + 2)
    try self.init(parsing: &reader)
  }

  /// Clock ticks per second, by convention pictures (E.3.1); nil without timing, or where it says 0.
  public var frameRate: FrameRate? { clock?.rate(ticksPerPicture: 1) }
}

extension BitReader {
  /// Reads 3 bits that are at most 6.
  mutating func maxSubLayersMinus1(_ field: StaticString) throws(ParseError) -> Int {
    let start = offset
    let value = try bits(3, field)
    guard value <= 6 else { throw ParseError(.invalid(value), field, at: start) }
    return Int(value)
  }

  /// Steps over the picture buffer needs of each sub-layer, or of the highest alone.
  mutating func skipSubLayerOrdering(_ maxSubLayersMinus1: Int) throws(ParseError) {
    let isEach = try flag("sub_layer_ordering_info_present_flag")
    try skipUE(3 * (isEach ? maxSubLayersMinus1 + 1 : 1), "sub_layer_ordering_info")
  }
}
