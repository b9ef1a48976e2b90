public import MediaBytes

/// The body of a vpcC box (VP Codec ISO Media File Format Binding 1.0).
public struct VPCodecConfigurationRecord: Hashable, Sendable {
  /// Whether the version and flags of the box stand before it: `01 00 00 00`.
  public var hasVersionAndFlags = true
  /// 0...3.
  public var profile: UInt8
  /// Ten times the level, such as 31; 0 when unknown.
  public var level: UInt8
  /// Bits of a sample: 8, 10 or 12.
  public var bitDepth: UInt8
  /// 0 and 1 are 4:2:0 (vertical or collocated), 2 is 4:2:2, 3 is 4:4:4.
  public var chromaSubsampling: UInt8
  /// `videoFullRangeFlag`.
  public var isFullRange: Bool
  /// `colourPrimaries` of ISO/IEC 23091-2.
  public var primaries: UInt8
  /// `transferCharacteristics` of ISO/IEC 23091-2.
  public var transfer: UInt8
  /// `matrixCoefficients` of ISO/IEC 23091-2.
  public var matrix: UInt8
  /// `codecInitializationData`: empty for VP8 and VP9.
  public var initializationData: [UInt8] = []

  /// Makes the record of a stream from one of its key frames; nil from other frames and for 4:4:0,
  /// which has no code.
  ///
  /// The frame tells neither its level nor its primaries and transfer.
  public init?(keyFrame header: VP9FrameHeader, level: UInt8 = 0) {
    guard header.isKey, let color = header.color else { return nil }
    switch (color.subsamplingX, color.subsamplingY) {
    case (1, 1): chromaSubsampling = 1
    case (1, 0): chromaSubsampling = 2
    case (0, 0): chromaSubsampling = 3
    default: return nil
    }
    profile = header.profile
    self.level = level
    bitDepth = color.bitDepth
    isFullRange = color.isFullRange
    (primaries, transfer, matrix) = (2, 2, color.matrix)
  }

  /// Reads the record, with or without the version and flags of the box before it.
  ///
  /// Both are in use. They cannot be confused: as a record, `01 00 00 00` would have a bit depth
  /// of 0. The initialization data may be left out.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    var ahead = reader
    hasVersionAndFlags = try ahead.u32("version and flags") == 0x0100_0000
    if hasVersionAndFlags { try reader.skip(4, "version and flags") }
    profile = try reader.u8("profile")
    level = try reader.u8("level")
    let start = reader.offset
    let bits = try reader.u8("bitDepth")
    bitDepth = bits >> 4
    guard [8, 10, 12].contains(bitDepth) else {
      throw ParseError(.invalid(UInt64(bitDepth)), "bitDepth", at: start)
    }
    chromaSubsampling = bits >> 1 & 7
    isFullRange = bits & 1 == 1
    primaries = try reader.u8("colourPrimaries")
    transfer = try reader.u8("transferCharacteristics")
    matrix = try reader.u8("matrixCoefficients")
    guard !reader.isAtEnd else { return }
    let count = try reader.u16("codecInitializationDataSize")
    initializationData = try reader.array(Int(count), "codecInitializationData")
  }

  /// Writes the record.
  public func write(to writer: inout ByteWriter) {
    precondition(bitDepth < 16 && chromaSubsampling < 8, "a field does not fit")
    if hasVersionAndFlags { writer.integer(0x0100_0000 as UInt32) }
    writer.integer(profile)
    writer.integer(level)
    writer.integer(bitDepth << 4 | chromaSubsampling << 1 | (isFullRange ? 1 : 0))
    for code in [primaries, transfer, matrix] { writer.integer(code) }
    writer.integer(UInt16(initializationData.count))
    writer.append(initializationData)
  }

  /// One line, such as `profile 0 level 3.1 8 bits 4:2:0`.
  public var summary: String {
    let levelText = level == 0 ? "unknown" : "\(level / 10).\(level % 10)"
    let chroma = ["4:2:0", "4:2:0", "4:2:2", "4:4:4"]
    let chromaText =
      chroma.indices.contains(Int(chromaSubsampling)) ? chroma[Int(chromaSubsampling)] : "chroma ?"
    return "profile \(profile) level \(levelText) \(bitDepth) bits \(chromaText)"
  }
}
