import MediaBytes

/// What SDP says of MPEG-4 Visual: `MP4V-ES/90000` (RFC 6416 7.1).
public struct MP4VPayloadFormat: Hashable, Sendable {
  /// Ticks of the timestamp in a second, where the SDP does not say another.
  public static let clockRate: UInt32 = 90_000

  /// `profile-level-id`: 1 where it is not said.
  public var profileLevelID: Int?
  /// `config`: the configuration up to and with the video object layer; empty where it is not said.
  public var configuration: [UInt8] = []

  /// Makes the format without parameters.
  public init() {}

  /// Reads a format; parameters that cannot be read are left out.
  public init(_ format: SDPPayloadFormat) {
    profileLevelID = format.parameters["profile-level-id"]?.number(0...255)
    configuration = format.parameters.hexadecimal("config") ?? []
  }

  /// What SDP says of it; what is not set is left out.
  public func payloadFormat(_ payloadType: RTPPayloadType) -> SDPPayloadFormat {
    var parameters: [SDPFormatParameters.Parameter] = []
    if let profileLevelID {
      parameters.append(.init("profile-level-id", "\(profileLevelID)"))
    }
    if !configuration.isEmpty {
      parameters.append(.init("config", HexDump.digits(configuration)))
    }
    return SDPPayloadFormat(
      payloadType, "MP4V-ES", clockRate: Self.clockRate,
      parameters: SDPFormatParameters(payloadType: payloadType, parameters))
  }
}
