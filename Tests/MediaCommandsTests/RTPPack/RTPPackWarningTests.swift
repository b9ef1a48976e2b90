import TestSupport
import Testing

/// What may be, but had better not.
@Suite(.peers("ffmpeg")) struct RTPPackWarningTests {
  /// Neither what receivers would take for RTCP, nor what no canonical name has, goes unsaid.
  @Test func unwiseChoicesAreTold() throws {
    let folder = try ScratchFolder()
    let source = try encoded("in.wav", "-f lavfi -i sine=duration=0.1 -c:a pcm_s16le", in: folder)
    for (type, isTold) in [("72", true), ("77", true), ("71", false), ("78", false)] {
      let outcome = try rtpPack("--verify", "--payload-type", type, source)
      #expect(outcome.ending == .exit(0), "\(outcome)")
      #expect(outcome.errors.contains("RFC 3551") == isTold, "\(outcome)")
    }
    let refused = try rtpPack("--verify", "--cname", "a\u{7}b", source)
    #expect(refused.ending == .exit(64) && refused.errors.contains("control"), "\(refused)")
  }
}
