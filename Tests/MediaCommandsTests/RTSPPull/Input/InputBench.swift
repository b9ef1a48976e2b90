import MediaBytes
import MediaIO
import MediaModel
import MediaRTP
import MediaRTSP
import TestSupport
import Testing

@testable import MediaCommands

/// A server that does what a script says, as a machine.
struct ScriptedMachine: Machine {
  typealias Event = Never
  typealias Failure = Never

  private(set) var server: RTSPScriptedServer
  private var outbox: [UInt8] = []

  init(_ server: RTSPScriptedServer) { self.server = server }

  mutating func receive(_ bytes: [UInt8], at now: Nanoseconds) { outbox += server.receive(bytes) }

  mutating func tick(at now: Nanoseconds) {}

  mutating func nextOutput() -> Output<Never> {
    if !outbox.isEmpty {
      defer { outbox = [] }
      return .send(outbox)
    }
    return server.isClosed ? .close : .wait(until: nil)
  }

  /// Sends something that nobody asked for.
  mutating func send(_ bytes: [UInt8]) { outbox += bytes }
}

/// An input and its servers on one driver: the first connection meets the first script, and so on, and
/// all that follow the last one.
final class InputBench {
  static let packets: [(channel: UInt8, bytes: [UInt8])] = [
    (0, [0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0x65, 1]),
    (2, [0x80, 97, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 16, 0, 16, 1, 2]),
  ]

  let driver: Driver
  let listener: TCPListener
  let port: UInt16
  var scripts: [RTSPScript]
  /// What servers are known by, where they speak TLS.
  var tls: TLSContext?
  private(set) var connections: [Connection<ScriptedMachine>] = []
  private var watch: Watch?
  private(set) var input: RTSPInput?
  var news: [RTSPNews] = []
  var packets: [(bytes: [UInt8], arrival: RTSPArrival)] = []

  init(_ scripts: [RTSPScript]) throws {
    self.scripts = scripts
    driver = try Driver()
    listener = try TCPListener(at: try #require(SocketAddress("127.0.0.1", port: 0)))
    port = try listener.localAddress().port
    watch = try driver.watch(listener.rawDescriptor) { [unowned self] in try accept() }
  }

  convenience init(_ scripts: String...) throws {
    try self.init(scripts.map { RTSPScript(named: "inline", $0) })
  }

  var host: String { "127.0.0.1:\(port)" }

  private func accept() throws {
    while let socket = try listener.accept() {
      let script = scripts[min(connections.count, scripts.count - 1)]
      let server = RTSPScriptedServer(script, host: host, packets: Self.packets)
      connections.append(driver.adopt(ScriptedMachine(server), over: socket, tls: tls) { _ in })
    }
  }

  /// Begins to play.
  func start(
    url: String? = nil, transcript: RTSPTranscript? = nil,
    change: (inout RTSPInputOptions) -> Void = { _ in },
    choose: @escaping (RTSPPresentation) throws -> [Int] = { Array($0.tracks.indices) }
  ) throws {
    var options = RTSPInputOptions(
      url: try RTSPURL(url ?? "rtsp://admin:secret@\(host)/live"))
    change(&options)
    (news, packets) = ([], [])
    let input = RTSPInput(
      options, driver, functions: RTSPFunctions(hashes: try HashFunctions()), seed: 1,
      choose: choose
    ) { [unowned self] in
      news.append($0)
    } packet: { [unowned self] bytes, arrival in
      packets.append(([UInt8](copying: bytes), arrival))
      // A look is due.
      driver.stop()
    }
    self.input = input
    input.transcript = transcript
    input.start()
  }

  /// Runs until a condition holds or the input has ended, and then until leave was taken; `each` is
  /// called now and then.
  func run(until isDone: () -> Bool = { false }, each: () -> Void = {}) throws {
    let input = try #require(input)
    let limit = MonotonicClock.now() + 30_000_000_000
    while !input.isEnded, !isDone() {
      try #require(MonotonicClock.now() < limit, "nothing came of it: \(news)")
      _ = try driver.run(until: MonotonicClock.now() + 10_000_000)
      each()
    }
  }

  /// Ends what is still open.
  func end() throws {
    input?.finish()
    try input?.windUp()
    // What was sent last is on its way.
    let limit = MonotonicClock.now() + 2_000_000_000
    while connections.contains(where: { $0.phase != .ended }), MonotonicClock.now() < limit {
      _ = try driver.run(until: MonotonicClock.now() + 1_000_000)
    }
  }

  deinit {
    watch?.cancel()
    for connection in connections { connection.abort() }
    _ = try? driver.run(until: MonotonicClock.now())
  }

  /// The requests that each connection brought.
  var requests: [[RTSPScriptedServer.Request]] { connections.map { $0.machine.server.requests } }

  /// The methods asked of a connection.
  func methods(_ index: Int = 0) -> [String] {
    index < connections.count ? requests[index].map(\.method) : []
  }

  var exit: ExitCode? { input?.failure?.exit }
  var message: String { input?.failure?.message ?? "" }
  var isPlaying: Bool { input?.state == .playing && packets.contains { !$0.arrival.isRTCP } }

  /// What was told, in a word each.
  var words: [String] {
    news.compactMap { news in
      switch news {
      case .described: "described"
      case .playing: "playing"
      case .lost(_, let retry): retry == nil ? "failed" : "lost"
      case .ended: "ended"
      case .note: "note"
      case .deviation, .trace: nil
      }
    }
  }

  var notes: [String] {
    news.compactMap { if case .note(let text) = $0 { text } else { nil } }
  }
}
