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
}
