import Foundation
import MediaModel
import MediaRTMP
import TestSupport
import Testing

@Suite(.peers("nginx")) struct NginxTests {
  /// A configuration and pictures that no decoder looks at: nginx-rtmp passes them on.
  private static let video: [(timestamp: UInt32, payload: [UInt8])] = {
    var random = Seeded.of("nginx video")
    let configuration: [UInt8] = [0x17, 0, 0, 0, 0, 1, 0x64, 0, 0x0b, 0xff, 0xe0, 0]
    return [(0, configuration)]
      + (0..<50).map { index in
        let size = index == 0 ? 200_000 : Int.random(in: 10...9000, using: &random)
        return (
          UInt32(index) * 40, [index % 25 == 0 ? 0x17 : 0x27, 1, 0, 0, 0] + random.bytes(size)
        )
      }
  }()

  private func run(
    _ options: RTMPClientOptions, _ talk: TCPTalk,
    _ act: (inout RTMPClient, RTMPClientEvent) throws -> Bool
  ) throws -> [RTMPClientEvent] {
    var client = RTMPClient(options, functions: testFunctions, at: 0)
    var events: [RTMPClientEvent] = []
    while true {
      switch client.nextOutput() {
      case .send(let bytes): try talk.send(bytes)
      case .event(let event):
        events.append(event)
        if try act(&client, event) { client.finish(at: 0) }
      case .close: return events
      case .wait:
        let bytes = try talk.receive()
        if bytes.isEmpty { try client.peerClosed(at: 0) } else { try client.receive(bytes, at: 0) }
      }
    }
  }

  @Test func recordsWhatIsPublished() throws {
    let nginx = try NginxServer()
    let options = try testOptions(.publish(), "rtmp://127.0.0.1:\(nginx.port)/live/\(testKey)")
    let events = try run(options, TCPTalk(port: nginx.port)) { client, event in
      guard case .phase(.running, _) = event else { return false }
      for frame in Self.video { client.send(.video, timestamp: frame.timestamp, frame.payload) }
      return true
    }
    #expect(events.contains(.phase(.finished, at: 0)))
    #expect(deviations(events) == [])
    let recorded = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: nginx.folder["\(testKey).flv"])))
    // Each body stands in the file as it was sent, in order.
    var position = 0
    for frame in Self.video {
      let found = Data(recorded[position...]).range(of: Data(frame.payload))
      position += try #require(found, "frame at \(frame.timestamp)").upperBound
    }
  }

  @Test func playsWhatIsPublished() throws {
    let nginx = try NginxServer()
    let url = "rtmp://127.0.0.1:\(nginx.port)/live/\(testKey)"
    var played: [RTMPMessage] = []
    var playing: [RTMPClientEvent] = []
    _ = try run(try testOptions(.publish(), url), TCPTalk(port: nginx.port)) { publisher, event in
      guard case .phase(.running, _) = event else { return false }
      // A player comes while nothing has been sent; what is sent then reaches it.
      playing = try run(try testOptions(.play(), url), TCPTalk(port: nginx.port)) { _, event in
        if case .phase(.running, _) = event { return true }
        if case .media(let message) = event { played.append(message) }
        return false
      }
      return true
    }
    #expect(
      playing.contains { if case .status(let it) = $0 { it.kind == .playing } else { false } })
    #expect(deviations(playing) == [] && played.allSatisfy { $0.typeID == .data })
  }

  @Test func refusesASecondPublisher() throws {
    let nginx = try NginxServer()
    let url = "rtmp://127.0.0.1:\(nginx.port)/live/\(testKey)"
    _ = try run(try testOptions(.publish(), url), TCPTalk(port: nginx.port)) { _, event in
      guard case .phase(.running, _) = event else { return false }
      let failure = #expect(throws: RTMPClientFailure.self) {
        try run(try testOptions(.publish(), url), TCPTalk(port: nginx.port)) { _, _ in false }
      }
      guard case .refused(let status)? = failure?.reason else {
        Issue.record("\(String(describing: failure))")
        return true
      }
      #expect(status.kind == .nameTaken)
      return true
    }
  }

  private func deviations(_ events: [RTMPClientEvent]) -> [String] {
    events.compactMap { if case .deviation(let it) = $0 { "\(it)" } else { nil } }
  }
}
