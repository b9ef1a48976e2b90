import Foundation
import MediaFLV
import MediaIO
import MediaModel
import MediaRTMP
import Synchronization
import TestSupport
import Testing

/// A message that a server plays.
struct Played: Sendable {
  var type: RTMPMessageType
  var timestamp: UInt32
  var payload: [UInt8]
}

/// What a server does with a connection that plays, one after the other.
enum PlayStep: Sendable {
  case play([Played])
  /// Sends an answer or an error.
  case status(RTMPStatus)
  /// Says that nothing follows.
  case end
  /// Closes the connection.
  case close
  case reconnect
  /// Refuses to play.
  case refuse(RTMPStatus)
}

/// Our own server machine on a port of 127.0.0.1, on a thread of its own: the first connection goes
/// through the first list of steps, and so on; later ones find silence.
final class PlayServer {
  private let loop: PlayLoop

  init(_ sessions: [PlayStep]...) throws {
    let loop = try PlayLoop(sessions)
    self.loop = loop
    Thread.detachNewThread { loop.run() }
  }

  deinit { loop.stop() }

  /// Where it listens.
  var port: Int { Int(loop.port) }

  func url(_ name: String = "secretname") -> String {
    "rtmp://127.0.0.1:\(port)/live/\(name)"
  }

  /// What was asked for, one connection after the other.
  var asked: [RTMPStreamRequest] { loop.requests.withLock(\.self) }
}

/// What is of the server's thread.
private final class PlayLoop: @unchecked Sendable {
  let port: UInt16
  let requests = Mutex<[RTMPStreamRequest]>([])
  private let driver: Driver
  private let listener: TCPListener
  private let sessions: [[PlayStep]]
  private let isStopping = Atomic<Bool>(false)
  private let hasStopped = DispatchSemaphore(value: 0)
  private var connections: [Connection<RTMPServer>] = []
  private var watch: Watch?

  init(_ sessions: [[PlayStep]]) throws {
    self.sessions = sessions
    driver = try Driver()
    listener = try TCPListener(at: try #require(SocketAddress("127.0.0.1", port: 0)))
    port = try listener.localAddress().port
    watch = try driver.watch(listener.rawDescriptor) { [unowned self] in try accept() }
  }

  func run() {
    while !isStopping.load(ordering: .relaxed) {
      do {
        _ = try driver.run(until: MonotonicClock.now() + 10_000_000)
      } catch {
        Issue.record(error)
        break
      }
    }
    watch?.cancel()
    for connection in connections { connection.abort() }
    _ = try? driver.run(until: MonotonicClock.now())
    hasStopped.signal()
  }

  func stop() {
    isStopping.store(true, ordering: .relaxed)
    hasStopped.wait()
  }

  private func accept() throws {
    while let socket = try listener.accept() {
      let index = connections.count
      let machine = RTMPServer(RTMPServerOptions(), functions: .forTests, at: MonotonicClock.now())
      connections.append(
        driver.adopt(machine, over: socket) { [unowned self] event in
          if case .machine(let event) = event { try take(event, index) }
        })
    }
  }

  private func take(_ event: RTMPServerEvent, _ index: Int) throws {
    switch event {
    case .connect:
      try connections[index].update { (server) throws(RTMPServerFailure) in try server.accept() }
    case .stream(let request):
      requests.withLock { $0.append(request) }
      let steps = index < sessions.count ? sessions[index] : []
      try connections[index].update { (server) throws(RTMPServerFailure) in
        if case .refuse(let status) = steps.first { return try server.reject(status) }
        try server.accept()
        for step in steps { Self.perform(step, &server, request.streamID) }
      }
    default: break
    }
  }

  private static func perform(_ step: PlayStep, _ server: inout RTMPServer, _ stream: UInt32) {
    switch step {
    case .play(let messages):
      for message in messages {
        server.send(message.type, timestamp: message.timestamp, message.payload, on: stream)
      }
    case .status(let status): server.send(status, on: stream)
    case .end: server.endPlaying(stream)
    case .close: server.close()
    case .reconnect: server.requestReconnect(tcURL: nil)
    case .refuse: break
    }
  }
}

extension Clips {
  /// The tags of an FLV as a server plays them, `offset` milliseconds later.
  static func played(_ name: String, from offset: Int64 = 0) throws -> [Played] {
    try tags(try contents(of: try path(name)), from: offset)
  }

  static func tags(_ bytes: [UInt8], from offset: Int64 = 0) throws -> [Played] {
    var messages: [Played] = []
    var position = 13
    while position + 11 <= bytes.count {
      func byte(_ index: Int) -> Int64 { Int64(bytes[position + index]) }
      let size = Int(byte(1) << 16 | byte(2) << 8 | byte(3))
      let time = byte(7) << 24 | byte(4) << 16 | byte(5) << 8 | byte(6)
      messages.append(
        Played(
          type: RTMPMessageType(rawValue: bytes[position]),
          timestamp: UInt32(truncatingIfNeeded: time + offset),
          payload: Array(bytes[position + 11..<position + 11 + size])))
      position += 11 + size + 4
    }
    return messages
  }
}
