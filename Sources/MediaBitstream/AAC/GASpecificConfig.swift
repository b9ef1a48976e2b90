import MediaBytes

/// GASpecificConfig (ISO/IEC 14496-3 4.4.1).
public struct GASpecificConfig: Hashable, Sendable {
  /// The three flags behind `extensionFlag` for error resilient types, 1 bit each.
  public struct Resilience: Hashable, Sendable {
    /// `aacSectionDataResilienceFlag`.
    public var sectionData = false
    /// `aacScalefactorDataResilienceFlag`.
    public var scalefactorData = false
    /// `aacSpectralDataResilienceFlag`.
    public var spectralData = false
    /// Makes the flags, all off.
    public init() {}
  }

  /// `frameLengthFlag`: 960 samples in a frame instead of 1024, or 480 instead of 512 (LD).
  public var frameLengthFlag = false
  /// `coreCoderDelay`, 14 bits; nil when `dependsOnCoreCoder` is 0.
  public var coreCoderDelay: Int?
  /// `extensionFlag`, which types below 17 must not set.
  public var extensionFlag = false
  /// What stands for `channelConfiguration` 0; nil otherwise, and where it is left out.
  public var programConfigElement: ProgramConfigElement?
  /// `layerNr`, 3 bits, of scalable types.
  public var layerNumber: UInt8?
  /// `numOfSubFrame` and `layer_length` of ER BSAC with `extensionFlag`, 5 and 11 bits.
  public var bsacLayers: BSACLayers?
  /// The flags of error resilient types with `extensionFlag`.
  public var resilience: Resilience?
  /// `extensionFlag3`, which is for versions to come.
  public var extensionFlag3 = false

  /// How ER BSAC lays its layers out.
  public struct BSACLayers: Hashable, Sendable {
    /// `numOfSubFrame`, 5 bits.
    public var subFrameCount: UInt8
    /// `layer_length`, 11 bits.
    public var layerLength: UInt16
    /// Makes it of both.
    public init(subFrameCount: UInt8, layerLength: UInt16) {
      self.subFrameCount = subFrameCount
      self.layerLength = layerLength
    }
  }

  /// Makes the plain configuration: 1024 samples, no core coder, no extension.
  public init() {}

  /// Reads it; `origin` is how many bits were left where the AudioSpecificConfig began.
  ///
  /// Some encoders leave the program config element out, though they must not; that shows only
  /// where the configuration ends right there.
  init(
    parsing reader: inout BitReader, objectType: AudioObjectType, channelConfiguration: UInt8,
    origin: Int
  ) throws(ParseError) {
    frameLengthFlag = try reader.flag("frameLengthFlag")
    if try reader.flag("dependsOnCoreCoder") {
      coreCoderDelay = Int(try reader.bits(14, "coreCoderDelay"))
    }
    extensionFlag = try reader.flag("extensionFlag")
    if channelConfiguration == 0, reader.bitsRemaining > 0 {
      programConfigElement = try ProgramConfigElement(parsing: &reader, origin: origin)
    }
    if [6, 20].contains(objectType.rawValue) {
      layerNumber = UInt8(try reader.bits(3, "layerNr"))
    }
    guard extensionFlag else { return }
    if objectType.rawValue == 22 {
      bsacLayers = BSACLayers(
        subFrameCount: UInt8(try reader.bits(5, "numOfSubFrame")),
        layerLength: UInt16(try reader.bits(11, "layer_length")))
    }
    if [17, 19, 20, 23].contains(objectType.rawValue) {
      resilience = try Resilience(parsing: &reader)
    }
    extensionFlag3 = try reader.flag("extensionFlag3")
  }

