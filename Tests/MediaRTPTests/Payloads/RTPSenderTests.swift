import MediaBytes
import MediaModel
import MediaRTP
import TestSupport
import Testing

@Suite struct RTPSenderTests {
  private static let type = RTPPayloadType(rawValue: 96)

  /// One NAL unit of 3000 bytes.
  private static let large = [0, 0, 0x0b, 0xb8, 0x65] + [UInt8](repeating: 1, count: 2999)

  private struct Sent: Equatable {
    var number: UInt16
    var timestamp: UInt32
    var marker: Bool
    var byteCount: Int
  }

  private func read(_ packets: [[UInt8]], ssrc: UInt32) throws -> [Sent] {
    try packets.map { bytes in
      var reader = ByteReader(bytes.span)
      let packet = try RTPPacket(parsing: &reader)
      #expect(packet.ssrc == ssrc && packet.payloadType == Self.type)
      return Sent(
        number: packet.sequenceNumber.rawValue, timestamp: packet.timestamp.rawValue,
        marker: packet.marker, byteCount: bytes.count)
    }
  }

  /// Numbers and timestamps wrap; times are those of presentation.
  @Test func packetsOfPictures() throws {
    let track = Track(index: 0, kind: .video, codec: .h264, timescale: .milliseconds)
    var sender = try RTPSender(
      track, payloadType: Self.type, ssrc: 7, sequenceNumber: 65_534, timestampOffset: .max)
    var frame = Frame(track: 0, data: Self.large)
    frame.isKey = true
    frame.dts = 40
    frame.pts = 120
    let first = try read(sender.packets(of: frame), ssrc: 7)
    let time: UInt32 = 120 * 90 - 1
    #expect(first.map(\.number) == [65_534, 65_535, 0])
    #expect(first.map(\.timestamp) == [time, time, time])
    #expect(first.map(\.marker) == [false, false, true])
    #expect(first.allSatisfy { $0.byteCount <= 1400 })
    frame.data = [0, 0, 0, 2, 0x41, 0x88]
    (frame.dts, frame.pts, frame.isKey) = (80, 80, false)
    let second = try read(sender.packets(of: frame), ssrc: 7)
    #expect(second == [Sent(number: 1, timestamp: 80 * 90 - 1, marker: true, byteCount: 14)])
    #expect(sender.finish().isEmpty)
    #expect(
      sender.description(port: 5004).lines.map(\.text) == [
        "a=rtpmap:96 H264/90000", "a=fmtp:96 packetization-mode=1",
      ])
  }

  /// Milliseconds round 1024 samples of 44,100 Hz; receivers get exact steps, also without times.
  @Test func framesOfKnownLengthFollowEachOther() throws {
    var track = Track(index: 0, kind: .audio, codec: .aac, timescale: .milliseconds)
    track.configuration = [0x12, 0x10]
    var sender = try RTPSender(track, payloadType: Self.type, ssrc: 9)
    var timestamps: [UInt32] = []
    for (index, time) in ([0, 23, 46, nil, nil, 116] as [Int64?]).enumerated() {
      var frame = Frame(track: 0, data: [0x21, UInt8(index)])
      frame.pts = time
      timestamps += try read(sender.packets(of: frame), ssrc: 9).map(\.timestamp)
    }
    #expect(timestamps == (0..<6).map { $0 * 1024 })
    #expect(!sender.hasUnsaidConfiguration)
    var changed = Frame(track: 0, data: [0x21])
    changed.configuration = [0x11, 0x90]
    _ = try sender.packets(of: changed)
    #expect(sender.hasUnsaidConfiguration)
  }

  @Test func refusals() throws {
    let track = Track(index: 0, kind: .video, codec: Codec(rawValue: "flv1"), timescale: .mpeg)
    let error = #expect(throws: RTPPackerError.self) {
      try RTPSender(track, payloadType: Self.type, ssrc: 1)
    }
    #expect(error?.isUnavailable == true)
    var options = RTPPackerOptions()
    options.packetizationMode = 0
    var sender = try RTPSender(
      Track(index: 0, kind: .video, codec: .h264, timescale: .mpeg), options,
      payloadType: Self.type, ssrc: 1)
    var frame = Frame(track: 0, data: Self.large)
    frame.pts = 0
    #expect(throws: RTPPayloadError.self) { try sender.packets(of: frame) }
    frame.data = [0, 0, 0, 2, 0x65, 0x88]
    #expect(try read(sender.packets(of: frame), ssrc: 1).map(\.number) == [0])
  }
}
