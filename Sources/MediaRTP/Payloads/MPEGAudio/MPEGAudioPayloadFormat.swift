/// What SDP says of MPEG audio: `MPA/90000` (RFC 2250 3.5, RFC 3555 4.1.17).
public struct MPEGAudioPayloadFormat: Hashable, Sendable {
  /// The clock, at every sampling rate.
  public static let clockRate: UInt32 = 90_000
  /// The static payload type, 14.
  public static let payloadType = RTPPayloadType(rawValue: 14)

  /// Whether it is `mpa-robust` (RFC 5219), which is recognised, not read.
  public var isRobust = false
  /// Ticks in a second: 90000, or what a device says instead.
  public var clockRate = Self.clockRate
  /// `layer`: 1, 2 or 3.
  public var layer: Int?
  /// `samplerate`.
  public var samplingFrequency: Int?

  /// Makes the format of a track.
  public init() {}

  /// Reads a format.
  public init(_ format: SDPPayloadFormat) {
    isRobust = format.isNamed("mpa-robust")
    clockRate = format.clockRate ?? Self.clockRate
    layer = format.parameters.integer("layer").flatMap { (1...3).contains($0) ? $0 : nil }
    samplingFrequency = format.parameters.integer("samplerate")
  }

  /// What SDP says of it.
  public func payloadFormat(_ payloadType: RTPPayloadType = Self.payloadType) -> SDPPayloadFormat {
    var parameters: [SDPFormatParameters.Parameter] = []
    if let layer { parameters.append(.init("layer", "\(layer)")) }
    if let samplingFrequency { parameters.append(.init("samplerate", "\(samplingFrequency)")) }
    return SDPPayloadFormat(
      payloadType, isRobust ? "mpa-robust" : "MPA", clockRate: clockRate,
      parameters: SDPFormatParameters(payloadType: payloadType, parameters))
  }
}
