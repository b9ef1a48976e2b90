import MediaModel
import TestSupport

@testable import MediaRTSP

/// A client and a server of ours, joined in memory, with bytes cut into pieces on their way.
struct RTSPJoined {
  var client: RTSPClient
  var server: RTSPServer
  var now: Nanoseconds = 0
  /// How much of a message arrives at once.
  var piece = Int.max
  /// What the client asks for.
  var plans: (RTSPPresentation) -> [RTSPTrackPlan] = { presentation in
    presentation.tracks.map { RTSPTrackPlan($0.index, RTSPTransport(.tcp)) }
  }
  /// What the server does with a wish.
  var answer: (RTSPWish, inout RTSPServer) throws -> Void = { try RTSPJoined.usual($0, &$1) }

  private(set) var clientEvents: [RTSPClientEvent] = []
  private(set) var serverEvents: [RTSPServerEvent] = []
  private(set) var failure: RTSPClientFailure?
  private var toServer: [UInt8] = []
  private var toClient: [UInt8] = []
  private var isOver = (client: false, server: false)

  init(
    _ url: String = "rtsp://admin:secret@cam/live", access: RTSPAccess? = nil,
    change: (inout RTSPServerOptions) -> Void = { _ in }
  ) throws {
    var options = RTSPServerOptions()
    options.access = access
    change(&options)
    let functions = try RTSPAuthenticationTests.functions()
    client = RTSPClient(RTSPClientOptions(try RTSPURL(url)), functions: functions, at: 0)
    server = RTSPServer(options, functions: functions, at: 0)
  }

  /// Takes whatever is asked for, and has a packet on channel 0.
  static func usual(_ wish: RTSPWish, _ server: inout RTSPServer) throws {
    switch wish {
    case .describe: try server.describe(Array(RTSPScriptedServer.usualDescription.utf8))
    case .setUp(_, let transports):
      var transport = transports[0]
      if transport.lower == .udp { transport.serverPort = .init(6000, 6001) }
      try server.setUp(transport, at: 0)
    case .play(let uri, _):
      try server.play(
        [1, 2].map {
          RTSPStreamInfo(url: "\(uri)track\($0)", sequenceNumber: 1, timestamp: 9)
        }, range: .npt(0, nil))
      server.send([0x80, 96, 0, 1, 0, 0, 0, 9, 0, 0, 0, 1, 0x65, 1], on: 0)
    case .pause, .announce, .record: try server.accept()
    }
  }

  /// Lets both go on until both wait.
  mutating func run() throws {
    var isIdle = false
    while !isIdle {
      isIdle = true
      while !isOver.client, stepClient() { isIdle = false }
      while !isOver.server, try stepServer() { isIdle = false }
      if !toServer.isEmpty, !isOver.server {
        let bytes = Array(toServer.prefix(piece))
        toServer.removeFirst(bytes.count)
        try server.receive(bytes, at: now)
        isIdle = false
      } else if !toClient.isEmpty, !isOver.client {
        let bytes = Array(toClient.prefix(piece))
        toClient.removeFirst(bytes.count)
        do { try client.receive(bytes, at: now) } catch { failure = error }
        isIdle = false
      }
    }
  }

  private mutating func stepClient() -> Bool {
    switch client.nextOutput() {
    case .send(let bytes): toServer += bytes
    case .event(let event):
      clientEvents.append(event)
      if case .described(let presentation) = event { client.setUp(plans(presentation), at: now) }
      if case .phase(.ready, _) = event { client.play(at: now) }
    case .wait: return false
    case .close: isOver.client = true
    }
    return true
  }

  private mutating func stepServer() throws -> Bool {
    switch server.nextOutput() {
    case .send(let bytes): toClient += bytes
    case .event(let event):
      serverEvents.append(event)
      if case .wish(let wish) = event { try answer(wish, &server) }
    case .wait: return false
    case .close: isOver.server = true
    }
    return true
  }

  var deviations: [String] {
    clientEvents.compactMap { event in
      if case .deviation(let deviation) = event { deviation.code.name } else { nil }
    }
  }
  var clientPackets: [[UInt8]] {
    clientEvents.compactMap { if case .packet(let bytes, _, _) = $0 { bytes } else { nil } }
  }
}
