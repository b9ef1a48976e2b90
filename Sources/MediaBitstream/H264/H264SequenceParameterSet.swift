public import MediaBytes

/// An H.264 sequence parameter set (7.3.2.1.1), with the defaults of absent elements filled in.
public struct H264SequenceParameterSet: Hashable, Sendable {
  /// `profile_idc`, the constraint flags and `level_idc`.
  public var profileLevel: H264ProfileLevel
  /// `seq_parameter_set_id`, 0...31.
  public var id: UInt8
  /// `chroma_format_idc`: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4.
  public var chromaFormatIDC: UInt8 = 1
  /// `separate_colour_plane_flag`.
  public var separatesColourPlanes = false
  /// Bits of a luma sample, 8...14.
  public var bitDepthLuma: UInt8 = 8
  /// Bits of a chroma sample, 8...14.
  public var bitDepthChroma: UInt8 = 8
  /// `seq_scaling_matrix_present_flag`; the matrix itself is not kept.
  public var hasScalingMatrix = false
  /// Bits of `frame_num` in slice headers, 4...16.
  public var log2MaxFrameNum: UInt8
  /// `pic_order_cnt_type`, 0...2.
  public var pictureOrderCountType: UInt8
  /// Bits of `pic_order_cnt_lsb` in slice headers, 4...16; 0 but in type 0.
  public var log2MaxPictureOrderCountLSB: UInt8 = 0
  /// `delta_pic_order_always_zero_flag`, of type 1.
  public var deltaPictureOrderAlwaysZero = false
  /// `max_num_ref_frames`.
  public var maxReferenceFrames: UInt32
  /// `gaps_in_frame_num_value_allowed_flag`.
  public var allowsFrameNumGaps: Bool
  /// `pic_width_in_mbs_minus1` plus 1.
  public var widthInMacroblocks: Int
  /// `pic_height_in_map_units_minus1` plus 1: pairs of macroblock rows where fields are allowed.
  public var heightInMapUnits: Int
  /// `frame_mbs_only_flag`: whether there are no fields.
  public var frameMacroblocksOnly: Bool
  /// `mb_adaptive_frame_field_flag`.
  public var adaptsFrameField = false
  /// `direct_8x8_inference_flag`.
  public var infersDirect8x8: Bool
  /// The cropping rectangle's edges, in luma samples.
  public var cropping = PictureCropping()
  /// Video usability information; nil when there is none.
  public var usability: H264VideoUsability?

  /// Reads the RBSP of a sequence parameter set.
  ///
  /// Elements outside their range are errors, and so is a cropping rectangle that leaves nothing.
  public init(parsing reader: inout BitReader) throws(ParseError) {
    profileLevel = H264ProfileLevel(
      profileIDC: UInt8(try reader.bits(8, "profile_idc")),
      constraintFlags: UInt8(try reader.bits(8, "constraint_set flags")),
      levelIDC: UInt8(try reader.bits(8, "level_idc")))
    id = try reader.ue8("seq_parameter_set_id", max: 31)
    var chroma = ChromaSyntax()
    if profileLevel.hasChromaFormat { chroma = try ChromaSyntax(parsing: &reader) }
    log2MaxFrameNum = 4 + (try reader.ue8("log2_max_frame_num_minus4", max: 12))
    pictureOrderCountType = try reader.ue8("pic_order_cnt_type", max: 2)
    if pictureOrderCountType == 0 {
      log2MaxPictureOrderCountLSB =
        4 + (try reader.ue8("log2_max_pic_order_cnt_lsb_minus4", max: 12))
    } else if pictureOrderCountType == 1 {
      deltaPictureOrderAlwaysZero = try reader.flag("delta_pic_order_always_zero_flag")
      try reader.skipPictureOrderCycle()
    }
    maxReferenceFrames = try reader.ue("max_num_ref_frames")
    allowsFrameNumGaps = try reader.flag("gaps_in_frame_num_value_allowed_flag")
    widthInMacroblocks = try reader.pictureSize("pic_width_in_mbs_minus1")
    heightInMapUnits = try reader.pictureSize("pic_height_in_map_units_minus1")
    frameMacroblocksOnly = try reader.flag("frame_mbs_only_flag")
    if !frameMacroblocksOnly { adaptsFrameField = try reader.flag("mb_adaptive_frame_field_flag") }
    infersDirect8x8 = try reader.flag("direct_8x8_inference_flag")
    chromaFormatIDC = chroma.formatIDC
    separatesColourPlanes = chroma.separatesPlanes
    bitDepthLuma = chroma.depthLuma
    bitDepthChroma = chroma.depthChroma
    hasScalingMatrix = chroma.hasScalingMatrix
    try readCropping(&reader)
    if try reader.flag("vui_parameters_present_flag") {
      usability = try H264VideoUsability(parsing: &reader)
    }
  }

