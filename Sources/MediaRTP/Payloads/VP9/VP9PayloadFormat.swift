import MediaBytes

/// What SDP says of VP9: `VP9/90000` (RFC 9628 7).
public struct VP9PayloadFormat: Hashable, Sendable {
  /// Ticks of the timestamp in a second.
  public static let clockRate: UInt32 = 90_000

  /// `profile-id`: 0...3; 0 where it is not said.
  public var profile: Int?
  /// `max-fr`: the most frames a second that the receiver decodes.
  public var maxFrameRate: Int?
  /// `max-fs`: the most macroblocks of a frame that the receiver decodes.
  public var maxFrameSize: Int?

  /// Makes the format of a stream.
  public init(profile: Int? = nil) { self.profile = profile }

  /// Reads a format; parameters that cannot be read are left out.
  public init(_ format: SDPPayloadFormat) {
    profile = format.parameters["profile-id"]?.number(0...3)
    maxFrameRate = format.parameters.integer("max-fr")
    maxFrameSize = format.parameters.integer("max-fs")
  }

  /// What SDP says of it; what is not set is left out.
  public func payloadFormat(_ payloadType: RTPPayloadType) -> SDPPayloadFormat {
    var parameters: [SDPFormatParameters.Parameter] = []
    if let profile { parameters.append(.init("profile-id", "\(profile)")) }
    if let maxFrameRate { parameters.append(.init("max-fr", "\(maxFrameRate)")) }
    if let maxFrameSize { parameters.append(.init("max-fs", "\(maxFrameSize)")) }
    return SDPPayloadFormat(
      payloadType, "VP9", clockRate: Self.clockRate,
      parameters: SDPFormatParameters(payloadType: payloadType, parameters))
  }
}
