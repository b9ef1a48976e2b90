import MediaBytes
import MediaBitstream

/// What SDP says of AV1: `AV1/90000` (AV1 RTP 7).
public struct AV1PayloadFormat: Hashable, Sendable {
  /// Ticks of the timestamp in a second.
  public static let clockRate: UInt32 = 90_000

  /// `profile`: 0 Main, 1 High, 2 Professional; 0 where it is not said.
  public var profile: Int?
  /// `level-idx`: 0...31, 8 is level 4.0; 5 where it is not said.
  public var levelIndex: Int?
  /// `tier`: 0 Main, 1 High; 0 where it is not said.
  public var tier: Int?

  /// Makes the format without parameters.
  public init() {}

  /// Makes the format of a stream from OBUs that hold its sequence header, such as those of an
  /// av1C record or its first temporal unit; without parameters where they hold none.
  public init(obus: RawSpan) {
    guard let header = try? AV1SequenceHeader(obus: obus) else { return }
    profile = Int(header.profile)
    levelIndex = Int(header.levelIndex)
    tier = header.isHighTier ? 1 : 0
  }

  /// Reads a format; parameters that cannot be read are left out.
  public init(_ format: SDPPayloadFormat) {
    profile = format.parameters["profile"]?.number(0...2)
    levelIndex = format.parameters["level-idx"]?.number(0...31)
    tier = format.parameters["tier"]?.number(0...1)
  }

  /// What SDP says of it; what is not set is left out.
  public func payloadFormat(_ payloadType: RTPPayloadType) -> SDPPayloadFormat {
    var parameters: [SDPFormatParameters.Parameter] = []
    if let profile { parameters.append(.init("profile", "\(profile)")) }
    if let levelIndex { parameters.append(.init("level-idx", "\(levelIndex)")) }
    if let tier { parameters.append(.init("tier", "\(tier)")) }
    return SDPPayloadFormat(
      payloadType, "AV1", clockRate: Self.clockRate,
      parameters: SDPFormatParameters(payloadType: payloadType, parameters))
  }
}
