import Foundation
import MediaRTSP
import TestSupport
import Testing

/// Each thing that goes wrong has its exit code, and words of its own.
@Suite(.peers("ffmpeg", "ffprobe")) struct RTSPPullFaultTests {
  struct Wrong: Sendable, CustomTestStringConvertible {
    let words: [String]
    let exit: Int32
    let says: String
    var testDescription: String { words.joined(separator: " ") }
  }

  @Test(arguments: [
    Wrong(words: ["rtspu://h/live"], exit: 69, says: "rtspu:// is not supported"),
    Wrong(words: ["http://h/live"], exit: 64, says: "only rtsp:// and rtsps://"),
    Wrong(words: ["rtsp://127.0.0.1:CLOSED/live"], exit: 69, says: "refused"),
    Wrong(words: ["-o", "a.mp4", "rtsp://no-such-host.invalid/"], exit: 68, says: "invalid"),
    Wrong(words: ["-o", "there.mp4", "rtsp://h/live"], exit: 73, says: "--force"),
    Wrong(words: ["--snapshot", "there.mp4", "rtsp://h/live"], exit: 64, says: "snapshot"),
    Wrong(words: ["--transcript", "there.mp4", "rtsp://h/live"], exit: 73, says: "--force"),
    Wrong(words: ["--capture", "there.mp4", "rtsp://h/live"], exit: 73, says: "--force"),
    Wrong(words: ["-o", "no/a.mp4", "rtsp://h/live"], exit: 73, says: "No such file"),
    Wrong(words: ["-o", "a.xyz", "rtsp://h/live"], exit: 64, says: "suffix"),
    Wrong(
      words: ["-o", "a.mp4", "--gaps", "a.mp4", "rtsp://h/"], exit: 64, says: "cannot both be"),
    Wrong(words: ["--json", "-o", "-", "rtsp://h/live"], exit: 64, says: "standard output"),
    Wrong(words: ["--describe", "-o", "a.mp4", "rtsp://h/"], exit: 64, says: "--describe"),
    Wrong(words: ["--segment", "1s", "-o", "a.mp4", "rtsp://h/"], exit: 64, says: "%"),
    Wrong(words: ["--keep", "7", "rtsp://h/"], exit: 64, says: "--keep"),
    Wrong(words: ["--range", "10-20", "rtsp://h/"], exit: 64, says: "npt="),
    Wrong(words: ["--expect", "totals.frame > 1", "rtsp://h/"], exit: 64, says: "frames"),
    Wrong(words: ["--password-env", "NOT_THERE", "rtsp://a@h/"], exit: 64, says: "NOT_THERE"),
    Wrong(words: ["--password-file", "none", "rtsp://a@h/"], exit: 66, says: "none"),
  ])
  func failsBeforeAnythingIsPlayed(_ wrong: Wrong) throws {
    let folder = try ScratchFolder()
    try folder.write("", to: "there.mp4")
    let port = try NginxServer.freePort()
    let words = wrong.words.map { $0.replacingOccurrences(of: "CLOSED", with: "\(port)") }
    let outcome = try Mediatool.run(["rtsp-pull"] + words, directory: folder.path)
    #expect(outcome.ending == .exit(wrong.exit), "\(outcome)")
    #expect(outcome.errors.contains(wrong.says) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(outcome.errorLines.count <= (wrong.exit == 64 ? 3 : 1), "\(outcome)")
    #expect(try folder.names == ["there.mp4"])
  }

  struct Answer: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let script: String
    let exit: Int32
    let says: String
  }

  private static let sdp = """
    sdp
      v=0
      o=- 1 1 IN IP4 127.0.0.1
      s=-
      t=0 0
      m=application 0 RTP/AVP 107
      a=rtpmap:107 vnd.onvif.metadata/90000
      a=control:track1
      m=video 0 RTP/AVP 98
      a=rtpmap:98 X-UNHEARD-OF/90000
      a=control:track2
    """

  @Test(arguments: [
    Answer(
      testDescription: "not there",
      script: "on DESCRIBE\n  RTSP/1.0 404 No Such Camera\n  CSeq: {cseq}\n", exit: 66,
      says: "404 No Such Camera"),
    Answer(
      testDescription: "forbidden",
      script: "on DESCRIBE\n  RTSP/1.0 403 Not For You\n  CSeq: {cseq}\n", exit: 77,
      says: "403 Not For You"),
    Answer(
      testDescription: "fails",
      script: "on SETUP\n  RTSP/1.0 500 Out Of Order\n  CSeq: {cseq}\n", exit: 69,
      says: "500 Out Of Order"),
    Answer(
      testDescription: "no track that we know", script: sdp, exit: 69, says: "X-UNHEARD-OF"),
    Answer(
      testDescription: "no RTSP", script: "on OPTIONS\n  220 mail.example.org ESMTP\n", exit: 76,
      says: "RTSP"),
    Answer(
      testDescription: "no description",
      script: "on DESCRIBE\n  RTSP/1.0 200 OK\n  CSeq: {cseq}\n  Content-Length: 5\n\n  hello\\\n",
      exit: 76, says: "description"),
    Answer(
      testDescription: "a header without end",
      script: "on DESCRIBE\n  RTSP/1.0 200 OK\n  X: " + String(repeating: "x", count: 300_000)
        + "\n", exit: 76, says: "limit"),
    Answer(
      testDescription: "closes", script: "on SETUP\n  {close}\\\n", exit: 74, says: "closed"),
    Answer(
      testDescription: "closes behind packets",
      script: "on PLAY\n  RTSP/1.0 200 OK\n  CSeq: {cseq}\n\n  {packets}{close}\\\n", exit: 74,
      says: "closed"),
  ])
  func answersThatEndIt(_ answer: Answer) throws {
    let folder = try ScratchFolder()
    let outcome = try RTSPScriptServer.outcome(
      answer.script, ["--timeout", "5s", "-o", folder["no.ts"]])
    #expect(outcome.ending == .exit(answer.exit), "\(outcome)")
    #expect(outcome.errors.contains(answer.says), "\(outcome)")
  }

  @Test(arguments: [
    ("o.mp4", "mp4 files do not hold pcm_mulaw"), ("o.h264", "is no H.264"),
  ])
  func aTrackThatTheFileCannotHold(_ name: String, _ says: String) throws {
    let folder = try ScratchFolder()
    let server = try RTSPPulls.server("rtsp-pcmu.wav")
    let outcome = try RTSPPulls.run(["-o", folder[name], server.url()])
    #expect(outcome.ending == .exit(69) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(outcome.errors.contains(says) && outcome.errorLines.count == 1, "\(outcome)")
    #expect(try folder.names.isEmpty)
  }

  // MARK: Silence

  @Test(
    arguments: ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "packets", "nothing else"], ["tcp", "udp"])
  func silenceEndsIt(_ phase: String, _ transport: String) throws {
    let folder = try ScratchFolder()
    let words = [
      "--transport", transport, "--timeout", "500ms", "-o", folder["o.mp4"],
    ]
    if phase == "OPTIONS" {
      let server = try LoopbackServer(.silent)
      let url = "rtsp://127.0.0.1:\(server.port)/live"
      let outcome = try RTSPPulls.run(words + [url], limit: 10)
      #expect(outcome.ending == .exit(75) && outcome.stdout.isEmpty, "\(outcome)")
      return
    }
    let method = ["DESCRIBE": RTSPMethod.describe, "SETUP": .setup, "PLAY": .play][phase]
    let server = try RTSPPulls.server("rtsp-long.mp4") {
      ($0.silentMethod, $0.speed) = (method, 1)
    }
    // What plays falls silent: at once, or when something has been recorded.
    if phase == "packets" {
      let process = try RTSPPulls.start(words + [server.url()])
      defer { process.stop() }
      #expect(server.wait { $0.sentCount > 60 })
      server.stopSending()
      let outcome = process.wait(limit: 10)
      #expect(outcome.ending == .exit(75), "\(outcome)")
      #expect(try MediaContents.frames(folder["o.mp4"], "v:0").count > 5)
      #expect(try MediaContents.complaints(folder["o.mp4"]) == [])
      return
    }
    if phase == "nothing else" {
      let script = "on PLAY\n  RTSP/1.0 200 OK\n  CSeq: {cseq}\n"
      let udp =
        "on SETUP\n  RTSP/1.0 200 OK\n  CSeq: {cseq}\n  Session: 1\n"
        + "  Transport: {transport};server_port=50000-50001\n"
      let outcome = try RTSPScriptServer.outcome(
        transport == "udp" ? script + udp : script, words)
      #expect(outcome.ending == .exit(75), "\(outcome)")
      return
    }
    let outcome = try RTSPPulls.run(words + [server.url()], limit: 10)
    #expect(outcome.ending == .exit(75) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(try folder.names.isEmpty)
  }

  // MARK: Disks

  /// Whether this machine lets us make a disk, which containers may not.
  private static let canMount: Bool = {
    let words = ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    return (try? ProcessRunner.run("unshare", words))?.ending == .exit(0)
  }()

  @Test(.enabled(if: canMount, "needs unshare and mount"))
  func aFullDiskLeavesWhatFits() throws {
    let folder = try ScratchFolder()
    try #require(mkdir(folder["disk"], 0o700) == 0)
    let server = try RTSPPulls.server("rtsp-heavy.mp4")
    // A file system of a namespace of its own ends with its programs.
    let script = """
      mount -t tmpfs -o size=1m none "$1" || exit 99
      "$2" rtsp-pull -o "$1/o.mp4" "$3"; code=$?
      cp "$1/o.mp4" "$4" || exit 98
      exit $code
      """
    let outcome = try ProcessRunner.run(
      "unshare",
      ["-m", "sh", "-c", script, "sh", folder["disk"], Mediatool.path, server.url()]
        + [folder["o.mp4"]])
    #expect(outcome.ending == .exit(74), "\(outcome)")
    #expect(outcome.errors.contains("No space left"), "\(outcome)")
    let frames = try MediaContents.frames(folder["o.mp4"], "v:0")
    let source = try MediaContents.frames(try RTPClips.path("rtsp-heavy.mp4"), "v:0")
    #expect(frames.count >= 5 && frames == Array(source.prefix(frames.count)))
  }

  @Test func aDeviceThatIsFull() throws {
    let server = try RTSPPulls.server()
    let outcome = try RTSPPulls.run(["--format", "ts", "-o", "/dev/full", server.url()])
    #expect(outcome.ending == .exit(74) && outcome.errors.contains("No space left"), "\(outcome)")
  }
}
