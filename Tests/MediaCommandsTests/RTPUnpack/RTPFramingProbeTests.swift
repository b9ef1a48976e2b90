import MediaBytes
import MediaModel
import MediaRTP
import TestSupport
import Testing

@testable import MediaCapture
@testable import MediaCommands

/// Connections of which a capture holds a part.
@Suite struct RTPFramingProbeTests {
  private func framed(_ framing: InterleavedFraming, _ count: Int) -> [UInt8] {
    var writer = ByteWriter()
    for packet in RTPCaptures.sound(count) {
      let bytes = packet.bytes
      framing.write(bytes.span.bytes, channel: 2, to: &writer)
    }
    return writer.bytes
  }

  /// What is known once each piece of so many bytes has come.
  private func verdict(_ bytes: [UInt8], pieces size: Int) -> RTPFramingProbe.Verdict {
    var probe = RTPFramingProbe()
    for start in stride(from: 0, to: bytes.count, by: size) {
      let verdict = probe.receive(Array(bytes[start..<min(start + size, bytes.count)]))
      if verdict != .undecided { return verdict }
    }
    return probe.finish()
  }

  @Test(arguments: [1, 7, 1000]) func twoPacketsOfOneSourceAreProof(size: Int) {
    for framing in [InterleavedFraming.rtsp, .lengthPrefixed] {
      let expected = RTPFramingProbe.Verdict.framing(framing, isMidway: false)
      #expect(verdict(framed(framing, 3), pieces: size) == expected)
      // The connection ends behind the first.
      #expect(verdict(framed(framing, 1), pieces: size) == expected)
    }
    let rest = Array(framed(.rtsp, 5).dropFirst(150))
    #expect(verdict(rest, pieces: size) == .framing(.rtsp, isMidway: true))
  }

  @Test func messagesAreProof() {
    let answer = [UInt8]("a=rest\r\n\r\nRTSP/1.0 200 OK\r\nCSeq: 2\r\n\r\n".utf8)
    #expect(verdict(answer, pieces: 5) == .framing(.rtsp, isMidway: true))
    let other = [UInt8](
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\n".utf8)
    #expect(verdict(other, pieces: 5) == .nothing)
  }

  @Test func noiseIsNothing() {
    var random = Seeded.of("framingNoise")
    for round in 0..<6 {
      var bytes = random.bytes(RTPFramingProbe.maxByteCount)
      // It begins as a packet behind its length does, or as an interleaved one.
      if round % 2 == 0 { bytes.replaceSubrange(0..<4, with: [4, 0, 0x80, 96]) }
      if round % 4 == 1 { bytes.replaceSubrange(0..<5, with: [0x24, 0, 4, 0, 0x80]) }
      #expect(verdict(bytes, pieces: 1460) == .nothing)
    }
  }

  /// Bytes of packets that began before the capture did, then whole ones.
  @Test func aConnectionIsFoundFromItsMiddle() throws {
    let bytes = Array(framed(.rtsp, 30).dropFirst(150))
    let session = RTPSession(RTPSessionOptions())
    session.descriptions.maps = [
      SDPPayloadFormat(RTPPayloadType(rawValue: 96), "L16", clockRate: 8000)
    ]
    var connections = RTPConnections()
    for (index, start) in stride(from: 0, to: bytes.count, by: 1000).enumerated() {
      let payload = Array(bytes[start..<min(start + 1000, bytes.count)])
      let time = Int64(index) * 60_000_000
      session.note(time, packet: index + 1)
      let segment = CapturedSegment(
        number: index + 1, time: time, source: RTPCaptures.sender,
        destination: RTPCaptures.receiver, sequence: UInt32(7000 + start), acknowledgment: 0,
        flags: .ack, payload: .held(payload), originalByteCount: payload.count)
      try connections.receive(segment, RawSpan(), at: 0, session)
    }
    try connections.finish(session)
    try session.finish()
    let source = try #require(session.streams.first)
    #expect(source.statistics.packets == 29 && source.statistics.lost == 0)
    #expect(source.flow.transport == .interleaved && source.flow.channel == 2)
    // The second packet of the sender is the first whole one, and ends in the first segment.
    #expect(source.packets.lowerBound == 1)
    #expect(session.allFindings.isEmpty, "\(session.allFindings)")
  }
}
