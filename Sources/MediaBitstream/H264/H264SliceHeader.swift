public import MediaBytes

/// How the macroblocks of an H.264 slice may be predicted (Table 7-6).
public enum H264SliceType: UInt8, Hashable, Sendable {
  /// From pictures in the past or the same.
  case p = 0
  /// From two pictures.
  case b = 1
  /// From the same picture only.
  case i = 2
  /// P, for switching between streams.
  case sp = 3
  /// I, for switching between streams.
  case si = 4

  /// The specification's letters, such as `SP`.
  public var name: String { ["P", "B", "I", "SP", "SI"][Int(rawValue)] }
  /// Whether it depends on no other picture: I and SI.
  public var isIntra: Bool { self == .i || self == .si }
}

/// The beginning of an H.264 slice header (7.3.3), as far as it tells one picture from the next.
public struct H264SliceHeader: Hashable, Sendable {
  /// `nal_unit_type`: 1, 2 or 5.
  public var unitType: H264NALUnitType
  /// `nal_ref_idc`, 2 bits; 0 where nothing refers to the picture.
  public var referenceIDC: UInt8
  /// `first_mb_in_slice`.
  public var firstMacroblock: UInt32
  /// `slice_type` modulo 5.
  public var type: H264SliceType
  /// Whether `slice_type` (5...9) promises that all slices of the picture are of this type.
  public var coversPicture: Bool
  /// `pic_parameter_set_id`, 0...255.
  public var pictureParameterSetID: UInt8
  /// What takes a parameter set to read; nil where it is not known.
  public var picture: Picture?

  /// The elements from `frame_num` to `pic_order_cnt_lsb`.
  public struct Picture: Hashable, Sendable {
    /// `frame_num`.
    public var frameNumber: UInt32
    /// `field_pic_flag`.
    public var isField = false
    /// `bottom_field_flag`.
    public var isBottomField = false
    /// `idr_pic_id`; nil but in IDR pictures.
    public var idrPictureID: UInt32?
    /// `pic_order_cnt_lsb`; nil but in picture order count type 0.
    public var pictureOrderCountLSB: UInt32?
  }

  /// Reads a whole NAL unit of type 1, 2 or 5, whose first byte lies at `offset` of the input.
  ///
  /// Without the parameter sets it refers to, `picture` stays nil.
  public init(
    nalUnit: RawSpan, at offset: Int = 0, parameterSets: H264ParameterSets = H264ParameterSets()
  ) throws(ParseError) {
    var bytes = ByteReader(nalUnit, baseOffset: offset)
    let header = try bytes.u8("nal_unit header")
    unitType = H264NALUnitType(header: header)
    guard unitType.hasSliceHeader else {
      throw ParseError(.invalid(UInt64(unitType.rawValue)), "nal_unit_type", at: offset)
    }
    referenceIDC = header >> 5 & 3
    var reader = BitReader(rbsp: bytes.takeRest(), baseOffset: offset + 1)
    firstMacroblock = try reader.ue("first_mb_in_slice")
    let code = try reader.ue8("slice_type", max: 9)
    // 0...4 are all there are, so there is always a type.
    type = H264SliceType(rawValue: code % 5) ?? .i
    coversPicture = code >= 5
    pictureParameterSetID = try reader.ue8("pic_parameter_set_id", max: 255)
    if let sequence = parameterSets.sequence(forPicture: pictureParameterSetID) {
      picture = try Picture(parsing: &reader, sequence, isIDR: unitType == .idrSlice)
    }
  }

  /// Whether a new picture begins with this slice, `previous` being the one before (7.4.1.2.4).
  ///
  /// Without parameter sets it is judged by the macroblock number and the NAL unit header alone.
  public func beginsPicture(after previous: Self?) -> Bool {
    guard let previous else { return true }
    if pictureParameterSetID != previous.pictureParameterSetID
      || (referenceIDC == 0) != (previous.referenceIDC == 0)
      || (unitType == .idrSlice) != (previous.unitType == .idrSlice)
    {
      return true
    }
    guard let picture, let old = previous.picture else { return firstMacroblock == 0 }
    return picture != old
  }
}

extension H264SliceHeader.Picture {
  fileprivate init(
    parsing reader: inout BitReader, _ sequence: H264SequenceParameterSet, isIDR: Bool
  ) throws(ParseError) {
    if sequence.separatesColourPlanes { try reader.skip(2, "colour_plane_id") }
    frameNumber = UInt32(try reader.bits(Int(sequence.log2MaxFrameNum), "frame_num"))
    if !sequence.frameMacroblocksOnly {
      isField = try reader.flag("field_pic_flag")
      if isField { isBottomField = try reader.flag("bottom_field_flag") }
    }
    if isIDR { idrPictureID = try reader.ue("idr_pic_id") }
    if sequence.pictureOrderCountType == 0 {
      let count = Int(sequence.log2MaxPictureOrderCountLSB)
      pictureOrderCountLSB = UInt32(try reader.bits(count, "pic_order_cnt_lsb"))
    }
  }
}
