import Foundation
import MediaBytes
import MediaCapture

/// All that a capture gives.
struct Reading: Equatable {
  var format: CaptureFormat?
  var records: [CaptureRecord] = []
  /// The bytes of each record.
  var data: [[UInt8]] = []
  var packets: [CapturedPacket] = []
  /// The payload of each datagram and segment.
  var payloads: [[UInt8]] = []
  var checksums: [CapturedDatagram.ChecksumResult] = []
  /// Where reading ended, if not at the end.
  var error: ParseError?

  var datagrams: [CapturedDatagram] {
    packets.compactMap { if case .datagram(let found) = $0 { found } else { nil } }
  }
  var segments: [CapturedSegment] {
    packets.compactMap { if case .segment(let found) = $0 { found } else { nil } }
  }
}

/// Drives a reader over bytes as a file is read: a block where it asks, or all at once; of a stream
/// the end is not known before a window has reached it.
func read(
  _ bytes: [UInt8], block: Int = .max, limits: CaptureLimits = CaptureLimits(),
  decoding: Bool = true, isStream: Bool = false
) -> Reading {
  var reader = CaptureReader(limits: limits)
  var reading = Reading()
  var window = 0..<(block == .max ? bytes.count : 0)
  do throws(ParseError) {
    while true {
      let view = bytes.span.bytes.extracting(window)
      let isEndKnown = !isStream || window.upperBound == bytes.count
      switch try reader.step(view, at: window.lowerBound, end: isEndKnown ? bytes.count : nil) {
      case .needs(let range):
        let upper = block == .max ? bytes.count : max(range.upperBound, range.lowerBound + block)
        window = min(bytes.count, range.lowerBound)..<min(bytes.count, upper)
      case .record(let record):
        reading.records.append(record)
        reading.data.append(Array(bytes[record.data]))
        if decoding { decode(record, view, at: window.lowerBound, &reader, &reading) }
      case .end:
        reading.format = reader.format
        return reading
      }
    }
  } catch {
    reading.format = reader.format
    reading.error = error
  }
  return reading
}

private func decode(
  _ record: CaptureRecord, _ view: RawSpan, at offset: Int, _ reader: inout CaptureReader,
  _ reading: inout Reading
) {
  let packet = reader.decode(record, view, at: offset)
  reading.packets.append(packet)
  switch packet {
  case .datagram(let datagram):
    reading.payloads.append(datagram.payload.read(in: view, at: offset) { [UInt8](copying: $0) })
    reading.checksums.append(datagram.verifyChecksum(in: view, at: offset))
  case .segment(let segment):
    reading.payloads.append(segment.payload.read(in: view, at: offset) { [UInt8](copying: $0) })
  default: break
  }
}

/// The streams of TCP in a capture: what `TCPReassembler` makes of it.
struct Streams: Equatable {
  var events: [TCPReassembler.Event] = []
  /// The bytes of each stream; a gap leaves out its bytes.
  var bytes: [[UInt8]] = []
  var gaps: [Int: [Range<Int>]] = [:]
  var closings: [Int: TCPReassembler.Closing] = [:]
  var endpoints: [String] = []
  var retransmissions = 0
}

/// Reads a capture into streams, all of it in one window.
func streams(_ bytes: [UInt8], limits: TCPLimits = TCPLimits()) throws -> Streams {
  var reader = CaptureReader()
  var reassembler = TCPReassembler(limits: limits)
  var found = Streams()
  let view = bytes.span.bytes
  func drain() {
    while let event = reassembler.next() {
      found.events.append(event)
      switch event.kind {
      case .opened(let source, let destination, _):
        precondition(event.stream == found.bytes.count)
        found.bytes.append([])
        found.endpoints.append("\(source) -> \(destination)")
      case .bytes(let part, let offset):
        let gaps = found.gaps[event.stream, default: []].reduce(0) { $0 + $1.count }
        precondition(offset == found.bytes[event.stream].count + gaps, "not in order")
        found.bytes[event.stream] += part.read(in: view, at: 0) { [UInt8](copying: $0) }
      case .gap(let offset, let count):
        found.gaps[event.stream, default: []].append(offset..<offset + count)
      case .closed(let how): found.closings[event.stream] = how
      }
    }
  }
  reading: while true {
    switch try reader.step(view, at: 0, end: bytes.count) {
    case .needs: preconditionFailure("asks for more than there is")
    case .record(let record):
      guard case .segment(let segment) = reader.decode(record, view, at: 0) else { continue }
      reassembler.receive(segment, view, at: 0)
      drain()
    case .end: break reading
    }
  }
  reassembler.finish()
  drain()
  found.retransmissions = reassembler.retransmissionCount
  return found
}

/// Captures of other projects, where they lie beside the checkout; they are not part of this one.
let corpus: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../shared/corpus").standardizedFileURL
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

/// The paths of all captures of the corpus.
func corpusCaptures() throws -> [URL] {
  guard let corpus else { return [] }
  return try ["rtp-ffmpeg", "rtsp-sessions", "rtmp-sessions"].flatMap { name in
    let folder = corpus.appendingPathComponent(name)
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
  }
  .filter { $0.pathExtension == "pcap" }.sorted { $0.path < $1.path }
}
