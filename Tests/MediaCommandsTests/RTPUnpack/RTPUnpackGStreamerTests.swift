import TestSupport
import Testing

/// What GStreamer's payloaders make comes out as it went in.
@Suite struct RTPUnpackGStreamerTests {
  struct Case: Sendable, CustomStringConvertible {
    var name: String
    /// What makes the source of test pictures or tones.
    var encoder: String
    var source: String
    /// From the source to the payloader.
    var pipeline: String
    var output: String
    var description: String { name }
  }

  private static let picture = "-f lavfi -i testsrc2=s=320x240:r=25:d=1"
  private static let tone = "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=1"
  private static let x264 =
    "\(picture) -c:v libx264 -bf 2 -g 12 -threads 1 -pix_fmt yuv420p"
  private static let x265 =
    "\(picture) -c:v libx265 -x265-params log-level=none:pools=1:keyint=12 -tag:v hvc1"

  private static func h264(_ options: String, _ output: String) -> Case {
    Case(
      name: "rtph264pay \(options)", encoder: x264, source: "a.mp4",
      pipeline: "qtdemux ! rtph264pay \(options)", output: output)
  }

  private static func h265(_ options: String, _ output: String) -> Case {
    Case(
      name: "rtph265pay \(options)", encoder: x265, source: "a.mp4",
      pipeline: "qtdemux ! rtph265pay \(options)", output: output)
  }

  static let frames = [
    h264("", "mp4"), h264("config-interval=-1 aggregate-mode=max-stap mtu=400", "mkv"),
    h264("config-interval=1 aggregate-mode=zero-latency", "flv"), h264("mtu=100", "ts"),
    h265("", "mp4"), h265("config-interval=-1 aggregate-mode=max mtu=400", "mkv"),
    h265("config-interval=1 aggregate-mode=zero-latency", "mp4"),
    Case(
      name: "rtpmp4gpay", encoder: "\(tone) -c:a aac -f mp4", source: "a.m4a",
      pipeline: "qtdemux ! rtpmp4gpay", output: "mp4"),
    Case(
      name: "rtpmp4gpay, fragments", encoder: "\(tone) -c:a aac -b:a 192k -ac 2 -f mp4",
      source: "a.m4a", pipeline: "qtdemux ! rtpmp4gpay mtu=200", output: "mkv"),
    Case(
      name: "rtpmp4apay", encoder: "\(tone) -c:a aac -f mp4", source: "a.m4a",
      pipeline: "qtdemux ! rtpmp4apay", output: "mp4"),
    Case(
      name: "rtpopuspay", encoder: "\(tone) -c:a libopus", source: "a.mkv",
      pipeline: "matroskademux ! rtpopuspay", output: "ogg"),
    Case(
      name: "rtpmpapay, layer III", encoder: "\(tone) -c:a libmp3lame -write_xing 0",
      source: "a.mp3", pipeline: "mpegaudioparse ! rtpmpapay", output: "mp3"),
    Case(
      name: "rtpmpapay, layer II, fragments", encoder: "\(tone) -c:a mp2", source: "a.mp2",
      pipeline: "mpegaudioparse ! rtpmpapay mtu=300", output: "mp2"),
    Case(
      name: "rtpvp8pay", encoder: "\(picture) -c:v libvpx -deadline realtime -g 12 -b:v 300k",
      source: "a.webm", pipeline: "matroskademux ! rtpvp8pay picture-id-mode=2", output: "ivf"),
    Case(
      name: "rtpvp9pay", encoder: "\(picture) -c:v libvpx-vp9 -deadline realtime -g 12 -b:v 300k",
      source: "a.webm", pipeline: "matroskademux ! rtpvp9pay", output: "webm"),
    Case(
      name: "rtpmp4vpay", encoder: "\(picture) -c:v mpeg4 -g 12 -bf 2", source: "a.mp4",
      pipeline: "qtdemux ! rtpmp4vpay", output: "mp4"),
  ]

  @Test(.peers("ffmpeg", "ffprobe", "gst-launch-1.0"), arguments: frames)
  func framesAreThoseSent(_ test: Case) throws {
    let scratch = try ScratchFolder()
    let source = try RTPSenders.make(test.encoder, test.source, scratch)
    let sent = try RTPSenders.gstreamer(
      "filesrc location=@\(test.source) ! \(test.pipeline)", scratch)
    let output = "out.\(test.output)"
    let document = try sent.unpack(scratch, to: output)
    let (ours, theirs) = (
      try MediaContents.frames(scratch[output]), try MediaContents.frames(source)
    )
    // The demuxer leaves out what the edit list of MP4 leaves out: AAC's first frame, and its last.
    #expect(theirs.contains(ours) && ours.count >= theirs.count - 2)
    #expect(document["streams"]?[0]?["frames"]?.integer == ours.count)
    #expect(document["streams"]?[0]?["dropped_frames"]?.integer == 0)
    #expect(try MediaContents.complaints(scratch[output]) == [])
  }

  @Test(
    .peers("ffmpeg", "gst-launch-1.0"),
    arguments: [
      ("pcm_mulaw", 8000, "rtppcmupay"), ("pcm_alaw", 8000, "rtppcmapay"),
      ("pcm_s16le", 48_000, "audioconvert ! rtpL16pay"),
    ])
  func samplesAreThoseSent(codec: String, rate: Int, pipeline: String) throws {
    let scratch = try ScratchFolder()
    let source = try RTPSenders.make("\(Self.tone) -ar \(rate) -c:a \(codec)", "a.wav", scratch)
    let sent = try RTPSenders.gstreamer(
      "filesrc location=@a.wav ! wavparse ! \(pipeline)", scratch)
    _ = try sent.unpack(scratch, to: "out.wav")
    let (ours, theirs) = (
      try MediaContents.samples(scratch["out.wav"]), try MediaContents.samples(source)
    )
    #expect(ours == theirs && ours.count >= 8000)
  }

