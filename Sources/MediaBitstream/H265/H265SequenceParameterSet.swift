public import MediaBytes

/// An H.265 sequence parameter set (7.3.2.2), without its extensions.
public struct H265SequenceParameterSet: Hashable, Sendable {
  /// `sps_video_parameter_set_id`, 0...15.
  public var videoParameterSetID: UInt8
  /// `sps_max_sub_layers_minus1` plus 1, 1...7.
  public var subLayerCount: UInt8
  /// `sps_temporal_id_nesting_flag`.
  public var isTemporalIDNested: Bool
  /// The general profile, tier and level.
  public var profileTierLevel: H265ProfileTierLevel
  /// `sps_seq_parameter_set_id`, 0...15.
  public var id: UInt8
  /// `chroma_format_idc`: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4.
  public var chromaFormatIDC: UInt8
  /// `separate_colour_plane_flag`.
  public var separatesColourPlanes = false
  /// `pic_width_in_luma_samples`, before cropping.
  public var codedWidth: Int
  /// `pic_height_in_luma_samples`, before cropping.
  public var codedHeight: Int
  /// The conformance window's edges, in luma samples.
  public var conformanceWindow = PictureCropping()
  /// Bits of a luma sample, 8...16.
  public var bitDepthLuma: UInt8 = 8
  /// Bits of a chroma sample, 8...16.
  public var bitDepthChroma: UInt8 = 8
  /// Bits of `slice_pic_order_cnt_lsb`, 4...16.
  public var log2MaxPictureOrderCountLSB: UInt8 = 4
  /// `sps_max_dec_pic_buffering_minus1` plus 1, of the highest sub-layer.
  public var maxDecodedPictures = 1
  /// `sps_max_num_reorder_pics`, of the highest sub-layer.
  public var maxReorderPictures: UInt32 = 0
  /// The size of a coding tree block as a power of 2, 3...6; lawful streams have 4 or more.
  public var log2CodingTreeBlockSize: UInt8 = 4
  /// `scaling_list_enabled_flag`; the lists themselves are not kept.
  public var usesScalingLists = false
  /// `amp_enabled_flag`.
  public var usesAsymmetricPartitions = false
  /// `sample_adaptive_offset_enabled_flag`.
  public var usesSampleAdaptiveOffset = false
  /// `pcm_enabled_flag`.
  public var usesPCM = false
  /// `num_short_term_ref_pic_sets`, 0...64; the sets themselves are not kept.
  public var shortTermSetCount: UInt8 = 0
  /// `long_term_ref_pics_present_flag`.
  public var hasLongTermReferences = false
  /// `sps_temporal_mvp_enabled_flag`.
  public var usesTemporalMotionVectors = false
  /// `strong_intra_smoothing_enabled_flag`.
  public var usesStrongIntraSmoothing = false
  /// Video usability information; nil when there is none.
  public var usability: H265VideoUsability?

  /// Reads the RBSP of a sequence parameter set of the base layer.
  ///
  /// Elements outside their range are errors, and so is a window that leaves nothing.
  public init(parsing reader: inout BitReader) throws(ParseError) {
    videoParameterSetID = UInt8(try reader.bits(4, "sps_video_parameter_set_id"))
    let maxSubLayersMinus1 = try reader.maxSubLayersMinus1("sps_max_sub_layers_minus1")
    subLayerCount = UInt8(maxSubLayersMinus1) + 1
    isTemporalIDNested = try reader.flag("sps_temporal_id_nesting_flag")
    profileTierLevel = try H265ProfileTierLevel(
      parsing: &reader, maxSubLayersMinus1: maxSubLayersMinus1)
    id = try reader.ue8("sps_seq_parameter_set_id", max: 15)
    chromaFormatIDC = try reader.ue8("chroma_format_idc", max: 3)
    if chromaFormatIDC == 3 {
      separatesColourPlanes = try reader.flag("separate_colour_plane_flag")
    }
    codedWidth = try reader.pictureSize("pic_width_in_luma_samples")
    codedHeight = try reader.pictureSize("pic_height_in_luma_samples")
    let (unitX, unitY) = Self.windowUnits(chromaFormatIDC)
    if try reader.flag("conformance_window_flag") {
      let start = reader.offset
      conformanceWindow = try PictureCropping(
        parsing: &reader, unitX: unitX, unitY: unitY, "conf_win_offset")
      try conformanceWindow.require(within: codedWidth, codedHeight, "conf_win_offset", at: start)
    }
    try readCoding(&reader, maxSubLayersMinus1)
    try readReferences(&reader)
    if try reader.flag("vui_parameters_present_flag") {
      usability = try H265VideoUsability(
        parsing: &reader, maxSubLayersMinus1: maxSubLayersMinus1, unitX: unitX, unitY: unitY)
    }
  }

