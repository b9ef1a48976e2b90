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
