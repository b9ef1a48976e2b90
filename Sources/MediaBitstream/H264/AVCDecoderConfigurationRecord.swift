public import MediaBytes

/// The body of an avcC box, AVCDecoderConfigurationRecord (ISO/IEC 14496-15 5.3.3.1).
public struct AVCDecoderConfigurationRecord: Hashable, Sendable {
  /// Profile, constraints and level, equal to those of its sequence parameter sets.
  public var profileLevel: H264ProfileLevel
  /// The size of the lengths before NAL units in samples.
  public var lengthSize: NALUnitLengthSize
  /// Sequence parameter sets, at most 31, each a whole NAL unit.
  public var sequenceParameterSets: [[UInt8]]
  /// Picture parameter sets, at most 255, each a whole NAL unit.
  public var pictureParameterSets: [[UInt8]]

  /// Reads a record of version 1 as far as the parameter sets; what follows them is left unread.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    try reader.version1("configurationVersion")
    profileLevel = try H264ProfileLevel(parsing: &reader)
    lengthSize = try reader.lengthSize()
    let spsCount = try reader.u8("numOfSequenceParameterSets") & 0x1f
    sequenceParameterSets = try reader.nalUnits(Int(spsCount), "sequenceParameterSetNALUnit")
    let ppsCount = try reader.u8("numOfPictureParameterSets")
    pictureParameterSets = try reader.nalUnits(Int(ppsCount), "pictureParameterSetNALUnit")
  }
}

extension ByteReader {
  /// Reads a version byte that must be 1.
  mutating func version1(_ field: StaticString) throws(ParseError) {
    let start = offset
    let version = try u8(field)
    guard version == 1 else {
      throw ParseError(.unsupported(UInt64(version)), field, at: start)
    }
  }

  /// Reads `count` NAL units, each after a length of 16 bits.
  mutating func nalUnits(_ count: Int, _ field: StaticString) throws(ParseError) -> [[UInt8]] {
    var units: [[UInt8]] = []
    for _ in 0..<count {
      let length = Int(try u16(field))
      units.append(try array(length, field))
    }
    return units
  }
}
