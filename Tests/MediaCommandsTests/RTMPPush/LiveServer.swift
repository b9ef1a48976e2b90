import MediaIO
import MediaModel
import MediaRTMP
import TestSupport
import Testing

@testable import MediaCommands

/// Our own server machine on a port of 127.0.0.1, in the loop of the output under test.
final class LiveServer {
  /// A connection, and what came by it.
  struct Session {
    var connect: RTMPConnectRequest?
    var media: [RTMPMessage] = []
    /// Whether its publisher took leave.
    var hasLeft = false
  }

  let port: UInt16
  private(set) var sessions: [Session] = []
  private(set) var connections: [Connection<RTMPServer>] = []
  /// What to answer to `connect` and to `publish`, by the number of the session; nil for yes.
  var onConnect: (Int, RTMPConnectRequest) -> RTMPStatus? = { _, _ in nil }
  var onPublish: (Int, RTMPStreamRequest) -> RTMPStatus? = { _, _ in nil }
  /// Whether it answers at all.
  var isSilent = false
  var options = RTMPServerOptions()

  private let listener: TCPListener
  private let driver: Driver
  private var watch: Watch?

  init(_ driver: Driver) throws {
    self.driver = driver
    listener = try TCPListener(at: try #require(SocketAddress("127.0.0.1", port: 0)))
    port = try listener.localAddress().port
    watch = try driver.watch(listener.rawDescriptor) { [unowned self] in try accept() }
  }

  func url(_ key: String = "secretkey", user: String = "") -> String {
    "rtmp://\(user)127.0.0.1:\(port)/live/\(key)"
  }

  /// Listens no more, and ends what is connected.
  func close() {
    watch?.cancel()
    for connection in connections { connection.abort() }
  }

  private func accept() throws {
    while let socket = try listener.accept() {
      let index = sessions.count
      sessions.append(Session())
      let machine = RTMPServer(options, functions: .forTests, at: MonotonicClock.now())
      connections.append(
        driver.adopt(machine, over: socket) { [unowned self] event in
          if case .machine(let event) = event { try take(event, index) }
        })
    }
  }

  private func take(_ event: RTMPServerEvent, _ index: Int) throws {
    switch event {
    case .connect(let request):
      sessions[index].connect = request
      guard !isSilent else { return }
      try answer(onConnect(index, request), index)
    case .stream(let request): try answer(onPublish(index, request), index)
    case .media(let message): sessions[index].media.append(message)
    case .ended: sessions[index].hasLeft = true
    default: break
    }
  }

  private func answer(_ refusal: RTMPStatus?, _ index: Int) throws {
    try connections[index].update { (server) throws(RTMPServerFailure) in
      if let refusal { try server.reject(refusal) } else { try server.accept() }
    }
  }
}

extension RTMPFunctions {
  static var forTests: RTMPFunctions {
    let hashes = try? HashFunctions()
    return RTMPFunctions(
      randomBytes: { [UInt8](repeating: 7, count: $0) }, md5: { hashes?.md5($0) ?? [] },
      hmacSHA256: { hashes?.hmacSHA256(key: $0, message: $1) ?? [] })
  }
}

/// An output and its server in one loop.
final class PushBench {
  let driver: Driver
  let server: LiveServer
  private(set) var output: PushOutput
  private(set) var news: [PushNews] = []

  init(
    user: String = "", _ change: (inout PushOptions, LiveServer) -> Void = { _, _ in }
  ) throws {
    driver = try Driver()
    server = try LiveServer(driver)
    var options = PushOptions()
    change(&options, server)
    let url = try RTMPURL(server.url(user: user))
    var hear: (PushNews) -> Void = { _ in }
    output = PushOutput(0, url, driver, options, .forTests, seed: 1) { _, news in hear(news) }
    hear = { [unowned self] in news.append($0) }
    output.start()
  }

  deinit { server.close() }

  /// Serves both until `condition` holds; whether it came to hold.
  func run(until condition: () -> Bool) throws -> Bool {
    let limit = MonotonicClock.now() + 20_000_000_000
    while !condition() {
      guard MonotonicClock.now() < limit else { return false }
      _ = try driver.run(until: MonotonicClock.now() + 20_000_000)
    }
    return true
  }

  /// How many connections have been published by.
  var publishings: Int {
    news.count { if case .publishing = $0 { true } else { false } }
  }

  /// The letters of what came by a session, as in `pushMessages`.
  func letters(_ session: Int) -> String {
    server.sessions[session].media.reduce(into: "") {
      $0.unicodeScalars.append(Unicode.Scalar($1.payload.last ?? 0))
    }
  }
}

extension PushOutput {
  /// Sends a message, now or as soon as it can.
  func send(_ message: PushMessage) {
    send([message])
  }
}
