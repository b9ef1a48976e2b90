public import MediaBytes

/// Something about a datagram of RTCP that could be read but is not as RFC 3550 has it.
public struct RTCPAnomaly: Hashable, Sendable {
  /// What it is.
  public enum Kind: Hashable, Sendable {
    /// A packet that is not the last is padded (6.4.1).
    case paddingBeforeLast
    /// The padding count is 0 or more than the packet has (6.4.1); taken for no padding.
    case badPadding(UInt8)
    /// The padding count is no multiple of four (6.4.1); it is believed all the same.
    ///
    /// Not told of transport-wide feedback, whose senders fill its last word in this way.
    case oddPadding(UInt8)
    /// The items of the last chunk do not end with a null (6.5).
    case missingSDESEnd
    /// A packet is longer than what its type and counts need.
    case trailingBytes(Int)
  }

  /// What it is.
  public var kind: Kind
  /// Where its packet begins, in bytes of the input.
  public var offset: Int

  /// Makes an anomaly.
  public init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }
}

/// The RTCP packets of one datagram (RFC 3550 6.1).
///
/// Reading never fails as a whole: packets before the damage are there, and `damage` says what
/// followed. Whether they may stand together is a question of its own, see `violations`.
public struct RTCPCompound: Hashable, Sendable {
  /// The packets in their order.
  public var packets: [RTCPPacket]
  /// Why the rest of the datagram is not among them.
  public private(set) var damage: ParseError?
  /// What was put up with; padding before the last packet is among `violations` too.
  public private(set) var anomalies: [RTCPAnomaly] = []

  /// Makes a compound of packets to write.
  public init(_ packets: [RTCPPacket]) {
    self.packets = packets
  }

  /// Reads all that is left as one datagram.
  public init(parsing reader: inout ByteReader) {
    packets = []
    do throws(ParseError) {
      while !reader.isAtEnd { try parsePacket(&reader) }
    } catch {
      damage = error
      _ = reader.takeRest()
    }
  }

  private mutating func parsePacket(_ reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    let header = try RTCPHeader(parsing: &reader)
    var packet = try reader.reader(header.bodyByteCount, "RTCP packet")
    var padding = 0
    if header.isPadded {
      if !reader.isAtEnd { note(.paddingBeforeLast, start) }
      let count = packet.isAtEnd ? 0 : packet.bytes.byte(at: header.bodyByteCount - 1)
      if (1...max(1, header.bodyByteCount)).contains(Int(count)) {
        padding = Int(count)
        if count % 4 != 0, !header.isTransportWide { note(.oddPadding(count), start) }
      } else {
        note(.badPadding(count), start)
      }
    }
    var body = try packet.reader(header.bodyByteCount - padding, "RTCP packet")
    let raw = body
    do throws(ParseError) {
      packets.append(try parseBody(&body, header, start))
      if !body.isAtEnd { note(.trailingBytes(body.remaining), start) }
    } catch {
      let bytes = [UInt8](copying: raw.bytes)
      packets.append(
        .malformed(RTCPRawPacket(count: header.count, type: header.type, body: bytes), error))
    }
  }

  private mutating func parseBody(
    _ body: inout ByteReader, _ header: RTCPHeader, _ start: Int
  ) throws(ParseError) -> RTCPPacket {
    let count = header.count
    switch header.type {
    case .senderReport: return .senderReport(try RTCPSenderReport(body: &body, count: count))
    case .receiverReport: return .receiverReport(try RTCPReceiverReport(body: &body, count: count))
    case .sourceDescription:
      var isEndMissing = false
      let packet = try RTCPSourceDescription(
        body: &body, count: count, isEndMissing: &isEndMissing)
      if isEndMissing { note(.missingSDESEnd, start) }
      return .sourceDescription(packet)
    case .goodbye:
      let packet = try RTCPGoodbye(body: &body, count: count)
      // Nulls fill the last word.
      if body.remaining < 4 { _ = body.takeRest() }
      return .goodbye(packet)
    case .applicationDefined:
      return .applicationDefined(try RTCPApplicationDefined(body: &body, count: count))
    case .transportFeedback:
      return .transportFeedback(try RTCPTransportFeedback(body: &body, count: count))
    case .payloadFeedback:
      return .payloadFeedback(try RTCPPayloadFeedback(body: &body, count: count))
    case .extendedReport: return .extendedReport(try RTCPExtendedReport(body: &body, count: count))
    default:
      let bytes = [UInt8](copying: body.takeRest())
      return .unknown(RTCPRawPacket(count: count, type: header.type, body: bytes))
    }
  }

