import MediaCapture
import MediaIO
import MediaModel
import MediaRTP
import MediaRTSP
import TestSupport
import Testing

@testable import MediaCommands

@Suite("Playing a presentation")
struct RTSPInputTests {
  private static let ok = "  RTSP/1.0 200 OK\n  CSeq: {cseq}\n"

  @Test("Plays what is there, and takes leave")
  func plays() throws {
    let bench = try InputBench("")
    try bench.start()
    try bench.run { bench.packets.count == 2 }
    let input = try #require(bench.input)
    #expect(bench.words == ["described", "playing"])
    #expect(bench.packets.map(\.bytes) == InputBench.packets.map(\.bytes))
    #expect(bench.packets.map(\.arrival.track) == [0, 1])
    #expect(bench.packets.map(\.arrival.flow.channel) == [0, 2])
    #expect(bench.packets.allSatisfy { $0.arrival.flow.transport == .interleaved })
    #expect(bench.packets[0].arrival.flow.source.port == bench.port)
    #expect(bench.packets[0].arrival.flow.destination.port != 0)
    let phases = input.phases
    #expect(phases.dns == nil && phases.tls == nil)
    for time in [
      phases.tcp, phases.options, phases.describe, phases.setup, phases.play, phases.firstPacket,
    ] {
      #expect(time != nil)
    }
    #expect(input.byteCount > 500)
    try bench.end()
    #expect(input.state == .finished)
    #expect(
      bench.methods() == ["OPTIONS", "DESCRIBE", "SETUP", "SETUP", "PLAY", "TEARDOWN"])
  }

  @Test("Reports go out by the channel of their track")
  func reports() throws {
    let bench = try InputBench("")
    try bench.start()
    try bench.run { bench.isPlaying }
    let sent = try #require(bench.connections.first).receivedByteCount
    bench.input?.send(rtcp: [0x80, 201, 0, 1, 0, 0, 0, 7], track: 1)
    try bench.run { bench.connections[0].receivedByteCount >= sent + 12 }
    try bench.end()
  }

  @Test("Only the tracks that are chosen are set up; without any it fails at once")
  func choice() throws {
    let bench = try InputBench("")
    try bench.start(choose: { _ in [1] })
    try bench.run { !bench.packets.isEmpty }
    #expect(bench.packets.map(\.arrival.track) == [1])
    #expect(bench.packets[0].arrival.flow.channel == 0)
    try bench.end()
    try bench.start(
      change: { $0.retries = nil }, choose: { _ in throw Failure(.unavailable, "no track") })
    try bench.run()
    try bench.end()
    #expect(bench.exit == .unavailable)
    #expect(bench.message == "no track")
    #expect(bench.words == ["described", "failed"])
  }

  @Test("A description is all that is asked for, where that is all that is wanted")
  func describes() throws {
    let bench = try InputBench("")
    try bench.start { $0.onlyDescribes = true }
    try bench.run()
    try bench.end()
    #expect(bench.input?.state == .finished)
    #expect(bench.methods() == ["OPTIONS", "DESCRIBE"])
  }

  @Test("Packets before the answer to PLAY come behind the news of it")
  func early() throws {
    let bench = try InputBench(
      """
      on PLAY
        {$0 80600001000000000000000165}{packets}\\
        RTSP/1.0 200 OK
        CSeq: {cseq}

      """)
    try bench.start()
    try bench.run { bench.packets.count == 3 }
    #expect(bench.packets[0].bytes.last == 0x65)
    #expect(bench.words == ["described", "playing"])
    try bench.end()
  }

  // MARK: The end, by the server's word

  private static let goodbye = "{$1 81cb000100000001}{$3 81cb000100000002}\\"

  @Test("Every track says goodbye: that is the end")
  func goodbye() throws {
    let bench = try InputBench("on PLAY\n\(Self.ok)  \n  {packets}\(Self.goodbye)\n")
    try bench.start()
    try bench.run()
    try bench.end()
    #expect(bench.words == ["described", "playing", "ended"])
    #expect(bench.input?.state == .finished)
    #expect(bench.packets.count == 4)
    #expect(bench.methods().last == "TEARDOWN")
  }

  @Test("One track that says goodbye, or a source that is not that of a track, ends nothing")
  func halfGoodbye() throws {
    let bench = try InputBench(
      "on PLAY\n\(Self.ok)  \n  {packets}{$1 81cb000100000001}{$3 81cb000100000009}\\\n")
    try bench.start()
    try bench.run { bench.packets.count == 4 }
    #expect(bench.input?.state == .playing)
    try bench.end()
  }

  @Test("What is live may come back, where that is waited for")
  func goodbyeAndBack() throws {
    let bench = try InputBench("on PLAY\n\(Self.ok)  \n  {packets}\(Self.goodbye)\n", "")
    try bench.start { $0.retries = 3 }
    try bench.run { bench.words.count { $0 == "playing" } == 2 }
    #expect(bench.words == ["described", "playing", "lost", "described", "playing"])
    #expect(bench.input?.reconnects == 1)
    try bench.end()
  }

  @Test(
    "The server ends it",
    arguments: [
      "TEARDOWN * RTSP/1.0\n  CSeq: 1\n",
      "ANNOUNCE * RTSP/1.0\n  CSeq: 1\n  X-Notice: 2101 End-of-Stream Reached\n",
      "PLAY_NOTIFY * RTSP/1.0\n  CSeq: 1\n  Notify-Reason: end-of-stream\n",
    ])
  func ended(words: String) throws {
    let bench = try InputBench("on PLAY\n\(Self.ok)  \n  {packets}\\\n  \(words)")
    try bench.start()
    try bench.run()
    try bench.end()
    #expect(bench.words.last == "ended")
    #expect(bench.exit == nil)
  }

  @Test("A range that is over and a server that says nothing are the end")
  func rangeEnd() throws {
    let bench = try InputBench(
      "on PLAY\n  RTSP/1.0 200 OK\n  CSeq: {cseq}\n  Range: npt=10-10.5\n  \n  {packets}\\\n")
    try bench.start { $0.timeout = 700_000_000 }
    try bench.run()
    #expect(bench.words.last == "ended")
    try bench.end()
  }

  // MARK: Elsewhere

  @Test("Goes where the server sends it")
  func redirection() throws {
    let bench = try InputBench("")
    bench.scripts.insert(
      RTSPScript(
        named: "moved",
        "on DESCRIBE\n  RTSP/1.0 302 Moved Temporarily\n  CSeq: {cseq}\n"
          + "  Location: rtsp://\(bench.host)/elsewhere\n"), at: 0)
    try bench.start()
    try bench.run { bench.isPlaying }
    #expect(bench.notes == ["the server sends us to rtsp://\(bench.host)/elsewhere"])
    #expect(bench.requests[1][0].uri.hasSuffix("/elsewhere"))
    #expect(bench.input?.reconnects == 0)
    try bench.end()
  }

  @Test("Does not go round in circles")
  func circle() throws {
    let bench = try InputBench(
      "on DESCRIBE\n  RTSP/1.0 301 Moved\n  CSeq: {cseq}\n  Location: rtsp://{host}/again\n")
    try bench.start { $0.retries = nil }
    try bench.run()
    try bench.end()
    #expect(bench.exit == .protocolError)
    #expect(bench.connections.count == 6)
  }

  @Test("Leaves no TLS for plain TCP")
  func downgrade() throws {
    let url = try RTSPURL("rtsps://cam/live")
    #expect(throws: RTSPURLError.self) { try url.redirected(to: "rtsp://cam/live") }
  }
}
