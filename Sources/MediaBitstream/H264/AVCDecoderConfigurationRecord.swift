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
  /// What follows for High and later profiles; nil where it is left out, as by older writers.
  public var highProfile: HighProfile?

  /// Chroma format and bit depths, equal to those of the sequence parameter sets.
  public struct HighProfile: Hashable, Sendable {
    /// `chroma_format`, 2 bits: 1 is 4:2:0.
    public var chromaFormatIDC: UInt8
    /// Bits of a luma sample, 8...15.
    public var bitDepthLuma: UInt8
    /// Bits of a chroma sample, 8...15.
    public var bitDepthChroma: UInt8
    /// Sequence parameter set extensions, at most 255, each a whole NAL unit.
    public var sequenceParameterSetExtensions: [[UInt8]]

    /// Makes it of its fields.
    public init(
      chromaFormatIDC: UInt8, bitDepthLuma: UInt8, bitDepthChroma: UInt8,
      sequenceParameterSetExtensions: [[UInt8]] = []
    ) {
      self.chromaFormatIDC = chromaFormatIDC
      self.bitDepthLuma = bitDepthLuma
      self.bitDepthChroma = bitDepthChroma
      self.sequenceParameterSetExtensions = sequenceParameterSetExtensions
    }
  }

  /// Reads a record of version 1; bytes after it are left unread.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    try reader.version1("configurationVersion")
    profileLevel = try H264ProfileLevel(parsing: &reader)
    lengthSize = try reader.lengthSize()
    let spsCount = try reader.u8("numOfSequenceParameterSets") & 0x1f
    sequenceParameterSets = try reader.nalUnits(Int(spsCount), "sequenceParameterSetNALUnit")
    let ppsCount = try reader.u8("numOfPictureParameterSets")
    pictureParameterSets = try reader.nalUnits(Int(ppsCount), "pictureParameterSetNALUnit")
    guard profileLevel.extendsRecord, reader.remaining >= 4 else { return }
    let chromaFormatIDC = try reader.u8("chroma_format") & 3
    let bitDepthLuma = 8 + (try reader.u8("bit_depth_luma_minus8") & 7)
    let bitDepthChroma = 8 + (try reader.u8("bit_depth_chroma_minus8") & 7)
    let extensionCount = Int(try reader.u8("numOfSequenceParameterSetExt"))
    highProfile = HighProfile(
      chromaFormatIDC: chromaFormatIDC, bitDepthLuma: bitDepthLuma,
      bitDepthChroma: bitDepthChroma,
      sequenceParameterSetExtensions: try reader.nalUnits(
        extensionCount, "sequenceParameterSetExtNALUnit"))
  }
}

extension AVCDecoderConfigurationRecord {
  /// Makes the record of a stream's parameter sets, each a whole NAL unit.
  ///
  /// Profile, chroma and depths are those of the first sequence parameter set. Nil when it cannot be
  /// read, when a unit is of another type or over 65,535 bytes, when there is no sequence parameter
  /// set, or when there are more than 31 of them or more than 255 picture parameter sets.
  public init?(
    sequenceParameterSets: [[UInt8]], pictureParameterSets: [[UInt8]],
    lengthSize: NALUnitLengthSize = .four
  ) {
    guard (1...31).contains(sequenceParameterSets.count), pictureParameterSets.count <= 255,
      sequenceParameterSets.allSatisfy({ Self.fits($0, .sps) }),
      pictureParameterSets.allSatisfy({ Self.fits($0, .pps) })
    else { return nil }
    let unit = sequenceParameterSets[0]
    let first: H264SequenceParameterSet
    do throws(ParseError) {
      first = try H264SequenceParameterSet(nalUnit: ByteReader(unit.span).bytes)
    } catch {
      return nil
    }
    profileLevel = first.profileLevel
    self.lengthSize = lengthSize
    self.sequenceParameterSets = sequenceParameterSets
    self.pictureParameterSets = pictureParameterSets
    if profileLevel.extendsRecord {
      highProfile = HighProfile(
        chromaFormatIDC: first.chromaFormatIDC, bitDepthLuma: first.bitDepthLuma,
        bitDepthChroma: first.bitDepthChroma)
    }
  }

  private static func fits(_ unit: [UInt8], _ type: H264NALUnitType) -> Bool {
    unit.count <= 0xffff && unit.first.map(H264NALUnitType.init(header:)) == type
  }

  /// Writes the record; counts, lengths and depths must fit their fields.
  public func write(to writer: inout ByteWriter) {
    precondition(sequenceParameterSets.count <= 31, "too many sequence parameter sets")
    writer.integer(1 as UInt8)
    profileLevel.write(to: &writer)
    writer.integer(UInt8(0xfc | (lengthSize.rawValue - 1)))
    writer.integer(UInt8(0xe0 | sequenceParameterSets.count))
    writer.nalUnits(sequenceParameterSets)
    writer.integer(UInt8(pictureParameterSets.count))
    writer.nalUnits(pictureParameterSets)
    guard let highProfile else { return }
    writer.integer(0xfc | (highProfile.chromaFormatIDC & 3))
    writer.bitDepth(highProfile.bitDepthLuma)
    writer.bitDepth(highProfile.bitDepthChroma)
    writer.integer(UInt8(highProfile.sequenceParameterSetExtensions.count))
    writer.nalUnits(highProfile.sequenceParameterSetExtensions)
  }
}

extension H264ProfileLevel {
  /// Writes three bytes.
  public func write(to writer: inout ByteWriter) {
    writer.integer(profileIDC)
    writer.integer(constraintFlags)
    writer.integer(levelIDC)
  }

  /// Whether the record tells chroma format and depths: profiles but Baseline, Main and Extended.
  fileprivate var extendsRecord: Bool { ![66, 77, 88].contains(profileIDC) }
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
  ///
  /// Their number is limited: empty ones would take many times the memory of the record.
  mutating func nalUnits(_ count: Int, _ field: StaticString) throws(ParseError) -> [[UInt8]] {
    guard count <= 1024 else {
      throw ParseError(.overLimit(UInt64(count), limit: 1024), field, at: offset)
    }
    var units: [[UInt8]] = []
    for _ in 0..<count {
      let length = Int(try u16(field))
      units.append(try array(length, field))
    }
    return units
  }
}

extension ByteWriter {
  /// Writes NAL units, each after a length of 16 bits.
  mutating func nalUnits(_ units: [[UInt8]]) {
    for unit in units {
      integer(UInt16(unit.count))
      append(unit)
    }
  }

  /// Writes five reserved bits, all ones, and a depth of 8...15 less 8.
  mutating func bitDepth(_ depth: UInt8) {
    precondition((8...15).contains(depth), "a bit depth that does not fit")
    integer(0xf8 | (depth - 8))
  }
}
