import MediaModel
import MediaRTP
import TestSupport
import Testing

@testable import MediaRTSP

/// A client and what passes between it and a server that a test plays.
private struct Bench {
  var client: RTSPClient
  var events: [RTSPClientEvent] = []
  var deadline: Nanoseconds?
  var isClosed = false
  private var sent: [UInt8] = []

  static let second: Nanoseconds = 1_000_000_000

  init(
    _ url: String = "rtsp://admin:secret@cam/live",
    change: (inout RTSPClientOptions) -> Void = { _ in }
  ) throws {
    var options = RTSPClientOptions(try RTSPURL(url))
    change(&options)
    client = RTSPClient(options, functions: try RTSPAuthenticationTests.functions(), at: 0)
    try client.tick(at: 0)
    settle()
  }

  mutating func settle() {
    while !isClosed {
      switch client.nextOutput() {
      case .send(let bytes): sent += bytes
      case .event(let event): events.append(event)
      case .close: isClosed = true
      case .wait(let until):
        deadline = until
        return
      }
    }
  }

  /// The requests and answers sent since the last call.
  mutating func takeSent() throws -> [RTSPMessage] {
    var deframer = InterleavedDeframer()
    deframer.receive(sent.span)
    sent = []
    var messages: [RTSPMessage] = []
    while let event = deframer.next() {
      if case .message(let message, _) = event { messages.append(try RTSPMessage(message)) }
    }
    return messages
  }

  /// The one request sent since the last call.
  mutating func takeRequest() throws -> RTSPRequest {
    let messages = try takeSent()
    guard messages.count == 1, case .request(let request)? = messages.first else {
      throw Surprise(text: "\(messages)")
    }
    return request
  }

  struct Surprise: Error { var text: String }

  mutating func receive(_ text: String, at now: Nanoseconds = 0) throws {
    defer { settle() }
    try client.receive(Array(text.utf8), at: now)
  }

  mutating func tick(at now: Nanoseconds) throws {
    defer { settle() }
    try client.tick(at: now)
  }

  mutating func answer(
    _ request: RTSPRequest, _ fields: String = "", status: String = "200 OK", body: String = "",
    at now: Nanoseconds = 0
  ) throws {
    let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
    let number = request.sequenceNumber ?? 0
    try receive("RTSP/1.0 \(status)\r\nCSeq: \(number)\r\n\(fields)\(length)\r\n\(body)", at: now)
  }

  /// Answers until it plays; gives the requests.
  mutating func play(
    methods: String? = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER", session: String = "7",
    at now: Nanoseconds = 0
  ) throws -> [RTSPRequest] {
    var requests: [RTSPRequest] = []
    while client.phase != .playing {
      let request = try takeRequest()
      requests.append(request)
      switch request.method {
      case .options:
        try answer(request, methods.map { "Public: \($0)\r\n" } ?? "", at: now)
      case .describe:
        try answer(
          request, "Content-Type: application/sdp\r\nContent-Base: rtsp://cam/live/\r\n",
          body: RTSPScriptedServer.usualDescription, at: now)
        client.setUp([.init(0, RTSPTransport(.tcp)), .init(1, RTSPTransport(.tcp))], at: now)
        settle()
      case .setup:
        let transport = request.headers["Transport"] ?? ""
        try answer(request, "Session: \(session)\r\nTransport: \(transport)\r\n", at: now)
        if client.phase == .ready {
          client.play(at: now)
          settle()
        }
      default: try answer(request, "Session: \(session)\r\n", at: now)
      }
    }
    return requests
  }
}

@Suite("RTSP client")
struct RTSPClientTests {
  private let second = Bench.second

