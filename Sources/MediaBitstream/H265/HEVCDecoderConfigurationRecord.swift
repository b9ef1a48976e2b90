public import MediaBytes

/// The body of an hvcC box, HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 8.3.3.1).
public struct HEVCDecoderConfigurationRecord: Hashable, Sendable {
  /// Profile, tier and level that cover all parameter sets.
  public var profileTierLevel: H265ProfileTierLevel
  /// `min_spatial_segmentation_idc`, 12 bits.
  public var minSpatialSegmentationIDC: UInt16 = 0
  /// `parallelismType`: 0 unknown or mixed, 1 slices, 2 tiles, 3 wavefronts.
  public var parallelismType: UInt8 = 0
  /// `chroma_format_idc`, 2 bits: 1 is 4:2:0.
  public var chromaFormat: UInt8
  /// Bits of a luma sample, 8...15.
  public var bitDepthLuma: UInt8
  /// Bits of a chroma sample, 8...15.
  public var bitDepthChroma: UInt8
  /// `avgFrameRate`: pictures in 256 seconds; 0 is unknown.
  public var averageFrameRate: UInt16 = 0
  /// `constantFrameRate`, 2 bits: 0 unknown, 1 constant, 2 constant in each temporal layer.
  public var constantFrameRate: UInt8 = 0
  /// `numTemporalLayers`, 3 bits: 0 unknown, 1 no scalability in time.
  public var temporalLayerCount: UInt8 = 0
  /// `temporalIdNested`.
  public var isTemporalIDNested = false
  /// The size of the lengths before NAL units in samples.
  public var lengthSize: NALUnitLengthSize
  /// Parameter sets and SEI, by type, in the record's order.
  public var arrays: [NALUnitArray]

  /// NAL units of one type.
  public struct NALUnitArray: Hashable, Sendable {
    /// Whether no other units of this type are in the stream.
    public var isComplete: Bool
    /// The type of all of them.
    public var type: H265NALUnitType
    /// Whole NAL units.
    public var units: [[UInt8]]

    /// Makes an array of its units.
    public init(isComplete: Bool, type: H265NALUnitType, units: [[UInt8]]) {
      self.isComplete = isComplete
      self.type = type
      self.units = units
    }
  }

  /// Reads a record of version 1; bytes after it are left unread.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    try reader.version1("configurationVersion")
    let start = reader.offset
    var bits = BitReader(try reader.take(12, "profile_tier_level"), baseOffset: start)
    profileTierLevel = try H265ProfileTierLevel(parsing: &bits)
    minSpatialSegmentationIDC = try reader.u16("min_spatial_segmentation_idc") & 0xfff
    parallelismType = try reader.u8("parallelismType") & 3
    chromaFormat = try reader.u8("chromaFormat") & 3
    bitDepthLuma = 8 + (try reader.u8("bitDepthLumaMinus8") & 7)
    bitDepthChroma = 8 + (try reader.u8("bitDepthChromaMinus8") & 7)
    averageFrameRate = try reader.u16("avgFrameRate")
    let flags = reader.peekU8 ?? 0
    lengthSize = try reader.lengthSize()
    constantFrameRate = flags >> 6
    temporalLayerCount = flags >> 3 & 7
    isTemporalIDNested = flags >> 2 & 1 == 1
    arrays = []
    for _ in 0..<(try reader.u8("numOfArrays")) {
      let head = try reader.u8("NAL_unit_type")
      let count = Int(try reader.u16("numNalus"))
      arrays.append(
        NALUnitArray(
          isComplete: head >> 7 == 1, type: H265NALUnitType(rawValue: head & 0x3f),
          units: try reader.nalUnits(count, "nalUnit")))
    }
  }
}

extension HEVCDecoderConfigurationRecord {
  /// The NAL units of all arrays of one type, in the record's order.
  public func units(_ type: H265NALUnitType) -> [[UInt8]] {
    arrays.filter { $0.type == type }.flatMap(\.units)
  }

