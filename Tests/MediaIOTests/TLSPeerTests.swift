import Glibc
import MediaModel
import TestSupport
import Testing

@testable import MediaIO

/// TLS with OpenSSL's own tools and with stunnel.
@Suite(.peers("openssl", "stunnel4")) struct TLSPeerTests {
  private let authority: TestAuthority
  private let identity: TestAuthority.Identity
  private let driver: Driver

  init() throws {
    authority = try TestAuthority()
    identity = try authority.issue()
    driver = try Driver()
  }

  /// `openssl s_server`, which sends each line back reversed.
  private func server(_ more: [String] = []) throws -> (RunningProcess, UInt16) {
    let process = try ProcessRunner.start(
      "openssl",
      ["s_server", "-accept", "127.0.0.1:0", "-rev"]
        + ["-cert", identity.certificate, "-key", identity.key] + more)
    #expect(process.waitForOutput { port(of: $0, after: "ACCEPT ") != nil })
    return (process, try #require(port(of: process.outputSoFar, after: "ACCEPT ")))
  }

  /// The port in a line such as `ACCEPT 127.0.0.1:4433`.
  private func port(of output: [UInt8], after word: String) -> UInt16? {
    let lines = String(decoding: output, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    let line = lines.dropLast().first { $0.contains(word) }
    return line?.split(separator: ":").last.flatMap { UInt16($0) }
  }

  private func tls(_ trust: TLSContext.Trust? = nil, _ protocols: [String] = []) throws
    -> TLSContext
  {
    try TLSContext(trusting: trust ?? .authorities(file: authority.file), protocols: protocols)
  }

  private func talk(
    _ words: String, to port: UInt16, host: String = "127.0.0.1", _ context: TLSContext
  ) throws -> (Connection<Talker>, Told) {
    var talker = Talker(Array(words.utf8))
    talker.last = UInt8(ascii: "\n")
    return driver.talk(talker, to: Destination(host: host, port: port, tls: context))
  }

  @Test func aServerAnswersAndIsLeft() throws {
    let (process, port) = try server(["-alpn", "other,rtmp"])
    let (connection, told) = try talk("hello\n", to: port, tls(nil, ["rtmp"]))
    #expect(try driver.run(until: soon()) == .finished)
    #expect(String(decoding: told.heard, as: UTF8.self) == "olleh\n")
    #expect(told.isClosed)
    #expect(told.order == ["resolved", "connected", "secured", "ended"])
    #expect(told.secured?.version == "TLSv1.3")
    #expect(told.secured?.applicationProtocol == "rtmp")
    #expect(connection.times.securing != nil)
    #expect(connection.sentByteCount > 6)
    process.stop()
  }

  @Test func versions() throws {
    let (process, port) = try server(["-tls1_2"])
    let (_, told) = try talk("a\n", to: port, tls())
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.secured?.version == "TLSv1.2")
    #expect(told.isClosed)
    process.stop()
    let (old, oldPort) = try server(["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
    let (_, refused) = try talk("a\n", to: oldPort, tls())
    #expect(try driver.run(until: soon()) == .finished)
    #expect(refused.tlsFailure?.reason == .version)
    #expect(refused.order == ["resolved", "connected", "ended"])
    old.stop()
  }

  @Test func whoIsNotTrusted() throws {
    let (process, port) = try server()
    let (_, system) = try talk("a\n", to: port, tls(.system))
    let (_, anybody) = try talk("a\n", to: port, tls(.anybody))
    #expect(try driver.run(until: soon()) == .finished)
    #expect(system.tlsFailure?.reason == .certificate(.unknownAuthority))
    #expect(system.tlsFailure?.host == "127.0.0.1")
    #expect(anybody.isClosed)
    #expect(anybody.secured?.fault == .unknownAuthority)
    process.stop()
    // The name is another's.
    let other = try authority.issue("DNS:live.example")
    let (wrong, wrongPort) = try server(["-cert", other.certificate, "-key", other.key])
    let (_, mismatch) = try talk("a\n", to: wrongPort, tls())
    #expect(try driver.run(until: soon()) == .finished)
    #expect(mismatch.tlsFailure?.reason == .certificate(.otherHost(["live.example"])))
    #expect(
      mismatch.tlsFailure?.description
        == "127.0.0.1: TLS: hostname mismatch: certificate is for live.example")
    wrong.stop()
  }

  @Test func aServerThatWantsACertificateOfOurs() throws {
    let (process, port) = try server(["-Verify", "1", "-CAfile", authority.file])
    let (_, told) = try talk("a\n", to: port, tls())
    #expect(try driver.run(until: soon()) == .finished)
    guard case .alert(let words)? = told.tlsFailure?.reason else {
      Issue.record("\(told.ending as Any)")
      return
    }
    #expect(words == "certificate required")
    process.stop()
  }

  @Test func aServerThatIsKilledHasCut() throws {
    let (process, port) = try server()
    var talker = Talker(Array("abc\n".utf8))
    talker.isEcho = false
    let (_, told) = driver.talk(
      talker, to: Destination(host: "127.0.0.1", port: port, tls: try tls()))
    try driver.run { told.heard.count < 4 }
    process.stop()
    #expect(try driver.run(until: soon()) == .finished)
    // A killed process's kernel ends the connection, or resets it where something was unread.
    #expect(told.tlsFailure?.reason == .truncated || told.ioFailure?.code == ECONNRESET)
  }

  @Test func openSSLsClientTalksToOurServer() throws {
    let listener = try TCPListener(at: .loopback(isIPv4: true))
    let context = try TLSContext(certificateFile: identity.certificate, keyFile: identity.key)
    let address = try listener.localAddress()
    let client = try ProcessRunner.start(
      "openssl",
      ["s_client", "-connect", "\(address)", "-CAfile", authority.file, "-verify_return_error"]
        + ["-verify_ip", "127.0.0.1", "-quiet"],
      input: .pipe(Array("what\n".utf8)))
    try waitUntil(listener.rawDescriptor, .readable)
    let socket = try #require(try listener.accept())
    var talker = Talker(Array("welcome\n".utf8))
    talker.last = UInt8(ascii: "\n")
    let (_, told) = driver.talk(talker, over: socket, tls: context)
    #expect(try driver.run(until: soon()) == .finished)
    #expect(String(decoding: told.heard, as: UTF8.self) == "what\n")
    #expect(told.isClosed)
    #expect(told.secured?.version == "TLSv1.3")
    let outcome = client.wait()
    #expect(outcome.output == "welcome\n", "\(outcome)")
  }

  @Test func throughStunnel() throws {
    let listener = try TCPListener(at: .loopback(isIPv4: true))
    var echo = Talker()
    echo.isEcho = true
    var behind: [Told] = []
    let accepting = try driver.watch(listener.rawDescriptor) {
      while let socket = try listener.accept() {
        behind.append(driver.talk(echo, over: socket).1)
      }
    }
    try authority.folder.write(
      """
      foreground = yes
      pid =
      debug = 7
      output = /dev/stdout
      [front]
      accept = 127.0.0.1:0
      connect = \(listener.localAddress())
      cert = \(identity.certificate)
      key = \(identity.key)
      """, to: "stunnel.conf")
    let stunnel = try ProcessRunner.start("stunnel4", [authority.folder["stunnel.conf"]])
    #expect(stunnel.waitForOutput { listeningPort(of: $0) != nil })
    let port = try #require(listeningPort(of: stunnel.outputSoFar))
    let text = String(repeating: "0123456789abcdef", count: 20_000)
    let (connection, told) = try talk(text, to: port, host: "127.0.0.1", tls())
    try driver.run { told.heard.count < text.utf8.count && told.ending == nil }
    #expect(isSame(told.heard, Array(text.utf8)))
    connection.update { $0.outputs.append(.close) }
    try driver.run { told.ending == nil }
    #expect(told.isClosed)
    let (_, refused) = try talk("x\n", to: port, host: "localhost", tls(.system))
    try driver.run { refused.ending == nil }
    #expect(refused.tlsFailure?.reason == .certificate(.unknownAuthority))
    accepting.cancel()
    stunnel.stop()
    #expect(try driver.run(until: soon()) == .finished)
    #expect(behind.first?.isClosedByPeer == true)
  }

  private func listeningPort(of output: [UInt8]) -> UInt16? {
    port(of: output, after: "bound to 127.0.0.1:")
  }
}

/// TLS over TCP with fakes.
@Suite(.peers("openssl")) struct TLSConnectionTests {
  private let authority: TestAuthority
  private let client: TLSContext
  private let server: TLSContext
  private let driver: Driver
  private let pair: TCPPair

  init() throws {
    authority = try TestAuthority()
    let identity = try authority.issue()
    client = try TLSContext(trusting: .authorities(file: authority.file))
    server = try TLSContext(certificateFile: identity.certificate, keyFile: identity.key)
    driver = try Driver()
    pair = try TCPPair()
  }

  private func destination(_ listener: TCPListener) throws -> Destination {
    Destination(try listener.localAddress(), tls: client)
  }

  /// A client that is connected to a socket in hand.
  private func dial(
    _ talker: Talker, _ limits: ConnectionLimits = .milliseconds()
  ) throws -> (Told, TCPSocket) {
    let listener = try TCPListener(at: .loopback(isIPv4: true))
    let (_, told) = driver.talk(talker, to: try destination(listener), limits)
    try driver.run { told.connected == nil && told.ending == nil }
    try waitUntil(listener.rawDescriptor, .readable)
    return (told, try #require(try listener.accept()))
  }

  @Test func muchBothWaysAndAProperEnd() throws {
    let listener = try TCPListener(at: .loopback(isIPv4: true))
    var random = Seeded.of("TLS both ways")
    let question = random.bytes(700_000)
    let answer = random.bytes(900_000)
    let (connection, told) = driver.talk(Talker(question), to: try destination(listener))
    try driver.run { told.connected == nil }
    try waitUntil(listener.rawDescriptor, .readable)
    let socket = try #require(try listener.accept())
    let (other, heard) = driver.talk(Talker(answer), over: socket, tls: server)
    try driver.run { told.heard.count < answer.count || heard.heard.count < question.count }
    #expect(isSame(told.heard, answer))
    #expect(isSame(heard.heard, question))
    #expect(connection.queuedByteCount == 0)
    connection.update { $0.outputs.append(.close) }
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.isClosed)
    #expect(heard.isClosedByPeer)
    #expect(other.phase == .ended)
  }

  @Test func whoSaysNothingInTheHandshake() throws {
    let (told, socket) = try dial(Talker(), .milliseconds(phase: 300))
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.silentPhase == .securing)
    withExtendedLifetime(socket) {}
  }

  @Test func whoLeavesInTheHandshake() throws {
    let (told, socket) = try dial(Talker())
    let greeting = try socket.next()
    #expect(greeting != .end && greeting != .nothing)
    socket.shutDownSending()
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.tlsFailure?.reason == .endedInHandshake)
  }

  @Test func whoSpeaksNoTLS() throws {
    let (told, socket) = try dial(Talker())
    var queue = SendQueue()
    queue.append(Array("RTMP here".utf8))
    try queue.flush(to: socket)
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.tlsFailure?.reason == .notTLS)
  }

  @Test func theMachineFailsAndItsLastWordsGoOut() throws {
    var wrong = Talker()
    wrong.wrong = 13
    wrong.isEcho = true
    let (_, failed) = driver.talk(wrong, over: pair.server, tls: server)
    var talker = Talker([13])
    talker.isEcho = false
    let listener = try TCPListener(at: .loopback(isIPv4: true))
    let (_, told) = driver.talk(talker, to: try destination(listener))
    try driver.run { told.connected == nil }
    try waitUntil(listener.rawDescriptor, .readable)
    let (_, served) = driver.talk(wrong, over: try #require(try listener.accept()), tls: server)
    try driver.run { served.ending == nil || told.ending == nil }
    #expect(served.heard == [13])
    #expect(told.heard == [13])
    // No close_notify was sent.
    #expect(told.tlsFailure?.reason == .truncated || told.ioFailure != nil)
    pair.client.shutDownSending()
    #expect(try driver.run(until: soon()) == .finished)
    #expect(failed.tlsFailure?.reason == .endedInHandshake)
  }
}
