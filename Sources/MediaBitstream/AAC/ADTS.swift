public import MediaBytes

/// The header of an ADTS frame (ISO/IEC 14496-3 Annex 1.A, 13818-7 6.2).
public struct ADTSHeader: Hashable, Sendable {
  /// The size of a header without CRC.
  public static let minimumByteCount = 7
  /// The most that `aac_frame_length` can say.
  public static let maximumFrameLength = 0x1fff

  /// `ID`: MPEG-2 AAC (13818-7) rather than MPEG-4.
  public var isMPEG2 = false
  /// `profile_ObjectType` plus 1: the audio object type, 1...4.
  public var objectType: AudioObjectType
  /// `sampling_frequency_index`, 0...12.
  public var samplingFrequencyIndex: UInt8
  /// `private_bit`.
  public var privateBit = false
  /// `channel_configuration`, 3 bits; 0 means that a program config element in the stream tells.
  public var channelConfiguration: UInt8
  /// `original_copy`.
  public var isOriginal = false
  /// `home`.
  public var isHome = false
  /// `copyright_identification_bit`.
  public var copyrightBit = false
  /// `copyright_identification_start`.
  public var copyrightStart = false
  /// `aac_frame_length`: bytes of the whole frame, header included, 13 bits.
  public var frameLength: Int
  /// `adts_buffer_fullness`, 11 bits; 0x7ff says that the rate varies.
  public var bufferFullness: UInt16 = 0x7ff
  /// `number_of_raw_data_blocks_in_frame` plus 1, so 1...4.
  public var rawDataBlockCount = 1
  /// `raw_data_block_position` of each block but the first, only with a CRC.
  public var rawDataBlockPositions: [UInt16] = []
  /// `crc_check`, not compared with the frame; nil when `protection_absent`.
  public var crc: UInt16?

  /// Makes the header, without CRC, of a frame of one block; `frameLength` counts the header.
  public init(
    objectType: AudioObjectType, samplingFrequencyIndex: UInt8, channelConfiguration: UInt8,
    frameLength: Int
  ) {
    self.objectType = objectType
    self.samplingFrequencyIndex = samplingFrequencyIndex
    self.channelConfiguration = channelConfiguration
    self.frameLength = frameLength
  }

  /// Bytes of the header, 7...15, its CRC included.
  public var byteCount: Int { crc == nil ? 7 : 9 + 2 * rawDataBlockPositions.count }

  /// Bytes of the frame behind the header.
  public var payloadByteCount: Int { frameLength - byteCount }

  /// Samples per second of the core.
  public var samplingFrequency: Int { aacSamplingFrequencies[Int(samplingFrequencyIndex)] }

  /// The configuration of the same stream without ADTS.
  ///
  /// For `channel_configuration` 0 it lacks the program config element, which stands in a frame.
  public var audioSpecificConfig: AudioSpecificConfig {
    AudioSpecificConfig(
      objectType: objectType, samplingFrequency: samplingFrequency,
      channelConfiguration: channelConfiguration)
  }
}

extension ADTSHeader {
  /// Reads a header; the frame behind it need not be there.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    var ahead = reader
    var bits = BitReader(try ahead.take(7, "adts_fixed_header"), baseOffset: start)
    let sync = try bits.bits(12, "syncword")
    guard sync == 0xfff else { throw ParseError(.invalid(sync), "syncword", at: start) }
    isMPEG2 = try bits.flag("ID")
    let layer = try bits.bits(2, "layer")
    guard layer == 0 else { throw ParseError(.invalid(layer), "layer", at: start + 1) }
    let isUnprotected = try bits.flag("protection_absent")
    objectType = AudioObjectType(rawValue: Int(try bits.bits(2, "profile_ObjectType")) + 1)
    let index = try bits.bits(4, "sampling_frequency_index")
    guard index < aacSamplingFrequencies.count else {
      throw ParseError(.invalid(index), "sampling_frequency_index", at: start + 2)
    }
    samplingFrequencyIndex = UInt8(index)
    privateBit = try bits.flag("private_bit")
    channelConfiguration = UInt8(try bits.bits(3, "channel_configuration"))
    isOriginal = try bits.flag("original_copy")
    isHome = try bits.flag("home")
    copyrightBit = try bits.flag("copyright_identification_bit")
    copyrightStart = try bits.flag("copyright_identification_start")
    frameLength = Int(try bits.bits(13, "aac_frame_length"))
    bufferFullness = UInt16(try bits.bits(11, "adts_buffer_fullness"))
    rawDataBlockCount = Int(try bits.bits(2, "number_of_raw_data_blocks_in_frame")) + 1
    if !isUnprotected {
      for _ in 1..<rawDataBlockCount {
        rawDataBlockPositions.append(try ahead.u16("raw_data_block_position"))
      }
      crc = try ahead.u16("crc_check")
    }
    guard frameLength >= byteCount else {
      throw ParseError(.invalid(UInt64(frameLength)), "aac_frame_length", at: start + 3)
    }
    reader = ahead
  }

  /// Writes the header.
  public func write(to writer: inout ByteWriter) {
    precondition(
      (1...4).contains(objectType.rawValue) && samplingFrequencyIndex < 13
        && channelConfiguration < 8 && (byteCount...Self.maximumFrameLength).contains(frameLength),
      "a field does not fit")
    var bits = BitWriter()
    bits.bits(12, 0xfff)
    bits.flag(isMPEG2)
    bits.bits(2, 0)
    bits.flag(crc == nil)
    bits.bits(2, objectType.rawValue - 1)
    bits.bits(4, Int(samplingFrequencyIndex))
    bits.flag(privateBit)
    bits.bits(3, Int(channelConfiguration))
    for bit in [isOriginal, isHome, copyrightBit, copyrightStart] { bits.flag(bit) }
    bits.bits(13, frameLength)
    bits.bits(11, Int(bufferFullness))
    bits.bits(2, rawDataBlockCount - 1)
    writer.append(bits.bytes)
    guard let crc else { return }
    for position in rawDataBlockPositions { writer.integer(position) }
    writer.integer(crc)
  }
}

