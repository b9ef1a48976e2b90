import MediaModel
import MediaRTP
import TestSupport
import Testing

@testable import MediaRTSP

@Suite("RTSP server")
struct RTSPServerTests {
  private let second: Nanoseconds = 1_000_000_000

  @Test("Our client finds nothing odd in it, at any cut", arguments: [Int.max, 1, 7, 64])
  func plays(_ piece: Int) throws {
    var joined = try RTSPJoined()
    joined.piece = piece
    try joined.run()
    #expect(joined.client.phase == .playing && joined.server.state == .playing)
    #expect(joined.deviations.isEmpty && joined.clientPackets.count == 1)
    #expect(joined.client.sessionID?.timeout == 60)
    joined.client.send([0x81, 201, 0, 1, 0, 0, 0, 5], track: 1, isRTCP: true)
    joined.client.pause(at: 1)
    try joined.run()
    #expect(joined.server.state == .ready)
    #expect(joined.serverEvents.contains(.packet([0x81, 201, 0, 1, 0, 0, 0, 5], channel: 3)))
    joined.client.play(at: 2)
    joined.client.finish(at: 3)
    try joined.run()
    #expect(joined.client.phase == .finished && joined.server.state == .initial)
    #expect(joined.serverEvents.last == .ended(isTimeout: false))
  }

  @Test("Tells the client where tracks begin")
  func information() throws {
    var joined = try RTSPJoined()
    try joined.run()
    let starts = joined.clientEvents.compactMap { event in
      if case .playing(let starts, _) = event { starts } else { nil }
    }
    #expect(starts.first?[1]?.timestamp == 9 && starts.first?.count == 2)
  }

  // MARK: Who asks

  static let ways: [(String, RTSPAccess)] = [
    ("Basic", RTSPAccess(user: "admin", password: "secret", ways: [.basic])),
    ("MD5", RTSPAccess(user: "admin", password: "secret")),
    ("MD5-sess", RTSPAccess(user: "admin", password: "secret", ways: [.md5Session])),
    ("SHA-256", RTSPAccess(user: "admin", password: "secret", ways: [.sha256])),
    ("SHA-256-sess", RTSPAccess(user: "admin", password: "secret", ways: [.sha256Session])),
    ("all", RTSPAccess(user: "admin", password: "secret", ways: [.basic, .sha256, .md5])),
  ]

  @Test("Lets in who proves it", arguments: ways.map(\.0), [false, true])
  func account(_ way: String, wantsProtection: Bool) throws {
    var access = try #require(Self.ways.first { $0.0 == way }?.1)
    access.wantsProtection = wantsProtection
    var joined = try RTSPJoined(access: access)
    try joined.run()
    #expect(joined.client.phase == .playing, "\(joined.clientEvents)")
    var wrong = try RTSPJoined("rtsp://admin:wrong@cam/live", access: access)
    try wrong.run()
    #expect(wrong.failure?.reason == .unauthorized(.credentialsWrong))
    var nobody = try RTSPJoined("rtsp://cam/live", access: access)
    try nobody.run()
    #expect(nobody.failure?.reason == .unauthorized(.credentialsMissing))
    #expect(!"\(access)".contains("secret") && !"\(joined.server)".contains("secret"))
  }

  @Test("A nonce runs out after so many uses, and the client takes the next one")
  func stale() throws {
    var access = RTSPAccess(user: "admin", password: "secret", ways: [.sha256])
    (access.nonceUses, access.wantsProtection) = (2, true)
    var joined = try RTSPJoined(access: access) { $0.traces = true }
    try joined.run()
    #expect(joined.client.phase == .playing)
    let said = joined.serverEvents.compactMap { event in
      if case .trace(let trace) = event { trace.text } else { nil }
    }
    #expect(said.contains { $0.contains("stale=true") })
    #expect(!said.contains { $0.contains("response=") })
  }

