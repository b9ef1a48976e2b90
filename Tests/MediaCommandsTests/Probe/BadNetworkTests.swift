import Foundation
import TestSupport
import Testing

/// Network inputs that fail, each on a loopback server of its own, and secrets that stay secret.
@Suite(.peers("ffmpeg", "/usr/bin/python3")) struct BadNetworkTests {
  private func expectOneLine(
    _ exit: Int32, _ words: [String], _ arguments: String..., limit: Double = 15,
    source: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try Mediatool.run(["probe"] + arguments, limit: limit)
    let fault = outcome.isOneClearLine(exit, mentions: words)
    #expect(fault == nil, fault ?? "", sourceLocation: source)
  }

  @Test func aGoodServerGivesTheFilesDocument() throws {
    let path = try Clips.path("mp4-moov-last")
    let file = try document("--count", path).without(["input", "filename"])
    let seekable = try LoopbackServer(.file(path))
    #expect(try document("--count", seekable.url()).without(["input", "filename"]) == file)
    // Without ranges an MP4 must carry its index first.
    let first = try Clips.path("mp4-faststart")
    let plain = try LoopbackServer(.fileWithoutRanges(first))
    #expect(
      try document("--count", plain.url()).without(["input", "filename"])
        == document("--count", first).without(["input", "filename"]))
  }

  @Test(arguments: [(404, 66), (401, 77), (403, 77), (500, 76), (503, 76)] as [(Int, Int32)])
  func status(code: Int, exit: Int32) throws {
    let server = try LoopbackServer(.status(code))
    // FFmpeg does not tell one 5xx from another.
    try expectOneLine(exit, [code < 500 ? "\(code)" : "5"], server.url())
  }

  @Test func refused() throws {
    try expectOneLine(69, ["refused"], LoopbackServer(.refusing).url())
    for scheme in ["rtmp", "rtsp", "https"] {
      let server = try LoopbackServer(.refusing)
      try expectOneLine(69, ["refused"], "\(scheme)://127.0.0.1:\(server.port)/live/x")
    }
  }

  /// An empty label: no resolver is asked, so nothing leaves the machine.
  @Test(arguments: ["http", "rtmp", "rtsp"]) func unknownHost(scheme: String) throws {
    try expectOneLine(68, ["no-such-host..invalid"], "\(scheme)://no-such-host..invalid/live/x")
  }

  @Test(arguments: ["http", "rtmp", "rtsp", "https"]) func silentServer(scheme: String) throws {
    let server = try LoopbackServer(.silent)
    let start = Date()
    try expectOneLine(75, [], "--timeout", "1s", "\(scheme)://127.0.0.1:\(server.port)/live/x")
    #expect(Date().timeIntervalSince(start) < 6, "the silence was bounded at 1 s")
  }

  @Test func stallingServer() throws {
    let path = try Clips.path("mp4-faststart")
    let atStart = try LoopbackServer(.stalling(path, after: 100))
    try expectOneLine(75, [], "--timeout", "1s", atStart.url())
    let later = try LoopbackServer(.stalling(path, after: 60_000))
    let outcome = try probe("--count", "--json", "--timeout", "1s", later.url())
    #expect(outcome.ending == .exit(75), "\(outcome)")
  }

  @Test func aTransferCutOff() throws {
    let path = try Clips.path("ts-interlaced")
    let server = try LoopbackServer(.cut(path, after: 100_000))
    let outcome = try probe("--count", "--json", server.url())
    #expect(outcome.ending == .exit(74), "\(outcome)")
  }

  @Test func notHTTP() throws {
    let server = try LoopbackServer(.garbage)
    let outcome = try probe("--timeout", "2s", server.url())
    #expect(outcome.isOneClearLine(76) == nil || outcome.isOneClearLine(65) == nil, "\(outcome)")
  }

  @Test(.peers("openssl")) func aCertificateThatNobodyKnows() throws {
    let authority = try TestAuthority()  // whose end removes the files
    defer { withExtendedLifetime(authority) {} }
    let identity = try authority.issue()
    let server = try ProcessRunner.start(
      "openssl",
      ["s_server", "-accept", "127.0.0.1:0", "-rev"]
        + ["-cert", identity.certificate, "-key", identity.key])
    defer { server.stop() }
    func port(_ output: [UInt8]) -> Substring? {  // of a line such as `ACCEPT 127.0.0.1:4433`
      String(decoding: output, as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .first { $0.hasPrefix("ACCEPT ") }?.split(separator: ":").last
    }
    #expect(server.waitForOutput { port($0) != nil })
    let url = "https://127.0.0.1:\(try #require(port(server.outputSoFar)))/x"
    try expectOneLine(76, ["ertificate"], "--option", "tls_verify=1", url)
  }

  @Test func unknownScheme() throws {
    try expectOneLine(69, ["nosuch"], "nosuch://127.0.0.1/x")
    for scheme in ["rtmpe", "rtmpt", "rtspu"] {
      try expectOneLine(69, [scheme], "\(scheme)://127.0.0.1:1/live/x")
    }
  }

  // MARK: Secrets

  private static let forms = [[], ["--json"], ["--jsonl"], ["--ffprobe"], ["-vv", "--json"]]

  @Test(arguments: forms) func secretsAreSentButNeverShown(form: [String]) throws {
    let clip = try Clips.path("wav-24bit")
    for behaviour in [
      LoopbackServer.Behaviour.file(clip), .status(404), .status(401), .refusing, .garbage,
    ] {
      let server = try LoopbackServer(behaviour)
      let url = server.url("clip?token=t0ken-5ecret&quality=7", user: "user:pa55word%21")
      let outcome = try Mediatool.run(
        ["probe", "--timeout", "3s"] + form + [
          "--header", "X-Api-Key: k3y-5ecret", "--header", "Cookie: c00kie-5ecret", url,
        ])
      for secret in ["pa55word", "t0ken-5ecret", "k3y-5ecret", "c00kie-5ecret", "dXNlcjpwYTU1"] {
        #expect(!(outcome.output + outcome.errors).contains(secret), "\(secret): \(outcome)")
      }
      #expect((outcome.output + outcome.errors).contains("127.0.0.1"), "\(outcome)")
      if case .file = behaviour {
        #expect(outcome.ending == .exit(0), "\(outcome)")
        for sent in ["X-Api-Key: k3y-5ecret", "Cookie: c00kie-5ecret", "token=t0ken-5ecret"] {
          #expect(server.log.contains(sent), "\(server.log)")
        }
      }
    }
  }

  @Test func credentialsAndAgentReachTheServer() throws {
    let server = try LoopbackServer(.file(try Clips.path("wav-24bit")))
    let outcome = try probe(
      "--user-agent", "tester/9", "--header", "Authorization: Bearer 5ecret", server.url())
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(server.log.contains("User-Agent: tester/9"), "\(server.log)")
    #expect(server.log.contains("Authorization: Bearer 5ecret"), "\(server.log)")
  }
}