  @Test(.peers("ffmpeg", "gst-launch-1.0")) func g722() throws {
    let scratch = try ScratchFolder()
    let source = try RTPSenders.make("\(Self.tone) -ar 16000 -c:a g722", "a.g722", scratch)
    let sent = try RTPSenders.gstreamer(
      "filesrc location=@a.g722 blocksize=160 ! audio/G722,rate=16000,channels=1 "
        + "! identity datarate=8000 ! rtpg722pay", scratch)
    _ = try sent.unpack(scratch, to: "out.g722")
    #expect(try contents(of: scratch["out.g722"]) == contents(of: source))
  }

  @Test(.peers("ffmpeg", "gst-launch-1.0")) func transportStreams() throws {
    let scratch = try ScratchFolder()
    let source = try RTPSenders.make("\(Self.x264) -f mpegts", "a.ts", scratch)
    let sent = try RTPSenders.gstreamer(
      "filesrc location=@a.ts blocksize=1316 ! video/mpegts,packetsize=188,systemstream=true "
        + "! rtpmp2tpay", scratch)
    _ = try sent.unpack(scratch, to: "out.ts")
    // The payloader waits for 1316 bytes, and drops what is left at the end.
    let (ours, theirs) = (try contents(of: scratch["out.ts"]), try contents(of: source))
    #expect(ours == sent.payload && theirs.starts(with: ours) && ours.count > theirs.count - 1316)
  }

  @Test(.peers("ffmpeg", "gst-launch-1.0")) func pictures() throws {
    let scratch = try ScratchFolder()
    // The payload format has no room for tables of Huffman codes.
    let source = try RTPSenders.make(
      "\(Self.picture) -c:v mjpeg -huffman default -pix_fmt yuvj420p -q:v 5", "a.avi", scratch)
    let sent = try RTPSenders.gstreamer(
      "filesrc location=@a.avi ! avidemux ! rtpjpegpay mtu=600", scratch)
    _ = try sent.unpack(scratch, to: "out.mjpeg")
    let theirs = try MediaContents.decoded(source)
    #expect(try MediaContents.decoded(scratch["out.mjpeg"]) == theirs && theirs.count == 25)
  }

  /// Two sessions of one sender, received as they arrive: sender reports say how they belong together.
  @Test(.peers("ffmpeg", "ffprobe", "gst-launch-1.0")) func pictureAndSoundAsTheyArrive() throws {
    let scratch = try ScratchFolder()
    let source = try RTPSenders.make(
      "\(Self.picture) \(Self.tone) -c:v libx264 -bf 2 -g 12 -threads 1 -pix_fmt yuv420p -c:a aac",
      "a.mp4", scratch)
    let port = try freePorts()
    let sdp = """
      v=0\r
      o=- 1 1 IN IP4 127.0.0.1\r
      s=-\r
      c=IN IP4 127.0.0.1\r
      t=0 0\r
      m=video \(port) RTP/AVP 96\r
      a=rtpmap:96 H264/90000\r
      a=fmtp:96 packetization-mode=1\r
      m=audio \(port + 2) RTP/AVP 97\r
      a=rtpmap:97 MPEG4-GENERIC/48000/1\r
      a=fmtp:97 mode=AAC-hbr; config=1188; sizelength=13; indexlength=3; indexdeltalength=3\r

      """
    let receiver = try Mediatool.start(
      ["rtp-unpack", "--json", "--timeout", "20s", "-o", scratch["out.mkv"]]
        + [try scratch.write(sdp, to: "a.sdp")])
    try waitForListener(port + 2)
    func session(_ number: Int, _ payloader: String, _ pad: String) -> String {
      let port = port + UInt16(2 * number)
      return "d.\(pad) ! queue ! \(payloader) ! r.send_rtp_sink_\(number) "
        + "r.send_rtp_src_\(number) ! udpsink host=127.0.0.1 port=\(port) "
        + "r.send_rtcp_src_\(number) ! udpsink host=127.0.0.1 port=\(port + 1) sync=false "
        + "async=false "
    }
    let pipeline =
      "rtpbin name=r filesrc location=\(source) ! qtdemux name=d "
      + session(0, "rtph264pay config-interval=-1 pt=96", "video_0")
      + session(1, "rtpmp4gpay pt=97", "audio_0")
    let sender = try ProcessRunner.start(
      "gst-launch-1.0", ["-q"] + pipeline.split(separator: " ").map(String.init))
    // Both say goodbye at the end, after which gst-launch sometimes does not end by itself.
    defer { sender.stop() }
    let outcome = receiver.wait(limit: 40)
    try #require(outcome.ending == .exit(0), "\(outcome)")
    let result = scratch["out.mkv"]
    #expect(try MediaContents.frames(result, "v:0") == MediaContents.frames(source, "v:0"))
    let (ours, theirs) = (
      try MediaContents.frames(result, "a:0"), try MediaContents.frames(source, "a:0")
    )
    #expect(theirs.contains(ours) && ours.count >= theirs.count - 2)
    // The picture begins with what the edit list leaves of the sound.
    let starts = try ["v:0", "a:0"].map { try MediaContents.times(result, $0)[0].pts }
    #expect(abs(starts[0] - starts[1]) < 0.02, "\(starts)")
  }
}