  @Test("A proof is good once where each use is counted")
  func replayed() throws {
    var access = RTSPAccess(user: "admin", password: "secret")
    access.wantsProtection = true
    let functions = try RTSPAuthenticationTests.functions()
    var guardian = RTSPGuard(access, functions)
    var authentication = RTSPAuthentication(user: "admin", password: "secret", functions: functions)
    let step = authentication.take(
      RTSPChallenge.parse(guardian.challenges), wasAnswered: false)
    #expect(step == .retry)
    var request = RTSPRequest(.describe, "rtsp://cam/live")
    let answer = authentication.authorization(request)
    let proof = try #require(answer)
    request.headers.append("Authorization", proof)
    let (first, again) = (guardian.admits(request), guardian.admits(request))
    #expect(first && !again)
    request.uri = "rtsp://cam/other"
    let elsewhere = guardian.admits(request)
    #expect(!elsewhere)
  }

  // MARK: Answers

  /// What a server says to these requests.
  private func answers(
    _ requests: [String], to server: inout RTSPServer,
    wish: (RTSPWish, inout RTSPServer) throws -> Void = { try RTSPJoined.usual($0, &$1) }
  ) throws -> [RTSPResponse] {
    var bytes: [UInt8] = []
    for request in requests { try server.receive(Array(request.utf8), at: 0) }
    loop: while true {
      switch server.nextOutput() {
      case .send(let sent): bytes += sent
      case .event(.wish(let asked)): try wish(asked, &server)
      case .event: break
      case .wait, .close: break loop
      }
    }
    var deframer = InterleavedDeframer()
    deframer.receive(bytes.span)
    var responses: [RTSPResponse] = []
    while let event = deframer.next() {
      guard case .message(let message, _) = event, message.isResponse else { continue }
      if case .response(let response) = try RTSPMessage(message) { responses.append(response) }
    }
    return responses
  }

  private func server(_ change: (inout RTSPServerOptions) -> Void = { _ in }) throws -> RTSPServer {
    var options = RTSPServerOptions()
    change(&options)
    return RTSPServer(options, functions: try RTSPAuthenticationTests.functions(), at: 0)
  }

  private static func ask(_ method: String, _ fields: String...) -> String {
    "\(method) rtsp://cam/live RTSP/1.0\r\nCSeq: 7\r\n"
      + fields.map { $0 + "\r\n" }.joined() + "\r\n"
  }
  private static let setUp = ask("SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")

  static let refusals: [([String], Int)] = [
    (["PLAY rtsp://cam/live RTSP/1.0\r\n\r\n"], 400),
    ([ask("PLAY")], 455),
    ([ask("PLAY", "Session: 99")], 454),
    ([setUp, ask("PLAY")], 454),
    ([setUp, ask("PLAY", "Session: 99")], 454),
    ([setUp, ask("PLAY", "Session: abababababababab"), setUp], 455),
    ([setUp, ask("TEARDOWN", "Session: abababababababab"), ask("PAUSE", "Session: 1")], 454),
    ([ask("SETUP")], 461),
    ([ask("SETUP", "Transport: RAW/RAW/UDP;unicast")], 461),
    ([ask("DESCRIBE", "Require: www.onvif.org/ver20/backchannel")], 551),
    ([ask("REDIRECT")], 501),
    ([ask("CONJURE")], 501),
  ]

