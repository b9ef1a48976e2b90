import MediaBytes
import MediaIO
import MediaModel
import MediaRTSP
import TestSupport
import Testing

@testable import MediaCommands

/// One tunnel's server: what comes by POST goes into it, what it says goes out by GET.
private final class TunnelServer {
  var server: RTSPScriptedServer
  /// Answers to the first GETs; then they are good.
  var refusals: [String]
  var connections: [Connection<TunnelMachine>] = []
  /// The connection that is heard by the client.
  var get: Int?
  /// Whether POST is closed behind each message.
  let closesPost: Bool

  init(_ server: RTSPScriptedServer, refusals: [String], closesPost: Bool) {
    (self.server, self.refusals, self.closesPost) = (server, refusals, closesPost)
  }

  func take(_ bytes: [UInt8]) {
    let answer = server.receive(bytes)
    guard let get else { return }
    connections[get].update { $0.send(answer) }
  }
}

/// One connection of it.
private struct TunnelMachine: Machine {
  typealias Event = Never
  typealias Failure = Never

  let index: Int
  unowned let tunnel: TunnelServer
  private var input: [UInt8] = []
  private var isPost: Bool?
  private var outbox: [UInt8] = []
  private var isClosed = false

  init(_ index: Int, _ tunnel: TunnelServer) { (self.index, self.tunnel) = (index, tunnel) }

  mutating func receive(_ bytes: [UInt8], at now: Nanoseconds) {
    input += bytes
    if isPost == nil { takeHead() }
    guard isPost == true else { return }
    while input.count >= 4 {
      let text = String(decoding: input.prefix(4), as: UTF8.self)
      input.removeFirst(4)
      tunnel.take(Base64.decode(text) ?? [])
      if tunnel.closesPost, input.isEmpty { isClosed = true }
    }
  }

  private mutating func takeHead() {
    let text = String(decoding: input, as: UTF8.self)
    guard let end = text.firstRange(of: "\r\n\r\n") else { return }
    isPost = text.hasPrefix("POST")
    input = Array(text[end.upperBound...].utf8)
    guard isPost == false else { return }
    if let refusal = tunnel.refusals.popLast() {
      outbox += "HTTP/1.0 \(refusal)\r\n\r\n".utf8
      isClosed = true
    } else {
      tunnel.get = index
      outbox += "HTTP/1.0 200 OK\r\n\r\n".utf8
    }
  }

  mutating func send(_ bytes: [UInt8]) { outbox += bytes }
  mutating func tick(at now: Nanoseconds) {}

  mutating func nextOutput() -> Output<Never> {
    if !outbox.isEmpty {
      defer { outbox = [] }
      return .send(outbox)
    }
    return isClosed ? .close : .wait(until: nil)
  }
}

@Suite("Presentations through HTTP")
struct RTSPInputTunnelTests {
  private func play(
    refusals: [String] = [], closesPost: Bool = false,
    _ body: (RTSPInput, TunnelServer, InputBench) throws -> Void
  ) throws {
    let bench = try InputBench("")
    let listener = try TCPListener(at: try #require(SocketAddress("127.0.0.1", port: 0)))
    let port = try listener.localAddress().port
    let scripted = RTSPScriptedServer(
      RTSPScript(named: "good", ""), host: "127.0.0.1:\(port)", packets: InputBench.packets)
    let tunnel = TunnelServer(scripted, refusals: refusals, closesPost: closesPost)
    let watch = try bench.driver.watch(listener.rawDescriptor) {
      while let socket = try listener.accept() {
        let machine = TunnelMachine(tunnel.connections.count, tunnel)
        tunnel.connections.append(bench.driver.adopt(machine, over: socket) { _ in })
      }
    }
    try bench.start(url: "rtsp://admin:secret@127.0.0.1:\(port)/live") { $0.transport = .http }
    try body(try #require(bench.input), tunnel, bench)
    watch.cancel()
    for connection in tunnel.connections { connection.abort() }
  }

  @Test("Plays, and takes leave", arguments: [false, true])
  func plays(closesPost: Bool) throws {
    try play(closesPost: closesPost) { input, tunnel, bench in
      try bench.run { bench.packets.count == 2 }
      #expect(bench.words == ["described", "playing"])
      input.send(rtcp: [0x80, 201, 0, 1, 0, 0, 0, 7], track: 1)
      try bench.end()
      #expect(
        tunnel.server.requests.map(\.method)
          == ["OPTIONS", "DESCRIBE", "SETUP", "SETUP", "PLAY", "TEARDOWN"])
    }
  }

  @Test("Says who we are, on a connection of its own")
  func authorized() throws {
    try play(refusals: ["401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"c\""]) {
      _, tunnel, bench in
      try bench.run { bench.packets.count == 2 }
      #expect(tunnel.connections.count == 3)
      #expect(!bench.words.contains("lost"))
      try bench.end()
    }
  }

  @Test("A tunnel that is refused is no way")
  func refused() throws {
    try play(refusals: ["404 Not Found"]) { input, _, bench in
      try bench.run()
      #expect(bench.exit == .noInput)
      #expect(input.reconnects == 0)
    }
  }
}
