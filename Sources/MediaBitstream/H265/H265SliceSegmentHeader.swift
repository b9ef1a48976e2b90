public import MediaBytes

/// How the blocks of an H.265 slice may be predicted (Table 7-7).
public enum H265SliceType: UInt8, Hashable, Sendable {
  /// From two pictures.
  case b = 0
  /// From one picture at a time.
  case p = 1
  /// From the same picture only.
  case i = 2

  /// The specification's letter.
  public var name: String { ["B", "P", "I"][Int(rawValue)] }
}

/// The beginning of an H.265 slice segment header (7.3.6.1).
public struct H265SliceSegmentHeader: Hashable, Sendable {
  /// `nal_unit_type`, `nuh_layer_id` and `nuh_temporal_id_plus1`.
  public var unit: H265NALUnitHeader
  /// `first_slice_segment_in_pic_flag`.
  public var isFirstInPicture: Bool
  /// `slice_pic_parameter_set_id`, 0...63.
  public var pictureParameterSetID: UInt8
  /// `dependent_slice_segment_flag`; nil where it takes an unknown parameter set to read.
  public var isDependent: Bool?
  /// `slice_segment_address`, in coding tree blocks; nil where it takes an unknown parameter set.
  public var address: UInt32?
  /// `slice_type`; nil in dependent segments, and where it takes an unknown parameter set.
  public var type: H265SliceType?
  /// `slice_pic_order_cnt_lsb`, of IDR pictures 0; nil where `type` is.
  public var pictureOrderCountLSB: UInt32?

  /// Reads a whole NAL unit of a type below 32, whose first byte lies at `offset` of the input.
  public init(
    nalUnit: RawSpan, at offset: Int = 0, parameterSets: H265ParameterSets = H265ParameterSets()
  ) throws(ParseError) {
    var bytes = ByteReader(nalUnit, baseOffset: offset)
    unit = try H265NALUnitHeader(parsing: &bytes)
    guard unit.type.isVCL else {
      throw ParseError(.invalid(UInt64(unit.type.rawValue)), "nal_unit_type", at: offset)
    }
    var reader = BitReader(rbsp: bytes.takeRest(), baseOffset: offset + 2)
    isFirstInPicture = try reader.flag("first_slice_segment_in_pic_flag")
    if unit.type.isIRAP { try reader.skip(1, "no_output_of_prior_pics_flag") }
    pictureParameterSetID = try reader.ue8("slice_pic_parameter_set_id", max: 63)
    if isFirstInPicture { (isDependent, address) = (false, 0) }
    // The other layers' parameter sets are not kept.
    guard unit.layerID == 0, let picture = parameterSets.picture[pictureParameterSetID] else {
      return
    }
    if !isFirstInPicture {
      if picture.allowsDependentSegments {
        isDependent = try reader.flag("dependent_slice_segment_flag")
      } else {
        isDependent = false
      }
      guard let sequence = parameterSets.sequence[picture.sequenceParameterSetID] else { return }
      // Ceil(Log2(PicSizeInCtbsY))
      let last = sequence.codingTreeBlockCount - 1
      let count = Int.bitWidth - last.leadingZeroBitCount
      address = UInt32(try reader.bits(count, "slice_segment_address"))
    }
    guard isDependent == false else { return }
    try reader.skip(Int(picture.extraSliceHeaderBits), "slice_reserved_flag")
    type = H265SliceType(rawValue: try reader.ue8("slice_type", max: 2))
    guard let sequence = parameterSets.sequence[picture.sequenceParameterSetID] else { return }
    if unit.type.isIDR {
      pictureOrderCountLSB = 0
    } else {
      if picture.hasOutputFlag { try reader.skip(1, "pic_output_flag") }
      if sequence.separatesColourPlanes { try reader.skip(2, "colour_plane_id") }
      let count = Int(sequence.log2MaxPictureOrderCountLSB)
      pictureOrderCountLSB = UInt32(try reader.bits(count, "slice_pic_order_cnt_lsb"))
    }
  }
}
