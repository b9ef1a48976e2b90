import Foundation
import TestSupport
import Testing

/// The command line of `rtmp-pull`.
@Suite struct RTMPPullTests {
  struct Wrong: Sendable, CustomTestStringConvertible {
    let words: [String]
    let exit: Int32
    let says: String
    var testDescription: String { words.joined(separator: " ") }
  }

  @Test(arguments: [
    Wrong(words: ["rtmp://h/live/k"], exit: 64, says: "--output"),
    Wrong(words: ["-o", "a.avi", "rtmp://h/live/k"], exit: 64, says: "--format"),
    Wrong(words: ["-o", "a.flv", "http://h/live/k"], exit: 64, says: "only rtmp:// and rtmps://"),
    Wrong(words: ["-o", "a.flv", "rtmpt://h/live/k"], exit: 69, says: "rtmpt:// is not supported"),
    Wrong(words: ["--json", "-o", "-", "rtmp://h/live/k"], exit: 64, says: "standard output"),
    Wrong(
      words: ["--gaps", "a.flv", "-o", "a.flv", "rtmp://h/live/k"], exit: 64, says: "cannot both be"
    ),
    Wrong(
      words: ["-y", "--gaps", "./there.flv", "-o", "there.flv", "rtmp://h/live/k"], exit: 64,
      says: "cannot both be"),
    Wrong(
      words: ["--format", "mp4", "--json", "rtmp://h/live/k"], exit: 64, says: "needs --output"),
    Wrong(
      words: ["--start", "5", "--live", "--json", "rtmp://h/live/k"], exit: 64, says: "--live"),
    Wrong(words: ["-o", "no/dir/a.flv", "rtmp://h/live/k"], exit: 73, says: "No such file"),
    Wrong(words: ["-o", "there.flv", "rtmp://h/live/k"], exit: 73, says: "--force"),
    Wrong(words: ["-o", "a.flv", "rtmp://127.0.0.1:CLOSED/live/k"], exit: 69, says: "refused"),
    Wrong(words: ["-o", "a.mp4", "rtmp://no-such-host.invalid/live/k"], exit: 68, says: "invalid"),
    Wrong(
      words: ["--expect", "totals.frame > 1", "--json", "rtmp://h/live/k"], exit: 64,
      says: "frames"),
  ])
  func failsBeforeAnythingIsPlayed(_ wrong: Wrong) throws {
    let folder = try ScratchFolder()
    try folder.write("", to: "there.flv")
    let port = try NginxServer.freePort()
    let words = wrong.words.map { $0.replacingOccurrences(of: "CLOSED", with: "\(port)") }
    let outcome = try Mediatool.run(["rtmp-pull"] + words, directory: folder.path)
    #expect(outcome.ending == .exit(wrong.exit), "\(outcome)")
    #expect(outcome.errors.contains(wrong.says) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(outcome.errorLines.count <= (wrong.exit == 64 ? 3 : 1), "\(outcome)")
    #expect(try folder.names == ["there.flv"])
  }
}
