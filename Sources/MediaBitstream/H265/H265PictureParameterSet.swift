public import MediaBytes

/// An H.265 picture parameter set (7.3.2.3), as far as its tools for parallel decoding.
public struct H265PictureParameterSet: Hashable, Sendable {
  /// `pps_pic_parameter_set_id`, 0...63.
  public var id: UInt8
  /// `pps_seq_parameter_set_id`, 0...15.
  public var sequenceParameterSetID: UInt8
  /// `dependent_slice_segments_enabled_flag`.
  public var allowsDependentSegments: Bool
  /// `output_flag_present_flag`.
  public var hasOutputFlag: Bool
  /// `num_extra_slice_header_bits`, 3 bits.
  public var extraSliceHeaderBits: UInt8
  /// `sign_data_hiding_enabled_flag`.
  public var hidesSignData: Bool
  /// `init_qp_minus26` plus 26; negative with more than 8 bits a sample.
  public var initialQP: Int
  /// `weighted_pred_flag`.
  public var usesWeightedPrediction: Bool
  /// `weighted_bipred_flag`.
  public var usesWeightedBiprediction: Bool
  /// `transquant_bypass_enabled_flag`.
  public var allowsLossless: Bool
  /// `tiles_enabled_flag`.
  public var usesTiles: Bool
  /// `entropy_coding_sync_enabled_flag`: wavefronts.
  public var usesWavefronts: Bool

  /// Reads the RBSP of a picture parameter set, as far as `entropy_coding_sync_enabled_flag`.
  public init(parsing reader: inout BitReader) throws(ParseError) {
    id = try reader.ue8("pps_pic_parameter_set_id", max: 63)
    sequenceParameterSetID = try reader.ue8("pps_seq_parameter_set_id", max: 15)
    allowsDependentSegments = try reader.flag("dependent_slice_segments_enabled_flag")
    hasOutputFlag = try reader.flag("output_flag_present_flag")
    extraSliceHeaderBits = UInt8(try reader.bits(3, "num_extra_slice_header_bits"))
    hidesSignData = try reader.flag("sign_data_hiding_enabled_flag")
    try reader.skip(1, "cabac_init_present_flag")
    try reader.skipUE(2, "num_ref_idx_default_active_minus1")
    initialQP = 26 + Int(try reader.se("init_qp_minus26"))
    try reader.skip(2, "constrained_intra_pred_flag and transform_skip_enabled_flag")
    if try reader.flag("cu_qp_delta_enabled_flag") { _ = try reader.ue("diff_cu_qp_delta_depth") }
    _ = try reader.se("pps_cb_qp_offset")
    _ = try reader.se("pps_cr_qp_offset")
    try reader.skip(1, "pps_slice_chroma_qp_offsets_present_flag")
    usesWeightedPrediction = try reader.flag("weighted_pred_flag")
    usesWeightedBiprediction = try reader.flag("weighted_bipred_flag")
    allowsLossless = try reader.flag("transquant_bypass_enabled_flag")
    usesTiles = try reader.flag("tiles_enabled_flag")
    usesWavefronts = try reader.flag("entropy_coding_sync_enabled_flag")
  }

  /// Reads a whole NAL unit of type 34, whose first byte lies at `offset` of the input.
  public init(nalUnit: RawSpan, at offset: Int = 0) throws(ParseError) {
    try H265NALUnitType.pps.require(in: nalUnit, at: offset)
    var reader = BitReader(
      rbsp: nalUnit.extracting(2..<nalUnit.byteCount), baseOffset: offset + 2)
    try self.init(parsing: &reader)
  }
}

/// The H.265 parameter sets seen so far, by their numbers; those of enhancement layers are not kept.
public struct H265ParameterSets: Sendable {
  /// Video parameter sets by `vps_video_parameter_set_id`.
  public var video: [UInt8: H265VideoParameterSet] = [:]
  /// Sequence parameter sets by `sps_seq_parameter_set_id`.
  public var sequence: [UInt8: H265SequenceParameterSet] = [:]
  /// Picture parameter sets by `pps_pic_parameter_set_id`.
  public var picture: [UInt8: H265PictureParameterSet] = [:]

  /// Begins without any.
  public init() {}

  /// Takes those of a configuration record; a set that cannot be read is left out.
  public init(_ record: HEVCDecoderConfigurationRecord) {
    for unit in record.arrays.flatMap(\.units) {
      do throws(ParseError) {
        try take(ByteReader(unit.span).bytes)
      } catch {
        continue  // slices that refer to it are told apart by less
      }
    }
  }

  /// Keeps a NAL unit that is a parameter set, in place of an older one of its number.
  ///
  /// Units of other types are passed over.
  public mutating func take(_ nalUnit: RawSpan, at offset: Int = 0) throws(ParseError) {
    var reader = ByteReader(nalUnit, baseOffset: offset)
    let header = try H265NALUnitHeader(parsing: &reader)
    guard header.layerID == 0 else { return }
    switch header.type {
    case .vps:
      let set = try H265VideoParameterSet(nalUnit: nalUnit, at: offset)
      video[set.id] = set
    case .sps:
      let set = try H265SequenceParameterSet(nalUnit: nalUnit, at: offset)
      sequence[set.id] = set
    case .pps:
      let set = try H265PictureParameterSet(nalUnit: nalUnit, at: offset)
      picture[set.id] = set
    default: break
    }
  }
}
