import Foundation
import MediaIO
import MediaModel
import MediaRTSP
import Synchronization
import TestSupport
import Testing

/// Our own server machine on a port of 127.0.0.1, on a thread of its own, which plays a clip to each
/// client, from the beginning unless it is live.
///
/// It can be told to fall silent, to die and to come back, from any thread.
final class RTSPTestServer {
  struct Options: Sendable {
    /// Whom it lets in; nil for everybody.
    var access: RTSPAccess?
    /// Which transports it takes; others are refused with 461.
    var transports: Set<Transport> = [.tcp, .udp]
    /// How fast it sends: 1 is the pace of the media, 0 as fast as a client takes it.
    var speed = 1.0
    /// Whether a client finds the clip where it would be had it begun with the server.
    var isLive = false
    /// Seconds, as it tells clients.
    var sessionTimeout = 60
    /// Requests of this method find no answer.
    var silentMethod: RTSPMethod?
    /// Whether each track ends with RTCP's BYE.
    var saysGoodbye = true
    /// For RTSPS.
    var identity: TestAuthority.Identity?
    /// Where groups are; each track takes two ports from `groupPort` on.
    var group = "239.255.43.1"
    var groupPort: UInt16 = 0

    enum Transport: Sendable { case tcp, udp, multicast }
  }

  private let loop: RTSPTestLoop

  /// Starts one.
  init(_ media: RTSPTestMedia, _ options: Options = Options(), port: UInt16 = 0) throws {
    let loop = try RTSPTestLoop(media, options, port: port)
    self.loop = loop
    Thread.detachNewThread { loop.run() }
  }

  deinit { loop.perform(.stop) }

  /// Where it listens, also after `restart`.
  var port: UInt16 { loop.port }

  /// Where it plays; with `user:password` in front of the host, if given.
  func url(_ account: String = "") -> String {
    let scheme = loop.options.identity == nil ? "rtsp" : "rtsps"
    return "\(scheme)://\(account.isEmpty ? "" : account + "@")127.0.0.1:\(port)/live"
  }

  /// Sends no more packets, and answers nothing, with connections open.
  func stopSending() { loop.perform(.silence(true)) }
  /// Goes on where it stopped.
  func resume() { loop.perform(.silence(false)) }
  /// Resets all connections and listens no more.
  func kill() { loop.perform(.kill) }
  /// Listens again, at the same port.
  func restart() { loop.perform(.restart) }

  /// The methods that clients asked for, such as `PLAY`.
  var requests: [String] { loop.notes.withLock(\.requests) }
  /// What clients sent: RTCP, and what punches holes; of datagrams and of channels.
  var received: [[UInt8]] { loop.notes.withLock(\.received) }
  /// How many packets were sent.
  var sentCount: Int { loop.notes.withLock(\.sent) }

  /// Waits until something has come to pass; gives whether it has, within a minute.
  func wait(until condition: (RTSPTestServer) -> Bool) -> Bool {
    for _ in 0..<12_000 {
      if condition(self) { return true }
      usleep(5000)
    }
    return false
  }
}

/// What is of the server's thread.
final class RTSPTestLoop: @unchecked Sendable {
  enum Command { case silence(Bool), kill, restart, stop }
  struct Notes {
    var requests: [String] = []
    var received: [[UInt8]] = []
    var sent = 0
  }

  let port: UInt16
  let media: RTSPTestMedia
  let options: RTSPTestServer.Options
  let notes = Mutex(Notes())
  let driver: Driver
  let start = MonotonicClock.now()
  private(set) var isSilent = false
  private let commands = Mutex<[Command]>([])
  private let hasPerformed = DispatchSemaphore(value: 0)
  private let tls: TLSContext?
  private var listener: TCPListener?
  private var watch: Watch?
  private var sessions: [RTSPTestSession] = []

  init(_ media: RTSPTestMedia, _ options: RTSPTestServer.Options, port: UInt16) throws {
    (self.media, self.options) = (media, options)
    tls = try options.identity.map {
      try TLSContext(certificateFile: $0.certificate, keyFile: $0.key)
    }
    driver = try Driver()
    let listener = try TCPListener(at: try #require(SocketAddress("127.0.0.1", port: port)))
    self.port = try listener.localAddress().port
    try listen(listener)
  }

  /// Has the thread do something, and waits until it has.
  func perform(_ command: Command) {
    commands.withLock { $0.append(command) }
    hasPerformed.wait()
  }

  func run() {
    var isStopped = false
    while !isStopped {
      do {
        // With nothing to watch the driver does not wait.
        if try driver.run(until: MonotonicClock.now() + 5_000_000) == .finished { usleep(5000) }
        let due = commands.withLock { commands in
          defer { commands = [] }
          return commands
        }
        for command in due {
          try obey(command)
          if case .stop = command { isStopped = true }
          hasPerformed.signal()
        }
      } catch {
        Issue.record(error)
      }
    }
  }

  private func obey(_ command: Command) throws {
    switch command {
    case .silence(let isSilent):
      self.isSilent = isSilent
      if !isSilent { for session in sessions { try session.goOn() } }
    case .kill, .stop:
      watch?.cancel()
      (watch, listener) = (nil, nil)
      for session in sessions { session.end() }
      _ = try driver.run(until: MonotonicClock.now())
      sessions = []
    case .restart:
      try listen(TCPListener(at: try #require(SocketAddress("127.0.0.1", port: port))))
    }
  }

  private func listen(_ listener: TCPListener) throws {
    self.listener = listener
    watch = try driver.watch(listener.rawDescriptor) { [weak self] in
      while let self, let socket = try self.listener?.accept() {
        sessions.append(RTSPTestSession(self, socket, tls))
      }
    }
  }
}
