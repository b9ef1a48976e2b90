import MediaFLV
import MediaModel
import MediaRTMP
import Testing

@Suite struct ClientTests {
  @Test func publishes() throws {
    let outcome = try publish(to: FakeServer())
    #expect(outcome.failure == nil)
    #expect(outcome.phases == RTMPClientPhase.allCases)
    #expect(outcome.deviations == [])
    #expect(
      outcome.commands.map(\.name) == [
        .connect, .releaseStream, .fcPublish, .createStream, .publish, .fcUnpublish, .deleteStream,
      ])
    #expect(outcome.commands.map(\.transactionID) == [1, 2, 3, 4, 5, 6, 7])
    // SRS 926: a server may wait for the size of our chunks.
    let size = outcome.received.firstIndex { $0.typeID == .setChunkSize }
    #expect(try #require(size) < #require(outcome.received.firstIndex { $0.messageStreamID == 1 }))
    let media = outcome.received.filter { $0.typeID == .audio || $0.typeID == .video }
    #expect(media.map(\.timestamp) == [0, 0, 40] && media.map(\.payload.count) == [5, 4, 502])
    #expect(media.allSatisfy { $0.messageStreamID == 1 })
    let publish = try #require(outcome.commands.first { $0.name == .publish })
    #expect(publish.values == [.null, .string(AMFString(testKey)), .string("live")])
  }

  @Test func plays() throws {
    let outcome = try play(from: FakeServer())
    #expect(outcome.failure == nil)
    #expect(outcome.phases == RTMPClientPhase.allCases.filter { $0 != .finishing })
    #expect(outcome.deviations == [])
    #expect(
      outcome.commands.map(\.name) == [.connect, .createStream, .play, .deleteStream])
    #expect(outcome.media.map(\.timestamp) == [0, 0, 0, 40, 0x0100_0000])
    // SetBufferLength comes before play.
    let types = outcome.received.map(\.typeID)
    let buffer = try #require(types.firstIndex(of: .userControl))
    #expect(outcome.received[buffer].payload == [0, 3] + bytes32(1) + bytes32(3000))
    #expect(buffer == types.count - 3)
    let values = try #require(outcome.commands.first { $0.name == .play }).values
    #expect(values == [.null, .string(AMFString(testKey)), .number(-2000)])
  }

  @Test func connectSaysWhoWeAre() throws {
    var options = try testOptions(.publish(kind: "record"), "rtmp://h:1936/live/inst/\(testKey)")
    options.flashVersion = "FMLE/3.0 (compatible; other)"
    options.swfURL = "rtmp://swf"
    options.pageURL = "http://page"
    options.connectArguments = [.boolean(true), .string("extra")]
    let outcome = try converseInAllCuts(options, FakeServer())
    let connect = try #require(outcome.commands.first)
    let object = try #require(connect.values.first)
    #expect(object["app"]?.text == "live/inst")
    #expect(object["tcUrl"]?.text == "rtmp://h:1936/live/inst")
    #expect(object["type"]?.text == "nonprivate")
    #expect(object["flashVer"]?.text == "FMLE/3.0 (compatible; other)")
    #expect(object["swfUrl"]?.text == "rtmp://swf" && object["pageUrl"]?.text == "http://page")
    #expect(Array(connect.arguments) == [.boolean(true), .string("extra")])
    #expect(RTMPCapabilities(connect.values) == RTMPCapabilities(all: [.encode, .forward]))
    #expect(outcome.commands.first { $0.name == .publish }?.values.last == .string("record"))
    let player = try play(from: FakeServer())
    #expect(player.commands.first?.values.first?["videoCodecs"]?.number == 255)
  }

  @Test func playsAPartOfARecording() throws {
    var range = RTMPPlayRange()
    (range.start, range.duration, range.reset) = (12.5, 3, false)
    let outcome = try converseInAllCuts(try testOptions(.play(range)), FakeServer())
    let values = try #require(outcome.commands.first { $0.name == .play }).values
    #expect(Array(values.dropFirst(2)) == [.number(12_500), .number(3000), .boolean(false)])
    range = RTMPPlayRange()
    range.start = -1
    let live = try converseInAllCuts(try testOptions(.play(range)), FakeServer())
    #expect(live.commands.map(\.name).contains(.fcSubscribe))
  }

  @Test func pausesAndSeeks() throws {
    let outcome = try play(from: FakeServer()) { client, event, now in
      guard case .playEnded = event else { return }
      client.pause(true, at: 500)
      client.seek(to: 1500)
      client.pause(false, at: 1500)
      client.finish(at: now)
    }
    let values = outcome.commands.filter { [.pause, .seek].contains($0.name) }.map(\.values)
    #expect(
      values == [
        [.null, .boolean(true), .number(500)], [.null, .number(1500)],
        [.null, .boolean(false), .number(1500)],
      ])
  }

  @Test func tellsEachMessageWithoutSecrets() throws {
    var options = try testOptions(.publish(), "rtmp://host/live/\(testKey)?token=abcdefgh")
    options.traces = true
    let outcome = try converseInAllCuts(options, FakeServer())
    let traces = outcome.events.compactMap { if case .trace(let it) = $0 { it } else { nil } }
    let texts = traces.map(\.text).joined(separator: "\n")
    #expect(texts.contains("connect(1, {\"app\": \"live\"") && texts.contains("_result(1"))
    #expect(texts.contains(#"publish(5, null, "***", "live")"#))
    for isOutgoing in [true, false] {
      let windows = traces.filter {
        $0.isOutgoing == isOutgoing && $0.header.typeID == .windowAcknowledgementSize
      }
      // Ours is what its bandwidth asks for.
      #expect(windows.map(\.text) == ["5000000"])
    }
    #expect(traces.contains { $0.text == "5000000, limit type 2" && !$0.isOutgoing })
    #expect(!texts.contains("abcdefgh") && !texts.contains(testKey))
    #expect(traces.filter(\.isOutgoing).count == outcome.received.count)
    #expect(traces.contains { $0.header.typeID == .video && $0.header.payloadByteCount == 502 })
  }

  @Test func finishesBeforeItHasBegun() throws {
    let silent = FakeServer { $0.name == .connect ? [] : nil }
    let outcome = try publish(to: silent) { client, event, now in
      if case .phase(.connect, _) = event { client.finish(at: now) }
    }
    #expect(outcome.failure == nil && outcome.phases.last == .finished)
    #expect(outcome.commands.map(\.name) == [.connect])
  }
}
