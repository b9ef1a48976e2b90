import TestSupport
import Testing

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
}
