import MediaFLV
import MediaIO
import MediaModel
import MediaRTMP
import TestSupport
import Testing

/// A server that serves one publisher well, up to its fault.
struct FaultyServer: Machine {
  enum Fault: Sendable {
    /// Says nothing, from the beginning on.
    case silent
    /// Says nothing after S0.
    case silentInHandshake
    /// Does not answer this command, nor anything after it.
    case silentAt(RTMPCommandName)
    /// Says this instead of a handshake.
    case garbage(String)
    /// Answers this command by an error, or a status where that is its answer.
    case refuses(RTMPCommandName, code: String, words: String)
    /// Says this once publishing has begun.
    case says([UInt8])
    /// Closes on this command.
    case closesAt(RTMPCommandName)
    /// Closes at the first picture or sound.
    case closesAtMedia
  }

  typealias Event = Never
  typealias Failure = RTMPError

  private let fault: Fault
  private var inbox: [UInt8] = []
  private var stage = 0
  private var outbox: [UInt8] = []
  private var isClosed = false
  private var reader = RTMPChunkReader()
  private var writer = RTMPChunkWriter()
  private var isDeaf = false

  init(_ fault: Fault) { self.fault = fault }

  mutating func tick(at now: Nanoseconds) throws(RTMPError) {}

  mutating func nextOutput() -> Output<Never> {
    if !outbox.isEmpty {
      defer { outbox = [] }
      return .send(outbox)
    }
    return isClosed ? .close : .wait(until: nil)
  }

  mutating func receive(_ bytes: [UInt8], at now: Nanoseconds) throws(RTMPError) {
    inbox += bytes
    if stage == 0, inbox.count >= 1537 {
      stage = 1
      switch fault {
      case .silent: isDeaf = true
      case .silentInHandshake:
        outbox = [3]
        isDeaf = true
      case .garbage(let text): outbox = Array(text.utf8)
      default: outbox = [3] + [UInt8](repeating: 0, count: 1536) + inbox[1..<1537]
      }
      inbox.removeFirst(1537)
    }
    if stage == 1, inbox.count >= 1536 {
      stage = 2
      inbox.removeFirst(1536)
    }
    guard stage == 2, !isDeaf else { return }
    reader.append(inbox)
    inbox = []
    while !isClosed, !isDeaf, let message = try reader.next() { take(message) }
  }

  private mutating func take(_ message: RTMPMessage) {
    if case .closesAtMedia = fault, [.audio, .video].contains(message.typeID) {
      isClosed = true
    }
    guard message.typeID == .command,
      let command = try? RTMPCommand(parsing: message.payload, isAMF3: false)
    else { return }
    switch fault {
    case .silentAt(command.name): isDeaf = true
    case .closesAt(command.name): isClosed = true
    case .refuses(command.name, let code, let words):
      let status = RTMPStatus(level: "error", code: code, description: words)
      let name: RTMPCommandName = command.name == .publish ? .onStatus : .error
      send(RTMPCommand(name, transactionID: command.transactionID, [.null, status.value]))
    default: answer(command)
    }
  }

  private mutating func answer(_ command: RTMPCommand) {
    func status(_ code: String) -> AMFValue { RTMPStatus(code: code).value }
    switch command.name {
    case .connect:
      let success = status("NetConnection.Connect.Success")
      send(RTMPCommand(.result, transactionID: command.transactionID, [.null, success]))
    case .createStream:
      send(RTMPCommand(.result, transactionID: command.transactionID, [.null, .number(1)]))
    case .publish:
      send(RTMPCommand(.onStatus, [.null, status("NetStream.Publish.Start")]), on: 1)
      if case .says(let bytes) = fault { outbox += bytes }
    case .deleteStream:
      send(RTMPCommand(.onStatus, [.null, status("NetStream.Unpublish.Success")]), on: 1)
    default: break
    }
  }

  private mutating func send(_ command: RTMPCommand, on streamID: UInt32 = 0) {
    writer.append(
      RTMPMessage(
        chunkStreamID: 3, timestamp: 0, typeID: .command, messageStreamID: streamID,
        payload: command.payload), to: &outbox)
  }
}

/// A push by a process of its own to a server in this one.
struct FaultyPush {
  let outcome: Outcome
  /// How many connections there were.
  let connections: Int

  init(
    _ fault: FaultyServer.Fault, _ source: String, _ options: [String] = [],
    key: String = "s3cretkey", user: String = "", scheme: String = "rtmp"
  ) throws {
    let driver = try Driver()
    let listener = try TCPListener(at: try #require(SocketAddress("127.0.0.1", port: 0)))
    var connections: [Connection<FaultyServer>] = []
    let watch = try driver.watch(listener.rawDescriptor) {
      while let socket = try listener.accept() {
        connections.append(driver.adopt(FaultyServer(fault), over: socket) { _ in })
      }
    }
    let port = try listener.localAddress().port
    let process = try Mediatool.start(
      ["rtmp-push", "--fast"] + options + [
        source, "\(scheme)://\(user)127.0.0.1:\(port)/live/\(key)",
      ])
    defer { process.stop() }
    let limit = MonotonicClock.now() + 20_000_000_000
    while !process.hasEnded, MonotonicClock.now() < limit {
      _ = try driver.run(until: MonotonicClock.now() + 10_000_000)
    }
    watch.cancel()
    outcome = process.wait(limit: 1)
    self.connections = connections.count
    for connection in connections { connection.abort() }
  }
}
