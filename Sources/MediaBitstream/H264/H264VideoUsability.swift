public import MediaBytes

/// `vui_parameters()` of an H.264 sequence parameter set (E.1.1).
public struct H264VideoUsability: Hashable, Sendable {
  /// Sample shape, overscan, range, colour and chroma location.
  public var display: VideoDisplayDescription
  /// `num_units_in_tick` and `time_scale`; nil when nothing is said of time.
  public var clock: VideoClock?
  /// `fixed_frame_rate_flag`.
  public var hasFixedFrameRate = false
  /// Buffering of the NAL stream (Type II); nil when absent.
  public var nalHRD: H264HRDParameters?
  /// Buffering of the VCL NAL units (Type I); nil when absent.
  public var vclHRD: H264HRDParameters?
  /// `low_delay_hrd_flag`.
  public var isLowDelayHRD = false
  /// `pic_struct_present_flag`: whether picture timing messages say how a picture is shown.
  public var hasPictureStructure: Bool
  /// Limits that help the decoder; nil when absent.
  public var restrictions: BitstreamRestrictions?

  /// What follows `bitstream_restriction_flag`, as far as decoders use it.
  public struct BitstreamRestrictions: Hashable, Sendable {
    /// `max_num_reorder_frames`: frames that may precede one in decoding and follow it in output.
    public var maxReorderFrames: UInt32
    /// `max_dec_frame_buffering`.
    public var maxDecodedFrameBuffering: UInt32
  }

  /// Reads it from `aspect_ratio_info_present_flag` on.
  public init(parsing reader: inout BitReader) throws(ParseError) {
    display = try VideoDisplayDescription(parsing: &reader)
    if try reader.flag("timing_info_present_flag") {
      clock = try VideoClock(parsing: &reader)
      hasFixedFrameRate = try reader.flag("fixed_frame_rate_flag")
    }
    if try reader.flag("nal_hrd_parameters_present_flag") {
      nalHRD = try H264HRDParameters(parsing: &reader)
    }
    if try reader.flag("vcl_hrd_parameters_present_flag") {
      vclHRD = try H264HRDParameters(parsing: &reader)
    }
    if nalHRD != nil || vclHRD != nil { isLowDelayHRD = try reader.flag("low_delay_hrd_flag") }
    hasPictureStructure = try reader.flag("pic_struct_present_flag")
    guard try reader.flag("bitstream_restriction_flag") else { return }
    try reader.skip(1, "motion_vectors_over_pic_boundaries_flag")
    try reader.skipUE(4, "bitstream_restriction")
    restrictions = BitstreamRestrictions(
      maxReorderFrames: try reader.ue("max_num_reorder_frames"),
      maxDecodedFrameBuffering: try reader.ue("max_dec_frame_buffering"))
  }
}

/// `hrd_parameters()` of H.264 (E.1.2): of the schedules only the first is kept.
public struct H264HRDParameters: Hashable, Sendable {
  /// `cpb_cnt_minus1` plus 1, 1...32.
  public var scheduleCount: UInt8
  /// Bits per second of the first schedule.
  public var bitRate: UInt64 = 0
  /// Bits of the coded picture buffer of the first schedule.
  public var bufferSize: UInt64 = 0
  /// `cbr_flag` of the first schedule.
  public var isConstantBitRate = false
  /// Bits of `initial_cpb_removal_delay` in buffering period messages, 1...32.
  public var initialRemovalDelayLength: UInt8
  /// Bits of `cpb_removal_delay` in picture timing messages, 1...32.
  public var removalDelayLength: UInt8
  /// Bits of `dpb_output_delay` in picture timing messages, 1...32.
  public var outputDelayLength: UInt8
  /// Bits of `time_offset` in picture timing messages, 0...31.
  public var timeOffsetLength: UInt8

  /// Reads it from `cpb_cnt_minus1` on.
  public init(parsing reader: inout BitReader) throws(ParseError) {
    scheduleCount = 1 + (try reader.ue8("cpb_cnt_minus1", max: 31))
    let rateScale = try reader.bits(4, "bit_rate_scale")
    let sizeScale = try reader.bits(4, "cpb_size_scale")
    for index in 0..<scheduleCount {
      let rate = (UInt64(try reader.ue("bit_rate_value_minus1")) + 1) << (6 + rateScale)
      let size = (UInt64(try reader.ue("cpb_size_value_minus1")) + 1) << (4 + sizeScale)
      let isConstant = try reader.flag("cbr_flag")
      if index == 0 { (bitRate, bufferSize, isConstantBitRate) = (rate, size, isConstant) }
    }
    initialRemovalDelayLength =
      1 + UInt8(try reader.bits(5, "initial_cpb_removal_delay_length_minus1"))
    removalDelayLength = 1 + UInt8(try reader.bits(5, "cpb_removal_delay_length_minus1"))
    outputDelayLength = 1 + UInt8(try reader.bits(5, "dpb_output_delay_length_minus1"))
    timeOffsetLength = UInt8(try reader.bits(5, "time_offset_length"))
  }
}