  /// Makes the record of a stream's parameter sets, each a whole NAL unit.
  ///
  /// `isComplete` promises that the stream itself carries no parameter sets (sample entry hvc1).
  /// Nil when a unit is of another type, over 65,535 bytes or unreadable, when there is no sequence
  /// parameter set, or where they differ in chroma format or depth, which a record cannot tell.
  public init?(
    videoParameterSets: [[UInt8]], sequenceParameterSets: [[UInt8]],
    pictureParameterSets: [[UInt8]], isComplete: Bool, lengthSize: NALUnitLengthSize = .four
  ) {
    var sets = H265ParameterSets()
    let all: [(H265NALUnitType, [[UInt8]])] = [
      (.vps, videoParameterSets), (.sps, sequenceParameterSets), (.pps, pictureParameterSets),
    ]
    arrays = []
    for (type, units) in all where !units.isEmpty {
      guard units.count <= 0xffff, units.allSatisfy({ Self.take($0, type, into: &sets) }) else {
        return nil
      }
      arrays.append(NALUnitArray(isComplete: isComplete, type: type, units: units))
    }
    let sequences = sets.sequence.values.sorted { $0.id < $1.id }
    // A record has 3 bits for a depth less 8.
    guard let first = sequences.first, first.bitDepthLuma <= 15, first.bitDepthChroma <= 15,
      sequences.allSatisfy({
        $0.chromaFormatIDC == first.chromaFormatIDC && $0.bitDepthLuma == first.bitDepthLuma
          && $0.bitDepthChroma == first.bitDepthChroma
      })
    else { return nil }
    self.lengthSize = lengthSize
    chromaFormat = first.chromaFormatIDC
    bitDepthLuma = first.bitDepthLuma
    bitDepthChroma = first.bitDepthChroma
    profileTierLevel = first.profileTierLevel
    for other in sequences.dropFirst() { profileTierLevel.cover(other.profileTierLevel) }
    temporalLayerCount = sequences.reduce(0) { max($0, $1.subLayerCount) }
    isTemporalIDNested = sequences.allSatisfy(\.isTemporalIDNested)
    let segmentations = sequences.map { $0.usability?.minSpatialSegmentationIDC ?? 0 }
    minSpatialSegmentationIDC = UInt16(segmentations.min() ?? 0)
    // Without segments of bounded size there is nothing to decode in parallel.
    if minSpatialSegmentationIDC > 0 { parallelismType = Self.parallelism(sets.picture.values) }
  }

  private static func take(
    _ unit: [UInt8], _ type: H265NALUnitType, into sets: inout H265ParameterSets
  ) -> Bool {
    do throws(ParseError) {
      let bytes = ByteReader(unit.span).bytes
      try type.require(in: bytes, at: 0)
      try sets.take(bytes)
      return unit.count <= 0xffff
    } catch {
      return false
    }
  }

  private static func parallelism(_ sets: some Collection<H265PictureParameterSet>) -> UInt8 {
    let kinds = Set(
      sets.map { set -> UInt8 in
        switch (set.usesTiles, set.usesWavefronts) {
        case (true, true): 0
        case (true, false): 2
        case (false, true): 3
        case (false, false): 1
        }
      })
    return kinds.count == 1 ? kinds.first ?? 0 : 0
  }

  /// Writes the record; counts, lengths and depths must fit their fields.
  public func write(to writer: inout ByteWriter) {
    precondition(minSpatialSegmentationIDC <= 0xfff, "min_spatial_segmentation_idc has 12 bits")
    precondition(temporalLayerCount <= 7 && constantFrameRate <= 3, "a field of 3 or 2 bits")
    writer.integer(1 as UInt8)
    profileTierLevel.write(to: &writer)
    writer.integer(0xf000 | minSpatialSegmentationIDC)
    writer.integer(0xfc | (parallelismType & 3))
    writer.integer(0xfc | (chromaFormat & 3))
    writer.bitDepth(bitDepthLuma)
    writer.bitDepth(bitDepthChroma)
    writer.integer(averageFrameRate)
    writer.integer(
      constantFrameRate << 6 | temporalLayerCount << 3 | (isTemporalIDNested ? 4 : 0)
        | UInt8(lengthSize.rawValue - 1))
    writer.integer(UInt8(arrays.count))
    for array in arrays {
      writer.integer((array.isComplete ? 0x80 : 0) | (array.type.rawValue & 0x3f))
      writer.integer(UInt16(array.units.count))
      writer.nalUnits(array.units)
    }
  }
}

extension H265ProfileTierLevel {
  /// Writes 12 bytes.
  public func write(to writer: inout ByteWriter) {
    writer.integer(profileSpace << 6 | (isHighTier ? 0x20 : 0) | (profileIDC & 0x1f))
    writer.integer(compatibilityFlags)
    writer.integer(UInt16(truncatingIfNeeded: constraintFlags >> 32))
    writer.integer(UInt32(truncatingIfNeeded: constraintFlags))
    writer.integer(levelIDC)
  }

  /// Widens it so that it also covers `other`: the higher tier and level, and only the
  /// compatibilities and constraints that both have (ISO/IEC 14496-15 8.3.3.1.3).
  mutating func cover(_ other: Self) {
    profileIDC = max(profileIDC, other.profileIDC)
    // The levels of a higher tier come after all of the lower.
    if isHighTier == other.isHighTier {
      levelIDC = max(levelIDC, other.levelIDC)
    } else if other.isHighTier {
      levelIDC = other.levelIDC
    }
    isHighTier = isHighTier || other.isHighTier
    compatibilityFlags &= other.compatibilityFlags
    constraintFlags &= other.constraintFlags
  }
}
