import MediaBytes
public import MediaModel

/// `m=`: what is sent, and on which port (RFC 8866 5.14).
public struct SDPMediaLine: Hashable, Sendable, CustomStringConvertible {
  /// `media`: `audio`, `video`, `text`, `application`, `message`, or what a device invents.
  public var kind: String
  /// `port`; 0 of a stream that is refused, or that RTSP sets up.
  public var port: UInt16
  /// `number of ports`, where it is given.
  public var portCount: Int?
  /// `proto`, such as `RTP/AVP`.
  public var transport: String
  /// `fmt`: for RTP the payload types.
  public var formats: [String]

  /// Makes a line for RTP.
  public init(
    kind: String, port: UInt16, transport: String = "RTP/AVP", payloadTypes: [RTPPayloadType]
  ) {
    self.kind = kind
    self.port = port
    self.transport = transport
    formats = payloadTypes.map(\.description)
  }

  /// Reads the value of a line that begins at byte `offset`; it may lack only its formats.
  init(parsing value: String, at offset: Int) throws(ParseError) {
    let words = value.fields()
    guard let kind = words.first else { throw ParseError(.truncated(needed: 1), "m=", at: offset) }
    guard words.count >= 3 else {
      throw ParseError(.truncated(needed: 1), words.count == 1 ? "m= port" : "m= proto", at: offset)
    }
    let (port, count) = words[1].cut(at: "/")
    guard let number = port.number(UInt16.min...UInt16.max) else {
      let value = port.number(0...UInt64.max) ?? UInt64(port.utf8.first ?? 0)
      throw ParseError(.invalid(value), "m= port", at: offset)
    }
    self.kind = kind
    self.port = number
    portCount = count?.number(1...65_535)
    transport = words[2]
    formats = [String](words[3...])
  }

  /// The value of its line.
  public var description: String {
    let ports = portCount.map { "\(port)/\($0)" } ?? "\(port)"
    return ([kind, ports, transport] + formats).joined(separator: " ")
  }
}

/// A media description: an `m=` line and what follows it.
public struct SDPMedia: SDPSection, Hashable, Sendable {
  /// `m=`.
  public var media: SDPMediaLine
  /// The lines behind it.
  public var lines: [SDPLine] = []

  /// Makes a description without further lines.
  public init(_ media: SDPMediaLine) {
    self.media = media
  }

  /// Makes the description of RTP in one payload format: `a=rtpmap`, and what parameters it has.
  public init(_ format: SDPPayloadFormat, kind: MediaKind, port: UInt16) {
    media = SDPMediaLine(kind: kind.rawValue, port: port, payloadTypes: [format.payloadType])
    // MPEG audio says its channels itself, and some receivers take one channel for a third field.
    let map = SDPRTPMap(
      format.payloadType, format.encodingName, clockRate: format.clockRate ?? 90_000,
      channels: format.channels == 1 ? nil : format.channels)
    add(SDPAttribute("rtpmap", map.description))
    if !format.parameters.parameters.isEmpty {
      add(SDPAttribute("fmtp", format.parameters.description))
    }
    if format.isNamed("JPEG"),
      let size = JPEGPayloadFormat(format).frameSizeAttribute(format.payloadType)
    {
      add(size)
    }
  }

  /// Whether RTP is what it describes.
  ///
  /// All protocols of IANA's registry that carry RTP have it as a part of their name, whatever is in
  /// front (`UDP/TLS/RTP/SAVPF`, `TCP/RTP/AVP`). `MP2T/H2221/UDP` is a transport stream without RTP.
  public var isRTP: Bool { media.transport.parts("/").contains { $0.isSameToken(as: "RTP") } }
  /// Whether its protocol encrypts RTP: SAVP or SAVPF (RFC 3711 12, RFC 5124, RFC 5764 8).
  public var hasSecureProtocol: Bool {
    media.transport.parts("/").contains {
      $0.isSameToken(as: "SAVP") || $0.isSameToken(as: "SAVPF")
    }
  }

