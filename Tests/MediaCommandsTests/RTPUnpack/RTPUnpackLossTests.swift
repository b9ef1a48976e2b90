import TestSupport
import Testing

/// Packets that are lost, late and doubled cost whole frames and never change any.
@Suite struct RTPUnpackLossTests {
  struct Case: Sendable, CustomStringConvertible {
    var name: String
    var encoder: String
    var output: String
    var description: String { name }
  }

  private static let picture = "-f lavfi -i testsrc2=s=320x240:r=25:d=3"
  private static let tone = "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=3"

  static let cases = [
    Case(
      name: "H.264", encoder: "\(picture) -c:v libx264 -bf 2 -g 12 -threads 1 -b:v 600k",
      output: "mkv"),
    Case(
      name: "H.264 in slices",
      encoder: "\(picture) -c:v libx264 -bf 0 -g 12 -threads 1 -b:v 600k -x264-params slices=4",
      output: "mkv"),
    Case(
      name: "H.265",
      encoder: "\(picture) -c:v libx265 -b:v 600k -x265-params log-level=none:pools=1:keyint=12",
      output: "mkv"),
    Case(
      name: "VP8", encoder: "\(picture) -c:v libvpx -deadline realtime -g 12 -b:v 600k",
      output: "mkv"),
    Case(
      name: "VP9", encoder: "\(picture) -c:v libvpx-vp9 -deadline realtime -g 12 -b:v 600k",
      output: "mkv"),
    Case(name: "JPEG", encoder: "\(picture) -c:v mjpeg -huffman default -q:v 9", output: "mkv"),
    Case(name: "AAC", encoder: "\(tone) -c:a aac -ac 2 -b:a 256k", output: "mkv"),
    Case(name: "Opus", encoder: "\(tone) -c:a libopus", output: "mkv"),
    Case(name: "MP3", encoder: "\(tone) -c:a libmp3lame -b:a 320k", output: "mkv"),
  ]

  /// Whether all of `part` is in `whole`, in its order.
  private func isSubsequence(_ part: [String], of whole: [String]) -> Bool {
    var rest = whole[...]
    for frame in part {
      guard let place = rest.firstIndex(of: frame) else { return false }
      rest = rest[(place + 1)...]
    }
    return true
  }

  /// JPEG leaves out what its headers can be made again from, so that its pictures are compared.
  private func frames(_ path: String, isJPEG: Bool) throws -> [String] {
    try isJPEG ? MediaContents.decoded(path) : MediaContents.frames(path)
  }

  private func unpacked(
    _ scratch: ScratchFolder, _ output: String, _ options: String...
  ) throws -> JSONText {
    let outcome = try Mediatool.run(
      ["rtp-unpack", "--json", "-y", "--sdp", scratch["a.sdp"], "-o", scratch[output]] + options
        + [scratch["a.pcap"]])
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return try JSONText(outcome.stdout)
  }

  @Test(.peers("ffmpeg", "ffprobe"), arguments: cases) func framesAreWholeOrMissing(
    _ test: Case
  ) throws {
    let scratch = try ScratchFolder()
    let source = try RTPSenders.make(test.encoder, "a.mkv", scratch)
    let theirs = try frames(source, isJPEG: test.name == "JPEG")
    var random = Seeded.of("impairments of \(test.name)")
    for _ in 0..<2 {
      let seed = "\(UInt32.random(in: 0...9999, using: &random))"
      let packed = try rtpPack(
        "-q", "-y", "--seed", seed, "--mtu", "400", "--drop", "2%", "--duplicate", "3%",
        "--reorder", "4", "-o", scratch["a.pcap"], "--sdp", scratch["a.sdp"], source)
      try #require(packed.ending == .exit(0), "\(packed)")
      let stream = try #require(try unpacked(scratch, "out.mkv")["streams"]?[0])
      let ours = try frames(scratch["out.mkv"], isJPEG: test.name == "JPEG")
      #expect(isSubsequence(ours, of: theirs), "seed \(seed)")
      #expect(stream["lost"]?.integer != 0 && stream["duplicated"]?.integer != 0)
      // No packet that is missing spoils more than one frame of those before and behind it.
      #expect(ours.count >= theirs.count / 4 && ours.count < theirs.count, "seed \(seed)")
      // Decoding begins with a keyframe, so those in front of it are not written.
      #expect(stream["frames"]?.integer ?? 0 >= ours.count, "seed \(seed)")
      let times = try MediaContents.times(scratch["out.mkv"], "0").map(\.pts)
      #expect(Set(times).count == times.count, "seed \(seed)")
      guard !test.encoder.contains("sine") else { continue }
      // Kept and told, and those that are whole are the same.
      let kept = try #require(
        try unpacked(scratch, "kept.mkv", "--keep-damaged")["streams"]?[0])
      let all = try frames(scratch["kept.mkv"], isJPEG: test.name == "JPEG")
      #expect(isSubsequence(ours, of: all), "seed \(seed)")
      #expect(
        kept["frames"]?.integer ?? 0
          == (stream["frames"]?.integer ?? 0) + (kept["damaged_frames"]?.integer ?? 0))
    }
  }

  /// Nothing but late and doubled packets: nothing is missing.
  @Test(.peers("ffmpeg", "ffprobe"), arguments: cases) func orderIsRestored(_ test: Case) throws {
    let scratch = try ScratchFolder()
    let source = try RTPSenders.make(test.encoder, "a.mkv", scratch)
    let packed = try rtpPack(
      "-q", "--seed", "11", "--mtu", "400", "--duplicate", "5%", "--reorder", "6", "--jitter",
      "15ms", "-o", scratch["a.pcap"], "--sdp", scratch["a.sdp"], source)
    try #require(packed.ending == .exit(0), "\(packed)")
    let stream = try #require(try unpacked(scratch, "out.mkv")["streams"]?[0])
    #expect(stream["lost"]?.integer == 0 && stream["dropped_frames"]?.integer == 0)
    #expect(
      try frames(scratch["out.mkv"], isJPEG: test.name == "JPEG")
        == frames(source, isJPEG: test.name == "JPEG"))
  }
}
