import Foundation
import MediaModel
import MediaRTMP
import TestSupport
import Testing

private let folder: URL? = {
  let corpus =
    ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../shared/corpus").standardizedFileURL
  let folder = corpus.appendingPathComponent("rtmp-sessions")
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

private func recording(_ name: String) throws -> [UInt8] {
  let folder = try #require(folder)
  return [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
}

/// What programs and nginx-rtmp said to each other, one side of it replaced by ours.
@Suite(.enabled(if: folder != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct SessionCorpusTests {
  /// Feeds a client all that a server said, in pieces; nothing is expected at its end.
  private func replay(_ name: String, _ purpose: RTMPClientOptions.Purpose) throws
    -> [RTMPClientEvent]
  {
    let bytes = try recording(name)
    var random = Seeded.of(name)
    var client = RTMPClient(try testOptions(purpose), functions: testFunctions, at: 0)
    var events: [RTMPClientEvent] = []
    var position = 0
    while true {
      switch client.nextOutput() {
      case .send: break
      case .event(let event): events.append(event)
      case .close: return events
      case .wait:
        guard position < bytes.count else { return events }
        let end = min(bytes.count, position + Int.random(in: 1...2000, using: &random))
        try client.receive(Array(bytes[position..<end]), at: 0)
        position = end
      }
    }
  }

  @Test func aPublisherOfFFmpegs() throws {
    let events = try replay("publish_ffmpeg51_h264_aac.s2c.bin", .publish())
    #expect(events.contains(.phase(.running, at: 0)))
    // It answers another C1 than ours, one with digests.
    #expect(deviations(events) == ["s1-not-zero", "s2-not-echo"])
  }

  @Test func aPlayerOfRtmpdumps() throws {
    let events = try replay("play_rtmpdump.s2c.bin", .play())
    let types = events.compactMap { event -> RTMPMessageType? in
      if case .media(let message) = event { message.typeID } else { nil }
    }
    #expect(types.filter { $0 == .audio }.count == 184)
    #expect(types.filter { $0 == .video }.count == 84)
    #expect(types.filter { $0 == .data }.count == 1)
    #expect(deviations(events) == ["s2-not-echo"])
  }

  private func deviations(_ events: [RTMPClientEvent]) -> [String] {
    events.compactMap { if case .deviation(let it) = $0 { it.code.name } else { nil } }
  }

  @Test func aServerForFFmpeg() throws {
    let (events, ended) = try serve("publish_ffmpeg51_h264_aac.c2s.bin")
    let types = events.compactMap { event -> RTMPMessageType? in
      if case .media(let message) = event { message.typeID } else { nil }
    }
    #expect(types.filter { $0 == .audio }.count == 96)
    #expect(types.filter { $0 == .video }.count == 52)
    #expect(types.filter { $0 == .data }.count == 1)
    #expect(ended)
  }

  @Test func aServerForRtmpdump() throws {
    let (events, ended) = try serve("play_rtmpdump.c2s.bin")
    let requests = events.compactMap { event -> RTMPStreamRequest? in
      if case .stream(let request) = event { request } else { nil }
    }
    #expect(requests.map(\.streamKey) == ["p"])
    #expect(requests.first?.kind == .play(start: -1000, duration: 2000))
    #expect(ended)
  }

  private func serve(_ name: String) throws -> (events: [RTMPServerEvent], ended: Bool) {
    let bytes = try recording(name)
    var random = Seeded.of(name)
    var server = RTMPServer(functions: testFunctions, at: 0)
    var events: [RTMPServerEvent] = []
    var position = 0
    while true {
      switch server.nextOutput() {
      case .send: break
      case .event(let event):
        events.append(event)
        switch event {
        case .connect, .stream: try server.accept()
        default: break
        }
      case .close, .wait:
        guard position < bytes.count else {
          return (events, events.contains(.ended(streamID: 1)))
        }
        let end = min(bytes.count, position + Int.random(in: 1...2000, using: &random))
        try server.receive(Array(bytes[position..<end]), at: 0)
        position = end
      }
    }
  }
}
