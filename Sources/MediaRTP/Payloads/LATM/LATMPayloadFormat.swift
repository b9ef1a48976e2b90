import MediaBitstream
import MediaBytes

/// What SDP says of AAC multiplexed by LATM: `MP4A-LATM` (RFC 6416 7.3).
public struct LATMPayloadFormat: Hashable, Sendable {
  /// `cpresent`: whether the configuration comes within the stream; 1 where it is not said.
  public var isConfigurationInBand: Bool
  /// `config`: the StreamMuxConfig; nil where it is missing or cannot be used.
  public var streamMuxConfig: StreamMuxConfig?
  /// Whether `config` is there, but cannot be used.
  public private(set) var hasUnusableConfiguration = false
  /// Whether `config` ends with the AudioSpecificConfig, as GStreamer writes it.
  public private(set) var hasCutConfiguration = false
  /// Ticks in a second.
  public var clockRate: UInt32
  /// How many channels the description names.
  public var channels: Int?

  /// Makes the format that a track is sent in, its configuration in SDP; nil where an
  /// AudioSpecificConfig cannot be carried by LATM.
  public init?(audioSpecificConfig bytes: [UInt8]) {
    guard let config = StreamMuxConfig(audioSpecificConfig: bytes) else { return nil }
    isConfigurationInBand = false
    streamMuxConfig = config
    // Band replication that only a backward compatible extension tells is in `bytes` alone.
    var reader = ByteReader(bytes.span)
    let whole = (try? AudioSpecificConfig(parsing: &reader)) ?? config.configuration
    clockRate = UInt32(clamping: whole.outputSamplingFrequency)
    channels = whole.channels
  }

  /// Reads a format.
  public init(_ format: SDPPayloadFormat) {
    let parameters = format.parameters
    isConfigurationInBand = parameters.flag("cpresent") ?? true
    if let bytes = parameters.configuration {
      streamMuxConfig = Self.parse(bytes)
      if streamMuxConfig == nil {
        streamMuxConfig = StreamMuxConfig(cutBehindConfiguration: bytes)
        hasCutConfiguration = streamMuxConfig != nil
      }
      hasUnusableConfiguration = streamMuxConfig == nil
    } else {
      hasUnusableConfiguration = !(parameters["config"] ?? "").isEmpty
    }
    let rate = streamMuxConfig?.configuration.outputSamplingFrequency
    // RFC 6416 7.3: 90000 where no rate is named, but rtpmap always names one.
    clockRate = format.clockRate ?? rate.map { UInt32(clamping: $0) } ?? 90_000
    channels = format.channels
  }

  /// What SDP says of it.
  public func payloadFormat(_ payloadType: RTPPayloadType) -> SDPPayloadFormat {
    var parameters: [SDPFormatParameters.Parameter] = []
    if let streamMuxConfig {
      let level = streamMuxConfig.configuration.profileLevelIndication
      parameters.append(.init("profile-level-id", "\(level)"))
    }
    parameters.append(.init("cpresent", isConfigurationInBand ? "1" : "0"))
    if let streamMuxConfig {
      parameters.append(.init("config", HexDump.digits(streamMuxConfig.bytes)))
    }
    return SDPPayloadFormat(
      payloadType, "MP4A-LATM", clockRate: clockRate, channels: channels,
      parameters: SDPFormatParameters(payloadType: payloadType, parameters))
  }

  private static func parse(_ bytes: [UInt8]) -> StreamMuxConfig? {
    var reader = unsafe BitReader(bytes.span.bytes)
    return try? StreamMuxConfig(parsing: &reader)
  }
}
