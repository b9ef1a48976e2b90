import Foundation
import MediaIO
import MediaModel
import MediaRTSP
import Synchronization
import TestSupport
import Testing

/// The command, run as its users run it.
enum RTSPPulls {
  static func run(
    _ words: [String], environment: [String: String] = [:], limit: Double = 30
  ) throws -> Outcome {
    try Mediatool.run(["rtsp-pull"] + words, environment: environment, limit: limit)
  }

  static func start(_ words: [String]) throws -> RunningProcess {
    try Mediatool.start(["rtsp-pull"] + words)
  }

  /// A server of ours with a clip; `change` says how it serves it, as fast as it can otherwise.
  static func server(
    _ clip: String = "rtp-plain.mp4", _ change: (inout RTSPTestServer.Options) -> Void = { _ in }
  ) throws -> RTSPTestServer {
    var options = RTSPTestServer.Options()
    options.speed = 0
    change(&options)
    return try RTSPTestServer(try RTSPTestMedia(try RTPClips.path(clip)), options)
  }

  /// Expects the frames of a stream to be those of the source, and as far from each other in time, and
  /// a decoder to be content; gives how many there are.
  ///
  /// `first` is the first frame whose time counts.
  @discardableResult static func expectEqual(
    _ file: String, _ source: String, _ stream: String, first: Int = 0,
    location: SourceLocation = #_sourceLocation
  ) throws -> Int {
    let (found, expected) = (
      try MediaContents.frames(file, stream), try MediaContents.frames(source, stream)
    )
    #expect(found == expected && !found.isEmpty, sourceLocation: location)
    let times = try [file, source].map { path in
      let times = try MediaContents.times(path, stream).map(\.pts).dropFirst(first)
      return times.map { $0 - (times.first ?? 0) }
    }
    #expect(times[0].count == times[1].count, sourceLocation: location)
    // Matroska counts milliseconds.
    let isNear = zip(times[0], times[1]).allSatisfy { abs($0 - $1) < 0.0021 }
    #expect(isNear, "\(times)", sourceLocation: location)
    #expect(try MediaContents.complaints(file) == [], sourceLocation: location)
    return found.count
  }

  /// The lines of a text that are JSON.
  static func lines(_ text: String) throws -> [JSONText] {
    try text.split(separator: "\n").map { try JSONText(Array($0.utf8)) }
  }

  /// Waits for something, a minute at most.
  static func wait(until condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<6000 {
      if try condition() { return true }
      usleep(10_000)
    }
    return false
  }
}

/// A server that does what a script says to each client, on a thread of its own.
final class RTSPScriptServer: @unchecked Sendable {
  let port: UInt16
  private let driver: Driver
  private let listener: TCPListener
  private let script: RTSPScript
  private let isStopped = Mutex(false)
  private let hasStopped = DispatchSemaphore(value: 0)

  init(_ script: String) throws {
    self.script = RTSPScript(named: "inline", script)
    driver = try Driver()
    listener = try TCPListener(at: try #require(SocketAddress("127.0.0.1", port: 0)))
    port = try listener.localAddress().port
    Thread.detachNewThread { [self] in run() }
  }

  /// Ends it: as long as it runs, it is there.
  func stop() {
    isStopped.withLock { $0 = true }
    hasStopped.wait()
  }

  func url(_ account: String = "") -> String {
    "rtsp://\(account.isEmpty ? "" : account + "@")127.0.0.1:\(port)/live"
  }

  private func run() {
    var connections: [Connection<ScriptedMachine>] = []
    while !isStopped.withLock({ $0 }) {
      do {
        if try driver.run(until: MonotonicClock.now() + 5_000_000) == .finished { usleep(5000) }
        while let socket = try listener.accept() {
          let server = RTSPScriptedServer(
            script, host: "127.0.0.1:\(port)", packets: InputBench.packets)
          connections.append(driver.adopt(ScriptedMachine(server), over: socket, tls: nil) { _ in })
        }
      } catch {
        Issue.record(error)
      }
    }
    for connection in connections { connection.abort() }
    _ = try? driver.run(until: MonotonicClock.now())
    hasStopped.signal()
  }

  /// What comes of a script.
  static func outcome(
    _ script: String, _ words: [String] = [], account: String = ""
  ) throws -> Outcome {
    let server = try RTSPScriptServer(script)
    defer { server.stop() }
    return try RTSPPulls.run(words + [server.url(account)])
  }
}
