import TestSupport
import Testing

/// What `rtp-pack` cannot do: an exit code and one clear line each.
@Suite(.peers("ffmpeg")) struct RTPPackRefusalTests {
  @Test(
    arguments: [
      (["--mtu", "63"], 64, "64"), (["--verify", "--fast"], 64, "--send"),
      ([], 64, "--output"), (["--json", "--jsonl"], 64, "exclude"),
      (["-o", "-", "--json"], 64, "standard output"),
      (["-o", "a.pcap", "--sdp", "./a.pcap"], 64, "cannot both be"),
      (["--send", "rtp://127.0.0.1"], 64, "port"),
      (["--send", "udp://127.0.0.1:9"], 64, "rtp://"),
      (["--send", "rtp://127.0.0.1:9/?ttl=3"], 64, "--ttl"),
      (["--verify", "--burst", "2"], 64, "--drop"),
      (["--verify", "--loop"], 64, "--duration"),
      (["--verify", "--payload-type", "127"], 64, "127"),
      (["--verify", "--payload-type", "72", "--rtcp-mux"], 64, "RFC 5761"),
      (["--send", "rtp://127.0.0.1:65533", "--fast"], 64, "65533"),
      (["--verify", "--tracks", "s"], 65, "no track"),
      (["--verify", "--payload", "mp2t"], 65, "mp2t"),
      (["--verify", "--drop", "101%"], 64, "percentage"), (["--verify", "--fps", "x"], 64, "rate"),
    ] as [([String], Int32, String)])
  func optionsThatCannotBe(options: [String], exit: Int32, says: String) throws {
    let outcome = try Mediatool.run(["rtp-pack"] + options + [Clips.path("mp4-faststart")])
    #expect(outcome.ending == .exit(exit) && outcome.errors.contains(says), "\(outcome)")
    #expect(outcome.stdout.isEmpty && (1...3).contains(outcome.errorLines.count), "\(outcome)")
  }

  @Test(arguments: [["-o"], ["--sdp"], ["-o", "out.pcap", "--sdp"]])
  func theInputIsNoOutput(options: [String]) throws {
    let folder = try ScratchFolder()
    let bytes = try contents(of: Clips.path("raw-h264"))
    for name in ["in.h264", "./in.h264"] {
      try folder.write(bytes, to: "in.h264")
      let outcome = try Mediatool.run(
        ["rtp-pack", "-y"] + options + [name, "in.h264"], directory: folder.path)
      #expect(outcome.ending == .exit(64) && outcome.errors.contains("is the input"), "\(outcome)")
      #expect(try contents(of: folder["in.h264"]) == bytes)
      #expect(try folder.names == ["in.h264"])
    }
  }

  @Test(arguments: [("mp4-flac", "flac"), ("ogg-vorbis", "vorbis"), ("wav-float", "pcm_f32le")])
  func codecsWithoutAFormat(recipe: String, codec: String) throws {
    let outcome = try rtpPack("--verify", Clips.path(recipe))
    #expect(outcome.ending == .exit(69) && outcome.errors.contains(codec), "\(outcome)")
    #expect(outcome.stdout.isEmpty && outcome.errorLines.count == 1, "\(outcome)")
  }

  /// A NAL unit that needs fragments, where there may be none, leaves no file and no large packet.
  @Test func modeZeroRefusesLargeUnits() throws {
    let folder = try ScratchFolder()
    let outcome = try rtpPack(
      "--packetization-mode", "0", "--mtu", "100", "-o", folder["out.pcap"],
      try Clips.path("raw-h264"))
    #expect(outcome.ending == .exit(65) && outcome.errorLines.count == 1, "\(outcome)")
    for word in ["NAL unit", "88", "RFC 6184"] { #expect(outcome.errors.contains(word)) }
    #expect(try folder.names.isEmpty)
  }

  @Test func inputsThatAreNoMedia() throws {
    let folder = try ScratchFolder()
    let inputs: [(String, Int32)] = [
      (folder["missing.mp4"], 66), (try folder.write([], to: "empty.h264"), 65),
      (try folder.write("no media at all", to: "text.mp4"), 65),
      (
        try folder.write("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 5004 RTP/AVP 0\r\n", to: "sdp.mp4"),
        65
      ),
      (try folder.write([0, 0, 0, 1, 0x67, 1, 2, 3], to: "cut.h264"), 65),
      (try folder.write([0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc, 0], to: "cut.aac"), 65),
    ]
    for (path, exit) in inputs {
      let outcome = try rtpPack("-o", folder["out.pcap"], path)
      #expect(outcome.ending == .exit(exit) && outcome.errorLines.count == 1, "\(outcome)")
      #expect(outcome.stdout.isEmpty)
    }
    #expect(try !folder.names.contains("out.pcap"))
  }

  @Test func filesAreNotReplaced() throws {
    let folder = try ScratchFolder()
    try folder.write("mine", to: "out.pcap")
    let clip = try Clips.path("raw-aac")
    let refused = try rtpPack("-o", folder["out.pcap"], clip)
    #expect(refused.ending == .exit(73) && refused.errors.contains("--force"), "\(refused)")
    #expect(try text(of: folder["out.pcap"]) == "mine")
    let replaced = try rtpPack("-y", "-o", folder["out.pcap"], clip)
    #expect(replaced.ending == .exit(0), "\(replaced)")
  }
}
