import MediaBitstream
import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

@Suite struct RTPUnpackerTests {
  /// Headers of MPEG audio: layer, sampling frequency and channels are told by frames alone.
  @Test(
    arguments: [
      ([0xff, 0xfd, 0xa4, 0x04], "mp2", 48_000, 2), ([0xff, 0xfb, 0x90, 0xc4], "mp3", 44_100, 1),
      ([0xff, 0xf3, 0x40, 0x04], "mp3", 22_050, 2), ([0xff, 0xff, 0x40, 0x04], "mp1", 44_100, 2),
    ] as [([UInt8], String, Int, Int)])
  func framesOfMPEGAudioTellWhatTheyAre(
    header: [UInt8], codec: String, sampleRate: Int, channels: Int
  ) throws {
    var reader = ByteReader(header.span)
    let size = try #require(try MPEGAudioHeader(parsing: &reader).frameByteCount)
    let format = SDPPayloadFormat(RTPPayloadType(rawValue: 14), "MPA", clockRate: 90_000)
    var unpacker = try #require(RTPUnpacker(format))
    #expect(unpacker.codec.rawValue == "mp3" && unpacker.content(of: nil)?.sampleRate == nil)
    var output = RTPOutput()
    let payload = [0, 0, 0, 0] + header + [UInt8](repeating: 0, count: size - header.count)
    unpacker.receive(
      payload.span.bytes, RTPPacketInfo(packet: 1, number: 1, timestamp: 0, marker: false),
      into: &output)
    #expect(output.frames.count == 1 && output.remarks.isEmpty)
    let content = try #require(unpacker.content(of: nil))
    #expect(content.codec.rawValue == codec && unpacker.codec.rawValue == codec)
    #expect(content.sampleRate == sampleRate && content.channels == channels)
  }
}
