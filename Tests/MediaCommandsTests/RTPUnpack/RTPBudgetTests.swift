import MediaBytes
import MediaModel
import MediaRTP
import TestSupport
import Testing

@testable import MediaCommands

/// Many sources, each of which holds no more than it may.
@Suite struct RTPBudgetTests {
  private final class Frames: RTPSessionObserver {
    var count = 0
    func frame(_ frame: RTPFrame, of source: RTPSource, _ payload: Int) { count += 1 }
    func rtcp(_ compound: RTCPCompound, _ datagram: RTPDatagram, time: Double?) {}
  }

  private let flow = RTPFlow(source: RTPCaptures.sender, destination: RTPCaptures.receiver)

  @Test func framesWithoutEndAreGivenUp() throws {
    var options = RTPSessionOptions()
    options.maxHeldBytes = 200_000
    let session = RTPSession(options)
    session.descriptions.maps = [
      SDPPayloadFormat(RTPPayloadType(rawValue: 96), "H264", clockRate: 90_000)
    ]
    let observer = Frames()
    session.observer = observer
    // Fragments of one NAL unit a source, the end of which never comes.
    for index in 0..<6000 {
      let isFirst = index < 10
      let packet = TestPacket(
        sequence: UInt16(index / 10), timestamp: 0, time: Int64(index) * 1_000_000,
        payload: [0x7c, isFirst ? 0x85 : 0x05] + [UInt8](repeating: 0x55, count: 200),
        ssrc: UInt32(index % 10))
      let bytes = packet.bytes
      let datagram = RTPDatagram(
        number: index + 1, time: packet.time, flow: flow, byteCount: bytes.count)
      try session.receive(bytes.span.bytes, datagram)
    }
    let held = session.sources.reduce(0) { sum, source in
      sum + source.payloads.reduce(0) { $0 + ($1.unpacker?.heldByteCount ?? 0) }
    }
    // Between two looks at it less than 1024 packets come, and arrays grow by doubling.
    #expect(held < 200_000 + 2 * 1024 * 200, "\(held)")
    try session.finish()
    #expect(observer.count == 0)
    #expect(session.sources.reduce(0) { $0 + $1.payloads[0].droppedFrames } > 0)
    #expect(session.allFindings.contains { $0.finding.code == .rtpTooMuchHeld })
  }
}