  /// Reads a whole NAL unit of type 7, whose first byte lies at `offset` of the input.
  public init(nalUnit: RawSpan, at offset: Int = 0) throws(ParseError) {
    try H264NALUnitType.sps.require(in: nalUnit, at: offset)
    var reader = BitReader(
      rbsp: nalUnit.extracting(1..<nalUnit.byteCount), baseOffset: offset + 1)
    try self.init(parsing: &reader)
  }

  /// Crop units depend on the chroma format and on fields (7-18 to 7-22).
  private mutating func readCropping(_ reader: inout BitReader) throws(ParseError) {
    guard try reader.flag("frame_cropping_flag") else { return }
    let start = reader.offset
    let planes = separatesColourPlanes ? 0 : chromaFormatIDC
    cropping = try PictureCropping(
      parsing: &reader, unitX: planes == 1 || planes == 2 ? 2 : 1,
      unitY: (planes == 1 ? 2 : 1) * (frameMacroblocksOnly ? 1 : 2), "frame_crop_offset")
    try cropping.require(within: codedWidth, codedHeight, "frame_crop_offset", at: start)
  }
}

// MARK: - What follows from the elements

extension H264SequenceParameterSet {
  /// Luma samples in a row of the coded picture.
  public var codedWidth: Int { widthInMacroblocks * 16 }
  /// Rows of luma samples of the coded frame.
  public var codedHeight: Int { heightInMapUnits * (frameMacroblocksOnly ? 16 : 32) }
  /// Luma samples in a row, after cropping.
  public var width: Int { codedWidth - cropping.left - cropping.right }
  /// Rows of luma samples of a frame, after cropping.
  public var height: Int { codedHeight - cropping.top - cropping.bottom }

  /// Frames per second as the timing information says; nil without it, or where it says 0.
  ///
  /// A frame takes two ticks, one for each field (E.2.1).
  public var frameRate: FrameRate? { usability?.clock?.rate(ticksPerPicture: 2) }
}

extension H264ProfileLevel {
  /// Whether chroma format, bit depths and scaling lists are in the sequence parameter set.
  var hasChromaFormat: Bool {
    switch profileIDC {
    case 44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244: true
    default: false
    }
  }
}

// MARK: - Parts of the syntax

/// What profiles with more than 4:2:0 in 8 bits add to the sequence parameter set.
private struct ChromaSyntax {
  var formatIDC: UInt8 = 1
  var separatesPlanes = false
  var depthLuma: UInt8 = 8
  var depthChroma: UInt8 = 8
  var hasScalingMatrix = false

  init() {}

  init(parsing reader: inout BitReader) throws(ParseError) {
    formatIDC = try reader.ue8("chroma_format_idc", max: 3)
    if formatIDC == 3 { separatesPlanes = try reader.flag("separate_colour_plane_flag") }
    depthLuma = 8 + (try reader.ue8("bit_depth_luma_minus8", max: 6))
    depthChroma = 8 + (try reader.ue8("bit_depth_chroma_minus8", max: 6))
    try reader.skip(1, "qpprime_y_zero_transform_bypass_flag")
    hasScalingMatrix = try reader.flag("seq_scaling_matrix_present_flag")
    guard hasScalingMatrix else { return }
    for index in 0..<(formatIDC == 3 ? 12 : 8)
    where try reader.flag("seq_scaling_list_present_flag") {
      try reader.skipScalingList(index < 6 ? 16 : 64)
    }
  }
}

extension BitReader {
  /// Steps over one `scaling_list()` (7.3.2.1.1.1): it ends early where the next scale is 0.
  fileprivate mutating func skipScalingList(_ count: Int) throws(ParseError) {
    var last = 8
    for _ in 0..<count {
      let next = (last + (try scalingDelta("delta_scale")) + 256) % 256
      if next == 0 { return }
      last = next
    }
  }

  /// Steps over what `pic_order_cnt_type` 1 adds after its first flag.
  fileprivate mutating func skipPictureOrderCycle() throws(ParseError) {
    _ = try se("offset_for_non_ref_pic")
    _ = try se("offset_for_top_to_bottom_field")
    for _ in 0..<(try ue8("num_ref_frames_in_pic_order_cnt_cycle", max: 255)) {
      _ = try se("offset_for_ref_frame")
    }
  }

  /// Reads a size less one; the largest picture of any level is 1,055 macroblocks wide (A.3.1).
  fileprivate mutating func pictureSize(_ field: StaticString) throws(ParseError) -> Int {
    let start = offset
    let size = Int(try ue(field)) + 1
    guard size <= 8192 else {
      throw ParseError(.overLimit(UInt64(size), limit: 8192), field, at: start)
    }
    return size
  }
}
