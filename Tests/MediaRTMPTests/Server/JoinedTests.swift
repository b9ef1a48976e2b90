import MediaFLV
import MediaModel
import MediaRTMP
import TestSupport
import Testing

@Suite struct JoinedTests {
  /// Sound and pictures, one larger than any chunk.
  private static let media: [(type: RTMPMessageType, timestamp: UInt32, payload: [UInt8])] = {
    var random = Seeded.of("joined media")
    return (0..<60).map { index in
      let count = index == 20 ? 70_000 : Int.random(in: 0...400, using: &random)
      let type: RTMPMessageType = index == 0 ? .data : index % 2 == 0 ? .video : .audio
      // Over the place where timestamps need four bytes, and over 2^32.
      let timestamp = (0xff_fff0 as UInt32) &+ UInt32(index) &* (index < 30 ? 1 : 0x0fff_ffff)
      return (type, timestamp, random.bytes(count))
    }
  }()

  @Test(arguments: Cuts.allCases) func pushes(cuts: Cuts) throws {
    var joined = Joined(try testOptions(.publish()))
    try joined.run(cuts: cuts) { client, event, now in
      guard case .phase(.running, _) = event else { return }
      for item in Self.media { client.send(item.type, timestamp: item.timestamp, item.payload) }
      client.finish(at: now)
    } onServer: { (server, event) throws(RTMPServerFailure) in
      switch event {
      case .connect, .stream: try server.accept()
      default: break
      }
    }
    #expect(joined.clientFailure == nil && joined.serverFailure == nil)
    let received = joined.serverEvents.compactMap {
      if case .media(let message) = $0 { message } else { nil }
    }
    #expect(received.map(\.payload) == Self.media.map(\.payload))
    #expect(received.map(\.timestamp) == Self.media.map(\.timestamp))
    #expect(received.map(\.typeID) == Self.media.map(\.type))
    #expect(joined.serverEvents.contains(.ended(streamID: 1)))
    #expect(joined.client.phase == .finished && joined.now == 0)
    #expect(joined.client.serverCapabilities.offer(.hvc1) == .offered)
    try noDeviations(joined)
  }

  @Test(arguments: Cuts.allCases) func plays(cuts: Cuts) throws {
    var joined = Joined(try testOptions(.play()))
    try joined.run(cuts: cuts) { client, event, now in
      if case .playEnded(.some) = event { client.finish(at: now) }
    } onServer: { (server, event) throws(RTMPServerFailure) in
      switch event {
      case .connect: try server.accept()
      case .stream(let request):
        try server.accept()
        for item in Self.media {
          server.send(
            item.type, timestamp: item.timestamp, item.payload, on: request.streamID)
        }
        server.endPlaying(request.streamID)
      default: break
      }
    }
    #expect(joined.clientFailure == nil && joined.serverFailure == nil)
    let received = joined.clientEvents.compactMap {
      if case .media(let message) = $0 { message } else { nil }
    }
    #expect(received.map(\.payload) == Self.media.map(\.payload))
    #expect(received.map(\.timestamp) == Self.media.map(\.timestamp))
    try noDeviations(joined)
  }

  /// A dialogue of everything: digests, traces, extended timestamps, acknowledgements, a request to
  /// reconnect, leave.
  private func dialogue(_ purpose: RTMPClientOptions.Purpose, _ cuts: Cuts) throws -> Joined {
    var options = try testOptions(purpose)
    (options.usesDigests, options.traces, options.windowSize) = (true, true, 75_000)
    var serverOptions = RTMPServerOptions()
    (serverOptions.traces, serverOptions.windowSize) = (true, 75_000)
    serverOptions.chunkSize = 1000
    var joined = Joined(options, server: serverOptions)
    try joined.run(cuts: cuts) { client, event, now in
      switch event {
      case .phase(.running, _) where purpose.isPublishing:
        for item in Self.media { client.send(item.type, timestamp: item.timestamp, item.payload) }
        client.finish(at: now)
      case .playEnded(.some): client.finish(at: now)
      default: break
      }
    } onServer: { (server, event) throws(RTMPServerFailure) in
      switch event {
      case .connect: try server.accept()
      case .stream(let request):
        try server.accept()
        guard case .play = request.kind else { return }
        server.requestReconnect(tcURL: "rtmp://other/app")
        for item in Self.media {
          server.send(
            item.type, timestamp: item.timestamp, item.payload, on: request.streamID)
        }
        server.endPlaying(request.streamID)
      default: break
      }
    }
    #expect(joined.clientFailure == nil && joined.serverFailure == nil)
    return joined
  }

