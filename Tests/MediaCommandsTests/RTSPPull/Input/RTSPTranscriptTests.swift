import MediaIO
import MediaModel
import MediaRTP
import MediaRTSP
import TestSupport
import Testing

@testable import MediaCommands

@Suite("Quirks of servers, played and written down")
struct RTSPTranscriptTests {
  static let scripts = RTSPScript.all(
    in: String(
      #filePath.dropLast("MediaCommandsTests/RTSPPull/Input/RTSPTranscriptTests.swift".count))
      + "MediaRTSPTests/Scripts")

  /// Plays a script until nothing follows.
  private func play(_ bench: InputBench, _ transcript: RTSPTranscript? = nil) throws {
    let isSilent = bench.scripts.contains { $0.expectation == "silent" }
    try bench.start(transcript: transcript) {
      $0.timeout = isSilent ? 400_000_000 : 5_000_000_000
    }
    // Nobody sends datagrams.
    try bench.run {
      bench.isPlaying || bench.input?.state == .playing && bench.input?.ways.first == .udp
    }
    try bench.end()
  }

  private func outcome(_ bench: InputBench) -> [String] {
    bench.news.map { news in
      switch news {
      case .described(let presentation): "described \(presentation.tracks.map(\.controlURI))"
      case .playing(let playback):
        "playing \(playback.transports.sorted { $0.key < $1.key }), "
          + "\(playback.starts.sorted { $0.key < $1.key })"
      case .lost(let failure, _): "lost \(failure)"
      case .ended(let words): "ended \(words)"
      case .note(let words): words
      case .deviation(let deviation): "\(deviation)"
      case .trace: ""
      }
    } + bench.packets.map { "\($0.bytes)" }
  }

  @Test("Ends as it should, over a socket", arguments: scripts)
  func script(_ script: RTSPScript) throws {
    let bench = try InputBench([script])
    try play(bench)
    let words = script.expectation.split(separator: " ")
    switch words.first ?? "" {
    case "playing": #expect(bench.exit == nil, "\(bench.message)")
    case "refused":
      #expect(bench.message.contains(words.last ?? ""))
      let exits: [Substring: ExitCode] = ["403": .noPermission, "404": .noInput]
      #expect(bench.exit == exits[words.last ?? "", default: .unavailable])
    case "unauthorized": #expect(bench.exit == .noPermission)
    case "broken": #expect(bench.exit == .protocolError)
    case "silent": #expect(bench.exit == .timedOut)
    case "closed": #expect(bench.exit == .ioError)
    case "redirected": #expect(bench.notes.contains { $0.hasPrefix("the server sends us to") })
    default: Issue.record("\(script.expectation)?")
    }
  }

  @Test("A transcript that is played again is the same dialogue", arguments: scripts)
  func replay(_ script: RTSPScript) throws {
    // Neither packets nor what is no message are in it, and where a redirection leads is another server.
    let answers = script.answers.values.joined()
    guard !answers.contains(where: { $0.contains("{$") || $0.contains("{hex") }),
      !script.expectation.hasPrefix("redirected"), !script.name.hasPrefix("channels-"),
      !["junk-between", "not-rtsp", "line-ends-between"].contains(script.name)
    else { return }
    let bench = try InputBench([script])
    let transcript = RTSPTranscript { $0 }
    try play(bench, transcript)
    transcript.finish()
    let first = outcome(bench)
    let text = transcript.takeText()
    var again = RTSPScript(named: "replay", text)
    again.expectation = script.expectation
    bench.scripts = [again]
    let past = bench.connections.count
    try play(bench)
    #expect(outcome(bench) == first, "\(text)")
    #expect(bench.methods(past) == bench.methods(0), "\(text)")
  }

  @Test("Bytes that no text has are kept")
  func bytes() throws {
    let bench = try InputBench(
      """
      on DESCRIBE
        RTSP/1.0 200 OK
        CSeq: {cseq}
        Content-Length: 53
        X-Brace: {hex 7b}\\
        {hex 0a}\\
        X-Backslash: a{hex 5c0d0a}\\

        v=0
        s={hex e4}{hex 0a}\\
        t=0 0
        m=video 0 RTP/AVP 96
        a=control:a{hex 7b}b
      """)
    let transcript = RTSPTranscript { $0 }
    try play(bench, transcript)
    transcript.finish()
    let first = outcome(bench)
    let text = transcript.takeText()
    #expect(text.contains("X-Brace: {hex 7b}{hex 0a}\\\n"))
    bench.scripts = [RTSPScript(named: "replay", text)]
    try play(bench)
    #expect(outcome(bench) == first, "\(text)")
    #expect(first.contains { $0.contains("a{b") })
  }

  @Test("Credentials are in none")
  func secrets() throws {
    let bench = try InputBench(
      """
      on OPTIONS
        RTSP/1.0 401 Unauthorized
        CSeq: {cseq}
        WWW-Authenticate: Digest realm="camera", nonce="abc"
      on OPTIONS
        RTSP/1.0 200 OK
        CSeq: {cseq}
      on DESCRIBE
        RTSP/1.0 200 OK
        CSeq: {cseq}
        Content-Base: rtsp://admin:secret@{host}/live/
        {sdp}\\
      sdp
        v=0
        s=rtsp://other:hidden@inside:554/x
        m=video 0 RTP/AVP 96
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:hiddenhiddenhidden
        a=control:rtsp://admin:secret@{host}/live/track1?token=hidden
        k=clear:hidden
      """)
    var redactor = Redactor()
    redactor.learn(secret: "hidden")
    redactor.learn(secret: "secret")
    let transcript = RTSPTranscript { redactor.redact($0) }
    try play(bench, transcript)
    transcript.finish()
    let text = transcript.takeText()
    #expect(bench.exit == nil, "\(bench.message)")
    #expect(!text.contains("secret") && !text.contains("hidden"), "\(text)")
    #expect(!text.contains("response="))
    #expect(text.contains("# > Authorization: Digest ***"))
    #expect(text.contains("nonce=\"abc\""))
    #expect(text.contains("Content-Base: rtsp://***@{host}/live/") || text.contains("rtsp://***@"))
    // Its lengths are true all the same.
    bench.scripts = [RTSPScript(named: "replay", text)]
    try play(bench)
    #expect(bench.exit == nil, "\(bench.message)")
    #expect(!bench.words.isEmpty)
  }

  @Test("Connections that follow are comments")
  func reconnections() throws {
    let bench = try InputBench(
      "on PLAY\n  RTSP/1.0 200 OK\n  CSeq: {cseq}\n  \n  {packets}{close}\\\n", "")
    let transcript = RTSPTranscript { $0 }
    try bench.start(transcript: transcript) { $0.retries = 1 }
    try bench.run { bench.packets.count == 4 }
    try bench.end()
    transcript.finish()
    let text = transcript.takeText()
    #expect(text.contains("{packets}{close}\\\n"))
    #expect(text.contains("# connection 2, to rtsp://127.0.0.1"))
    #expect(text.contains("# < RTSP/1.0 200 OK\n"))
    #expect(text.split(separator: "\n").count { $0 == "on PLAY" } == 1)
  }
}
