public import MediaBytes

/// AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1): how to decode an MPEG-4 audio stream.
public struct AudioSpecificConfig: Hashable, Sendable {
  /// How the configuration says that spectral band replication is, or is not, in use.
  public enum ExtensionSignalling: Hashable, Sendable {
    /// It does not; a decoder finds out from the stream (implicit signalling, 1.6.5).
    case none
    /// By object type 5 or 29 in front of the core's.
    case hierarchical
    /// By an extension that old decoders do not read; it may also say that there is none.
    case backwardCompatible
  }

  /// What follows the head, by object type.
  public enum SpecificConfig: Hashable, Sendable {
    /// AAC, TwinVQ and BSAC.
    case ga(GASpecificConfig)
    /// ER AAC ELD.
    case eld(ELDSpecificConfig)
    /// Anything else; not read.
    case other
  }

  /// The audio object type of the core: AAC LC also under SBR and PS.
  public var objectType: AudioObjectType
  /// Samples per second of the core, 1...0xffffff.
  public var samplingFrequency: Int
  /// `channelConfiguration`, 4 bits; 0 means that a program config element tells.
  public var channelConfiguration: UInt8
  /// Where `hasSBR` and `psPresentFlag` come from.
  public var signalling = ExtensionSignalling.none
  /// Whether spectral band replication is signalled.
  public var hasSBR = false
  /// Whether parametric stereo is signalled; nil where nothing is said of it.
  public var psPresentFlag: Bool?
  /// Samples per second after spectral band replication; nil without it.
  public var extensionSamplingFrequency: Int?
  /// `extensionChannelConfiguration`, only with SBR over ER BSAC.
  public var extensionChannelConfiguration: UInt8?
  /// The configuration of the object type itself.
  public var specificConfig: SpecificConfig
  /// `epConfig`, 2 bits, of error resilient types; nothing is read behind 2 and 3.
  public var epConfig: UInt8?

  /// Makes the configuration of a plain stream, without extensions.
  public init(objectType: AudioObjectType, samplingFrequency: Int, channelConfiguration: UInt8) {
    self.objectType = objectType
    self.samplingFrequency = samplingFrequency
    self.channelConfiguration = channelConfiguration
    if objectType.hasGASpecificConfig {
      specificConfig = .ga(GASpecificConfig())
    } else if objectType == .enhancedLowDelay {
      specificConfig = .eld(ELDSpecificConfig())
    } else {
      specificConfig = .other
    }
    if objectType.isErrorResilient, specificConfig != .other { epConfig = 0 }
  }
}

// MARK: - Parsing

extension AudioSpecificConfig {
  /// Reads a configuration that fills the rest of `reader`.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    var bits = BitReader(reader.takeRest(), baseOffset: start)
    try self.init(parsing: &bits)
  }

  /// Reads a configuration as far as it is known; trailing bits are left.
  public init(parsing reader: inout BitReader) throws(ParseError) {
    let origin = reader.bitsRemaining
    let outer = try reader.audioObjectType()
    let frequency = try reader.samplingFrequency()
    let channels = UInt8(try reader.bits(4, "channelConfiguration"))
    self.init(
      objectType: outer, samplingFrequency: frequency, channelConfiguration: channels)
    if outer == .sbr || outer == .parametricStereo {
      signalling = .hierarchical
      hasSBR = true
      psPresentFlag = outer == .parametricStereo ? true : nil
      extensionSamplingFrequency = try reader.samplingFrequency()
      objectType = try reader.audioObjectType()
      if objectType.rawValue == 22 {
        extensionChannelConfiguration = UInt8(try reader.bits(4, "extensionChannelConfiguration"))
      }
    }
    guard try parseSpecificConfig(&reader, origin: origin) else { return }
    if signalling == .none { try parseExtension(&reader) }
  }

  /// Whether all of it could be read, so that what follows is in its place.
  private mutating func parseSpecificConfig(
    _ reader: inout BitReader, origin: Int
  ) throws(ParseError) -> Bool {
    if objectType.hasGASpecificConfig {
      specificConfig = .ga(
        try GASpecificConfig(
          parsing: &reader, objectType: objectType, channelConfiguration: channelConfiguration,
          origin: origin))
    } else if objectType == .enhancedLowDelay {
      specificConfig = .eld(
        try ELDSpecificConfig(parsing: &reader, channelConfiguration: channelConfiguration))
    } else {
      specificConfig = .other
      epConfig = nil
      return false
    }
    guard objectType.isErrorResilient else {
      epConfig = nil
      return true
    }
    epConfig = UInt8(try reader.bits(2, "epConfig"))
    return epConfig == 0 || epConfig == 1
  }

  private mutating func parseExtension(_ reader: inout BitReader) throws(ParseError) {
    guard reader.bitsRemaining >= 17, try reader.bits(11, "syncExtensionType") == 0x2b7,
      try reader.audioObjectType() == .sbr
    else { return }
    signalling = .backwardCompatible
    hasSBR = try reader.flag("sbrPresentFlag")
    guard hasSBR else { return }
    extensionSamplingFrequency = try reader.samplingFrequency()
    guard reader.bitsRemaining >= 12, try reader.bits(11, "syncExtensionType") == 0x548 else {
      return
    }
    psPresentFlag = try reader.flag("psPresentFlag")
  }
}