  /// All but acknowledgements, which say how much has arrived.
  @Test(arguments: [RTMPClientOptions.Purpose.publish(), .play()])
  func anyCutTellsAndSaysTheSame(_ purpose: RTMPClientOptions.Purpose) throws {
    let whole = try dialogue(purpose, .whole)
    for kind in [RTMPMessageType.audio, .video, .command, .acknowledgement] {
      #expect(
        whole.clientEvents.contains {
          if case .trace(let trace) = $0 { trace.header.typeID == kind } else { false }
        }, "no \(kind)")
    }
    for cuts in [Cuts.single, .random] {
      let other = try dialogue(purpose, cuts)
      #expect(clientEvents(other) == clientEvents(whole), "\(cuts)")
      #expect(serverEvents(other) == serverEvents(whole), "\(cuts)")
      #expect(try messages(other.toServer.bytes) == messages(whole.toServer.bytes), "\(cuts)")
      #expect(try messages(other.toClient.bytes) == messages(whole.toClient.bytes), "\(cuts)")
    }
  }

  private func clientEvents(_ joined: Joined) -> [RTMPClientEvent] {
    joined.clientEvents.filter {
      switch $0 {
      case .acknowledged: false
      case .trace(let trace): trace.header.typeID != .acknowledgement
      default: true
      }
    }
  }

  private func serverEvents(_ joined: Joined) -> [RTMPServerEvent] {
    joined.serverEvents.filter {
      switch $0 {
      case .acknowledged: false
      case .trace(let trace): trace.header.typeID != .acknowledgement
      default: true
      }
    }
  }

  private func messages(_ bytes: [UInt8]) throws -> [RTMPMessage] {
    var reader = RTMPChunkReader()
    reader.append(Array(bytes.dropFirst(RTMPHandshake.byteCount)))
    var all: [RTMPMessage] = []
    while let message = try reader.next() { all.append(message) }
    return all.filter { $0.typeID != .acknowledgement }
  }

  @Test func namesThatAreTaken() throws {
    var joined = Joined(try testOptions(.publish()))
    try joined.run(cuts: .random) { _, _, _ in
    } onServer: { (server, event) throws(RTMPServerFailure) in
      switch event {
      case .connect: try server.accept()
      case .stream(let request):
        #expect(request.streamKey == testKey && request.kind == .publish(kind: "live"))
        try server.reject(
          RTMPStatus(
            level: "error", code: "NetStream.Publish.BadName",
            description: "\(request.streamKey) is taken"))
      default: break
      }
    }
    guard case .refused(let status) = joined.clientFailure?.reason else {
      Issue.record("\(String(describing: joined.clientFailure))")
      return
    }
    #expect(status.kind == .nameTaken && status.description == "*** is taken")
  }

  @Test func applicationsThatAreNone() throws {
    var joined = Joined(try testOptions(.play()))
    try joined.run(cuts: .random) { _, _, _ in
    } onServer: { (server, event) throws(RTMPServerFailure) in
      guard case .connect(let request) = event else { return }
      #expect(request.app == "live" && request.tcURL == "rtmp://host/live")
      #expect(request.capabilities == RTMPCapabilities(all: [.decode, .forward]))
      try server.reject(
        RTMPStatus(level: "error", code: "NetConnection.Connect.InvalidApp", description: "none"))
    }
    #expect(joined.clientFailure?.phase == .connect)
    #expect(joined.server.nextOutput() == .close)
  }

  @Test func reconnectRequests() throws {
    var joined = Joined(try testOptions(.publish()))
    try joined.run(cuts: .random) { client, event, now in
      if case .reconnectRequested(let url) = event {
        #expect(url.tcURL == "rtmp://other/app")
        client.finish(at: now)
      }
    } onServer: { (server, event) throws(RTMPServerFailure) in
      switch event {
      case .connect: try server.accept()
      case .stream:
        try server.accept()
        server.requestReconnect(tcURL: "rtmp://other/app", description: "maintenance")
      default: break
      }
    }
    #expect(joined.clientFailure == nil && joined.client.phase == .finished)
  }

  private func noDeviations(_ joined: Joined) throws {
    for event in joined.clientEvents {
      if case .deviation(let deviation) = event { Issue.record("\(deviation)") }
    }
    for event in joined.serverEvents {
      if case .deviation(let deviation) = event { Issue.record("\(deviation)") }
    }
    #expect(!"\(joined.clientEvents) \(joined.serverEvents)".contains(testKey))
  }
}
