public import MediaBytes

/// The two bytes that begin an H.265 NAL unit (7.3.1.2).
public struct H265NALUnitHeader: Hashable, Sendable {
  /// `nal_unit_type`, 6 bits.
  public var type: H265NALUnitType
  /// `nuh_layer_id`, 6 bits; 0 is the base layer.
  public var layerID: UInt8
  /// `nuh_temporal_id_plus1`, 3 bits; 0 is not allowed.
  public var temporalIDPlus1: UInt8

  /// Reads the two bytes.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let bits = try reader.u16("nal_unit_header")
    type = H265NALUnitType(rawValue: UInt8(bits >> 9 & 0x3f))
    layerID = UInt8(bits >> 3 & 0x3f)
    temporalIDPlus1 = UInt8(bits & 7)
  }
}

/// `nal_unit_type` of H.265, 6 bits (Table 7-1).
public struct H265NALUnitType: RawRepresentable, Hashable, Sendable {
  /// The six bits.
  public let rawValue: UInt8
  /// Makes a type of its six bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Whether it carries a slice segment.
  public var isVCL: Bool { rawValue < 32 }
  /// Whether it belongs to an intra random access point picture: BLA, IDR, CRA and two reserved.
  public var isIRAP: Bool { (16...23).contains(rawValue) }
  /// Whether it is a picture from which decoding begins afresh (IDR_W_RADL, IDR_N_LP).
  public var isIDR: Bool { self == .idrWRADL || self == .idrNLP }
  /// Whether decoding goes on without it at its temporal layer: sub-layer non-reference, RADL and
  /// RASL pictures (8.3.1).
  var isLeadingOrUnreferenced: Bool {
    rawValue < 16 && (rawValue % 2 == 0 || (6...9).contains(rawValue))
  }

  /// Broken link access with leading pictures.
  public static let blaWLP = Self(rawValue: 16)
  /// Broken link access with decodable leading pictures only.
  public static let blaWRADL = Self(rawValue: 17)
  /// Broken link access without leading pictures.
  public static let blaNLP = Self(rawValue: 18)
  /// IDR with decodable leading pictures.
  public static let idrWRADL = Self(rawValue: 19)
  /// IDR without leading pictures.
  public static let idrNLP = Self(rawValue: 20)
  /// Clean random access.
  public static let cra = Self(rawValue: 21)
  /// Video parameter set.
  public static let vps = Self(rawValue: 32)
  /// Sequence parameter set.
  public static let sps = Self(rawValue: 33)
  /// Picture parameter set.
  public static let pps = Self(rawValue: 34)
  /// Access unit delimiter.
  public static let accessUnitDelimiter = Self(rawValue: 35)
  /// Supplemental enhancement information before the slice segments it is about.
  public static let prefixSEI = Self(rawValue: 39)
  /// Supplemental enhancement information after the slice segments it is about.
  public static let suffixSEI = Self(rawValue: 40)

  /// The name in Table 7-1 without `_NUT`, or a short form of the content: `IDR_W_RADL`, `SPS`.
  public var name: String { Self.names[Int(rawValue & 0x3f)] }

  private static let names: [String] = {
    let slices = [
      "TRAIL_N", "TRAIL_R", "TSA_N", "TSA_R", "STSA_N", "STSA_R", "RADL_N", "RADL_R", "RASL_N",
      "RASL_R", "RSV_VCL_N10", "RSV_VCL_R11", "RSV_VCL_N12", "RSV_VCL_R13", "RSV_VCL_N14",
      "RSV_VCL_R15", "BLA_W_LP", "BLA_W_RADL", "BLA_N_LP", "IDR_W_RADL", "IDR_N_LP", "CRA",
      "RSV_IRAP_VCL22", "RSV_IRAP_VCL23",
    ]
    let others = [
      "VPS", "SPS", "PPS", "AUD", "EOS", "EOB", "filler data", "prefix SEI", "suffix SEI",
    ]
    return slices + (24...31).map { "RSV_VCL\($0)" } + others + (41...47).map { "RSV_NVCL\($0)" }
      + (48...63).map { "UNSPEC\($0)" }
  }()

  /// Throws unless `nalUnit`, which begins at `offset` of the input, is of this type.
  func require(in nalUnit: RawSpan, at offset: Int) throws(ParseError) {
    var reader = ByteReader(nalUnit, baseOffset: offset)
    let found = try H265NALUnitHeader(parsing: &reader).type
    guard found == self else {
      throw ParseError(.invalid(UInt64(found.rawValue)), "nal_unit_type", at: offset)
    }
  }
}

/// Whether an H.265 access unit lets decoding begin, and how cleanly.
public enum H265PictureKind: Hashable, Sendable {
  /// IDR that decodable leading pictures may follow.
  case idrWRADL
  /// IDR without leading pictures.
  case idrNLP
  /// Clean random access: the start of an open GOP.
  case cra
  /// Broken link access of any kind, left by a splice.
  case bla
  /// Anything else.
  case other

  /// Looks at the first slice segment of the base layer in one access unit.
  public init(accessUnit bytes: RawSpan, framing: NALUnitFraming) throws(ParseError) {
    var cursor = NALUnitCursor(framing)
    self = .other
    while let range = try cursor.next(in: bytes) {
      var reader = ByteReader(bytes.extracting(range), baseOffset: range.lowerBound)
      let header = try H265NALUnitHeader(parsing: &reader)
      guard header.type.isVCL, header.layerID == 0 else { continue }
      switch header.type {
      case .idrWRADL: self = .idrWRADL
      case .idrNLP: self = .idrNLP
      case .cra: self = .cra
      case .blaWLP, .blaWRADL, .blaNLP: self = .bla
      default: self = .other
      }
      return
    }
  }
}
