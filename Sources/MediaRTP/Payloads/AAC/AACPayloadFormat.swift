public import MediaBitstream
import MediaBytes

/// What SDP says of AAC in RTP: `mpeg4-generic` (RFC 3640 4.1).
public struct AACPayloadFormat: Hashable, Sendable {
  /// `mode`.
  public enum Mode: Hashable, Sendable {
    /// `AAC-hbr`: access units to 8191 bytes, which may be split (RFC 3640 3.3.6).
    case highBitRate
    /// `AAC-lbr`: access units to 63 bytes, never split (RFC 3640 3.3.5).
    case lowBitRate
    /// `generic`, CELP, or what a device invents.
    case other(String)
  }

  /// How many bits the fields of an AU header have, 0...32 each (RFC 3640 3.2.1.1).
  public struct FieldLengths: Hashable, Sendable {
    /// `sizeLength`.
    public var size = 0
    /// `indexLength`, of the first header.
    public var index = 0
    /// `indexDeltaLength`, of those that follow.
    public var indexDelta = 0
    /// `CTSDeltaLength`.
    public var ctsDelta = 0
    /// `DTSDeltaLength`.
    public var dtsDelta = 0
    /// `randomAccessIndication`: 0 or 1.
    public var randomAccess = 0
    /// `streamStateIndication`.
    public var streamState = 0
    /// `auxiliaryDataSizeLength`, of the section behind the headers (RFC 3640 3.2.2).
    public var auxiliaryDataSize = 0

    /// Makes those of no mode: packets without headers.
    public init() {}

    /// Makes those of a mode whose headers hold a size and an index.
    public init(size: Int, index: Int, indexDelta: Int) {
      (self.size, self.index, self.indexDelta) = (size, index, indexDelta)
    }
  }

  /// `mode`.
  public var mode: Mode
  /// The fields of an AU header.
  public var lengths: FieldLengths
  /// `constantSize` in bytes: then headers have no size.
  public var constantSize: Int?
  /// `constantDuration` in ticks.
  public var constantDuration: Int?
  /// `config`: the bytes of the AudioSpecificConfig; nil where it is missing or no hexadecimal.
  public var configurationBytes: [UInt8]?
  /// What they say; nil also where they cannot be read.
  public private(set) var configuration: AudioSpecificConfig?
  /// Ticks in a second: the sampling rate, after band replication where that is signalled.
  public var clockRate: UInt32
  /// How many channels the description names.
  public var channels: Int?

  /// Makes the format that a track is sent in; nil where its AudioSpecificConfig cannot be read.
  public init?(audioSpecificConfig bytes: [UInt8], mode: Mode = .highBitRate) {
    guard let configuration = Self.parse(bytes) else { return nil }
    self.mode = mode
    lengths = Self.lengths(of: mode)
    configurationBytes = bytes
    self.configuration = configuration
    clockRate = UInt32(clamping: configuration.outputSamplingFrequency)
    channels = configuration.channels
  }

  /// Reads a format: what is missing is taken from the mode, the mode itself to be `AAC-hbr` where
  /// nothing tells the sizes.
  public init(_ format: SDPPayloadFormat) {
    let parameters = format.parameters
    func bits(_ name: String) -> Int? {
      parameters.integer(name).flatMap { (0...32).contains($0) ? $0 : nil }
    }
    constantSize = parameters.integer("constantSize").flatMap {
      (1...0xffff).contains($0) ? $0 : nil
    }
    constantDuration = parameters.integer("constantDuration").flatMap {
      (1...0xff_ffff).contains($0) ? $0 : nil
    }
    let name = parameters["mode"] ?? ""
    if name.isSameToken(as: "AAC-lbr") {
      mode = .lowBitRate
    } else if name.isSameToken(as: "AAC-hbr")
      || name.isEmpty && bits("sizeLength") == nil && constantSize == nil
    {
      mode = .highBitRate
    } else {
      mode = .other(name)
    }
    let usual = Self.lengths(of: mode)
    lengths = FieldLengths(
      size: bits("sizeLength") ?? usual.size, index: bits("indexLength") ?? usual.index,
      indexDelta: bits("indexDeltaLength") ?? usual.indexDelta)
    lengths.ctsDelta = bits("CTSDeltaLength") ?? 0
    lengths.dtsDelta = bits("DTSDeltaLength") ?? 0
    lengths.randomAccess = parameters.flag("randomAccessIndication") == true ? 1 : 0
    lengths.streamState = bits("streamStateIndication") ?? 0
    lengths.auxiliaryDataSize = bits("auxiliaryDataSizeLength") ?? 0
    configurationBytes = parameters.configuration
    configuration = configurationBytes.flatMap { Self.parse($0) }
    clockRate =
      format.clockRate
      ?? configuration.map { UInt32(clamping: $0.outputSamplingFrequency) } ?? 48_000
    channels = format.channels
  }

