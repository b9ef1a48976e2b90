public import MediaBytes

/// The head of AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1).
public struct AudioSpecificConfig: Hashable, Sendable {
  /// The audio object type of the core: 2 is AAC LC, also under SBR and PS.
  public var objectType: Int
  /// Samples per second of the core.
  public var samplingFrequency: Int
  /// `channelConfiguration`, 4 bits; 0 means that a program config element tells.
  public var channelConfiguration: UInt8
  /// Whether spectral band replication is signalled, by object type 5 or 29 or by extension.
  public var hasSBR = false
  /// Whether parametric stereo is signalled, by object type 29 or by extension.
  public var hasPS = false
  /// Samples per second after spectral band replication; nil without it.
  public var extensionSamplingFrequency: Int?

  /// The object type that a decoder of the whole must know: 5 with SBR, 29 with PS as well.
  public var signalledObjectType: Int { hasPS ? 29 : hasSBR ? 5 : objectType }

  /// Reads a configuration to its end.
  ///
  /// The backward compatible extension is looked for behind object types 1 to 4 without a program
  /// config element, which is where encoders put it.
  public init(parsing reader: inout BitReader) throws(ParseError) {
    objectType = try reader.audioObjectType()
    samplingFrequency = try reader.samplingFrequency()
    channelConfiguration = UInt8(try reader.bits(4, "channelConfiguration"))
    if objectType == 5 || objectType == 29 {
      hasSBR = true
      hasPS = objectType == 29
      extensionSamplingFrequency = try reader.samplingFrequency()
      objectType = try reader.audioObjectType()
      return
    }
    guard (1...4).contains(objectType), channelConfiguration != 0 else { return }
    try reader.skip(1, "frameLengthFlag")
    if try reader.flag("dependsOnCoreCoder") { try reader.skip(14, "coreCoderDelay") }
    try reader.skip(1, "extensionFlag")
    try parseExtension(&reader)
  }

  private mutating func parseExtension(_ reader: inout BitReader) throws(ParseError) {
    guard reader.bitsRemaining >= 17, try reader.bits(11, "syncExtensionType") == 0x2b7,
      try reader.audioObjectType() == 5, try reader.flag("sbrPresentFlag")
    else { return }
    hasSBR = true
    extensionSamplingFrequency = try reader.samplingFrequency()
    guard reader.bitsRemaining >= 12, try reader.bits(11, "syncExtensionType") == 0x548 else {
      return
    }
    hasPS = try reader.flag("psPresentFlag")
  }
}

extension BitReader {
  /// Reads `GetAudioObjectType()`: 1...30, or 32...95 by escape.
  fileprivate mutating func audioObjectType() throws(ParseError) -> Int {
    let type = Int(try bits(5, "audioObjectType"))
    return type == 31 ? 32 + Int(try bits(6, "audioObjectTypeExt")) : type
  }

  /// Reads `samplingFrequencyIndex` (Table 1.18) and the frequency itself where it says so.
  fileprivate mutating func samplingFrequency() throws(ParseError) -> Int {
    let start = offset
    let index = Int(try bits(4, "samplingFrequencyIndex"))
    if index == 15 { return Int(try bits(24, "samplingFrequency")) }
    guard index < samplingFrequencies.count else {
      throw ParseError(.invalid(UInt64(index)), "samplingFrequencyIndex", at: start)
    }
    return samplingFrequencies[index]
  }
}

private let samplingFrequencies = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000,
  7350,
]
