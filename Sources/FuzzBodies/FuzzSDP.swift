import MediaBytes
import MediaRTP

/// Reads a session description; all lines survive being written and read again, and so do the
/// values that are taken apart.
public func fuzzSDP(_ bytes: RawSpan) {
  guard let session = parse(bytes) else { return }
  for anomaly in session.anomalies {
    precondition((0...bytes.byteCount).contains(anomaly.offset), "anomaly outside the input")
    precondition(!anomaly.description.isEmpty)
  }
  let text = [UInt8](session.text.utf8)
  guard let again = parse(text.span.bytes) else { preconditionFailure("cannot read its own text") }
  precondition(again.lines == session.lines && again.media == session.media, "lines changed")
  check(session)
  for media in session.media {
    check(media)
    check(media, in: session)
  }
}

private func parse(_ bytes: RawSpan) -> SDPSession? {
  var reader = ByteReader(bytes)
  do throws(ParseError) {
    return try SDPSession(parsing: &reader)
  } catch {
    precondition((0...bytes.byteCount).contains(error.offset), "error outside the input")
    return nil
  }
}

/// A value that is written is read as the same value.
private func survives<Value: CustomStringConvertible & Equatable>(
  _ values: [Value], _ parse: (String) -> Value?
) {
  for value in values {
    precondition(parse(value.description) == value, "the value changed")
  }
}

private func check(_ section: some SDPSection) {
  survives(section.connections) { SDPConnection(parsing: $0) }
  survives(section.bandwidths) { SDPBandwidth(parsing: $0) }
  survives(section.extensionMaps) { SDPExtensionMap(parsing: $0) }
  _ = (section.direction, section.control, section.information, section.hasKeys)
}

private func check(_ media: SDPMedia, in session: SDPSession) {
  survives(session.timings) { SDPTiming(parsing: $0) }
  survives(session.groups) { SDPGroup(parsing: $0) }
  survives(media.rtpMaps) { SDPRTPMap(parsing: $0) }
  survives(media.feedback) { SDPFeedback(parsing: $0) }
  survives(media.sourceGroups) { SDPSourceGroup(parsing: $0) }
  if let rtcp = media.rtcp { survives([rtcp]) { SDPRTCPPort(parsing: $0) } }
  for format in media.payloadFormats {
    precondition(media.payloadFormat(format.payloadType) == format, "another format")
    for parameter in format.parameters.parameters {
      _ = format.parameters.base64(parameter.name)
      _ = format.parameters.hexadecimal(parameter.name)
    }
  }
  _ = (session.origin?.isWellFormed, session.connection(of: media), session.direction(of: media))
  _ = (media.sources.map(\.cname), media.rtcpPort, media.frameRate, media.packetTime)
}
