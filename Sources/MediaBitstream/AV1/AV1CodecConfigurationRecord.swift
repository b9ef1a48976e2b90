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
  /// `initial_presentation_delay_minus_one`, 4 bits; nil when not present.
  public var initialPresentationDelayMinusOne: UInt8?
  /// `configOBUs`: the sequence header with its size, then perhaps metadata.
  public var configOBUs: [UInt8]
  /// The sequence header among `configOBUs`; nil when there is none that can be read.
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
    try bits.skip(3, "reserved")
    let hasDelay = try bits.flag("initial_presentation_delay_present")
    let delay = UInt8(try bits.bits(4, "initial_presentation_delay_minus_one"))
    initialPresentationDelayMinusOne = hasDelay ? delay : nil
    let base = reader.offset
    let obus = reader.takeRest()
    configOBUs = [UInt8](copying: obus)
    do throws(ParseError) {
      sequenceHeader = try AV1SequenceHeader(obus: obus, baseOffset: base)
    } catch {
      sequenceHeader = nil
    }
  }

  /// Makes the record of a stream from OBUs that hold its sequence header, such as its first
  /// temporal unit; nil without one.
  ///
  /// Sequence header and metadata go into `configOBUs`, each with its size.
  public init?(obus bytes: RawSpan) throws(ParseError) {
    var (headers, metadata) = (ByteWriter(), ByteWriter())
    var found: AV1SequenceHeader?
    var cursor = AV1OBUCursor()
    while let obu = try cursor.next(in: bytes) {
      switch obu.type {
      case .sequenceHeader where found == nil:
        var bits = BitReader(
          bytes.extracting(obu.payload), baseOffset: obu.payload.lowerBound)
        found = try AV1SequenceHeader(parsing: &bits)
        headers.obu(obu, of: bytes)
      case .metadata: metadata.obu(obu, of: bytes)
      default: break
      }
    }
    guard let found else { return nil }
    profile = found.profile
    levelIndex = found.levelIndex
    isHighTier = found.isHighTier
    bitDepth = found.color.bitDepth
    isMonochrome = found.color.isMonochrome
    chromaSubsamplingX = found.color.subsamplingX
    chromaSubsamplingY = found.color.subsamplingY
    chromaSamplePosition = found.color.chromaSamplePosition
    configOBUs = headers.bytes + metadata.bytes
    sequenceHeader = found
  }

  /// Writes the record.
  public func write(to writer: inout ByteWriter) {
    precondition(
      profile < 8 && levelIndex < 32 && chromaSubsamplingX < 2 && chromaSubsamplingY < 2
        && chromaSamplePosition < 4 && (initialPresentationDelayMinusOne ?? 0) < 16,
      "a field does not fit")
    writer.integer(0x81 as UInt8)
    writer.integer(profile << 5 | levelIndex)
    let depth: UInt8 = bitDepth == 8 ? 0 : bitDepth == 10 ? 0x40 : 0x60
    writer.integer(
      (isHighTier ? 0x80 : 0) | depth | (isMonochrome ? 0x10 : 0) | chromaSubsamplingX << 3
        | chromaSubsamplingY << 2 | chromaSamplePosition)
    writer.integer(initialPresentationDelayMinusOne.map { 0x10 | $0 } ?? 0)
    writer.append(configOBUs)
  }

  /// One line, such as `Main 4.0 1920x1080 8 bits 4:2:0`.
  public var summary: String {
    sequenceHeader?.summary
      ?? "\(av1ProfileName(profile)) \(av1LevelName(levelIndex)) \(bitDepth) bits"
  }
}
