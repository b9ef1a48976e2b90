import MediaBytes
import MediaCapture

/// Reads the same bytes as a capture in one window, by blocks, and as a stream whose end is not known.
///
/// The last byte gives the blocks' size. The same is found; TCP becomes streams without holes of their
/// own, and the datagrams found are written in every format and read again.
public func fuzzCapture(_ bytes: RawSpan) {
  let size = bytes.byteCount == 0 ? 1 : Int(bytes.byte(at: bytes.byteCount - 1)) + 1
  var limits = CaptureLimits()
  if size % 2 == 0 {
    limits.maxRecordSize = 2000
    limits.maxFragmentBytes = 1000
    limits.maxFragmentedDatagrams = 3
  }
  let whole = capture(bytes, block: bytes.byteCount, limits)
  precondition(whole == capture(bytes, block: size, limits), "blocks differ from the whole")
  let stream = capture(bytes, block: size, limits, isStream: true)
  precondition(whole == stream, "a stream differs from the whole")
  for format in CaptureWriter.Format.allCases { rewrite(whole.datagrams, format) }
}

private struct Datagram: Equatable {
  var source: Endpoint
  var destination: Endpoint
  var time: Int64
  var payload: [UInt8]
}

private struct Capture: Equatable {
  var records: [CaptureRecord] = []
  var packets: [CapturedPacket] = []
  var datagrams: [Datagram] = []
  var streams: [Int: [UInt8]] = [:]
  var error: ParseError?
}

private func capture(
  _ bytes: RawSpan, block: Int, _ limits: CaptureLimits, isStream: Bool = false
) -> Capture {
  var reader = CaptureReader(limits: limits)
  var tcpLimits = TCPLimits()
  tcpLimits.maxStreams = 4
  tcpLimits.maxHeldBytes = 300
  var reassembler = TCPReassembler(limits: tcpLimits)
  var ends: [Int: Int] = [:]
  var found = Capture()
  var window = 0..<0
  var asked: Range<Int>?
  do throws(ParseError) {
    while true {
      let view = bytes.extracting(window)
      let end = isStream && window.upperBound < bytes.byteCount ? nil : bytes.byteCount
      var ahead = reader
      let plain = ahead.takePlainDatagram(view, at: window.lowerBound)
      switch try reader.step(view, at: window.lowerBound, end: end) {
      case .needs(let range):
        precondition(plain == nil, "a plain datagram of which more is needed")
        precondition(range != asked && !range.isEmpty, "asks for the same again")
        precondition(end == nil || range.upperBound <= bytes.byteCount, "asks for too much")
        precondition(range.lowerBound >= reader.retained, "asks for what a stream has dropped")
        asked = range
        let upper = max(range.upperBound, range.lowerBound + block)
        window = min(range.lowerBound, bytes.byteCount)..<min(upper, bytes.byteCount)
      case .record(let record):
        asked = nil
        let end = found.records.last?.data.upperBound ?? 0
        precondition(record.offset >= end && record.data.count <= limits.maxRecordSize)
        precondition(record.number > (found.records.last?.number ?? 0), "numbers")
        found.records.append(record)
        let packet = reader.decode(record, view, at: window.lowerBound)
        found.packets.append(packet)
        if let plain {
          precondition(packet == .datagram(CapturedDatagram(plain)), "plain is another")
          precondition(ahead.retained == reader.retained, "plain ends elsewhere")
        }
        note(packet, view, at: window.lowerBound, &reassembler, &found)
        drain(&reassembler, view, at: window.lowerBound, &ends, &found)
      case .end:
        precondition(plain == nil, "a plain datagram behind the end")
        precondition(reader.retained == bytes.byteCount, "not at the end")
        reassembler.finish()
        drain(&reassembler, view, at: window.lowerBound, &ends, &found)
        return found
      }
    }
  } catch {
    precondition((0...bytes.byteCount).contains(error.offset), "error outside the input")
    found.error = error
    return found
  }
}

private func note(
  _ packet: CapturedPacket, _ view: RawSpan, at offset: Int, _ reassembler: inout TCPReassembler,
  _ found: inout Capture
) {
  switch packet {
  case .datagram(let datagram):
    precondition(datagram.payload.count <= datagram.originalByteCount, "more than there was")
    _ = datagram.verifyChecksum(in: view, at: offset)
    found.datagrams.append(
      Datagram(
        source: datagram.source, destination: datagram.destination, time: datagram.time ?? 0,
        payload: datagram.payload.read(in: view, at: offset) { [UInt8](copying: $0) }))
  case .segment(let segment):
    precondition(segment.payload.count <= segment.originalByteCount, "more than there was")
    reassembler.receive(segment, view, at: offset)
  default: break
  }
}

/// `ends` is where each stream has come to.
private func drain(
  _ reassembler: inout TCPReassembler, _ view: RawSpan, at offset: Int, _ ends: inout [Int: Int],
  _ found: inout Capture
) {
  while let event = reassembler.next() {
    switch event.kind {
    case .opened:
      precondition(found.streams[event.stream] == nil, "opened twice")
      found.streams[event.stream] = []
      ends[event.stream] = 0
    case .bytes(let part, let start):
      precondition(ends[event.stream] == start && part.count > 0, "not in order")
      ends[event.stream] = start + part.count
      part.read(in: view, at: offset) { found.streams[event.stream]?.append(copying: $0) }
    case .gap(let start, let count):
      precondition(ends[event.stream] == start && count > 0, "not in order")
      ends[event.stream] = start + count
    case .closed:
      precondition(ends[event.stream] != nil, "closed twice")
      ends[event.stream] = nil
    }
  }
}

private func rewrite(_ datagrams: [Datagram], _ format: CaptureWriter.Format) {
  var writer = CaptureWriter(format)
  var written: [Datagram] = []
  for datagram in datagrams {
    do throws(CaptureWriter.Failure) {
      try writer.write(
        datagram.payload, from: datagram.source, to: datagram.destination, at: datagram.time)
      written.append(datagram)
    } catch {}  // what a capture cannot say, as its tests have it
  }
  let file = writer.takeBytes()
  // rtpdump begins with its first datagram.
  guard !file.isEmpty else { return }
  let again = capture(file.span.bytes, block: 4096, CaptureLimits())
  precondition(again.error == nil, "cannot read what was written")
  precondition(again.datagrams.map(\.payload) == written.map(\.payload), "other datagrams")
  if format == .pcapng { precondition(again.datagrams == written, "other datagrams") }
}