  /// From `bit_depth_luma_minus8` to what `pcm_enabled_flag` announces.
  private mutating func readCoding(
    _ reader: inout BitReader, _ maxSubLayersMinus1: Int
  ) throws(ParseError) {
    bitDepthLuma = 8 + (try reader.ue8("bit_depth_luma_minus8", max: 8))
    bitDepthChroma = 8 + (try reader.ue8("bit_depth_chroma_minus8", max: 8))
    log2MaxPictureOrderCountLSB = 4 + (try reader.ue8("log2_max_pic_order_cnt_lsb_minus4", max: 12))
    let isEach = try reader.flag("sps_sub_layer_ordering_info_present_flag")
    if isEach { try reader.skipUE(3 * maxSubLayersMinus1, "sub_layer_ordering_info") }
    maxDecodedPictures = 1 + Int(try reader.ue("sps_max_dec_pic_buffering_minus1"))
    maxReorderPictures = try reader.ue("sps_max_num_reorder_pics")
    _ = try reader.ue("sps_max_latency_increase_plus1")
    log2CodingTreeBlockSize = try reader.codingTreeBlockSize()
    try reader.skipUE(4, "transform block sizes")
    usesScalingLists = try reader.flag("scaling_list_enabled_flag")
    if usesScalingLists, try reader.flag("sps_scaling_list_data_present_flag") {
      try reader.skipScalingListData()
    }
    usesAsymmetricPartitions = try reader.flag("amp_enabled_flag")
    usesSampleAdaptiveOffset = try reader.flag("sample_adaptive_offset_enabled_flag")
    usesPCM = try reader.flag("pcm_enabled_flag")
    guard usesPCM else { return }
    try reader.skip(8, "pcm_sample_bit_depth")
    try reader.skipUE(2, "log2_pcm_luma_coding_block_size")
    try reader.skip(1, "pcm_loop_filter_disabled_flag")
  }

  /// From `num_short_term_ref_pic_sets` to `strong_intra_smoothing_enabled_flag`.
  private mutating func readReferences(_ reader: inout BitReader) throws(ParseError) {
    shortTermSetCount = try reader.ue8("num_short_term_ref_pic_sets", max: 64)
    try reader.skipShortTermSets(Int(shortTermSetCount))
    hasLongTermReferences = try reader.flag("long_term_ref_pics_present_flag")
    if hasLongTermReferences {
      let count = Int(try reader.ue8("num_long_term_ref_pics_sps", max: 32))
      try reader.skip(count * (Int(log2MaxPictureOrderCountLSB) + 1), "lt_ref_pic_poc_lsb_sps")
    }
    usesTemporalMotionVectors = try reader.flag("sps_temporal_mvp_enabled_flag")
    usesStrongIntraSmoothing = try reader.flag("strong_intra_smoothing_enabled_flag")
  }

  /// Reads a whole NAL unit of type 33, whose first byte lies at `offset` of the input.
  ///
  /// Those of enhancement layers have another syntax and are not supported.
  public init(nalUnit: RawSpan, at offset: Int = 0) throws(ParseError) {
    try H265NALUnitType.sps.require(in: nalUnit, at: offset)
    var header = ByteReader(nalUnit, baseOffset: offset)
    let layerID = try H265NALUnitHeader(parsing: &header).layerID
    guard layerID == 0 else {
      throw ParseError(.unsupported(UInt64(layerID)), "nuh_layer_id", at: offset)
    }
    var reader = BitReader(rbsp: header.takeRest(), baseOffset: offset + 2)
    try self.init(parsing: &reader)
  }

  /// `SubWidthC` and `SubHeightC` (Table 6-1), by which windows are counted.
  private static func windowUnits(_ chromaFormatIDC: UInt8) -> (Int, Int) {
    (chromaFormatIDC == 1 || chromaFormatIDC == 2 ? 2 : 1, chromaFormatIDC == 1 ? 2 : 1)
  }
}

extension H265SequenceParameterSet {
  /// Luma samples in a row, after cropping.
  public var width: Int { codedWidth - conformanceWindow.left - conformanceWindow.right }
  /// Rows of luma samples, after cropping.
  public var height: Int { codedHeight - conformanceWindow.top - conformanceWindow.bottom }
  /// Clock ticks per second, by convention pictures (E.3.1); nil without timing, or where it says 0.
  public var frameRate: FrameRate? { usability?.clock?.rate(ticksPerPicture: 1) }
  /// How many coding tree blocks a picture has: `PicSizeInCtbsY`.
  var codingTreeBlockCount: Int {
    let size = 1 << Int(log2CodingTreeBlockSize)
    return ((codedWidth + size - 1) / size) * ((codedHeight + size - 1) / size)
  }
}

