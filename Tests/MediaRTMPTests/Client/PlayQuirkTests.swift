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

  /// A server that plays these bytes as they are.
  private func playing(bytes: [UInt8]) -> FakeServer {
    FakeServer { call in
      switch call.name {
      case .connect: [.connected(1)]
      case .play: [.status("NetStream.Play.Start"), .bytes(bytes), end]
      default: nil
      }
    }
  }

  /// Old librtmp and FFmpeg: SRS 4365, 4680, obs 10097.
  @Test func omitsExtendedTimestamps() throws {
    let first: [UInt8] = [6, 0xff, 0xff, 0xff, 0, 0, 200, 9, 1, 0, 0, 0] + bytes32(0x0100_0000)
    let bytes =
      first + [UInt8](repeating: 2, count: 128) + [0xc6] + [UInt8](repeating: 3, count: 72)
    let outcome = try play(from: playing(bytes: bytes))
    #expect(outcome.media.map(\.timestamp) == [0x0100_0000])
    #expect(
      outcome.media.map(\.payload) == [
        [UInt8](repeating: 2, count: 128) + [UInt8](repeating: 3, count: 72)
      ])
    #expect(outcome.deviations == ["extended-timestamp-omitted"])
  }

  /// Behind a delta it is that which type 3 repeats (enhanced-rtmp 42).
  @Test func repeatsTheTimestampInsteadOfTheDelta() throws {
    let first: [UInt8] = [6, 0, 3, 0xe8, 0, 0, 1, 9, 1, 0, 0, 0, 1]
    let second: [UInt8] = [0x46, 0xff, 0xff, 0xff, 0, 0, 200, 9] + bytes32(0x0100_0000)
    let bytes =
      first + second + [UInt8](repeating: 2, count: 128) + [0xc6] + bytes32(0x0100_03e8)
      + [UInt8](repeating: 3, count: 72)
    let outcome = try play(from: playing(bytes: bytes))
    #expect(outcome.media.map(\.timestamp) == [1000, 0x0100_03e8])
    #expect(outcome.media.map(\.payload.count) == [1, 200])
    #expect(outcome.deviations == ["extended-timestamp-absolute"])
  }

  @Test func changesItsChunkSizeAmidAMessage() throws {
    let bytes: [UInt8] =
      [6, 0, 0, 0, 0, 0, 200, 9, 1, 0, 0, 0] + [UInt8](repeating: 2, count: 128)
      + [2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0] + bytes32(50) + [0xc6]
      + [UInt8](repeating: 3, count: 50) + [0xc6] + [UInt8](repeating: 4, count: 22)
      // What follows is in the larger chunks of the fake's own writer again.
      + [2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0] + bytes32(128)
    let outcome = try play(from: playing(bytes: bytes))
    #expect(outcome.failure == nil && outcome.deviations == [])
    #expect(
      outcome.media.map(\.payload) == [
        [UInt8](repeating: 2, count: 128) + [UInt8](repeating: 3, count: 50)
          + [UInt8](repeating: 4, count: 22)
      ])
  }

  /// SRS 2808: a time before the last one, as a delta modulo 2^32.
  @Test func goesBackByADelta() throws {
    let first: [UInt8] = [6, 0, 3, 0xe8, 0, 0, 1, 9, 1, 0, 0, 0, 1]
    let second: [UInt8] = [0x86, 0xff, 0xff, 0xff] + bytes32(0xffff_fff6) + [2]
    let outcome = try play(from: playing(bytes: first + second))
    #expect(outcome.media.map(\.timestamp) == [1000, 990] && outcome.deviations == [])
  }

  /// More chunk streams than nginx-rtmp's 32, by basic headers of each length.
  @Test func usesManyChunkStreams() throws {
    let media = (3..<400).map { number -> FakeServer.Reply in
      .message(.audio, [0xaf, 1, 2], on: 1, chunkStream: UInt32(number), at: UInt32(number))
    }
    let outcome = try play(from: playing([.status("NetStream.Play.Start")] + media + [end]))
    #expect(outcome.media.map(\.timestamp) == (3..<400).map { UInt32($0) })
    #expect(outcome.failure == nil && outcome.deviations == [])
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
