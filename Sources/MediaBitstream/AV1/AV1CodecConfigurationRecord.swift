public import MediaBytes

/// The body of an av1C box, AV1CodecConfigurationRecord (AV1-ISOBMFF 2.3.3).
public struct AV1CodecConfigurationRecord: Hashable, Sendable {
  /// `seq_profile`, 3 bits: 0 Main, 1 High, 2 Professional.
  public var profile: UInt8
  /// `seq_level_idx_0`, 5 bits: 8 is level 4.0, 31 no limit.
  public var levelIndex: UInt8
  /// `seq_tier_0`.
  public var isHighTier: Bool
  /// Bits of a sample: 8, 10 or 12.
  public var bitDepth: UInt8
  /// `monochrome`.
  public var isMonochrome: Bool
  /// `chroma_subsampling_x`, 0 or 1.
  public var chromaSubsamplingX: UInt8
  /// `chroma_subsampling_y`, 0 or 1.
  public var chromaSubsamplingY: UInt8
  /// `chroma_sample_position`, 2 bits; 0 is unknown.
  public var chromaSamplePosition: UInt8
  /// The sequence header among the record's OBUs; nil when there is none that can be read.
  public var sequenceHeader: AV1SequenceHeader?

  /// Reads a record of version 1 to its end.
  ///
  /// OBUs that cannot be read do not matter to the fields before them, so they are passed over.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    var bits = BitReader(try reader.take(4, "AV1CodecConfigurationRecord"), baseOffset: start)
    let version = try bits.bits(8, "marker and version")
    guard version == 0x81 else {
      throw ParseError(.unsupported(version), "marker and version", at: start)
    }
    profile = UInt8(try bits.bits(3, "seq_profile"))
    levelIndex = UInt8(try bits.bits(5, "seq_level_idx_0"))
    isHighTier = try bits.flag("seq_tier_0")
    let isHighBitDepth = try bits.flag("high_bitdepth")
    let isTwelveBit = try bits.flag("twelve_bit")
    bitDepth = isHighBitDepth ? (isTwelveBit ? 12 : 10) : 8
    isMonochrome = try bits.flag("monochrome")
    chromaSubsamplingX = UInt8(try bits.bits(1, "chroma_subsampling_x"))
    chromaSubsamplingY = UInt8(try bits.bits(1, "chroma_subsampling_y"))
    chromaSamplePosition = UInt8(try bits.bits(2, "chroma_sample_position"))
    let base = reader.offset
    do throws(ParseError) {
      sequenceHeader = try AV1SequenceHeader(obus: reader.takeRest(), baseOffset: base)
    } catch {
      sequenceHeader = nil
    }
  }
}