extension BitReader {
  /// Reads `GetAudioObjectType()`: 0...30, or 32...95 by escape.
  fileprivate mutating func audioObjectType() throws(ParseError) -> AudioObjectType {
    let type = Int(try bits(5, "audioObjectType"))
    return AudioObjectType(
      rawValue: type == 31 ? 32 + Int(try bits(6, "audioObjectTypeExt")) : type)
  }

  /// Reads `samplingFrequencyIndex` (Table 1.18) and the frequency itself where it says so.
  fileprivate mutating func samplingFrequency() throws(ParseError) -> Int {
    let start = offset
    let index = Int(try bits(4, "samplingFrequencyIndex"))
    if index == 15 {
      let frequency = Int(try bits(24, "samplingFrequency"))
      guard frequency > 0 else { throw ParseError(.invalid(0), "samplingFrequency", at: start) }
      return frequency
    }
    guard index < aacSamplingFrequencies.count else {
      throw ParseError(.invalid(UInt64(index)), "samplingFrequencyIndex", at: start)
    }
    return aacSamplingFrequencies[index]
  }
}

/// ISO/IEC 14496-3 Table 1.18; also ADTS's.
let aacSamplingFrequencies = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000,
  7350,
]

// MARK: - Writing

extension AudioSpecificConfig {
  /// Whether `write` can write all of it: a GASpecificConfig, or ELD without SBR and extensions.
  public var isWritable: Bool {
    guard epConfig ?? 0 < 2 else { return false }
    switch specificConfig {
    case .ga(let ga): return channelConfiguration != 0 || ga.programConfigElement != nil
    case .eld(let eld): return eld.sbr == nil && !eld.hasExtensions && channelConfiguration != 0
    case .other: return false
    }
  }

  /// Writes the configuration, which must be writable; frequencies in the table by their index.
  public func write(to writer: inout ByteWriter) {
    precondition(isWritable, "a configuration of this object type cannot be written")
    var bits = BitWriter()
    let isHierarchical = signalling == .hierarchical
    bits.objectType(
      isHierarchical ? (psPresentFlag == true ? .parametricStereo : .sbr) : objectType)
    bits.samplingFrequency(samplingFrequency)
    bits.bits(4, Int(channelConfiguration))
    if isHierarchical {
      bits.samplingFrequency(extensionSamplingFrequency ?? samplingFrequency)
      bits.objectType(objectType)
      if objectType.rawValue == 22 { bits.bits(4, Int(extensionChannelConfiguration ?? 0)) }
    }
    switch specificConfig {
    case .ga(let ga): ga.write(to: &bits, objectType: objectType)
    case .eld(let eld): eld.write(to: &bits)
    case .other: break
    }
    if let epConfig { bits.bits(2, Int(epConfig)) }
    if signalling == .backwardCompatible { writeExtension(to: &bits) }
    writer.append(bits.bytes)
  }

  private func writeExtension(to bits: inout BitWriter) {
    bits.bits(11, 0x2b7)
    bits.objectType(.sbr)
    bits.flag(hasSBR)
    guard hasSBR else { return }
    bits.samplingFrequency(extensionSamplingFrequency ?? samplingFrequency)
    guard let psPresentFlag else { return }
    bits.bits(11, 0x548)
    bits.flag(psPresentFlag)
  }
}

extension BitWriter {
  fileprivate mutating func objectType(_ type: AudioObjectType) {
    if type.rawValue < 31 { return bits(5, type.rawValue) }
    bits(5, 31)
    bits(6, type.rawValue - 32)
  }

  fileprivate mutating func samplingFrequency(_ frequency: Int) {
    if let index = aacSamplingFrequencies.firstIndex(of: frequency) { return bits(4, index) }
    bits(4, 15)
    bits(24, frequency)
  }
}
