import MediaBytes

extension CaptureReader {
  /// Says what a record carries; the window must be one that shows the record.
  ///
  /// Each record should come here once, in order: fragments are kept from one to the next. What is
  /// wrong with a packet is `malformed`, and the next one may be right.
  public mutating func decode(
    _ record: CaptureRecord, _ window: RawSpan, at windowOffset: Int
  ) -> CapturedPacket {
    let linkType: LinkType
    switch record.content {
    case .frame(let type): linkType = type
    case .rtp, .rtcp: return .datagram(rtpdumpDatagram(record))
    }
    guard linkType.isKnown else { return .other(.linkType(linkType)) }
    let start = record.data.lowerBound - windowOffset
    var reader = ByteReader(
      window.extracting(start..<start + record.data.count), baseOffset: record.data.lowerBound)
    do throws(ParseError) {
      switch try LinkPayload(parsing: &reader, linkType) {
      case .addressFamily(let family): return .other(.addressFamily(family))
      case .network(let type): return try decodeNetwork(type, &reader, record)
      }
    } catch {
      if case .truncated = error.reason, record.isCut { return .other(.cut) }
      return .malformed(error)
    }
  }

  /// RTCP goes to the port behind that of RTP, which alone rtpdump tells.
  private func rtpdumpDatagram(_ record: CaptureRecord) -> CapturedDatagram {
    let none = Endpoint(address: IPAddress(ipv4: 0), port: 0)
    var (source, destination) = (none, none)
    if case .rtpdump(let header) = state {
      (source, destination) = (header.source, header.destination)
    }
    if record.content == .rtcp, destination.port > 0 { destination.port &+= 1 }
    return CapturedDatagram(
      number: record.number, time: record.time, source: source, destination: destination,
      payload: .input(record.data),
      originalByteCount: max(record.originalByteCount, record.data.count),
      checksum: nil)
  }

  private mutating func decodeNetwork(
    _ type: UInt16, _ reader: inout ByteReader, _ record: CaptureRecord
  ) throws(ParseError) -> CapturedPacket {
    var header: IPHeader
    switch type {
    case EtherType.ipv4: header = try IPHeader(ipv4: &reader)
    case EtherType.ipv6: header = try IPHeader(ipv6: &reader)
    default: return .other(.network(type))
    }
    // What lies behind is padding, or the link's own.
    var payload = try reader.reader(
      min(reader.remaining, header.payloadByteCount), "IP payload")
    if type == EtherType.ipv6 { try header.skipExtensions(&payload) }
    guard let fragment = header.fragment else {
      return try decodeTransport(header, &payload, record, isHeld: false)
    }
    let offset = payload.offset
    guard payload.remaining == header.payloadByteCount else { return .other(.cut) }
    let whole = try fragments.receive(
      fragment, of: header, payload.takeRest(), number: record.number, time: record.time,
      at: offset)
    guard let whole else { return .fragment }
    header.fragment = nil
    header.transport = whole.transport
    header.payloadByteCount = whole.bytes.count
    var held = ByteReader(whole.bytes.span, baseOffset: offset)
    if type == EtherType.ipv6 { try header.skipExtensions(&held) }
    return try decodeTransport(header, &held, record, isHeld: true)
  }

  private func decodeTransport(
    _ header: IPHeader, _ reader: inout ByteReader, _ record: CaptureRecord, isHeld: Bool
  ) throws(ParseError) -> CapturedPacket {
    switch header.transport {
    // A fragment in a fragment is nothing that anyone sends.
    case _ where header.fragment != nil: return .other(.transport(44))
    case 17: return .datagram(try decodeUDP(header, &reader, record, isHeld))
    case 6: return .segment(try decodeTCP(header, &reader, record, isHeld))
    default: return .other(.transport(header.transport))
    }
  }

  /// Reads a header of UDP (RFC 768).
  private func decodeUDP(
    _ header: IPHeader, _ reader: inout ByteReader, _ record: CaptureRecord, _ isHeld: Bool
  ) throws(ParseError) -> CapturedDatagram {
    let start = reader.offset
    let sourcePort = try reader.u16("UDP Source Port")
    let destinationPort = try reader.u16("UDP Destination Port")
    var length = Int(try reader.u16("UDP Length"))
    let checksum = try reader.u16("UDP Checksum")
    // A datagram of a jumbogram has no length (RFC 2675 section 4).
    if length == 0, header.payloadByteCount > 65_535 { length = header.payloadByteCount }
    guard length >= 8, length <= header.payloadByteCount else {
      throw ParseError(.invalid(UInt64(length)), "UDP Length", at: start + 4)
    }
    return CapturedDatagram(
      number: record.number, time: record.time,
      source: Endpoint(address: header.source, port: sourcePort),
      destination: Endpoint(address: header.destination, port: destinationPort),
      payload: try Self.payload(&reader, min(reader.remaining, length - 8), isHeld),
      originalByteCount: length - 8, checksum: checksum)
  }

  /// Reads a header of TCP with its options (RFC 9293 section 3.1).
  private func decodeTCP(
    _ header: IPHeader, _ reader: inout ByteReader, _ record: CaptureRecord, _ isHeld: Bool
  ) throws(ParseError) -> CapturedSegment {
    let start = reader.offset
    let sourcePort = try reader.u16("TCP Source Port")
    let destinationPort = try reader.u16("TCP Destination Port")
    let sequence = try reader.u32("TCP Sequence Number")
    let acknowledgment = try reader.u32("TCP Acknowledgment Number")
    let headerByteCount = Int(try reader.u8("TCP Data Offset") >> 4) * 4
    let flags = TCPFlags(rawValue: try reader.u8("TCP control bits"))
    guard headerByteCount >= 20, headerByteCount <= header.payloadByteCount else {
      throw ParseError(.invalid(UInt64(headerByteCount / 4)), "TCP Data Offset", at: start + 12)
    }
    try reader.skip(6, "TCP Window, Checksum and Urgent Pointer")
    try reader.skip(headerByteCount - 20, "TCP Options")
    return CapturedSegment(
      number: record.number, time: record.time,
      source: Endpoint(address: header.source, port: sourcePort),
      destination: Endpoint(address: header.destination, port: destinationPort),
      sequence: sequence, acknowledgment: acknowledgment, flags: flags,
      payload: try Self.payload(&reader, reader.remaining, isHeld),
      originalByteCount: header.payloadByteCount - headerByteCount)
  }

  private static func payload(
    _ reader: inout ByteReader, _ count: Int, _ isHeld: Bool
  ) throws(ParseError) -> CapturedBytes {
    if isHeld { return .held(try reader.array(count, "payload")) }
    let start = reader.offset
    try reader.skip(count, "payload")
    return .input(start..<start + count)
  }
}
