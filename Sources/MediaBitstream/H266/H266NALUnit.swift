public import MediaBytes

/// The two bytes that begin an H.266 NAL unit (7.3.1.2).
public struct H266NALUnitHeader: Hashable, Sendable {
  /// `nuh_layer_id`, 6 bits; 0 is the base layer.
  public var layerID: UInt8
  /// `nal_unit_type`, 5 bits.
  public var type: H266NALUnitType
  /// `nuh_temporal_id_plus1`, 3 bits; 0 is not allowed.
  public var temporalIDPlus1: UInt8

  /// Reads the two bytes.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let bits = try reader.u16("nal_unit_header")
    layerID = UInt8(bits >> 8 & 0x3f)
    type = H266NALUnitType(rawValue: UInt8(bits >> 3 & 0x1f))
    temporalIDPlus1 = UInt8(bits & 7)
  }
}

/// `nal_unit_type` of H.266, 5 bits (Table 5).
public struct H266NALUnitType: RawRepresentable, Hashable, Sendable {
  /// The five bits.
  public let rawValue: UInt8
  /// Makes a type of its five bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Whether it carries a slice.
  public var isVCL: Bool { rawValue < 12 }
  /// Whether it belongs to an intra random access point picture: IDR and CRA.
  public var isIRAP: Bool { (7...9).contains(rawValue) }
  /// Whether decoding can begin with it, at once or gradually.
  var isIRAPOrGDR: Bool { (7...11).contains(rawValue) }

  /// IDR with decodable leading pictures.
  public static let idrWRADL = Self(rawValue: 7)
  /// IDR without leading pictures.
  public static let idrNLP = Self(rawValue: 8)
  /// Clean random access.
  public static let cra = Self(rawValue: 9)
  /// Gradual decoding refresh.
  public static let gdr = Self(rawValue: 10)
  /// Operating point information.
  public static let opi = Self(rawValue: 12)
  /// Decoding capability information.
  public static let dci = Self(rawValue: 13)
  /// Video parameter set.
  public static let vps = Self(rawValue: 14)
  /// Sequence parameter set.
  public static let sps = Self(rawValue: 15)
  /// Picture parameter set.
  public static let pps = Self(rawValue: 16)
  /// Adaptation parameter set before the slices that use it.
  public static let prefixAPS = Self(rawValue: 17)
  /// Picture header.
  public static let pictureHeader = Self(rawValue: 19)
  /// Access unit delimiter.
  public static let accessUnitDelimiter = Self(rawValue: 20)
  /// Supplemental enhancement information before the slices it is about.
  public static let prefixSEI = Self(rawValue: 23)
  /// Supplemental enhancement information after the slices it is about.
  public static let suffixSEI = Self(rawValue: 24)

  /// The name in Table 5 without `_NUT`, or a short form of the content: `IDR_W_RADL`, `SPS`.
  public var name: String { Self.names[Int(rawValue & 0x1f)] }

  private static let names = [
    "TRAIL", "STSA", "RADL", "RASL", "RSV_VCL_4", "RSV_VCL_5", "RSV_VCL_6", "IDR_W_RADL",
    "IDR_N_LP", "CRA", "GDR", "RSV_IRAP_11", "OPI", "DCI", "VPS", "SPS", "PPS", "prefix APS",
    "suffix APS", "PH", "AUD", "EOS", "EOB", "prefix SEI", "suffix SEI", "filler data",
    "RSV_NVCL_26", "RSV_NVCL_27", "UNSPEC_28", "UNSPEC_29", "UNSPEC_30", "UNSPEC_31",
  ]
}
