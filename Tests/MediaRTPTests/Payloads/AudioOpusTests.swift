import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

@Suite struct AudioOpusTests {
  /// A packet of one CELT frame of 20 ms in full band, mono.
  private func opus(_ count: Int = 1, _ random: inout Seeded) -> [UInt8] {
    [0xf8] + random.bytes(count - 1)
  }

  @Test func everySizeComesBack() throws {
    var random = Seeded.of("Opus sizes")
    let frames = (1...400).map { TimedFrame(data: opus($0, &random), timestamp: Int64(960 * $0)) }
    var packetizer = OpusPacketizer(maxPayload: 400)
    let packets = try send(frames, &packetizer)
    #expect(packets.map(\.payload) == frames.map(\.data))
    #expect(packets.allSatisfy { !$0.marker })
    var depacketizer = OpusDepacketizer()
    let output = receive(packets, &depacketizer)
    #expect(output.timedFrames == frames && output.remarks == [])
    #expect(throws: RTPPayloadError.self) {
      try send([TimedFrame(data: opus(401, &random), timestamp: 0)], &packetizer)
    }
    #expect(throws: RTPPayloadError.self) {
      try send([TimedFrame(data: [], timestamp: 0)], &packetizer)
    }
  }

  /// RFC 7587 4.1: the marker is for the first packet after silence.
  @Test func markerFollowsSilence() throws {
    let times: [Int64] = [0, 960, 9600, 10_560, 11_530]
    let frames = times.map { TimedFrame(data: [0xf8, 1], timestamp: $0) }
    var packetizer = OpusPacketizer(maxPayload: 100)
    let packets = try send(frames, &packetizer)
    #expect(packets.map(\.marker) == [false, false, true, false, false])
    var plain = OpusPacketizer(maxPayload: 100, marksTalkSpurts: false)
    #expect(try send(frames, &plain).allSatisfy { !$0.marker })
    var depacketizer = OpusDepacketizer()
    let output = receive(packets, &depacketizer)
    #expect(output.frames.count == 5 && output.remarks == [] && output.droppedFrames == 0)
  }

  /// RFC 6716 3.1, 3.2: code 3 without a count, no frames, more than 120 ms; times that overlap.
  @Test(arguments: ["", "fb", "fb00", "fb07", "1b03"]) func malformed(_ digits: String) {
    var depacketizer = OpusDepacketizer()
    let output = receive([packet(digits), packet("f801", at: 960)], &depacketizer)
    #expect(output.remarkCodes == [.opusPacket] && output.droppedFrames == 1)
    #expect(output.frames.map(\.data) == [[0xf8, 1]])
  }

  @Test func timesThatOverlap() {
    var depacketizer = OpusDepacketizer()
    let output = receive([packet("f801"), packet("f801", at: 480)], &depacketizer)
    #expect(output.remarkCodes == [.audioTimestampStep] && output.frames.count == 2)
  }

  @Test func parametersComeBack() throws {
    var format = OpusPayloadFormat()
    #expect(format.payloadFormat(.init(rawValue: 96)).parameters.description == "96 sprop-stereo=1")
    format.usesInBandFEC = true
    format.usesDTX = true
    format.prefersStereo = true
    format.prefersConstantBitRate = true
    (format.maxPlaybackRate, format.maxCaptureRate, format.maxAverageBitRate) = (
      16_000, 8000, 20_000
    )
    let sdp = format.payloadFormat(.init(rawValue: 96))
    #expect(sdp.clockRate == 48_000 && sdp.channels == 2 && sdp.encodingName == "opus")
    #expect(OpusPayloadFormat(try reparsed(sdp)) == format)
    #expect(
      OpusPayloadFormat(try sdpFormat("opus/16000/1", "stereo=x")) == OpusPayloadFormat(channels: 1)
    )
  }
}

extension PayloadDamage {
  static let opus = PayloadDamage("Opus", rounds: 2000) { random in
    (0..<6).map { SentPacket(random.bytes($0 * 3), marker: true, at: Int64(960 * $0)) }
  } make: { _, _ in
    OpusDepacketizer()
  }
}
