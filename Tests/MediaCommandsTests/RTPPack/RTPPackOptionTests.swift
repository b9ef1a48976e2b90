import MediaBitstream
import MediaCLI
import TestSupport
import Testing

@testable import MediaCommands

/// Options that cannot be, or have no effect on what the input is.
@Suite(.peers("ffmpeg")) struct RTPPackOptionTests {
  /// RTCP that shares RTP's port needs none behind the last.
  @Test func theLastPortIsEnoughForBoth() throws {
    let clip = try Clips.path("raw-aac")
    let arguments = ["--send", "rtp://127.0.0.1:65535", "--fast", "--duration", "1ms", clip]
    let both = try Mediatool.run(["rtp-pack", "--rtcp-mux"] + arguments)
    #expect(both.ending == .exit(0), "\(both)")
    let apart = try Mediatool.run(["rtp-pack"] + arguments)
    #expect(apart.ending == .exit(64) && apart.errors.contains("RTCP and 1 track"), "\(apart)")
  }

  /// Digits that people round stand for the same rate in every command.
  @Test(arguments: [("29.97", 30000, 1001), ("25", 25, 1), ("12.5", 25, 2), ("10/3", 10, 3)])
  func ratesAreThoseThatPeopleMean(text: String, numerator: Int, denominator: Int) throws {
    for word in ["--fps", "--frame-rate"] {
      let arguments = try RTPPack.spec.parse([word, text, "in.h264"])
      let rate = try #require(arguments[RTPPack.fps])
      #expect((rate.numerator, rate.denominator) == (numerator, denominator))
    }
  }

  @Test(
    arguments: [
      ([], 1), (["--loop"], nil), (["--loop=0"], nil), (["--loop=forever"], nil), (["--loop=3"], 3),
    ] as [([String], Int?)])
  func loopsAreCounted(words: [String], rounds: Int?) throws {
    let arguments = try RTPPack.spec.parse(words + ["--verify", "--duration", "1s", "in.h264"])
    #expect(try RTPPackRequest(arguments).rounds == rounds)
  }

  @Test(
    arguments: [
      ("raw-aac", ["--packetization-mode", "1"], "H.264"),
      ("raw-hevc", ["--packetization-mode", "0"], "H.264"),
      ("raw-aac", ["--aggregate", "all"], "H.265"),
      ("raw-aac", ["--config-interval", "once"], "H.265"),
      ("raw-h264", ["--payload", "latm"], "AAC"), ("raw-h264", ["--payload", "aac-lbr"], "AAC"),
      ("mp4-faststart", ["--fps", "25"], "raw"), ("raw-aac", ["--fps", "25"], "raw"),
      ("raw-h264", ["--packetization-mode", "0", "--aggregate", "all"], "--packetization-mode 1"),
      ("mp4-faststart", ["--tracks", "a", "--aggregate", "all"], "H.265"),
    ] as [(String, [String], String)])
  func optionsWithoutEffect(recipe: String, options: [String], says: String) throws {
    let outcome = try Mediatool.run(["rtp-pack", "--verify"] + options + [Clips.path(recipe)])
    #expect(outcome.ending == .exit(64) && outcome.errors.contains(says), "\(outcome)")
    #expect(outcome.errors.contains(options.last { $0.hasPrefix("--") } ?? ""), "\(outcome)")
    #expect(outcome.stdout.isEmpty && (1...3).contains(outcome.errorLines.count), "\(outcome)")
  }

  @Test(
    arguments: [
      ("raw-hevc", ["--aggregate", "all", "--config-interval", "once", "--fps", "10"]),
      ("raw-h264", ["--packetization-mode", "0", "--aggregate", "none", "--mtu", "65000"]),
      ("mp4-faststart", ["--payload", "latm", "--aggregate", "all"]),
    ] as [(String, [String])])
  func optionsWithEffect(recipe: String, options: [String]) throws {
    let outcome = try Mediatool.run(["rtp-pack", "--verify"] + options + [Clips.path(recipe)])
    #expect(outcome.ending == .exit(0), "\(outcome)")
  }
}