// MARK: - Framing raw access units

/// Puts ADTS headers in front of raw AAC access units, byte for byte as FFmpeg's `adts` muxer.
///
/// The program config element of `channelConfiguration` 0 goes into the first frame, as a syntactic
/// element of its own before the unit's. Two things are refused that FFmpeg 5.1 writes wrong: channel
/// configurations 11...14, which it cuts to three bits (9.0 refuses them), and 0 without its element.
public struct ADTSFramer: Sendable {
  /// Why a stream cannot be in ADTS.
  public enum Failure: Error, Hashable, Sendable {
    /// The object type has no place in two bits.
    case objectType(AudioObjectType)
    /// The frequency is not in the table.
    case samplingFrequency(Int)
    /// The channel configuration has no place in three bits.
    case channelConfiguration(UInt8)
    /// Frames of 960 samples.
    case shortFrames
    /// `dependsOnCoreCoder` or `extensionFlag` is set.
    case scalable
    /// `channelConfiguration` is 0 and the program config element is missing.
    case missingProgramConfigElement
    /// The frame would be of so many bytes, over 8191.
    case frameLength(Int)
  }

  private var header: ADTSHeader
  /// The element still to be written.
  private var programConfigElement: [UInt8] = []

  /// Makes a framer of a stream of this configuration; SBR and PS go unsignalled, as they must.
  public init(_ config: AudioSpecificConfig) throws(Failure) {
    let type = config.objectType
    guard (1...4).contains(type.rawValue), case .ga(let ga) = config.specificConfig else {
      throw .objectType(type)
    }
    guard let index = aacSamplingFrequencies.firstIndex(of: config.samplingFrequency) else {
      throw .samplingFrequency(config.samplingFrequency)
    }
    guard config.channelConfiguration < 8 else {
      throw .channelConfiguration(config.channelConfiguration)
    }
    if ga.frameLengthFlag { throw .shortFrames }
    if ga.coreCoderDelay != nil || ga.extensionFlag { throw .scalable }
    if config.channelConfiguration == 0 {
      guard let element = ga.programConfigElement else { throw .missingProgramConfigElement }
      var bits = BitWriter()
      bits.bits(3, ProgramConfigElement.syntaxElement)
      element.write(to: &bits)
      programConfigElement = bits.bytes
    }
    header = ADTSHeader(
      objectType: type, samplingFrequencyIndex: UInt8(index),
      channelConfiguration: config.channelConfiguration, frameLength: 0)
  }

  /// Writes one access unit as a frame; an empty one leaves no trace.
  public mutating func write(
    _ accessUnit: RawSpan, to writer: inout ByteWriter
  ) throws(Failure) {
    guard accessUnit.byteCount > 0 else { return }
    let length =
      ADTSHeader.minimumByteCount + programConfigElement.count + accessUnit.byteCount
    guard length <= ADTSHeader.maximumFrameLength else { throw .frameLength(length) }
    header.frameLength = length
    header.write(to: &writer)
    writer.append(programConfigElement)
    programConfigElement = []
    writer.append(accessUnit)
  }
}

extension ADTSFramer.Failure: CustomStringConvertible {
  /// One line, such as `ADTS has no place for ER AAC ELD`.
  public var description: String {
    switch self {
    case .objectType(let type):
      "ADTS has no place for \(type.name ?? "object type \(type.rawValue)")"
    case .samplingFrequency(let frequency): "ADTS has no code for \(frequency) Hz"
    case .channelConfiguration(let value): "ADTS has no code for channel configuration \(value)"
    case .shortFrames: "ADTS has no place for frames of 960 samples"
    case .scalable: "ADTS has no place for scalable configurations"
    case .missingProgramConfigElement:
      "channel configuration 0 comes without a program config element"
    case .frameLength(let length):
      "a frame of \(length) bytes exceeds ADTS's limit of \(ADTSHeader.maximumFrameLength)"
    }
  }
}
