public import MediaBytes

/// The body of a vvcC box, VvcDecoderConfigurationRecord (ISO/IEC 14496-15 11.2.4.2).
///
/// In the box itself, a FullBox, four bytes of version and flags come first.
public struct VvcDecoderConfigurationRecord: Hashable, Sendable {
  /// The size of the lengths before NAL units in samples.
  public var lengthSize: NALUnitLengthSize
  /// What `ptl_present_flag` announces; nil in records without it.
  public var stream: Stream?
  /// Parameter sets and SEI, by type, in the record's order.
  public var arrays: [NALUnitArray]

  /// What the record says of the stream as a whole.
  public struct Stream: Hashable, Sendable {
    /// `ols_idx`, 9 bits: the output layer set.
    public var outputLayerSetIndex: UInt16
    /// `num_sublayers`, 3 bits.
    public var subLayerCount: UInt8
    /// `constant_frame_rate`, 2 bits: 0 unknown, 1 constant, 2 constant in each sub-layer.
    public var constantFrameRate: UInt8
    /// `chroma_format_idc`, 2 bits: 1 is 4:2:0.
    public var chromaFormatIDC: UInt8
    /// Bits of a sample, 8...15.
    public var bitDepth: UInt8
    /// Profile, tier and level.
    public var profileTierLevel: ProfileTierLevel
    /// `max_picture_width` in luma samples.
    public var maxPictureWidth: UInt16
    /// `max_picture_height` in luma samples.
    public var maxPictureHeight: UInt16
    /// `avg_frame_rate`: pictures in 256 seconds; 0 is unknown.
    public var averageFrameRate: UInt16
  }

  /// VvcPTLRecord (11.2.4.2.2).
  public struct ProfileTierLevel: Hashable, Sendable {
    /// `general_profile_idc`, 7 bits.
    public var profileIDC: UInt8
    /// `general_tier_flag`.
    public var isHighTier: Bool
    /// `general_level_idc`: sixteen times the level's first number, and three times its second.
    public var levelIDC: UInt8
    /// `num_bytes_constraint_info` bytes, at most 63: `ptl_frame_only_constraint_flag` (the highest
    /// bit), `ptl_multi_layer_enabled_flag` and `general_constraint_info`.
    public var constraintInfo: [UInt8]
    /// `sublayer_level_idc` of each sub-layer below the highest, from the highest down; nil where
    /// it is not present.
    public var subLayerLevels: [UInt8?]
    /// `general_sub_profile_idc`, at most 255.
    public var subProfiles: [UInt32]
  }

  /// NAL units of one type.
  public struct NALUnitArray: Hashable, Sendable {
    /// Whether no other units of this type are in the stream.
    public var isComplete: Bool
    /// The type of all of them.
    public var type: H266NALUnitType
    /// Whole NAL units; exactly one of types DCI and OPI.
    public var units: [[UInt8]]

    /// Makes an array of its units.
    public init(isComplete: Bool, type: H266NALUnitType, units: [[UInt8]]) {
      self.isComplete = isComplete
      self.type = type
      self.units = units
    }
  }

  /// Makes a record of its parts.
  public init(lengthSize: NALUnitLengthSize, stream: Stream?, arrays: [NALUnitArray]) {
    self.lengthSize = lengthSize
    self.stream = stream
    self.arrays = arrays
  }

  /// Reads a record; bytes after it are left unread.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    let head = try reader.u8("LengthSizeMinusOne")
    guard let lengthSize = NALUnitLengthSize(rawValue: Int(head >> 1 & 3) + 1) else {
      throw ParseError(.invalid(UInt64(head >> 1 & 3)), "LengthSizeMinusOne", at: start)
    }
    self.lengthSize = lengthSize
    if head & 1 == 1 { stream = try Stream(parsing: &reader) }
    arrays = []
    for _ in 0..<(try reader.u8("num_of_arrays")) {
      arrays.append(try NALUnitArray(parsing: &reader))
    }
  }

  /// Writes the record; counts, lengths and depths must fit their fields.
  public func write(to writer: inout ByteWriter) {
    writer.integer(UInt8(0xf8 | (lengthSize.rawValue - 1) << 1 | (stream == nil ? 0 : 1)))
    stream?.write(to: &writer)
    writer.integer(UInt8(arrays.count))
    for array in arrays { array.write(to: &writer) }
  }
}

