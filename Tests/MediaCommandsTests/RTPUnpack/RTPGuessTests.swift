import MediaBytes
import MediaCapture
import MediaModel
import MediaRTP
import TestSupport
import Testing

@testable import MediaCommands

/// Payload formats found out from packets.
@Suite struct RTPGuessTests {
  private func guess(
    _ payloads: [[UInt8]], step: UInt32, markers: Set<Int> = [], milliseconds: Double = 20
  ) -> RTPFormat? {
    let flow = RTPFlow(source: RTPCaptures.sender, destination: RTPCaptures.receiver)
    let held = payloads.enumerated().map { index, payload in
      let packet = TestPacket(
        sequence: UInt16(index), timestamp: step * UInt32(index),
        time: Int64(Double(index) * milliseconds * 1e6),
        payload: payload, marker: markers.contains(index))
      return RTPSource.Held(
        bytes: packet.bytes,
        datagram: RTPDatagram(
          number: index + 1, time: packet.time, flow: flow, byteCount: packet.bytes.count),
        index: index)
    }
    return RTPGuess.format(RTPPayloadType(rawValue: 96), held)
  }

  @Test func transportStreams() {
    let packet = [0x47] + [UInt8](repeating: 0xff, count: 187)
    let payload = Array(repeating: packet, count: 7).flatMap { $0 }
    #expect(guess([payload, payload, payload], step: 900)?.payload.encodingName == "MP2T")
  }

  @Test func fragmentsOfH264() {
    // FU-A of an IDR picture, begun, continued and ended, twice.
    let units: [[UInt8]] = [[0x7c, 0x85, 1], [0x7c, 0x05, 2], [0x7c, 0x45, 3]]
    let found = guess(units + units, step: 0)
    #expect(found?.payload.encodingName == "H264" && found?.payload.clockRate == 90_000)
    // A fragment that changes its type is no fragment.
    #expect(guess([[0x7c, 0x85, 1], [0x7c, 0x01, 2], [0x7c, 0x45, 3]], step: 0) == nil)
  }

  @Test func headersOfH265() {
    let found = guess(
      [[0x40, 1, 9, 9], [0x42, 1, 9, 9], [0x44, 1, 9, 9], [0x26, 1, 9, 9]], step: 0)
    #expect(found?.payload.encodingName == "H265")
  }

  @Test func accessUnitHeadersOfAAC() {
    // 16 bits of headers: one access unit of 30 bytes, of a pair of channels.
    let payload = [0, 16, 0, 30 << 3] + [0x20] + [UInt8](repeating: 7, count: 29)
    let payloads = [[UInt8]](repeating: payload, count: 40)
    let found = guess(payloads, step: 1024, milliseconds: 1024 / 48.1)
    #expect(found?.payload.encodingName == "MPEG4-GENERIC" && found?.payload.channels == 2)
    #expect(found?.payload.clockRate == 48_000)
    #expect(found?.payload.parameters["config"] == "1190")
    #expect(found?.evidence?.contains("48000 Hz by the times of arrival") == true)
    // Steps are the same at any rate, and only arrival tells which it is.
    let slower = guess(payloads, step: 1024, milliseconds: 1024 / 43.9)
    #expect(slower?.payload.clockRate == 44_100)
    #expect(slower?.payload.parameters["config"] == "1210")
    let burst = guess(payloads, step: 1024, milliseconds: 1)
    #expect(burst?.payload.clockRate == 48_000)
    #expect(burst?.evidence?.contains("48000 Hz is assumed") == true)
    #expect(found?.evidence?.hasSuffix("the channels are the first element's") == true)
    // What nothing shows is said to be assumed.
    let other: [UInt8] = [0, 16, 0, 30 << 3, 0xc1] + [UInt8](repeating: 7, count: 29)
    let blind = guess([[UInt8]](repeating: other, count: 3), step: 960)
    #expect(blind?.evidence?.hasSuffix("48000 Hz is assumed, the channels are assumed") == true)
  }

  @Test func packetsOfOpus() {
    // SILK wideband, 20 ms, mono, one frame: 960 ticks.
    let payload = [0x48] + [UInt8](repeating: 0x55, count: 40)
    let found = guess([[UInt8]](repeating: payload, count: 10), step: 960)
    #expect(found?.payload.encodingName == "opus" && found?.payload.clockRate == 48_000)
    #expect(guess([[UInt8]](repeating: payload, count: 10), step: 160) == nil)
  }

  @Test func noiseIsNothing() {
    var random = Seeded.of("guessNoise")
    for _ in 0..<300 {
      let payloads = (0..<64).map { _ in
        random.bytes(Int.random(in: 1...200, using: &random))
      }
      #expect(guess(payloads, step: UInt32.random(in: 0...5000, using: &random)) == nil)
    }
  }
}
