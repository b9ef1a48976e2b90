import TestSupport
import Testing

/// What FFmpeg's muxer sends comes out as it went in; here from captures, and in
/// `RTPUnpackPeerTests` as it arrives.
@Suite struct RTPUnpackFFmpegTests {
  struct Case: Sendable, CustomStringConvertible {
    var name: String
    var encoder: String
    var source: String
    var sending: String
    var output: String
    /// FFmpeg keeps the last frames of sound to itself, which another packet would have taken along.
    var isWhole = true
    var description: String { name }
  }

  private static let picture = "-f lavfi -i testsrc2=s=320x240:r=25:d=1"
  private static let tone = "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=1"

  static let frames = [
    Case(
      name: "H.264, mode 0",
      encoder: "\(picture) -c:v libx264 -bf 0 -g 12 -threads 1 -slice-max-size 1400 -f mp4",
      source: "a.mp4", sending: "-rtpflags h264_mode0", output: "mkv"),
    Case(
      name: "H.265 in slices and with delimiters",
      encoder: "\(picture) -c:v libx265 "
        + "-x265-params log-level=none:pools=1:keyint=12:slices=2:aud=1:bframes=3",
      source: "a.mkv", sending: "", output: "mp4"),
    Case(
      name: "VP9", encoder: "\(picture) -c:v libvpx-vp9 -deadline realtime -g 12 -b:v 300k",
      source: "a.webm", sending: "-strict experimental", output: "ivf"),
    Case(
      name: "MPEG-4 Visual", encoder: "\(picture) -c:v mpeg4 -g 12 -bf 2", source: "a.mp4",
      sending: "", output: "mp4"),
    Case(
      name: "LATM", encoder: "\(tone) -c:a aac", source: "a.m4a", sending: "-rtpflags latm",
      output: "mp4"),
    Case(
      name: "layer II", encoder: "\(tone) -c:a mp2", source: "a.mp2", sending: "", output: "mp2",
      isWhole: false),
  ]

  @Test(.peers("ffmpeg", "ffprobe"), arguments: frames) func framesAreThoseSent(
    _ test: Case
  ) throws {
    let scratch = try ScratchFolder()
    let source = try RTPSenders.make(test.encoder, test.source, scratch)
    let sent = try RTPSenders.ffmpeg("-i @\(test.source) -c copy \(test.sending)", scratch)
    let output = "out.\(test.output)"
    let document = try sent.unpack(scratch, to: output)
    let (ours, theirs) = (
      try MediaContents.frames(scratch[output]), try MediaContents.frames(source)
    )
    #expect(ours == Array(theirs.prefix(ours.count)))
    #expect(ours.count >= (test.isWhole ? theirs.count : theirs.count - 2))
    #expect(document["streams"]?[0]?["lost"]?.integer == 0)
    #expect(document["streams"]?[0]?["frames"]?.integer == ours.count)
  }

  @Test(
    .peers("ffmpeg"),
    arguments: [
      ("pcm_s16be", "-ar 44100 -ac 2", "wav", "pcm_s16le"),
      ("pcm_s24be", "-ar 48000", "wav", "pcm_s24le"),
      ("pcm_mulaw", "-ar 8000", "wav", "pcm_mulaw"), ("g722", "-ar 16000", "g722", "g722"),
      ("g726", "-ar 8000 -b:a 32k", "g726", "g726"),
    ])
  func samplesAreThoseSent(
    codec: String, options: String, output: String, container: String
  ) throws {
    let scratch = try ScratchFolder()
    // A file that holds them as WAV does.
    let source = try RTPSenders.make(
      "\(Self.tone) \(options) -c:a \(container)", codec == "g722" ? "a.g722" : "a.wav", scratch)
    let name = codec == "g722" ? "a.g722" : "a.wav"
    let sent = try RTPSenders.ffmpeg(
      "-i @\(name) -c:a \(codec == container ? "copy" : codec)", scratch)
    _ = try sent.unpack(scratch, to: "out.\(output)")
    let theirs = try MediaContents.samples(source)
    let ours =
      output == "wav"
      ? try MediaContents.samples(scratch["out.wav"]) : try contents(of: scratch["out.\(output)"])
    #expect(ours == theirs && ours.count >= 4000)
  }

  @Test(.peers("ffmpeg")) func transportStreams() throws {
    let scratch = try ScratchFolder()
    let source = try RTPSenders.make(
      "\(Self.picture) \(Self.tone) -c:v libx264 -bf 2 -g 12 -threads 1 -c:a aac", "a.mp4", scratch)
    let sent = try RTPSenders.ffmpeg("-i @a.mp4 -c copy", muxer: "rtp_mpegts", scratch)
    let document = try sent.unpack(scratch, to: "out.ts")
    #expect(try contents(of: scratch["out.ts"]) == sent.payload && sent.payload.count > 20_000)
    #expect(document["streams"]?[0]?["codec"]?.string == "mpegts")
    let frames = try MediaContents.frames(scratch["out.ts"], "v:0")
    #expect(try frames == MediaContents.frames(source, "v:0") && frames.count == 25)
  }

  @Test(.peers("ffmpeg")) func pictures() throws {
    let scratch = try ScratchFolder()
    let source = try RTPSenders.make(
      "\(Self.picture) -c:v mjpeg -huffman default -pix_fmt yuvj420p -q:v 5", "a.avi", scratch)
    let sent = try RTPSenders.ffmpeg("-i @a.avi -c copy", scratch)
    _ = try sent.unpack(scratch, to: "out.mjpeg")
    let theirs = try MediaContents.decoded(source)
    #expect(try MediaContents.decoded(scratch["out.mjpeg"]) == theirs && theirs.count == 25)
  }
}
