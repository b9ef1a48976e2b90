public import MediaBytes

/// One RTCP packet of a compound.
public enum RTCPPacket: Hashable, Sendable {
  /// `SR`.
  case senderReport(RTCPSenderReport)
  /// `RR`.
  case receiverReport(RTCPReceiverReport)
  /// `SDES`.
  case sourceDescription(RTCPSourceDescription)
  /// `BYE`.
  case goodbye(RTCPGoodbye)
  /// `APP`.
  case applicationDefined(RTCPApplicationDefined)
  /// `RTPFB`.
  case transportFeedback(RTCPTransportFeedback)
  /// `PSFB`.
  case payloadFeedback(RTCPPayloadFeedback)
  /// `XR`.
  case extendedReport(RTCPExtendedReport)
  /// Of a type that is not known here.
  case unknown(RTCPRawPacket)
  /// Of a known type, but its body cannot be read as such.
  case malformed(RTCPRawPacket, ParseError)

  /// `PT`.
  public var type: RTCPPacketType {
    switch self {
    case .senderReport: .senderReport
    case .receiverReport: .receiverReport
    case .sourceDescription: .sourceDescription
    case .goodbye: .goodbye
    case .applicationDefined: .applicationDefined
    case .transportFeedback: .transportFeedback
    case .payloadFeedback: .payloadFeedback
    case .extendedReport: .extendedReport
    case .unknown(let raw), .malformed(let raw, _): raw.type
    }
  }

  /// Writes the whole packet.
  public func write(to writer: inout ByteWriter) {
    switch self {
    case .senderReport(let packet): packet.write(to: &writer)
    case .receiverReport(let packet): packet.write(to: &writer)
    case .sourceDescription(let packet): packet.write(to: &writer)
    case .goodbye(let packet): packet.write(to: &writer)
    case .applicationDefined(let packet): packet.write(to: &writer)
    case .transportFeedback(let packet): packet.write(to: &writer)
    case .payloadFeedback(let packet): packet.write(to: &writer)
    case .extendedReport(let packet): packet.write(to: &writer)
    case .unknown(let raw), .malformed(let raw, _): raw.write(to: &writer)
    }
  }
}

/// An RTCP packet as it came.
public struct RTCPRawPacket: Hashable, Sendable {
  /// The five bits that mean something else in each type.
  public var count: UInt8
  /// `PT`.
  public var type: RTCPPacketType
  /// What follows the header, without padding.
  public var body: [UInt8]

  /// Makes a packet.
  public init(count: UInt8, type: RTCPPacketType, body: [UInt8]) {
    self.count = count
    self.type = type
    self.body = body
  }

  /// Writes the whole packet.
  public func write(to writer: inout ByteWriter) {
    RTCPHeader.write(type, count: Int(count), to: &writer) { $0.append(body) }
  }
}
