public import MediaBytes

/// An H.264 picture parameter set (7.3.2.2).
public struct H264PictureParameterSet: Hashable, Sendable {
  /// `pic_parameter_set_id`, 0...255.
  public var id: UInt8
  /// `seq_parameter_set_id`, 0...31.
  public var sequenceParameterSetID: UInt8
  /// `entropy_coding_mode_flag`: CABAC rather than CAVLC.
  public var usesCABAC: Bool
  /// `bottom_field_pic_order_in_frame_present_flag`.
  public var hasFieldPictureOrder: Bool
  /// `num_slice_groups_minus1` plus 1, 1...8.
  public var sliceGroupCount: UInt8
  /// What follows the slice groups; nil where there are several, whose maps are not read.
  public var coding: Coding?

  /// The elements after the slice groups.
  public struct Coding: Hashable, Sendable {
    /// `num_ref_idx_l0_default_active_minus1` plus 1, 1...32.
    public var defaultReferencesL0: UInt8
    /// `num_ref_idx_l1_default_active_minus1` plus 1, 1...32.
    public var defaultReferencesL1: UInt8
    /// `weighted_pred_flag`.
    public var usesWeightedPrediction: Bool
    /// `weighted_bipred_idc`, 0...2; the fourth value of its two bits is reserved.
    public var weightedBipredictionIDC: UInt8
    /// `pic_init_qp_minus26` plus 26; negative with more than 8 bits a sample.
    public var initialQP: Int
    /// `chroma_qp_index_offset`, -12...12.
    public var chromaQPOffset: Int
    /// `deblocking_filter_control_present_flag`.
    public var hasDeblockingControl: Bool
    /// `constrained_intra_pred_flag`.
    public var constrainsIntraPrediction: Bool
    /// `redundant_pic_cnt_present_flag`.
    public var hasRedundantPictures: Bool
    /// `transform_8x8_mode_flag`; false where it is absent.
    public var usesTransform8x8 = false
  }

  /// Reads the RBSP of a picture parameter set, as far as `transform_8x8_mode_flag`.
  public init(parsing reader: inout BitReader) throws(ParseError) {
    id = try reader.ue8("pic_parameter_set_id", max: 255)
    sequenceParameterSetID = try reader.ue8("seq_parameter_set_id", max: 31)
    usesCABAC = try reader.flag("entropy_coding_mode_flag")
    hasFieldPictureOrder = try reader.flag("bottom_field_pic_order_in_frame_present_flag")
    sliceGroupCount = 1 + (try reader.ue8("num_slice_groups_minus1", max: 7))
    if sliceGroupCount == 1 { coding = try Coding(parsing: &reader) }
  }

  /// Reads a whole NAL unit of type 8, whose first byte lies at `offset` of the input.
  public init(nalUnit: RawSpan, at offset: Int = 0) throws(ParseError) {
    try H264NALUnitType.pps.require(in: nalUnit, at: offset)
    var reader = BitReader(
      rbsp: nalUnit.extracting(1..<nalUnit.byteCount), baseOffset: offset + 1)
    try self.init(parsing: &reader)
  }
}

extension H264PictureParameterSet.Coding {
  fileprivate init(parsing reader: inout BitReader) throws(ParseError) {
    defaultReferencesL0 = 1 + (try reader.ue8("num_ref_idx_l0_default_active_minus1", max: 31))
    defaultReferencesL1 = 1 + (try reader.ue8("num_ref_idx_l1_default_active_minus1", max: 31))
    usesWeightedPrediction = try reader.flag("weighted_pred_flag")
    weightedBipredictionIDC = UInt8(try reader.bits(2, "weighted_bipred_idc"))
    initialQP = 26 + Int(try reader.se("pic_init_qp_minus26"))
    _ = try reader.se("pic_init_qs_minus26")
    chromaQPOffset = Int(try reader.se("chroma_qp_index_offset"))
    hasDeblockingControl = try reader.flag("deblocking_filter_control_present_flag")
    constrainsIntraPrediction = try reader.flag("constrained_intra_pred_flag")
    hasRedundantPictures = try reader.flag("redundant_pic_cnt_present_flag")
    if reader.hasMoreRBSPData { usesTransform8x8 = try reader.flag("transform_8x8_mode_flag") }
  }
}

/// The H.264 parameter sets seen so far, by their numbers.
public struct H264ParameterSets: Sendable {
  /// Sequence parameter sets by `seq_parameter_set_id`.
  public var sequence: [UInt8: H264SequenceParameterSet] = [:]
  /// Picture parameter sets by `pic_parameter_set_id`.
  public var picture: [UInt8: H264PictureParameterSet] = [:]

  /// Begins without any.
  public init() {}

  /// Takes those of a configuration record; a set that cannot be read is left out.
  public init(_ record: AVCDecoderConfigurationRecord) {
    for unit in record.sequenceParameterSets + record.pictureParameterSets {
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
    guard nalUnit.byteCount > 0 else { return }
    switch H264NALUnitType(header: nalUnit.byte(at: 0)) {
    case .sps:
      let set = try H264SequenceParameterSet(nalUnit: nalUnit, at: offset)
      sequence[set.id] = set
    case .pps:
      let set = try H264PictureParameterSet(nalUnit: nalUnit, at: offset)
      picture[set.id] = set
    default: break
    }
  }

  /// The sequence parameter set that a picture parameter set refers to.
  public func sequence(forPicture id: UInt8) -> H264SequenceParameterSet? {
    picture[id].flatMap { sequence[$0.sequenceParameterSetID] }
  }
}
