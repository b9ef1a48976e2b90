import TestSupport
import Testing

/// Captures of a current FFmpeg, and of a session of RTSP with GStreamer's server.
@Suite(.enabled(if: RTPCorpus.folder != nil, "needs the folder of captures"))
struct RTPUnpackCorpusTests {
  private func unpack(
    _ scratch: ScratchFolder, _ output: String, _ arguments: [String]
  ) throws -> String {
    let outcome = try Mediatool.run(["rtp-unpack", "-q", "-o", scratch[output]] + arguments)
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return scratch[output]
  }

  @Test(
    .peers("ffmpeg", "ffprobe"),
    arguments: [
      ("opus", "opus.opus"), ("vp8", "vp8.ivf"), ("vp9", "vp9.ivf"), ("av1", "av1.ivf"),
      ("h264_androidx", "h264_androidx.mp4"), ("h264_4slice_aud", "h264_4slice_aud.mp4"),
      ("hevc_androidx", "hevc_androidx.mp4"), ("hevc_2slice_aud", "hevc_2slice_aud.mp4"),
    ])
  func framesAreThoseSent(name: String, source: String) throws {
    let folder = try #require(RTPCorpus.folder) + "/rtp-ffmpeg"
    let scratch = try ScratchFolder()
    let output = name == "av1" ? "out.ivf" : "out.mkv"
    let result = try unpack(
      scratch, output, ["--sdp", "\(folder)/\(name).sdp", "\(folder)/\(name).pcap"])
    let theirs = try MediaContents.frames("\(folder)/\(source)")
    let ours = try MediaContents.frames(result)
    #expect(ours == theirs && ours.count > 20)
  }

  /// FFmpeg keeps the last frames to itself where they share a packet.
  @Test(arguments: [("aac", 42), ("aac_latm", 45)])
  func soundIsThatSent(name: String, count: Int) throws {
    let folder = try #require(RTPCorpus.folder) + "/rtp-ffmpeg"
    let scratch = try ScratchFolder()
    let result = try unpack(
      scratch, "out.aac", ["--sdp", "\(folder)/\(name).sdp", "\(folder)/\(name).pcap"])
    let (ours, theirs) = (try contents(of: result), try contents(of: "\(folder)/aac.adts"))
    #expect(theirs.starts(with: ours) && ours.count > theirs.count * count / 46)
  }

  @Test(.peers("ffmpeg", "ffprobe")) func aSessionOfRTSP() throws {
    let folder = try #require(RTPCorpus.folder)
    let scratch = try ScratchFolder()
    let result = try unpack(
      scratch, "out.mkv", ["\(folder)/rtsp-sessions/ffmpeg51_h264_aac_tcp.pcap"])
    let source = "\(folder)/androidx-media/sample.mp4"
    #expect(try MediaContents.frames(result, "v:0") == MediaContents.frames(source, "v:0"))
    // The client said TEARDOWN before the last of the sound.
    let sound = try MediaContents.frames(result, "a:0")
    #expect(try MediaContents.frames(source, "a:0").starts(with: sound) && sound.count == 37)
    #expect(try MediaContents.complaints(result) == [])
  }
}
