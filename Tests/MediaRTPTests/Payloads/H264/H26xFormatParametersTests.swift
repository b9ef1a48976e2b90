import MediaBitstream
import MediaBytes
import MediaModel
import Testing

@testable import MediaRTP

@Suite struct H26xFormatParametersTests {
  private func h264(_ text: String) throws -> H264FormatParameters {
    H264FormatParameters(try #require(SDPFormatParameters(parsing: "96 \(text)")))
  }

  @Test func h264RoundTrip() throws {
    let record = try #require(
      AVCDecoderConfigurationRecord(
        sequenceParameterSets: [h264SPS], pictureParameterSets: [h264PPS]))
    let made = SDPFormatParameters(payloadType: RTPPayloadType(rawValue: 96), h264: record)
    #expect(made["profile-level-id"] == "640028" && made["packetization-mode"] == "1")
    let read = try h264("\(made)".split(separator: " ", maxSplits: 1).last.map(String.init) ?? "")
    #expect(read.parameterSets == [h264SPS, h264PPS] && read.packetizationMode == 1)
    #expect(read.profileLevel == record.profileLevel && read.remarks.isEmpty)
    #expect(H264Depacketizer(parameters: read).configuration == written { record.write(to: &$0) })
  }

  @Test func h264AsDevicesWriteIt() throws {
    #expect(
      try h264("packetization-mode=1; sprop-parameter-sets=").remarks.map(\.code) == [.spropEmpty])
    let wrong = try h264("packetization-mode=7; profile-level-id=42; sprop-parameter-sets=!!,Z2Q=")
    #expect(
      wrong.remarks.map(\.code) == [.videoFormatParameter, .videoFormatParameter, .spropUnreadable])
    #expect(wrong.parameterSets == [[0x67, 0x64]] && wrong.packetizationMode == nil)
    let stream = Base64.encode([0, 0, 0, 1] + h264SPS + [0, 0, 0, 1] + h264PPS)
    let framed = try h264("sprop-parameter-sets=\(stream)")
    #expect(framed.parameterSets == [h264SPS, h264PPS])
    #expect(framed.remarks.map(\.code) == [.spropStartCodes])
    let tail = Base64.encode(h264SPS + [0, 0, 0, 1])
    #expect(try h264("sprop-parameter-sets=\(tail)").parameterSets == [h264SPS])
  }

  @Test func h265RoundTrip() throws {
    let record = try #require(
      HEVCDecoderConfigurationRecord(
        videoParameterSets: [h265VPS], sequenceParameterSets: [h265SPS],
        pictureParameterSets: [h265PPS], isComplete: false))
    let made = SDPFormatParameters(
      payloadType: RTPPayloadType(rawValue: 96), h265: record, maxDONDifference: 3)
    let read = H265FormatParameters(try #require(SDPFormatParameters(parsing: "\(made)")))
    #expect(read.parameterSets == [h265VPS, h265SPS, h265PPS] && read.remarks.isEmpty)
    #expect(read.hasDecodingOrderNumbers)
    #expect(H265Depacketizer(parameters: read).configuration == written { record.write(to: &$0) })
  }
}