extension VvcDecoderConfigurationRecord.Stream {
  fileprivate init(parsing reader: inout ByteReader) throws(ParseError) {
    let bits = try reader.u16("ols_idx")
    outputLayerSetIndex = bits >> 7
    subLayerCount = UInt8(bits >> 4 & 7)
    constantFrameRate = UInt8(bits >> 2 & 3)
    chromaFormatIDC = UInt8(bits & 3)
    bitDepth = 8 + (try reader.u8("bit_depth_minus8") >> 5)
    profileTierLevel = try .init(parsing: &reader, subLayerCount: Int(subLayerCount))
    maxPictureWidth = try reader.u16("max_picture_width")
    maxPictureHeight = try reader.u16("max_picture_height")
    averageFrameRate = try reader.u16("avg_frame_rate")
  }

  fileprivate func write(to writer: inout ByteWriter) {
    precondition(outputLayerSetIndex < 512 && subLayerCount < 8, "a field of 9 or 3 bits")
    precondition((8...15).contains(bitDepth), "a bit depth that does not fit")
    precondition(
      profileTierLevel.subLayerLevels.count == max(0, Int(subLayerCount) - 1),
      "one level for each sub-layer below the highest")
    writer.integer(
      outputLayerSetIndex << 7 | UInt16(subLayerCount) << 4 | UInt16(constantFrameRate & 3) << 2
        | UInt16(chromaFormatIDC & 3))
    writer.integer((bitDepth - 8) << 5 | 0x1f)
    profileTierLevel.write(to: &writer)
    writer.integer(maxPictureWidth)
    writer.integer(maxPictureHeight)
    writer.integer(averageFrameRate)
  }
}

extension VvcDecoderConfigurationRecord.ProfileTierLevel {
  fileprivate init(parsing reader: inout ByteReader, subLayerCount: Int) throws(ParseError) {
    let constraintCount = Int(try reader.u8("num_bytes_constraint_info") & 0x3f)
    let profile = try reader.u8("general_profile_idc")
    profileIDC = profile >> 1
    isHighTier = profile & 1 == 1
    levelIDC = try reader.u8("general_level_idc")
    constraintInfo = try reader.array(constraintCount, "general_constraint_info")
    subLayerLevels = []
    if subLayerCount > 1 {
      let present = try reader.u8("ptl_sublayer_level_present_flag")
      for bit in 0..<(subLayerCount - 1) {
        let isPresent = present >> (7 - bit) & 1 == 1
        subLayerLevels.append(isPresent ? try reader.u8("sublayer_level_idc") : nil)
      }
    }
    subProfiles = []
    for _ in 0..<(try reader.u8("ptl_num_sub_profiles")) {
      subProfiles.append(try reader.u32("general_sub_profile_idc"))
    }
  }

  fileprivate func write(to writer: inout ByteWriter) {
    precondition(constraintInfo.count < 64, "num_bytes_constraint_info has 6 bits")
    writer.integer(UInt8(constraintInfo.count))
    writer.integer(profileIDC << 1 | (isHighTier ? 1 : 0))
    writer.integer(levelIDC)
    writer.append(constraintInfo)
    if !subLayerLevels.isEmpty {
      var present: UInt8 = 0
      for (bit, level) in subLayerLevels.enumerated() where level != nil { present |= 0x80 >> bit }
      writer.integer(present)
      for case let level? in subLayerLevels { writer.integer(level) }
    }
    writer.integer(UInt8(subProfiles.count))
    for profile in subProfiles { writer.integer(profile) }
  }
}

extension VvcDecoderConfigurationRecord.NALUnitArray {
  /// Of these types there is one unit, and its number is not written.
  private static func isAlone(_ type: H266NALUnitType) -> Bool { type == .dci || type == .opi }

  fileprivate init(parsing reader: inout ByteReader) throws(ParseError) {
    let head = try reader.u8("NAL_unit_type")
    isComplete = head >> 7 == 1
    type = H266NALUnitType(rawValue: head & 0x1f)
    let count = Self.isAlone(type) ? 1 : Int(try reader.u16("num_nalus"))
    units = try reader.nalUnits(count, "nal_unit")
  }

  fileprivate func write(to writer: inout ByteWriter) {
    precondition(!Self.isAlone(type) || units.count == 1, "one DCI or OPI NAL unit")
    writer.integer((isComplete ? 0x80 : 0) | (type.rawValue & 0x1f))
    if !Self.isAlone(type) { writer.integer(UInt16(units.count)) }
    writer.nalUnits(units)
  }
}