  private mutating func note(_ kind: RTCPAnomaly.Kind, _ offset: Int) {
    anomalies.append(RTCPAnomaly(kind, at: offset))
  }

  /// Writes the packets one behind the other.
  public func write(to writer: inout ByteWriter) {
    for packet in packets { packet.write(to: &writer) }
  }
}

// MARK: - Legality

/// A rule about compound packets that one breaks.
public enum RTCPViolation: Hashable, Sendable {
  /// No packet at all.
  case empty
  /// The first packet is no report (RFC 3550 6.1).
  case firstIsNoReport
  /// No SDES packet with a CNAME (RFC 3550 6.1).
  case missingCNAME
  /// A source that says BYE has a packet behind it (RFC 3550 6.1).
  case byeNotLast
  /// A packet that is not the last is padded (RFC 3550 6.4.1).
  case paddingBeforeLast
  /// The packets do not fill the datagram (RFC 3550 A.2).
  case lengthMismatch
}

extension RTCPCompound {
  /// Whether it is lawful only as reduced-size RTCP, for it does not begin with a report (RFC 5506).
  public var isReducedSize: Bool {
    guard let first = packets.first?.type else { return false }
    return first != .senderReport && first != .receiverReport
  }

  /// The canonical names that it gives, by source.
  public var canonicalNames: [(ssrc: UInt32, cname: RTCPSourceDescription.Item)] {
    packets.flatMap { packet -> [(ssrc: UInt32, cname: RTCPSourceDescription.Item)] in
      guard case .sourceDescription(let description) = packet else { return [] }
      return description.chunks.flatMap { chunk in
        chunk.items.filter { $0.type == .cname }.map { (chunk.ssrc, $0) }
      }
    }
  }

  /// The rules it breaks, each once.
  ///
  /// `isReducedSizeAllowed` where the session has agreed on it, by `a=rtcp-rsize` (RFC 5506 5).
  public func violations(isReducedSizeAllowed: Bool = false) -> [RTCPViolation] {
    guard !packets.isEmpty else { return damage == nil ? [.empty] : [.lengthMismatch] }
    var found: [RTCPViolation] = []
    if isReducedSize {
      if !isReducedSizeAllowed { found.append(.firstIsNoReport) }
    } else if canonicalNames.isEmpty {
      found.append(.missingCNAME)
    }
    var gone: Set<UInt32> = []
    for packet in packets {
      if let sender = packet.sender, gone.contains(sender) {
        found.append(.byeNotLast)
        break
      }
      if case .goodbye(let goodbye) = packet { gone.formUnion(goodbye.sources) }
    }
    if anomalies.contains(where: { $0.kind == .paddingBeforeLast }) {
      found.append(.paddingBeforeLast)
    }
    if damage != nil { found.append(.lengthMismatch) }
    return found
  }
}

extension RTCPPacket {
  /// The source that sends it, where the packet has one such field.
  public var sender: UInt32? {
    switch self {
    case .senderReport(let packet): packet.ssrc
    case .receiverReport(let packet): packet.ssrc
    case .applicationDefined(let packet): packet.ssrc
    case .transportFeedback(let packet): packet.sender
    case .payloadFeedback(let packet): packet.sender
    case .extendedReport(let packet): packet.ssrc
    case .sourceDescription(let packet): packet.chunks.count == 1 ? packet.chunks[0].ssrc : nil
    case .goodbye, .unknown, .malformed: nil
    }
  }
}
