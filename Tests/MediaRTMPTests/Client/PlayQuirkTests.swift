import MediaFLV
import MediaRTMP
import Testing

/// Servers that play oddly.
@Suite struct PlayQuirkTests {
  private func playing(_ replies: [FakeServer.Reply]) -> FakeServer {
    FakeServer { $0.name == .play ? replies : nil }
  }
  private let end = FakeServer.Reply.status("NetStream.Play.UnpublishNotify")

  @Test func neverSaysThatPlayingBegins() throws {
    let outcome = try play(from: playing(FakeServer.media(on: 1) + [end]))
    #expect(outcome.failure == nil && outcome.media.count == 5)
    #expect(outcome.deviations == ["media-before-start"])
  }

  @Test func playsOnAnotherStream() throws {
    let start = FakeServer.Reply.status("NetStream.Play.Start")
    let outcome = try play(from: playing([start] + FakeServer.media(on: 2) + [end]))
    #expect(outcome.failure == nil && outcome.media.count == 5)
    #expect(outcome.deviations == ["media-other-stream"])
  }

  @Test func resetsFirstAndBeginsLate() throws {
    let outcome = try play(
      from: playing(
        [
          .status("NetStream.Play.Reset"), .status("NetStream.Play.PublishNotify"),
          .status("NetStream.Play.Start"),
        ] + FakeServer.media(on: 1) + [.message(.userControl, [0, 0] + bytes32(1)), end]))
    #expect(outcome.failure == nil && outcome.deviations == [])
  }

  @Test func endsByUserControlAlone() throws {
    let outcome = try play(
      from: playing(
        [.status("NetStream.Play.Start")] + FakeServer.media(on: 1)
          + [.message(.userControl, [0, 1] + bytes32(1))]))
    #expect(outcome.failure == nil && outcome.events.contains(.playEnded(nil)))
  }

  @Test func endsByOnPlayStatus() throws {
    let status = RTMPStatus(code: "NetStream.Play.Complete").value
    let payload = AMFEncoder.amf0(.string("onPlayStatus")) + AMFEncoder.amf0(status)
    let outcome = try play(
      from: playing(
        [.status("NetStream.Play.Start")] + FakeServer.media(on: 1)
          + [.message(.data, payload, on: 1, chunkStream: 5)]))
    #expect(outcome.failure == nil && outcome.media.count == 5)
    #expect(outcome.statuses.last?.code == "NetStream.Play.Complete")
  }

  @Test func grantsAccessToSamples() throws {
    let access =
      AMFEncoder.amf0(.string("|RtmpSampleAccess")) + AMFEncoder.amf0(.boolean(true))
      + AMFEncoder.amf0(.boolean(true))
    let started = RTMPStatus(code: "NetStream.Data.Start").value
    let data = AMFEncoder.amf0(.string("onStatus")) + AMFEncoder.amf0(started)
    let outcome = try play(
      from: playing(
        [
          .status("NetStream.Play.Start"), .message(.data, access, on: 1, chunkStream: 5),
          .message(.data, data, on: 1, chunkStream: 5),
        ] + FakeServer.media(on: 1) + [end]))
    #expect(outcome.media.count == 5 && outcome.deviations == [])
  }

  @Test func aggregatesMessages() throws {
    func tag(_ type: UInt8, _ timestamp: UInt32, _ body: [UInt8]) -> [UInt8] {
      let size = bytes32(UInt32(body.count))
      return [type] + size.dropFirst() + bytes32(timestamp).dropFirst() + [0, 0, 0, 0] + body
        + bytes32(UInt32(body.count + 11))
    }
    let aggregate =
      tag(9, 1000, [0x17, 1, 2]) + tag(8, 1010, [0xaf, 1, 3]) + tag(9, 1040, [0x27, 1, 4])
    let outcome = try play(
      from: playing([
        .status("NetStream.Play.Start"),
        .message(.aggregate, aggregate, on: 1, chunkStream: 6, at: 50_000), end,
      ]))
    #expect(outcome.failure == nil)
    // Timestamps within are relative to the first (§7.1.6).
    #expect(outcome.media.map(\.timestamp) == [50_000, 50_010, 50_040])
    #expect(outcome.media.map(\.typeID) == [.video, .audio, .video])
    #expect(outcome.media.map(\.payload) == [[0x17, 1, 2], [0xaf, 1, 3], [0x27, 1, 4]])
    let cut = try play(
      from: playing([
        .status("NetStream.Play.Start"),
        .message(.aggregate, Array(aggregate.dropLast(8)), on: 1, chunkStream: 6), end,
      ]))
    #expect(cut.failure == nil && cut.media.count == 2 && !cut.deviations.isEmpty)
  }

  @Test func interleavesItsMessages() throws {
    // Two messages of 200 bytes in chunks of 128, one after the other.
    func header(_ chunkStream: UInt8, _ type: UInt8) -> [UInt8] {
      [chunkStream, 0, 0, 0, 0, 0, 200, type, 1, 0, 0, 0]
    }
    let bytes =
      header(4, 8) + [UInt8](repeating: 1, count: 128) + header(6, 9)
      + [UInt8](repeating: 2, count: 128) + [0xc4] + [UInt8](repeating: 1, count: 72) + [0xc6]
      + [UInt8](repeating: 2, count: 72)
    let outcome = try play(
      from: FakeServer { call in
        switch call.name {
        case .connect: [.connected(1)]
        case .play: [.status("NetStream.Play.Start"), .bytes(bytes), end]
        default: nil
        }
      })
    #expect(outcome.media.map(\.typeID) == [.audio, .video])
    #expect(
      outcome.media.map(\.payload) == [
        [UInt8](repeating: 1, count: 200), [UInt8](repeating: 2, count: 200),
      ])
  }

  @Test func sendsMediaToAPublisher() throws {
    let outcome = try publish(
      to: FakeServer { call in
        call.name == .publish
          ? FakeServer.media(on: 1) + [.status("NetStream.Publish.Start")] : nil
      })
    #expect(outcome.failure == nil && outcome.media == [])
    #expect(outcome.deviations == ["media-to-publisher"])
  }
}
