@testable import MediaRTP

/// A payload format as SDP has it.
func sdpFormat(_ map: String, _ parameters: String = "") throws -> SDPPayloadFormat {
  let rtpMap = SDPRTPMap(parsing: "96 \(map)")
  return SDPPayloadFormat(
    RTPPayloadType(rawValue: 96), rtpMap?.encodingName ?? "", clockRate: rtpMap?.clockRate,
    channels: rtpMap?.channels, parameters: SDPFormatParameters(parsing: "96 \(parameters)"))
}

/// What SDP would carry, read again.
func reparsed(_ format: SDPPayloadFormat) throws -> SDPPayloadFormat {
  let map = SDPRTPMap(
    format.payloadType, format.encodingName, clockRate: format.clockRate ?? 0,
    channels: format.channels
  ).description
  let rtpMap = SDPRTPMap(parsing: map)
  return SDPPayloadFormat(
    format.payloadType, rtpMap?.encodingName ?? "", clockRate: rtpMap?.clockRate,
    channels: rtpMap?.channels,
    parameters: SDPFormatParameters(parsing: format.parameters.description))
}