// MARK: - Parts of the syntax

extension BitReader {
  /// Reads a size in samples; the largest of any level is 8,444 (A.4.1), twice that in level 6.3.
  fileprivate mutating func pictureSize(_ field: StaticString) throws(ParseError) -> Int {
    let start = offset
    let size = try ue(field)
    guard size > 0 else { throw ParseError(.invalid(0), field, at: start) }
    guard size <= 1 << 17 else {
      throw ParseError(.overLimit(UInt64(size), limit: 1 << 17), field, at: start)
    }
    return Int(size)
  }

  /// Reads the smallest coding block's size and what the largest adds (7-10, 7-11).
  fileprivate mutating func codingTreeBlockSize() throws(ParseError) -> UInt8 {
    let least = 3 + (try ue8("log2_min_luma_coding_block_size_minus3", max: 3))
    return least + (try ue8("log2_diff_max_min_luma_coding_block_size", max: 6 - least))
  }

  /// Steps over `scaling_list_data()` (7.3.4).
  fileprivate mutating func skipScalingListData() throws(ParseError) {
    for sizeID in 0..<4 {
      for _ in 0..<(sizeID == 3 ? 2 : 6) {
        guard try flag("scaling_list_pred_mode_flag") else {
          _ = try ue("scaling_list_pred_matrix_id_delta")
          continue
        }
        if sizeID > 1 { _ = try se("scaling_list_dc_coef_minus8") }
        for _ in 0..<min(64, 1 << (4 + 2 * sizeID)) {
          _ = try scalingDelta("scaling_list_delta_coef")
        }
      }
    }
  }

  /// Steps over the `st_ref_pic_set()` of a sequence parameter set.
  fileprivate mutating func skipShortTermSets(_ count: Int) throws(ParseError) {
    var previous = ShortTermSet()
    for index in 0..<count {
      let isPredicted = index > 0 ? try flag("inter_ref_pic_set_prediction_flag") : false
      previous =
        isPredicted
        ? try ShortTermSet(parsing: &self, from: previous) : try ShortTermSet(parsing: &self)
    }
  }
}

/// A short-term reference picture set (7.3.7): the next one's length may depend on its values.
private struct ShortTermSet {
  /// `DeltaPocS0`, from the nearest picture on.
  var negative: [Int] = []
  /// `DeltaPocS1`, from the nearest picture on.
  var positive: [Int] = []

  init() {}

  /// Reads one that is written out.
  init(parsing reader: inout BitReader) throws(ParseError) {
    // No more than fit in the decoded picture buffer.
    let negativeCount = try reader.ue8("num_negative_pics", max: 16)
    let positiveCount = try reader.ue8("num_positive_pics", max: 16 - negativeCount)
    negative = try Self.deltas(negativeCount, &reader).map { -$0 }
    positive = try Self.deltas(positiveCount, &reader)
  }

  private static func deltas(
    _ count: UInt8, _ reader: inout BitReader
  ) throws(ParseError) -> [Int] {
    var deltas: [Int] = []
    var sum = 0
    for _ in 0..<count {
      sum += 1 + (try reader.deltaMinus1("delta_poc_minus1"))
      deltas.append(sum)
      try reader.skip(1, "used_by_curr_pic_flag")
    }
    return deltas
  }

  /// Reads one that is predicted from the set before it (7-61, 7-62).
  init(parsing reader: inout BitReader, from reference: Self) throws(ParseError) {
    let isBackwards = try reader.flag("delta_rps_sign")
    let magnitude = 1 + (try reader.deltaMinus1("abs_delta_rps_minus1"))
    let shift = isBackwards ? -magnitude : magnitude
    // In the order of the flags; the last is the picture that the reference set belongs to.
    let deltas = reference.negative + reference.positive + [0]
    var kept: [Int] = []
    for delta in deltas {
      // use_delta_flag is there, and may be 0, only where the picture is not used at once.
      if try !reader.flag("used_by_curr_pic_flag"), try !reader.flag("use_delta_flag") { continue }
      kept.append(delta + shift)
    }
    negative = kept.filter { $0 < 0 }.sorted(by: >)
    positive = kept.filter { $0 > 0 }.sorted()
    guard negative.count + positive.count <= 16 else {
      throw ParseError(
        .invalid(UInt64(negative.count + positive.count)), "NumDeltaPocs", at: reader.offset)
    }
  }
}

extension BitReader {
  /// Reads the magnitude of a difference of picture order counts less one, below 2^15.
  fileprivate mutating func deltaMinus1(_ field: StaticString) throws(ParseError) -> Int {
    let start = offset
    let value = try ue(field)
    guard value < 1 << 15 else { throw ParseError(.invalid(UInt64(value)), field, at: start) }
    return Int(value)
  }
}
