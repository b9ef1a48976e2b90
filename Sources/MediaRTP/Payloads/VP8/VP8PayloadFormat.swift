/// What SDP says of VP8: `VP8/90000` (RFC 7741 6).
public struct VP8PayloadFormat: Hashable, Sendable {
  /// Ticks of the timestamp in a second.
  public static let clockRate: UInt32 = 90_000

  /// `max-fr`: the most frames a second that the receiver decodes.
  public var maxFrameRate: Int?
  /// `max-fs`: the most macroblocks of a frame that the receiver decodes.
  public var maxFrameSize: Int?

  /// Makes the format without limits.
  public init() {}

  /// Reads a format; parameters that cannot be read are left out.
  public init(_ format: SDPPayloadFormat) {
    maxFrameRate = format.parameters.integer("max-fr")
    maxFrameSize = format.parameters.integer("max-fs")
  }

  /// What SDP says of it; what is not set is left out.
  public func payloadFormat(_ payloadType: RTPPayloadType) -> SDPPayloadFormat {
    var parameters: [SDPFormatParameters.Parameter] = []
    if let maxFrameRate { parameters.append(.init("max-fr", "\(maxFrameRate)")) }
    if let maxFrameSize { parameters.append(.init("max-fs", "\(maxFrameSize)")) }
    return SDPPayloadFormat(
      payloadType, "VP8", clockRate: Self.clockRate,
      parameters: SDPFormatParameters(payloadType: payloadType, parameters))
  }
}
