import MediaBytes

/// `vui_parameters()` of an H.265 sequence parameter set (E.2.1).
public struct H265VideoUsability: Hashable, Sendable {
  /// Sample shape, overscan, range, colour and chroma location.
  public var display: VideoDisplayDescription
  /// `field_seq_flag`: whether each picture is a field.
  public var codesFields: Bool
  /// `frame_field_info_present_flag`: whether picture timing messages say how a picture is shown.
  public var hasFrameFieldInfo: Bool
  /// The default display window's edges, in luma samples; nil when there is none.
  public var defaultDisplayWindow: PictureCropping?
  /// `vui_num_units_in_tick` and `vui_time_scale`; nil when nothing is said of time.
  public var clock: VideoClock?
  /// `vui_num_ticks_poc_diff_one_minus1` plus 1; nil where output times follow no such rule.
  public var ticksPerPictureOrder: Int?
  /// Buffering; nil when absent.
  public var hrd: H265HRDParameters?
  /// `min_spatial_segmentation_idc`, 0...4095; nil without `bitstream_restriction_flag`.
  public var minSpatialSegmentationIDC: Int?

  /// Reads it from `aspect_ratio_info_present_flag` on; windows are counted in the units given.
  init(
    parsing reader: inout BitReader, maxSubLayersMinus1: Int, unitX: Int, unitY: Int
  ) throws(ParseError) {
    display = try VideoDisplayDescription(parsing: &reader)
    try reader.skip(1, "neutral_chroma_indication_flag")
    codesFields = try reader.flag("field_seq_flag")
    hasFrameFieldInfo = try reader.flag("frame_field_info_present_flag")
    if try reader.flag("default_display_window_flag") {
      defaultDisplayWindow = try PictureCropping(
        parsing: &reader, unitX: unitX, unitY: unitY, "def_disp_win_offset")
    }
    if try reader.flag("vui_timing_info_present_flag") {
      clock = try VideoClock(parsing: &reader)
      if try reader.flag("vui_poc_proportional_to_timing_flag") {
        ticksPerPictureOrder = 1 + Int(try reader.ue("vui_num_ticks_poc_diff_one_minus1"))
      }
      if try reader.flag("vui_hrd_parameters_present_flag") {
        hrd = try H265HRDParameters(parsing: &reader, maxSubLayersMinus1: maxSubLayersMinus1)
      }
    }
    guard try reader.flag("bitstream_restriction_flag") else { return }
    try reader.skip(3, "bitstream_restriction flags")
    let start = reader.offset
    let segmentation = Int(try reader.ue("min_spatial_segmentation_idc"))
    guard segmentation <= 4095 else {
      throw ParseError(
        .invalid(UInt64(segmentation)), "min_spatial_segmentation_idc", at: start)
    }
    minSpatialSegmentationIDC = segmentation
    try reader.skipUE(4, "bitstream_restriction")
  }
}

/// `hrd_parameters(1, …)` of H.265 (E.2.2): of the schedules only the first is kept.
public struct H265HRDParameters: Hashable, Sendable {
  /// `nal_hrd_parameters_present_flag`.
  public var isForNAL = false
  /// `vcl_hrd_parameters_present_flag`.
  public var isForVCL = false
  /// Bits per second of the first schedule; nil when there is none.
  public var bitRate: UInt64?
  /// Bits of the coded picture buffer of the first schedule; nil when there is none.
  public var bufferSize: UInt64?
  /// `cbr_flag` of the first schedule.
  public var isConstantBitRate = false

  /// What of the syntax depends on elements before it.
  private var hasSubPictures = false
  private var rateScale: UInt64 = 0
  private var sizeScale: UInt64 = 0

  /// Reads it from `nal_hrd_parameters_present_flag` on.
  init(parsing reader: inout BitReader, maxSubLayersMinus1: Int) throws(ParseError) {
    isForNAL = try reader.flag("nal_hrd_parameters_present_flag")
    isForVCL = try reader.flag("vcl_hrd_parameters_present_flag")
    if isForNAL || isForVCL {
      hasSubPictures = try reader.flag("sub_pic_hrd_params_present_flag")
      if hasSubPictures { try reader.skip(8 + 5 + 1 + 5, "sub_pic_hrd_params") }
      rateScale = try reader.bits(4, "bit_rate_scale")
      sizeScale = try reader.bits(4, "cpb_size_scale")
      if hasSubPictures { try reader.skip(4, "cpb_size_du_scale") }
      try reader.skip(5 + 5 + 5, "delay lengths")
    }
    for _ in 0...maxSubLayersMinus1 { try readSubLayer(&reader) }
  }

  private mutating func readSubLayer(_ reader: inout BitReader) throws(ParseError) {
    // A rate that is fixed in general is fixed within each coded video sequence too.
    var isFixed = try reader.flag("fixed_pic_rate_general_flag")
    if !isFixed { isFixed = try reader.flag("fixed_pic_rate_within_cvs_flag") }
    var isLowDelay = false
    if isFixed {
      _ = try reader.ue("elemental_duration_in_tc_minus1")
    } else {
      isLowDelay = try reader.flag("low_delay_hrd_flag")
    }
    let schedules = isLowDelay ? 1 : 1 + Int(try reader.ue8("cpb_cnt_minus1", max: 31))
    for _ in 0..<((isForNAL ? 1 : 0) + (isForVCL ? 1 : 0)) {
      for _ in 0..<schedules { try readSchedule(&reader) }
    }
  }

  private mutating func readSchedule(_ reader: inout BitReader) throws(ParseError) {
    let rate = (UInt64(try reader.ue("bit_rate_value_minus1")) + 1) << (6 + rateScale)
    let size = (UInt64(try reader.ue("cpb_size_value_minus1")) + 1) << (4 + sizeScale)
    if hasSubPictures { try reader.skipUE(2, "cpb_size_du_value and bit_rate_du_value") }
    let isConstant = try reader.flag("cbr_flag")
    guard bitRate == nil else { return }
    (bitRate, bufferSize, isConstantBitRate) = (rate, size, isConstant)
  }
}
