import MediaBytes
import MediaRTP

/// Reads the bytes as a datagram and, if it is RTP, writes it again; then as many short packets in
/// the order of their arrival.
public func fuzzRTP(_ bytes: RawSpan) {
  _ = RTPDatagramKind(of: bytes)
  _ = RTPDatagramKind(of: bytes, isCut: true)
  for isCut in [false, true] { fuzzPacket(bytes, isCut: isCut) }
  fuzzReception(bytes)
}

private func fuzzPacket(_ bytes: RawSpan, isCut: Bool) {
  var reader = ByteReader(bytes)
  do throws(ParseError) {
    let packet = try RTPPacket(parsing: &reader, isCut: isCut)
    let end = packet.payload.upperBound
    precondition(reader.isAtEnd && end + packet.paddingByteCount == bytes.byteCount, "bytes lost")
    var writer = ByteWriter()
    packet.header(in: bytes).write(
      to: &writer, payload: bytes.extracting(packet.payload),
      paddingByteCount: UInt8(packet.paddingByteCount))
    let written = writer.bytes
    precondition(written.count == bytes.byteCount, "another length")
    // Only what the padding holds, and of a cut packet its flag, may differ.
    for index in 0..<end where index > 0 || !isCut {
      precondition(written[index] == bytes.byte(at: index), "another byte")
    }
    checkElements(packet, bytes)
  } catch {
    precondition((0...bytes.byteCount).contains(error.offset), "error outside the input")
  }
}

private func checkElements(_ packet: RTPPacket, _ bytes: RawSpan) {
  guard let area = packet.headerExtension?.data else { return }
  do throws(ParseError) {
    var end = area.lowerBound
    let elements = try packet.extensionElements(in: bytes)
    for element in elements {
      precondition(element.id > 0 && element.data.lowerBound > end, "elements overlap")
      precondition(element.data.upperBound <= area.upperBound, "an element past the end")
      end = element.data.upperBound - 1
    }
    let copies = elements.map { (id: $0.id, data: [UInt8](copying: bytes.extracting($0.data))) }
    _ = RTPHeaderExtension(elements: copies)
  } catch {
    precondition((area.lowerBound...area.upperBound).contains(error.offset), "error outside")
  }
}

/// Each five bytes are a packet: step of the sequence number (16 bits), of the timestamp, of the
/// arrival (8 bits each), flags.
private func fuzzReception(_ bytes: RawSpan) {
  var limits = ReorderBuffer<Int64>.Limits()
  limits.maxPackets = 8
  var buffer = ReorderBuffer<Int64>(limits: limits)
  var statistics = ReceptionStatistics(ssrc: 1, clockRate: 90_000)
  var timeline = RTPTimeline()
  var (sequence, timestamp, now) = (UInt16(0), UInt32(0), Int64(0))
  var (inserted, released, last) = (0, 0, Int64.min)
  for start in stride(from: 0, to: bytes.byteCount - 4, by: 5) {
    let step = bytes.extracting(start..<start + 5)
    sequence &+= UInt16(step.byte(at: 0)) << 8 | UInt16(step.byte(at: 1))
    timestamp &+= UInt32(step.byte(at: 2)) << (step.byte(at: 4) & 0x0f)
    now &+= Int64(step.byte(at: 3)) << (step.byte(at: 4) >> 4 * 3)
    let number = RTPSequenceNumber(rawValue: sequence)
    let extended = timeline.extend(number)
    precondition(UInt16(truncatingIfNeeded: extended) == sequence, "another number")
    let header = RTPHeader(
      payloadType: RTPPayloadType(rawValue: 96), sequenceNumber: number,
      timestamp: RTPTimestamp(rawValue: timestamp), ssrc: 1)
    let arrival = add(header, to: &statistics, at: now)
    inserted += 1
    if let passed = buffer.pass(arrival) {
      precondition(passed > last && passed & 0xffff == sequence, "out of order")
      last = passed
      released += 1
    } else {
      buffer.insert(Int64(sequence), number, arrival, at: now)
    }
    released += drain(&buffer, at: now, after: &last)
    precondition(buffer.count <= limits.maxPackets, "holds too many")
    if let deadline = buffer.deadline { precondition(deadline > now, "should be released") }
  }
  buffer.finish()
  released += drain(&buffer, at: now, after: &last)
  let dropped = buffer.duplicates + buffer.late + buffer.strays
  precondition(released + dropped == inserted && buffer.count == 0, "packets lost")
  precondition(statistics.packets == inserted && statistics.lost >= 0, "a wrong count")
  let unique = statistics.expected - statistics.lost
  precondition(
    unique + statistics.duplicates + statistics.strays == inserted, "packets of no kind")
  _ = statistics.takeReportBlock(at: now)
}

private func drain(
  _ buffer: inout ReorderBuffer<Int64>, at now: Int64, after last: inout Int64
) -> Int {
  var count = 0
  while let packet = buffer.next(at: now) {
    precondition(packet.number > last && packet.lost >= 0, "out of order")
    precondition(packet.number & 0xffff == packet.packet, "another number")
    last = packet.number
    count += 1
  }
  return count
}

private func add(
  _ header: RTPHeader, to statistics: inout ReceptionStatistics, at now: Int64
) -> RTPArrival {
  var writer = ByteWriter()
  header.write(to: &writer)
  let bytes = writer.bytes
  return statistics.add(parse(bytes.span.bytes), byteCount: bytes.count, at: now)
}

private func parse(_ bytes: RawSpan) -> RTPPacket {
  var reader = ByteReader(bytes)
  do throws(ParseError) {
    return try RTPPacket(parsing: &reader)
  } catch {
    preconditionFailure("cannot read what it wrote: \(error)")
  }
}
