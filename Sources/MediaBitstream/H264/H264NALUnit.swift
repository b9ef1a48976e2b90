public import MediaBytes

/// `nal_unit_type` of H.264, 5 bits (Table 7-1).
public struct H264NALUnitType: RawRepresentable, Hashable, Sendable {
  /// The five bits.
  public let rawValue: UInt8
  /// Makes a type of its five bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// Reads it from the first byte of a NAL unit.
  public init(header: UInt8) { rawValue = header & 0x1f }

  /// A slice of a picture that is not an IDR picture.
  public static let nonIDRSlice = Self(rawValue: 1)
  /// The first partition of such a slice, with its header.
  public static let slicePartitionA = Self(rawValue: 2)
  /// A slice of an IDR picture.
  public static let idrSlice = Self(rawValue: 5)
  /// Supplemental enhancement information.
  public static let sei = Self(rawValue: 6)
  /// Sequence parameter set.
  public static let sps = Self(rawValue: 7)
  /// Picture parameter set.
  public static let pps = Self(rawValue: 8)
  /// Access unit delimiter.
  public static let accessUnitDelimiter = Self(rawValue: 9)
  /// Sequence parameter set extension: auxiliary pictures.
  public static let spsExtension = Self(rawValue: 13)

  /// Whether it begins with a slice header.
  public var hasSliceHeader: Bool {
    self == .nonIDRSlice || self == .slicePartitionA || self == .idrSlice
  }

  /// Short for the content in Table 7-1, such as `IDR slice`.
  public var name: String { Self.names[Int(rawValue & 0x1f)] }

  private static let names = [
    "unspecified", "non-IDR slice", "slice partition A", "slice partition B", "slice partition C",
    "IDR slice", "SEI", "SPS", "PPS", "AUD", "end of sequence", "end of stream", "filler data",
    "SPS extension", "prefix NAL unit", "subset SPS", "DPS", "reserved", "reserved",
    "auxiliary slice", "slice extension", "slice extension for depth", "reserved", "reserved",
    "unspecified", "unspecified", "unspecified", "unspecified", "unspecified", "unspecified",
    "unspecified", "unspecified",
  ]

  /// Throws unless `nalUnit`, which begins at `offset` of the input, is of this type.
  func require(in nalUnit: RawSpan, at offset: Int) throws(ParseError) {
    var reader = ByteReader(nalUnit, baseOffset: offset)
    let found = Self(header: try reader.u8("nal_unit header"))
    guard found == self else {
      throw ParseError(.invalid(UInt64(found.rawValue)), "nal_unit_type", at: offset)
    }
  }
}

/// The three bytes that begin every H.264 sequence parameter set (7.3.2.1.1).
public struct H264ProfileLevel: Hashable, Sendable {
  /// `profile_idc`.
  public var profileIDC: UInt8
  /// `constraint_set0_flag` (the highest bit) to `constraint_set5_flag` and two reserved bits.
  public var constraintFlags: UInt8
  /// `level_idc`: ten times the level, except 9 (and 11 with set 3) for level 1b.
  public var levelIDC: UInt8

  /// Makes it of its three bytes.
  public init(profileIDC: UInt8, constraintFlags: UInt8, levelIDC: UInt8) {
    self.profileIDC = profileIDC
    self.constraintFlags = constraintFlags
    self.levelIDC = levelIDC
  }

  /// Reads three bytes: as in avcC, or after the header of a sequence parameter set.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    profileIDC = try reader.u8("profile_idc")
    constraintFlags = try reader.u8("constraint_set flags")
    levelIDC = try reader.u8("level_idc")
  }

  /// Finds the first sequence parameter set among NAL units; nil when there is none.
  public init?(in bytes: RawSpan, framing: NALUnitFraming) throws(ParseError) {
    var cursor = NALUnitCursor(framing)
    while let range = try cursor.next(in: bytes) {
      var reader = ByteReader(bytes.extracting(range), baseOffset: range.lowerBound)
      guard H264NALUnitType(header: try reader.u8("nal_unit header")) == .sps else { continue }
      try self.init(parsing: &reader)
      return
    }
    return nil
  }
}

extension H264ProfileLevel {
  /// The profile's name in Annexes A, F, G, H and I, such as `High`; nil for one unknown.
  public var profileName: String? {
    /// `constraint_setN_flag`.
    func isSet(_ bit: UInt8) -> Bool { constraintFlags >> (7 - bit) & 1 == 1 }
    switch profileIDC {
    case 44: return "CAVLC 4:4:4 Intra"
    case 66: return isSet(1) ? "Constrained Baseline" : "Baseline"
    case 77: return "Main"
    case 83: return isSet(5) ? "Scalable Constrained Baseline" : "Scalable Baseline"
    case 86:
      return isSet(3)
        ? "Scalable High Intra" : isSet(5) ? "Scalable Constrained High" : "Scalable High"
    case 88: return "Extended"
    case 100: return isSet(4) ? (isSet(5) ? "Constrained High" : "Progressive High") : "High"
    case 110: return isSet(3) ? "High 10 Intra" : isSet(4) ? "Progressive High 10" : "High 10"
    case 118: return "Multiview High"
    case 122: return isSet(3) ? "High 4:2:2 Intra" : "High 4:2:2"
    case 128: return "Stereo High"
    case 134: return "MFC High"
    case 135: return "MFC Depth High"
    case 138: return "Multiview Depth High"
    case 139: return "Enhanced Multiview Depth High"
    case 244: return isSet(3) ? "High 4:4:4 Intra" : "High 4:4:4 Predictive"
    default: return nil
    }
  }

  /// The level as Table A-1 writes it, such as `4.1`, `4` and `1b`.
  public var level: String {
    // Baseline, Main and Extended have no level_idc 9: set 3 tells 1b from 1.1.
    let isOld = profileIDC == 66 || profileIDC == 77 || profileIDC == 88
    if levelIDC == 9 || (isOld && levelIDC == 11 && constraintFlags & 0x10 != 0) { return "1b" }
    return "\(levelIDC / 10)" + (levelIDC % 10 == 0 ? "" : ".\(levelIDC % 10)")
  }
}
