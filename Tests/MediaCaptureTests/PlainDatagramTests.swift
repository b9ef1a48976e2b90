import MediaBytes
import MediaCapture
import TestSupport
import Testing

@Suite struct PlainDatagramTests {
  /// Either way of reading says the same of records of which any header byte may be another.
  @Test(arguments: [ByteOrder.little, .big])
  func isWhatDecodingSays(_ order: ByteOrder) throws {
    var random = Seeded.of("plain datagrams \(order)")
    var (plain, others) = (0, 0)
    for _ in 0..<300 {
      var frames: [[UInt8]] = []
      for _ in 0..<8 {
        let payload = (0..<Int.random(in: 0...40, using: &random)).map { UInt8($0) }
        var frame = Packet.ethernet(0x0800, Packet.ipv4(17, Packet.udp4(payload)))
        frame += [UInt8](repeating: 0, count: Int.random(in: 0...2, using: &random))
        if Bool.random(using: &random) {
          frame[.random(in: 12..<42, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        frames.append(frame)
      }
      let bytes = Packet.pcap(frames, .ethernet, order: order)
      let wanted = read(bytes)
      var reader = CaptureReader()
      var found: [CapturedPacket] = []
      walk: while true {
        let view = bytes.span.bytes
        if let datagram = reader.takePlainDatagram(view, at: 0) {
          found.append(.datagram(CapturedDatagram(datagram)))
          plain += 1
          continue
        }
        switch try reader.step(view, at: 0, end: bytes.count) {
        case .needs: Issue.record("the window has all there is")
        case .record(let record):
          found.append(reader.decode(record, view, at: 0))
          others += 1
        case .end: break walk
        }
      }
      try #require(found == wanted.packets)
    }
    #expect(plain > 1000 && others > 300)
  }

  /// Nothing is taken of what the window does not hold, of captures of another kind and at the end.
  @Test func takesNothingElse() throws {
    let frame = Packet.ethernet(0x0800, Packet.ipv4(17, Packet.udp4([1, 2, 3])))
    let bytes = Packet.pcap([frame], .ethernet)
    for end in 24...bytes.count {
      var reader = CaptureReader()
      let view = bytes.span.bytes.extracting(0..<end)
      #expect(reader.takePlainDatagram(view, at: 0) == nil, "the header has not been read")
      let step = try reader.step(view, at: 0, end: nil)
      guard case .needs = step else {
        #expect(end == bytes.count)
        continue
      }
      #expect(reader.takePlainDatagram(view, at: 0) == nil, "\(end) bytes")
    }
    var raw = CaptureReader()
    let other = Packet.pcap([frame, frame], .raw)
    _ = try raw.step(other.span.bytes, at: 0, end: other.count)
    #expect(raw.takePlainDatagram(other.span.bytes, at: 0) == nil)
  }
}