  @Test("Asks what it should, in order, without the account in any address")
  func dialogue() throws {
    var bench = try Bench { $0.headers.append("Require", "onvif-replay") }
    let requests = try bench.play()
    #expect(requests.map(\.method) == [.options, .describe, .setup, .setup, .play])
    #expect(
      requests.map(\.uri) == [
        "rtsp://cam/live", "rtsp://cam/live", "rtsp://cam/live/track1", "rtsp://cam/live/track2",
        "rtsp://cam/live/",
      ])
    #expect(requests.map(\.sequenceNumber) == [1, 2, 3, 4, 5])
    #expect(requests.allSatisfy { $0.headers["Require"] == "onvif-replay" })
    #expect(requests.map { $0.headers["Session"] } == [nil, nil, nil, "7", "7"])
    #expect(
      requests.compactMap { $0.headers["Transport"] } == [
        "RTP/AVP/TCP;unicast;interleaved=0-1", "RTP/AVP/TCP;unicast;interleaved=2-3",
      ])
    #expect(requests[4].headers["Range"] == "npt=0-")
  }

  @Test("Says what to play, and how fast")
  func playRequest() throws {
    var bench = try Bench()
    _ = try bench.play()
    bench.client.pause(at: 0)
    bench.settle()
    try bench.answer(try bench.takeRequest())
    #expect(bench.client.phase == .paused)
    #expect(bench.deadline == 30 * second)
    let range = RTSPRange.clock("20261121T120000Z", nil)
    bench.client.play(RTSPPlayRequest(range: range, speed: 2, scale: 0.5), at: 0)
    bench.settle()
    let request = try bench.takeRequest()
    #expect(request.headers["Range"] == "clock=20261121T120000Z-")
    #expect(request.headers["Speed"] == "2.0")
    #expect(request.headers["Scale"] == "0.5")
    // A range of its user's own is not given up.
    #expect(throws: RTSPClientFailure(.refused(.play, RTSPStatus(457, "Invalid")), in: .play)) {
      try bench.answer(request, status: "457 Invalid")
    }
  }

  @Test("Packets on a track's channels are its, RTCP apart")
  func packets() throws {
    var bench = try Bench()
    _ = try bench.play()
    bench.events = []
    try bench.receive("$\u{02}\u{00}\u{02}ab$\u{01}\u{00}\u{01}c")
    #expect(
      bench.events == [
        .packet(Array("ab".utf8), track: 1, isRTCP: false),
        .packet(Array("c".utf8), track: 0, isRTCP: true),
      ])
    bench.client.send([1, 2, 3], track: 1, isRTCP: true)
    #expect(bench.client.nextOutput() == .send([0x24, 3, 0, 3, 1, 2, 3]))
    bench.client.send([1], track: 7, isRTCP: true)
    bench.client.send([UInt8](repeating: 0, count: 65_536), track: 0, isRTCP: true)
    #expect(bench.client.nextOutput() == .wait(until: bench.deadline))
  }

  // MARK: Time

  @Test(
    "A session is kept alive at half of its timeout, by what the server lists",
    arguments: [
      ("OPTIONS, GET_PARAMETER, SET_PARAMETER", RTSPMethod.getParameter),
      ("OPTIONS, SET_PARAMETER", .options), ("DESCRIBE", .options), (nil, .getParameter),
    ] as [(String?, RTSPMethod)])
  func keepAlive(_ methods: String?, _ method: RTSPMethod) throws {
    var bench = try Bench { $0.silence = nil }
    _ = try bench.play(methods: methods, session: "7;timeout=10")
    #expect(bench.deadline == 5 * second)
    try bench.tick(at: 5 * second)
    let request = try bench.takeRequest()
    #expect(request.method == method)
    #expect(request.uri == "rtsp://cam/live/")
    #expect(request.headers["Session"] == "7")
    // Nobody waits for the answer.
    try bench.tick(at: 10 * second)
    #expect(try bench.takeRequest().method == method)
    #expect(bench.client.phase == .playing)
  }

  @Test("A sign of life that is refused is given in another way, and never ends the session")
  func keepAliveRefused() throws {
    var bench = try Bench { $0.silence = nil }
    _ = try bench.play(methods: nil, session: "7;timeout=2")
    var asked: [RTSPMethod] = []
    for time in 1...5 {
      try bench.tick(at: Nanoseconds(time) * second)
      let request = try bench.takeRequest()
      asked.append(request.method)
      try bench.answer(request, status: "451 Invalid Parameter")
    }
    #expect(asked == [.getParameter, .options, .setParameter, .setParameter, .setParameter])
    #expect(bench.client.phase == .playing)
    let codes = bench.events.compactMap { event in
      if case .deviation(let deviation) = event { deviation.code.name } else { nil }
    }
    #expect(codes == ["rtsp-rtp-info-missing", "rtsp-keepalive-refused"])
  }

  @Test("Silence ends each phase that waits", arguments: ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"])
  func silence(_ method: String) throws {
    var bench = try Bench { $0.timeout = 3 * Bench.second }
    let script = RTSPScript(named: "silent", "on \(method)\n  {nothing}\\\n")
    var server = RTSPScriptedServer(script, host: "cam", packets: [])
    var requests = try bench.takeSent()
    while case .request(let request)? = requests.first, request.method.rawValue != method {
      bench.settle()
      try bench.receive(String(decoding: server.receive(request.bytes), as: UTF8.self))
      if bench.client.phase == .described {
        bench.client.setUp([.init(0, RTSPTransport(.tcp))], at: 0)
      }
      if bench.client.phase == .ready { bench.client.play(at: 0) }
      bench.settle()
      requests = try bench.takeSent()
    }
    let phase = bench.client.phase
    #expect(bench.deadline == 3 * second)
    try bench.tick(at: 3 * second - 1)
    #expect(throws: RTSPClientFailure(.silent, in: phase)) { try bench.tick(at: 3 * second) }
    #expect(bench.isClosed)
  }

  @Test("Playing ends where nothing comes, unless something is heard elsewhere")
  func silentPlaying() throws {
    var bench = try Bench { $0.silence = 4 * Bench.second }
    _ = try bench.play()
    try bench.receive("$\u{00}\u{00}\u{01}a", at: 3 * second)
    #expect(bench.deadline == 7 * second)
    bench.client.heard(at: 5 * second)
    try bench.tick(at: 8 * second)
    #expect(throws: RTSPClientFailure(.silent, in: .playing)) { try bench.tick(at: 9 * second) }
  }

  @Test("The end waits for its answer, but not for ever", arguments: [true, false])
  func finish(isAnswered: Bool) throws {
    var bench = try Bench()
    _ = try bench.play()
    bench.client.finish(at: 0)
    bench.settle()
    let request = try bench.takeRequest()
    #expect(request.method == .teardown)
    #expect(bench.deadline == 2 * second)
    // What is on its way is no news any more.
    bench.events = []
    try bench.receive("$\u{00}\u{00}\u{01}a$\u{09}\u{00}\u{01}a")
    #expect(bench.events.isEmpty)
    if isAnswered { try bench.answer(request) } else { try bench.tick(at: 2 * second) }
    #expect(bench.isClosed)
    #expect(bench.client.phase == .finished)
  }

  @Test("Without a session there is nothing to take leave of")
  func finishEarly() throws {
    var bench = try Bench()
    bench.client.finish(at: 0)
    bench.settle()
    #expect(bench.isClosed)
    #expect(try bench.takeRequest().method == .options)
  }

  // MARK: What servers ask

  @Test("What a server asks is answered")
  func serverRequests() throws {
    var bench = try Bench()
    _ = try bench.play()
    bench.events = []
    try bench.receive("OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n")
    try bench.receive("ANNOUNCE rtsp://cam/ RTSP/1.0\r\nCSeq: 10\r\nContent-Length: 2\r\n\r\nv=")
    try bench.receive("REDIRECT * RTSP/1.0\r\nCSeq: 11\r\nLocation: rtsp://other/x\r\n\r\n")
    try bench.receive("PLAY_NOTIFY * RTSP/1.0\r\nCSeq: 12\r\n\r\n")
    try bench.receive("TEARDOWN * RTSP/1.0\r\nCSeq: 13\r\n\r\n")
    let answers = try bench.takeSent().compactMap { message in
      if case .response(let response) = message { response } else { nil }
    }
    #expect(answers.map(\.status.code) == [200, 200, 200, 501, 200])
    #expect(answers.map(\.sequenceNumber) == [9, 10, 11, 12, 13])
    #expect(
      bench.events == [
        .announced(Array("v=".utf8)),
        .redirected(try RTSPURL("rtsp://admin:secret@other/x")),
        .ended("the server ends the session"),
      ])
  }

  // MARK: Secrets

  @Test("Traces show the dialogue, and nothing of what proves who we are")
  func traces() throws {
    var bench = try Bench { $0.traces = true }
    let options = try bench.takeRequest()
    try bench.answer(
      options, "WWW-Authenticate: Basic realm=\"c\"\r\n", status: "401 Unauthorized")
    let again = try bench.takeRequest()
    #expect(again.headers["Authorization"] == "Basic YWRtaW46c2VjcmV0")
    let traces = bench.events.compactMap { event in
      if case .trace(let trace) = event { trace } else { nil }
    }
    #expect(traces.map(\.isOutgoing) == [true, false, true])
    #expect(traces[2].text.contains("Authorization: Basic ***\r\n"))
    #expect(!traces.contains { $0.text.contains("YWRt") || $0.text.contains("secret") })
  }
}
