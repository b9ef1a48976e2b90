import Foundation
import TestSupport
import Testing

/// JPEG pictures through RTP and back.
@Suite struct RTPUnpackPictureTests {
  private func packed(_ size: String, in scratch: ScratchFolder) throws -> String {
    let source = try encoded(
      "a.avi",
      "-f lavfi -i testsrc2=s=\(size):r=5:d=1 -c:v mjpeg -huffman default -pix_fmt yuvj420p",
      in: scratch)
    let outcome = try rtpPack(
      "--seed", "1", "-o", scratch["a.pcap"], "--sdp", scratch["a.sdp"], source)
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return String(decoding: try contents(of: scratch["a.sdp"]), as: UTF8.self)
  }

  /// What RTP has no room for stands in the description twice, for any receiver.
  @Test(.peers("ffmpeg"), arguments: ["fmtp", "framesize"]) func sizesBeyondRTPComeBack(
    without attribute: String
  ) throws {
    let scratch = try ScratchFolder()
    let sdp = try packed("2056x24", in: scratch)
    #expect(sdp.contains("a=framesize:26 2056-24\r\n"), "\(sdp)")
    let lines = sdp.split(separator: "\r\n").filter { !$0.hasPrefix("a=\(attribute):") }
    let path = try scratch.write(lines.joined(separator: "\r\n") + "\r\n", to: "less.sdp")
    let document = try rtpDocument("--sdp", path, "-o", scratch["a.mjpeg"], scratch["a.pcap"])
    #expect(document["streams"]?[0]?["frames"]?.integer == 5)
    let bytes = try contents(of: scratch["a.mjpeg"])
    let size: [UInt8] = [0xff, 0xc0, 0, 0x11, 8, 0, 24, 8, 8]
    #expect(bytes.indices.count { bytes[$0...].starts(with: size) } == 5)
  }

  @Test(.peers("ffmpeg")) func sizesThatRTPSaysAreNotRepeated() throws {
    let sdp = try packed("320x240", in: try ScratchFolder())
    #expect(!sdp.contains("framesize") && !sdp.contains("dimensions"), "\(sdp)")
  }

  @Test(.peers("ffmpeg")) func picturesAreThoseSelected() throws {
    let scratch = try ScratchFolder()
    _ = try packed("64x48", in: scratch)
    func unpack(_ tracks: String, exit: Int32) throws {
      let outcome = try Mediatool.run(
        ["rtp-unpack", "--tracks", tracks, "-o", scratch["%d.jpg"], scratch["a.pcap"]])
      #expect(outcome.ending == .exit(exit), "\(outcome)")
    }
    try unpack("a", exit: 65)
    #expect(!FileManager.default.fileExists(atPath: scratch["1.jpg"]))
    try unpack("v:0", exit: 0)
    #expect(FileManager.default.fileExists(atPath: scratch["5.jpg"]))
  }
}