  /// `a=rtpmap`, those that can be read.
  public var rtpMaps: [SDPRTPMap] {
    attributes("rtpmap").compactMap { SDPRTPMap(parsing: $0.value ?? "") }
  }
  /// `a=fmtp`, those that can be read.
  public var formatParameters: [SDPFormatParameters] {
    attributes("fmtp").compactMap { SDPFormatParameters(parsing: $0.value ?? "") }
  }
  /// `a=rtcp-fb`, those that can be read (RFC 4585 4.2).
  public var feedback: [SDPFeedback] {
    attributes("rtcp-fb").compactMap { SDPFeedback(parsing: $0.value ?? "") }
  }
  /// `a=ptime`: milliseconds of media in a packet (RFC 8866 6.4).
  public var packetTime: Double? { value("ptime")?.decimal }
  /// `a=maxptime`: the most of them (RFC 8866 6.5).
  public var maxPacketTime: Double? { value("maxptime")?.decimal }
  /// `a=framerate`: the most frames a second (RFC 8866 6.13).
  public var frameRate: Double? { value("framerate").flatMap { Self.frameRate($0) } }
  /// `a=mid`: its name within the description (RFC 5888 4).
  public var mid: String? { value("mid") }
  /// `a=rtcp`: where RTCP goes (RFC 3605 2.1).
  public var rtcp: SDPRTCPPort? { value("rtcp").flatMap { SDPRTCPPort(parsing: $0) } }
  /// Whether RTCP shares RTP's port: `a=rtcp-mux` (RFC 5761 5.1.1).
  public var multiplexesRTCP: Bool { has("rtcp-mux") }
  /// Whether RTCP may be of reduced size: `a=rtcp-rsize` (RFC 5506 5).
  public var allowsReducedSizeRTCP: Bool { has("rtcp-rsize") }
  /// The port that RTCP goes to: `a=rtcp`, RTP's own, or the next one (RFC 3550 11).
  public var rtcpPort: UInt16? {
    if let rtcp { return rtcp.port }
    if multiplexesRTCP { return media.port }
    return media.port == 0 || media.port == .max ? nil : media.port + 1
  }
  /// What `a=ssrc` says, gathered by source in the order of their first lines (RFC 5576 4.1).
  public var sources: [SDPSource] {
    var sources: [SDPSource] = []
    var indices: [UInt32: Int] = [:]
    for line in attributes("ssrc") {
      guard let found = SDPSourceAttribute(parsing: line.value ?? "") else { continue }
      if let index = indices[found.ssrc] {
        sources[index].attributes.append(found.attribute)
      } else {
        indices[found.ssrc] = sources.count
        sources.append(SDPSource(ssrc: found.ssrc, attributes: [found.attribute]))
      }
    }
    return sources
  }
  /// `a=ssrc-group`, those that can be read (RFC 5576 4.2).
  public var sourceGroups: [SDPSourceGroup] {
    attributes("ssrc-group").compactMap { SDPSourceGroup(parsing: $0.value ?? "") }
  }

  /// A frame rate, also as the fraction that some devices write.
  static func frameRate(_ text: String) -> Double? {
    let (numerator, denominator) = text.cut(at: "/")
    guard let value = numerator.decimal else { return nil }
    guard let denominator else { return value }
    guard let divisor = denominator.decimal, divisor > 0 else { return nil }
    return value / divisor
  }
}

// MARK: - Payload formats

/// What a media description says of one payload type.
public struct SDPPayloadFormat: Hashable, Sendable {
  /// The number in RTP's header.
  public var payloadType: RTPPayloadType
  /// The format's name, such as `H264`; compare it without regard to case.
  public var encodingName: String
  /// Ticks of the timestamp in a second; nil where no line says it.
  public var clockRate: UInt32?
  /// How many channels of sound; nil where it is not said.
  public var channels: Int?
  /// Its parameters; empty where it has none.
  public var parameters: SDPFormatParameters
  /// Whether RFC 3551 6 gives it its meaning, not an `a=rtpmap`.
  public var isStatic: Bool

  /// Makes a format that something else than RFC 3551 gives its meaning.
  public init(
    _ payloadType: RTPPayloadType, _ encodingName: String, clockRate: UInt32?, channels: Int? = nil,
    parameters: SDPFormatParameters? = nil
  ) {
    self.payloadType = payloadType
    self.encodingName = encodingName
    self.clockRate = clockRate
    self.channels = channels
    self.parameters = parameters ?? SDPFormatParameters(payloadType: payloadType)
    isStatic = false
  }

  /// Makes the format of a static payload type; nil where RFC 3551 6 gives it no meaning.
  public init?(staticType: RTPPayloadType, parameters: SDPFormatParameters? = nil) {
    guard let format = staticType.staticFormat else { return nil }
    self.init(
      staticType, format.encodingName, clockRate: format.clockRate, channels: format.channels,
      parameters: parameters)
    isStatic = true
  }

  /// Whether it has a certain name.
  public func isNamed(_ name: String) -> Bool { encodingName.isSameToken(as: name) }
}

extension SDPMedia {
  /// The formats of the payload types on its `m=` line, in their order, then those with an
  /// `a=rtpmap` alone, as devices have them.
  public var payloadFormats: [SDPPayloadFormat] {
    let maps = rtpMaps
    let parameters = formatParameters
    var types = media.formats.compactMap { $0.number(0...UInt8(127)) }
      .map { RTPPayloadType(rawValue: $0) }
    types += maps.map(\.payloadType)
    var met: Set<RTPPayloadType> = []
    return types.filter { met.insert($0).inserted }.compactMap { type in
      let found = parameters.first { $0.payloadType == type }
      guard let map = maps.first(where: { $0.payloadType == type }) else {
        return SDPPayloadFormat(staticType: type, parameters: found)
      }
      return SDPPayloadFormat(
        type, map.encodingName, clockRate: map.clockRate, channels: map.channels,
        parameters: found)
    }
  }

  /// The format of a payload type; nil where nothing says what it means.
  public func payloadFormat(_ type: RTPPayloadType) -> SDPPayloadFormat? {
    payloadFormats.first { $0.payloadType == type }
  }
}