  @Test("Refuses what makes no sense", arguments: refusals)
  func refuses(_ requests: [String], _ status: Int) throws {
    var server = try server()
    let answers = try answers(requests, to: &server)
    #expect(answers.count == requests.count && answers.last?.status.code == status)
    if status != 400 { #expect(answers.allSatisfy { $0.sequenceNumber == 7 }) }
  }

  @Test("Its user refuses a transport, and the client tries the next")
  func refusesTransport() throws {
    var joined = try RTSPJoined()
    joined.answer = { wish, server in
      if case .setUp(_, let transports) = wish, transports[0].lower == .tcp {
        return try server.reject(.unsupportedTransport)
      }
      try RTSPJoined.usual(wish, &server)
    }
    try joined.run()
    guard case .transportRefused(0, let status)? = joined.clientEvents.last else {
      Issue.record("\(joined.clientEvents)")
      return
    }
    #expect(status.code == 461)
    var transport = RTSPTransport(.udp)
    transport.clientPort = .init(5000, 5001)
    joined.client.setUp([.init(0, transport)], at: 0)
    try joined.run()
    #expect(joined.client.phase == .playing)
    #expect(joined.server.tracks.values.map(\.serverPort) == [.init(6000, 6001)])
  }

  @Test("Sends a client elsewhere")
  func redirects() throws {
    var joined = try RTSPJoined()
    joined.answer = { _, server in try server.reject(.init(302), location: "rtsp://other/live") }
    try joined.run()
    let place = joined.clientEvents.compactMap { event in
      if case .redirected(let url) = event { url.requestURI } else { nil }
    }
    #expect(place == ["rtsp://other/live"])
    var playing = try RTSPJoined()
    try playing.run()
    var headers = RTSPHeaders()
    headers.append("Location", "rtsp://third/live")
    playing.server.ask(.redirect, "rtsp://cam/live", headers: headers)
    try playing.run()
    #expect(playing.clientEvents.contains { "\($0)".contains("third") })
  }

  // MARK: Time

  @Test("A session ends when nothing is heard for its timeout, and is unknown from then on")
  func timesOut() throws {
    var server = try server { $0.sessionTimeout = 10 }
    _ = try answers([Self.setUp], to: &server)
    #expect(server.nextOutput() == .wait(until: 10 * second))
    server.heard(at: 5 * second)
    try server.tick(at: 15 * second - 1)
    #expect(server.state == .ready)
    try server.tick(at: 15 * second)
    #expect(server.nextOutput() == .event(.ended(isTimeout: true)))
    let late = try answers([Self.ask("PLAY", "Session: abababababababab")], to: &server)
    #expect(late.map(\.status.code) == [454])
  }

  @Test("A client that says nothing is given up")
  func silence() throws {
    var server = try server()
    try server.tick(at: 60 * second - 1)
    #expect(throws: RTSPServerFailure.silent) { try server.tick(at: 60 * second) }
    #expect(server.nextOutput() == .close)
  }

  @Test("Our client's signs of life keep a session")
  func kept() throws {
    var joined = try RTSPJoined { $0.sessionTimeout = 20 }
    try joined.run()
    for _ in 0..<10 {
      joined.now += 10 * second
      joined.client.heard(at: joined.now)
      try joined.client.tick(at: joined.now)
      try joined.run()
      try joined.server.tick(at: joined.now)
    }
    #expect(joined.server.state == .playing)
  }

  // MARK: Recording

  @Test("Takes what a client announces and records")
  func records() throws {
    var server = try server()
    let description = Array(RTSPScriptedServer.usualDescription.utf8)
    func wire(_ request: RTSPRequest, _ fields: (String, String)...) -> String {
      var request = request
      request.headers.append("CSeq", "1")
      for (name, value) in fields { request.headers.append(name, value) }
      return String(decoding: request.bytes, as: UTF8.self)
    }
    var transport = RTSPTransport(.tcp)
    (transport.interleaved, transport.mode) = (.init(0, 1), "record")
    var wishes: [RTSPWish] = []
    let answers = try answers(
      [
        wire(.announce("rtsp://cam/live", description: description)),
        wire(
          RTSPRequest(.setup, "rtsp://cam/live/track1"), ("Transport", transport.description)),
        wire(.record("rtsp://cam/live"), ("Session", "abababababababab")),
      ], to: &server
    ) { wish, server in
      wishes.append(wish)
      try RTSPJoined.usual(wish, &server)
    }
    #expect(answers.map(\.status.code) == [200, 200, 200])
    #expect(wishes.first == .announce(uri: "rtsp://cam/live", description: description))
    #expect(wishes.last == .record(uri: "rtsp://cam/live") && server.state == .recording)
    #expect(server.tracks["rtsp://cam/live/track1"]?.mode == "record")
    try server.receive([0x24, 0, 0, 2, 1, 2], at: 1)
    #expect(server.nextOutput() == .event(.packet([1, 2], channel: 0)))
  }

  @Test("What is no message ends the connection")
  func broken() throws {
    var server = try server()
    #expect(throws: RTSPServerFailure.self) {
      try server.receive(Array("hello\r\n\r\n\r\n".utf8), at: 0)
      try server.receive([UInt8](repeating: 0xff, count: 70_000), at: 0)
    }
    #expect(server.nextOutput() == .close)
  }
}
