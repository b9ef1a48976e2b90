import MediaBitstream
import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

/// What is said of a track, and what is put in front of its frames.
@Suite struct RTPPackerTests {
  /// Sets that stand in front of a frame are not counted: the user looks for the unit in the frame.
  @Test func unitsAreCountedAsTheFrameHasThem() throws {
    var random = Seeded.of("RTPPackerTests.units")
    var packetizer = H264Packetizer(
      maxPayload: 100, packetizationMode: 0, parameterSets: [h264SPS, h264PPS])
    let frame = lengthPrefixed([[0x06, 0x80], slice([0x65], 300, &random)])
    let refused = #expect(throws: RTPPayloadError.self) { try sent(by: &packetizer, frame) }
    #expect(refused?.message.hasPrefix("NAL unit 1 (type 5") ?? false, "\(refused?.message ?? "")")
    var small = H264Packetizer(
      maxPayload: 20, packetizationMode: 0, parameterSets: [h264SPS, h264PPS])
    let told = #expect(throws: RTPPayloadError.self) {
      try sent(by: &small, lengthPrefixed([[0x65, 0x80]]))
    }
    #expect(
      told?.message.contains("of the configuration (type 7") ?? false, "\(told?.message ?? "")")
  }

  /// RFC 6184 8.1: a mode that is not stated is 0, in which no fragment may come.
  @Test(arguments: [0, 1]) func theModeIsAlwaysStated(mode: Int) throws {
    var options = RTPPackerOptions()
    options.packetizationMode = mode
    let track = Track(index: 0, kind: .video, codec: .h264, timescale: .mpeg)
    let packer = try RTPPacker(track, options, payloadType: RTPPayloadType(rawValue: 96))
    #expect(packer.format.parameters["packetization-mode"] == "\(mode)")
  }

  /// Sets that the container changes go out before the next frame, whatever it is.
  @Test func changedSetsGoBeforeTheNextFrame() throws {
    var packetizer = H264Packetizer(
      maxPayload: 100, configInterval: .once, parameterSets: [h264SPS, h264PPS])
    func sends(_ units: [UInt8]..., isKeyframe: Bool = true) throws -> [[UInt8]] {
      try sent(by: &packetizer, lengthPrefixed(units), isKeyframe: isKeyframe).map(\.payload)
    }
    let (key, other): ([UInt8], [UInt8]) = ([0x65, 0x88], [0x41, 0x88])
    let newPPS = hex("68ebe3cb22c0")
    #expect(try sends(key) == [h264SPS, h264PPS, key])
    packetizer.take(parameterSets: [h264SPS, h264PPS])
    #expect(try sends(key) == [key], "nothing has changed")
    packetizer.take(parameterSets: [h264SPS, newPPS])
    #expect(try sends(other, isKeyframe: false) == [h264SPS, newPPS, other])
    #expect(try sends(key) == [key])
    packetizer.take(parameterSets: [h264SPS, h264PPS])
    #expect(try sends(h264PPS, key) == [h264SPS, h264PPS, key], "what the frame has goes once")
  }
}

private func sent(
  by packetizer: inout some RTPPacketizer, _ data: [UInt8], isKeyframe: Bool = true
) throws -> [SentPacket] {
  try send(data, isKeyframe: isKeyframe, &packetizer)
}
