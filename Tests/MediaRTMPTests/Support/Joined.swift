import MediaModel
import MediaRTMP
import TestSupport
import Testing

/// A client and a server machine with nothing but memory between them.
struct Joined {
  var client: RTMPClient
  var server: RTMPServer
  var clientEvents: [RTMPClientEvent] = []
  var serverEvents: [RTMPServerEvent] = []
  var clientFailure: RTMPClientFailure?
  var serverFailure: RTMPServerFailure?
  private(set) var toServer = Pipe()
  private(set) var toClient = Pipe()
  private var random = Seeded.of("joined")
  var now: Nanoseconds = 0

  init(_ options: RTMPClientOptions, server options2: RTMPServerOptions = RTMPServerOptions()) {
    client = RTMPClient(options, functions: testFunctions, at: 0)
    server = RTMPServer(options2, functions: testFunctions, at: 0)
  }

  /// Runs until the client is done.
  mutating func run(
    cuts: Cuts, onClient: (inout RTMPClient, RTMPClientEvent, Nanoseconds) -> Void,
    onServer: (inout RTMPServer, RTMPServerEvent) throws(RTMPServerFailure) -> Void
  ) throws {
    for _ in 0..<5_000_000 {
      var isClosed = false
      var isIdle = true
      switch client.nextOutput() {
      case .send(let bytes):
        toServer.bytes += bytes
        isIdle = false
      case .event(let event):
        clientEvents.append(event)
        onClient(&client, event, now)
        isIdle = false
      case .close: isClosed = true
      case .wait: break
      }
      switch server.nextOutput() {
      case .send(let bytes):
        toClient.bytes += bytes
        isIdle = false
      case .event(let event):
        serverEvents.append(event)
        try onServer(&server, event)
        isIdle = false
      case .close, .wait: break
      }
      if isClosed, toServer.isEmpty, isIdle { return }
      try move(cuts)
    }
    Issue.record("it does not end")
  }

  private mutating func move(_ cuts: Cuts) throws {
    let time = now
    if let piece = toServer.take(cuts, &random) {
      let result = Result { () throws(RTMPServerFailure) in try server.receive(piece, at: time) }
      if case .failure(let failure) = result { serverFailure = failure }
    }
    if let piece = toClient.take(cuts, &random) {
      let result = Result { () throws(RTMPClientFailure) in try client.receive(piece, at: time) }
      if case .failure(let failure) = result { clientFailure = failure }
    }
  }

  /// All bytes of a direction, on their way or arrived.
  struct Pipe {
    fileprivate(set) var bytes: [UInt8] = []
    private var taken = 0

    var isEmpty: Bool { taken == bytes.count }

    fileprivate mutating func take(_ cuts: Cuts, _ random: inout Seeded) -> [UInt8]? {
      guard !isEmpty else { return nil }
      let left = bytes.count - taken
      let count =
        switch cuts {
        case .whole: left
        case .single: 1
        case .random: min(left, Int.random(in: 1...3000, using: &random))
        }
      defer { taken += count }
      return Array(bytes[taken..<taken + count])
    }
  }
}