  func write(to writer: inout BitWriter, objectType: AudioObjectType) {
    writer.flag(frameLengthFlag)
    writer.flag(coreCoderDelay != nil)
    if let coreCoderDelay { writer.bits(14, coreCoderDelay) }
    writer.flag(extensionFlag)
    programConfigElement?.write(to: &writer)
    if [6, 20].contains(objectType.rawValue) { writer.bits(3, Int(layerNumber ?? 0)) }
    guard extensionFlag else { return }
    if objectType.rawValue == 22 {
      writer.bits(5, Int(bsacLayers?.subFrameCount ?? 0))
      writer.bits(11, Int(bsacLayers?.layerLength ?? 0))
    }
    if [17, 19, 20, 23].contains(objectType.rawValue) {
      (resilience ?? Resilience()).write(to: &writer)
    }
    writer.flag(extensionFlag3)
  }
}

extension GASpecificConfig.Resilience {
  init(parsing reader: inout BitReader) throws(ParseError) {
    sectionData = try reader.flag("aacSectionDataResilienceFlag")
    scalefactorData = try reader.flag("aacScalefactorDataResilienceFlag")
    spectralData = try reader.flag("aacSpectralDataResilienceFlag")
  }

  func write(to writer: inout BitWriter) {
    writer.flag(sectionData)
    writer.flag(scalefactorData)
    writer.flag(spectralData)
  }
}

/// ELDSpecificConfig (ISO/IEC 14496-3 4.6.20).
public struct ELDSpecificConfig: Hashable, Sendable {
  /// Low delay SBR.
  public struct SBR: Hashable, Sendable {
    /// `ldSbrSamplingRate`: the output has twice the core's rate.
    public var isDualRate: Bool
    /// `ldSbrCrcFlag`.
    public var hasCRC: Bool
  }

  /// `frameLengthFlag`: 480 samples in a frame instead of 512.
  public var frameLengthFlag = false
  /// The resilience flags.
  public var resilience = GASpecificConfig.Resilience()
  /// Low delay SBR; nil without it.
  public var sbr: SBR?
  /// Whether extensions (`eldExtType`) follow.
  public var hasExtensions = false

  /// Makes the plain configuration: 512 samples, no SBR.
  public init() {}

  init(parsing reader: inout BitReader, channelConfiguration: UInt8) throws(ParseError) {
    frameLengthFlag = try reader.flag("frameLengthFlag")
    resilience = try GASpecificConfig.Resilience(parsing: &reader)
    if try reader.flag("ldSbrPresentFlag") {
      sbr = SBR(
        isDualRate: try reader.flag("ldSbrSamplingRate"), hasCRC: try reader.flag("ldSbrCrcFlag"))
      for _ in 0..<Self.sbrHeaderCount(channelConfiguration) { try reader.skipSBRHeader() }
    }
    while try reader.bits(4, "eldExtType") != 0 {
      hasExtensions = true
      var length = Int(try reader.bits(4, "eldExtLen"))
      if length == 15 {
        let more = Int(try reader.bits(8, "eldExtLenAdd"))
        length += more
        if more == 255 { length += Int(try reader.bits(16, "eldExtLenAddAdd")) }
      }
      try reader.skip(8 * length, "eldExt")
    }
  }

  func write(to writer: inout BitWriter) {
    precondition(sbr == nil && !hasExtensions, "SBR headers and extensions are not kept")
    writer.flag(frameLengthFlag)
    resilience.write(to: &writer)
    writer.flag(false)
    writer.bits(4, 0)
  }

  /// How many elements can have SBR, so all but the LFE (`ld_sbr_header`).
  private static func sbrHeaderCount(_ channelConfiguration: UInt8) -> Int {
    switch channelConfiguration {
    case 1, 2: 1
    case 3: 2
    case 4, 5, 6: 3
    case 7, 11, 12, 14: 4
    default: 0
    }
  }
}

extension BitReader {
  /// Steps over `sbr_header()` (14496-3 4.4.2.8).
  fileprivate mutating func skipSBRHeader() throws(ParseError) {
    try skip(14, "sbr_header")  // from bs_amp_res to bs_reserved
    let extra = (try flag("bs_header_extra_1"), try flag("bs_header_extra_2"))
    if extra.0 { try skip(5, "bs_header_extra_1") }
    if extra.1 { try skip(6, "bs_header_extra_2") }
  }
}