  /// What SDP says of it.
  public func payloadFormat(_ payloadType: RTPPayloadType) -> SDPPayloadFormat {
    var parameters: [SDPFormatParameters.Parameter] = [
      .init("streamtype", "5"), .init("profile-level-id", "\(profileLevel)"), .init("mode", name),
      .init("sizelength", "\(lengths.size)"), .init("indexlength", "\(lengths.index)"),
      .init("indexdeltalength", "\(lengths.indexDelta)"),
    ]
    func add(_ name: String, _ value: Int?) {
      if let value, value > 0 { parameters.append(.init(name, "\(value)")) }
    }
    add("CTSDeltaLength", lengths.ctsDelta)
    add("DTSDeltaLength", lengths.dtsDelta)
    add("randomAccessIndication", lengths.randomAccess)
    add("streamStateIndication", lengths.streamState)
    add("auxiliaryDataSizeLength", lengths.auxiliaryDataSize)
    add("constantSize", constantSize)
    add("constantDuration", constantDuration)
    // `config` is obligatory; without a configuration it is empty (RFC 3640 4.1).
    let config = configurationBytes.map { HexDump.digits($0) } ?? ""
    parameters.append(.init("config", config.isEmpty ? "\"\"" : config))
    return SDPPayloadFormat(
      payloadType, "mpeg4-generic", clockRate: clockRate, channels: channels,
      parameters: SDPFormatParameters(payloadType: payloadType, parameters))
  }

  private var name: String {
    switch mode {
    case .highBitRate: "AAC-hbr"
    case .lowBitRate: "AAC-lbr"
    case .other(let name): name.isEmpty ? "generic" : name
    }
  }

  private static func lengths(of mode: Mode) -> FieldLengths {
    switch mode {
    case .highBitRate: FieldLengths(size: 13, index: 3, indexDelta: 3)
    case .lowBitRate: FieldLengths(size: 6, index: 2, indexDelta: 2)
    case .other: FieldLengths()
    }
  }

  private static func parse(_ bytes: [UInt8]) -> AudioSpecificConfig? {
    var reader = ByteReader(bytes.span)
    return try? AudioSpecificConfig(parsing: &reader)
  }

  /// `audioProfileLevelIndication` (ISO/IEC 14496-3 Table 1.14).
  private var profileLevel: Int { configuration?.profileLevelIndication ?? 41 }

  /// The length of an access unit; 1024 samples at the clock's rate where nothing tells it.
  var frameLength: RTPFrameLength {
    if let constantDuration {
      return RTPFrameLength(
        samples: constantDuration, samplingFrequency: Int(clockRate), clockRate: clockRate)
    }
    guard let configuration, let samples = configuration.samplesPerFrame else {
      return RTPFrameLength(
        samples: 1024, samplingFrequency: Int(clockRate), clockRate: clockRate)
    }
    return RTPFrameLength(
      samples: samples, samplingFrequency: configuration.samplingFrequency, clockRate: clockRate)
  }
}

extension AudioSpecificConfig {
  /// `audioProfileLevelIndication` (ISO/IEC 14496-3 Table 1.14): the lowest level of the AAC, HE-AAC
  /// or HE-AACv2 profile that holds it; 254, none specified, for anything else.
  var profileLevelIndication: Int {
    guard objectType == .lowComplexity else { return 254 }
    let channels = channels ?? 2
    let rate = outputSamplingFrequency
    if hasPS { return rate <= 48_000 ? 48 : 254 }
    if hasSBR {
      if channels <= 2 { return rate <= 48_000 ? 44 : 254 }
      guard channels <= 6 else { return 254 }
      return rate <= 48_000 ? 46 : rate <= 96_000 ? 47 : 254
    }
    if channels <= 2 {
      return rate <= 24_000 ? 40 : rate <= 48_000 ? 41 : rate <= 96_000 ? 43 : 254
    }
    guard channels <= 6 else { return 254 }
    return rate <= 48_000 ? 42 : rate <= 96_000 ? 43 : 254
  }
}
