import MediaIO
import MediaModel
import MediaRTP
import MediaRTSP
import TestSupport
import Testing

@testable import MediaCommands

@Suite("Presentations that fail")
struct RTSPInputFaultTests {
  static let methods = ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]

  // MARK: Silence

  @Test("Silence in any phase is a timeout", arguments: methods)
  func silence(_ method: String) throws {
    let bench = try InputBench("on \(method)\n  {nothing}\\\n")
    try bench.start { $0.timeout = 1_000_000_000 }
    try bench.run()
    try bench.end()
    #expect(bench.exit == .timedOut)
    #expect(bench.message == "no answer to \(method) for 1.000 s")
    #expect(bench.words.last == "failed")
    let hasSession = method == "PLAY"
    #expect(bench.methods().contains("TEARDOWN") == hasSession)
  }

  @Test("Without packets of media it is silent, whatever else is said")
  func silentPlaying() throws {
    let bench = try InputBench("")
    try bench.start { $0.timeout = 700_000_000 }
    // A sender report, again and again.
    let report: [UInt8] =
      [0x24, 1, 0, 28, 0x80, 200, 0, 6, 0, 0, 0, 1] + [UInt8](repeating: 1, count: 20)
    try bench.run(each: {
      if bench.isPlaying { bench.connections.last?.update { $0.send(report) } }
    })
    try bench.end()
    #expect(bench.exit == .timedOut)
    #expect(bench.message == "no packet of media came for 0.700 s")
    #expect(bench.packets.contains { $0.arrival.isRTCP })
    #expect(bench.methods().last == "TEARDOWN")
  }

  @Test("A server that dribbles its answer is silent too")
  func dribble() throws {
    let bench = try InputBench("on DESCRIBE\n  RTSP/1.0 200 OK\n  X: \\\n")
    try bench.start { $0.timeout = 700_000_000 }
    try bench.run(each: { bench.connections.last?.update { $0.send([0x61]) } })
    try bench.end()
    #expect(bench.exit == .timedOut)
  }

  // MARK: Losses

  @Test("A connection that is closed is lost, in any phase", arguments: methods)
  func closed(_ method: String) throws {
    let bench = try InputBench("on \(method)\n  {close}\\\n")
    try bench.start()
    try bench.run()
    #expect(bench.exit == .ioError)
    #expect(bench.message == "the server closed the connection instead of answering \(method)")
  }

  @Test("Closed while it plays, or in the midst of an answer")
  func closedPlaying() throws {
    let bench = try InputBench(
      "on PLAY\n  RTSP/1.0 200 OK\n  CSeq: {cseq}\n  \n  {packets}{close}\\\n")
    try bench.start()
    try bench.run()
    #expect(bench.exit == .ioError)
    #expect(bench.message == "the server closed the connection")
    #expect(bench.packets.count == 2)
    let other = try InputBench("on DESCRIBE\n  RTSP/1.0 200 OK\n  Content-Le{close}\\\n")
    try other.start()
    try other.run()
    #expect(other.exit == .ioError)
  }

  @Test("A session that the server has forgotten is lost, where packets stay away")
  func sessionLost() throws {
    let bench = try InputBench(
      """
      on SETUP
        RTSP/1.0 200 OK
        CSeq: {cseq}
        Session: 1;timeout=1
        Transport: {transport}
      on GET_PARAMETER
        RTSP/1.0 454 Session Not Found
        CSeq: {cseq}

      """)
    try bench.start { $0.timeout = 3_000_000_000 }
    try bench.run()
    try bench.end()
    #expect(bench.exit == .ioError)
    #expect(bench.message == "the server has lost our session: 454 Session Not Found")
  }

  // MARK: Refusals

  @Test(
    "What a server says no to",
    arguments: [
      (401, "Unauthorized", ExitCode.noPermission), (403, "Go away", .noPermission),
      (404, "Stream Not Found", .noInput), (453, "Not Enough Bandwidth", .unavailable),
      (500, "Ouch", .unavailable),
    ])
  func refused(code: Int, words: String, exit: ExitCode) throws {
    let bench = try InputBench(
      "on DESCRIBE\n  RTSP/1.0 \(code) \(words)\n  CSeq: {cseq}\n"
        + "  WWW-Authenticate: Basic realm=\"c\"\n")
    try bench.start()
    try bench.run()
    try bench.end()
    #expect(bench.exit == exit)
    if code == 401 {
      #expect(bench.message == "the server does not accept this user and password")
    } else {
      #expect(bench.message == "the server refuses DESCRIBE: \(code) \(words)")
    }
  }

  @Test(
    "What is no RTSP, or too much of something else",
    arguments: [
      "on OPTIONS\n  SSH-2.0-OpenSSH\n",
      "on DESCRIBE\n  RTSP/1.0 200 OK\n  CSeq: {cseq}\n",
      "on DESCRIBE\n  RTSP/1.0 200 OK\n  CSeq: {cseq}\n  Content-Length: 5\n  \n  hello\\\n",
    ])
  func malformed(script: String) throws {
    let bench = try InputBench(script)
    try bench.start { $0.retries = 0 }
    try bench.run()
    #expect(bench.exit == .protocolError)
  }

  @Test("Junk without end ends a session in good form")
  func junk() throws {
    let junk = String(repeating: "7a", count: 80_000)
    let bench = try InputBench(
      "on PLAY\n  RTSP/1.0 200 OK\n  CSeq: {cseq}\n  \n  {packets}{hex \(junk)}\\\n")
    try bench.start()
    try bench.run()
    try bench.end()
    #expect(bench.exit == .protocolError)
    #expect(bench.methods().last == "TEARDOWN")
  }

  @Test("Nobody listens, and nobody is there")
  func unreachable() throws {
    let server = try LoopbackServer(.refusing)
    let bench = try InputBench("")
    try bench.start(url: "rtsp://127.0.0.1:\(server.port)/live")
    try bench.run()
    #expect(bench.exit == .unavailable)
    #expect(bench.message.contains("Connection refused"))
    try bench.start(url: "rtsp://nobody.invalid/live")
    try bench.run()
    #expect(bench.exit == .noHost)
  }

  // MARK: Again

  @Test("Connects again, and goes on")
  func retry() throws {
    let bench = try InputBench(
      "on PLAY\n  RTSP/1.0 200 OK\n  CSeq: {cseq}\n  \n  {packets}{close}\\\n",
      "on DESCRIBE\n  RTSP/1.0 503 Service Unavailable\n  CSeq: {cseq}\n", "")
    try bench.start { $0.retries = 5 }
    try bench.run { bench.packets.count == 4 }
    #expect(
      bench.words == ["described", "playing", "lost", "lost", "described", "playing"])
    #expect(bench.input?.reconnects == 1)
    #expect(bench.input?.failure == nil)
    try bench.end()
    #expect(bench.input?.byteCount ?? 0 > bench.connections[2].sentByteCount)
  }

  @Test("So often, and no oftener; the first loss is the failure, and the last is told")
  func retries() throws {
    let bench = try InputBench(
      "on PLAY\n  RTSP/1.0 200 OK\n  CSeq: {cseq}\n  \n  {packets}{close}\\\n",
      "on OPTIONS\n  {close}\\\n")
    try bench.start { $0.retries = 2 }
    try bench.run()
    #expect(bench.connections.count == 3)
    #expect(
      bench.message
        == "the server closed the connection; the last try to come back: "
        + "the server closed the connection instead of answering OPTIONS")
    #expect(bench.words == ["described", "playing", "lost", "lost", "failed"])
  }

  @Test("What would end the same way is not tried again", arguments: [401, 403, 404, 461, 551])
  func lasting(code: Int) throws {
    let method = code == 461 ? "SETUP" : "DESCRIBE"
    let bench = try InputBench(
      "on \(method)\n  RTSP/1.0 \(code) No\n  CSeq: {cseq}\n  WWW-Authenticate: Basic realm=\"c\"\n"
    )
    try bench.start { $0.retries = nil }
    try bench.run()
    #expect(bench.connections.count == 1)
    #expect(bench.words.last == "failed")
  }

  @Test("A failure of ours is told to the server")
  func ourFailure() throws {
    let bench = try InputBench("")
    try bench.start { $0.retries = nil }
    try bench.run { bench.isPlaying }
    bench.input?.fail(Failure(.ioError, "disk full"))
    try bench.end()
    #expect(bench.exit == .ioError)
    #expect(bench.methods().last == "TEARDOWN")
    #expect(bench.connections.count == 1)
  }
}
