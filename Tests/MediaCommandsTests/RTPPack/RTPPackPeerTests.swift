import TestSupport
import Testing

/// What others receive of what we send: everything, byte for byte.
@Suite struct RTPPackPeerTests {
  // MARK: FFmpeg

  /// RTCP has its own port here; its BYE comes as long after the last packet as a picture lasts.
  @Test(.peers("ffmpeg")) func ffmpegReceivesAByteStream() throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path("rtp-sliced.h264")
    let transfer = try RTPTransfer(input, ["--fps", "10", "--aggregate", "all"], in: folder)
    try transfer.receivedByFFmpeg(["-c", "copy", folder["out.h264"]])
    let expected = try ReceivedContent.units(input, isH265: false)
    #expect(try ReceivedContent.units(folder["out.h264"], isH265: false) == expected)
    #expect(expected.count >= 15)
  }

  @Test(.peers("ffmpeg")) func ffmpegReceivesPictureAndSound() throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path("rtp-plain.mp4")
    let sound = ["-map", "0:a", "-c", "copy", "-f", "framecrc"]
    try RTPTransfer(input, ["--rtcp-mux"], in: folder).receivedByFFmpeg(
      ["-map", "0:v", "-c", "copy", folder["out.h264"]] + sound + [folder["out.crc"]])
    try expectUnits(input, folder)
    let source = try ReceivedContent.copied(input, sound, to: "source.crc", in: folder)
    let expected = try ReceivedContent.checksums(source)
    #expect(try ReceivedContent.checksums(folder["out.crc"]) == expected && expected.count > 25)
  }

  private func expectUnits(_ input: String, _ folder: ScratchFolder) throws {
    let source = try ReceivedContent.copied(
      input, ["-map", "0:v", "-c", "copy"], to: "source.h264", in: folder)
    let expected = try ReceivedContent.units(source, isH265: false)
    #expect(try ReceivedContent.units(folder["out.h264"], isH265: false) == expected)
    #expect(expected.count >= 15)
  }

  @Test(.peers("ffmpeg")) func ffmpegReceivesH265() throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path("rtp-sliced.hevc")
    try RTPTransfer(input, ["--rtcp-mux"], in: folder)
      .receivedByFFmpeg(["-c", "copy", folder["out.hevc"]])
    let expected = try ReceivedContent.units(input, isH265: true)
    #expect(try ReceivedContent.units(folder["out.hevc"], isH265: true) == expected)
    #expect(expected.count >= 15)
  }

  @Test(
    .peers("ffmpeg"),
    arguments: [
      ("rtp-opus.webm", [], ["0:a"]), ("rtp-lengths.ts", ["--payload", "mp2t"], ["0:v", "0:a"]),
    ] as [(String, [String], [String])])
  func ffmpegReceivesTheSameFrames(name: String, options: [String], maps: [String]) throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path(name)
    let frames = maps.flatMap { ["-map", $0] } + ["-c", "copy", "-f", "framecrc"]
    try RTPTransfer(input, ["--rtcp-mux"] + options, in: folder)
      .receivedByFFmpeg(frames + [folder["out.crc"]])
    let source = try ReceivedContent.copied(input, frames, to: "source.crc", in: folder)
    // Both streams of MPEG-TS are in the order in which their last packets came.
    let expected = try ReceivedContent.checksums(source).sorted()
    #expect(try ReceivedContent.checksums(folder["out.crc"]).sorted() == expected)
    #expect(expected.count > 25)
  }

  @Test(.peers("ffmpeg")) func ffmpegReceivesTheSamePictures() throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path("rtp-pictures.avi")
    try RTPTransfer(input, ["--rtcp-mux"], in: folder)
      .receivedByFFmpeg(["-c", "copy", folder["out.mjpeg"]])
    try expectPictures(input, folder)
  }

  /// RTP carries no more of JPEG than its pictures.
  private func expectPictures(_ input: String, _ folder: ScratchFolder) throws {
    let source = try ReceivedContent.copied(
      input, ["-c", "copy"], to: "source.mjpeg", in: folder)
    let decoded = try [folder["out.mjpeg"], source].enumerated().map { index, path in
      try ReceivedContent.checksums(
        ReceivedContent.copied(path, ["-f", "framecrc"], to: "\(index).crc", in: folder))
    }
    #expect(decoded[0] == decoded[1] && decoded[0].count == 15)
  }

  // MARK: GStreamer

  private static let bytes264 = "video/x-h264,stream-format=byte-stream,alignment=nal"
  private static let bytes265 = "video/x-h265,stream-format=byte-stream,alignment=nal"

  @Test(.peers("ffmpeg", "gst-launch-1.0"), arguments: ["none", "parameter-sets", "all"])
  func gstreamerReceivesPictureAndSound(aggregate: String) throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path("rtp-plain.mp4")
    let received = try RTPTransfer(input, ["--aggregate", aggregate], in: folder)
      .receivedByGStreamer(["rtph264depay ! \(Self.bytes264)", "rtpmp4gdepay"])
    try folder.write(Array(received[0].joined()), to: "out.h264")
    try expectUnits(input, folder)
    let source = try ReceivedContent.copied(
      input, ["-map", "0:a", "-c", "copy", "-f", "framecrc"], to: "source.crc", in: folder)
    #expect(try ReceivedContent.checksums(received[1]) == ReceivedContent.checksums(source))
  }

  @Test(.peers("ffmpeg", "gst-launch-1.0"), arguments: ["none", "all"])
  func gstreamerReceivesH265(aggregate: String) throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path("rtp-sliced.hevc")
    let received = try RTPTransfer(input, ["--aggregate", aggregate], in: folder)
      .receivedByGStreamer(["rtph265depay ! \(Self.bytes265)"])
    try folder.write(Array(received[0].joined()), to: "out.hevc")
    let expected = try ReceivedContent.units(input, isH265: true)
    #expect(try ReceivedContent.units(folder["out.hevc"], isH265: true) == expected)
    #expect(expected.count >= 15)
  }

  @Test(.peers("ffmpeg", "gst-launch-1.0")) func gstreamerReceivesOpus() throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path("rtp-opus.webm")
    let received = try RTPTransfer(input, in: folder).receivedByGStreamer(["rtpopusdepay"])
    let source = try ReceivedContent.copied(
      input, ["-c", "copy", "-f", "framecrc"], to: "source.crc", in: folder)
    #expect(try ReceivedContent.checksums(received[0]) == ReceivedContent.checksums(source))
    #expect(received[0].count > 25)
  }

  @Test(.peers("ffmpeg", "gst-launch-1.0")) func gstreamerReceivesTheSamePictures() throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path("rtp-pictures.avi")
    let received = try RTPTransfer(input, in: folder).receivedByGStreamer(["rtpjpegdepay"])
    try folder.write(Array(received[0].joined()), to: "out.mjpeg")
    try expectPictures(input, folder)
  }

  @Test(.peers("ffmpeg", "gst-launch-1.0")) func gstreamerReceivesTheTransportStream() throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path("rtp-lengths.ts")
    let received = try RTPTransfer(input, ["--payload", "mp2t"], in: folder)
      .receivedByGStreamer(["rtpmp2tdepay"])
    #expect(try Array(received[0].joined()) == contents(of: input))
  }

  // MARK: A current FFmpeg

  /// What tshark and FFmpeg of Debian do not know.
  @Test(
    .peers("ffmpeg"), .currentFFmpeg,
    arguments: [("rtp-vp9.webm", "framecrc"), ("rtp-av1.mp4", "obu")])
  func currentFFmpegReceives(name: String, muxer: String) throws {
    let folder = try ScratchFolder()
    let program = try #require(Peers.currentFFmpeg)
    let input = try RTPClips.path(name)
    // Where no packet is known to be a key, all are wanted. Of AV1 the muxer writes all OBUs with
    // sizes, and a temporal delimiter before those of each packet.
    let output = ["-map", "0:v", "-c", "copy", "-copyinkf", "-f", muxer]
    try RTPTransfer(input, ["--rtcp-mux"], in: folder)
      .receivedByFFmpeg(output + [folder["out"]], program: program)
    let source = try ReceivedContent.copied(input, output, to: "source", in: folder, by: program)
    if muxer == "framecrc" {
      let expected = try ReceivedContent.checksums(source)
      #expect(try ReceivedContent.checksums(folder["out"]) == expected && expected.count == 15)
    } else {
      #expect(try contents(of: folder["out"]) == contents(of: source))
    }
  }
}
