import MediaFLV
import MediaRTMP
import Testing

/// Servers that govern the connection oddly: windows, acknowledgements, chunk sizes, pings.
@Suite struct ControlQuirkTests {
  /// A server that says this before its answer to `connect`.
  private func opening(_ replies: FakeServer.Reply...) -> FakeServer {
    FakeServer { $0.name == .connect ? replies + [.connected($0.id)] : nil }
  }
  /// A server that says this once publishing has begun.
  private func publishing(_ replies: FakeServer.Reply...) -> FakeServer {
    FakeServer { $0.name == .publish ? [.status("NetStream.Publish.Start")] + replies : nil }
  }

  @Test func saysNothingOfItsLimits() throws {
    let outcome = try publish(to: opening())
    #expect(outcome.failure == nil && outcome.deviations == [])
    #expect(!outcome.hasAcknowledged)
  }

  @Test func pingsDuringTheDialogue() throws {
    let outcome = try publish(to: opening(.message(.userControl, [0, 6] + bytes32(0xdead_beef))))
    let answer = outcome.received.first { $0.typeID == .userControl }
    #expect(answer?.payload == [0, 7] + bytes32(0xdead_beef))
    #expect(answer?.chunkStreamID == 2 && answer?.messageStreamID == 0)
  }

  @Test func sendsShortControlMessages() throws {
    let types: [RTMPMessageType] = [
      .acknowledgement, .windowAcknowledgementSize, .setPeerBandwidth, .userControl,
    ]
    for type in types {
      for payload in [[], [0], [0, 6], [0, 6, 1]] as [[UInt8]] {
        let outcome = try publish(to: opening(.message(type, payload)))
        #expect(outcome.failure == nil, "\(type) \(payload)")
      }
    }
  }

  @Test func sendsUnknownUserControl() throws {
    let outcome = try publish(
      to: opening(
        .message(.userControl, [0, 31] + bytes32(1)), .message(.userControl, [0, 32] + bytes32(1)),
        .message(.userControl, [0x12, 0x34, 1])))
    #expect(outcome.failure == nil)
  }

  @Test func wantsNearlyEachMessageAcknowledged() throws {
    let outcome = try publish(to: opening(.message(.windowAcknowledgementSize, bytes32(300))))
    #expect(outcome.failure == nil)
    #expect(outcome.hasAcknowledged)
  }

  @Test func wantsNothingAcknowledged() throws {
    let outcome = try publish(to: opening(.message(.windowAcknowledgementSize, bytes32(0))))
    #expect(outcome.failure == nil && outcome.deviations == ["window-zero"])
    #expect(!outcome.hasAcknowledged)
  }

  @Test func setsThePeerBandwidthOfEachKind() throws {
    for limit in [[0], [1], [2], [3]] as [[UInt8]] {
      let outcome = try publish(to: opening(.message(.setPeerBandwidth, bytes32(131_072) + limit)))
      #expect(outcome.failure == nil)
      // Its answer is a window of that size.
      let windows = outcome.received.filter { $0.typeID == .windowAcknowledgementSize }
      #expect(windows.first?.payload == bytes32(131_072), "\(limit)")
    }
  }

  @Test func changesItsChunkSizeAllTheTime() throws {
    for size in [1, 2, 127, 129, 65_536, 0xff_ffff, 0x7fff_ffff] as [UInt32] {
      let outcome = try play(
        from: FakeServer { call in
          call.name == .play
            ? [.message(.setChunkSize, bytes32(size))] + FakeServer.plain(call) : nil
        })
      #expect(outcome.failure == nil && outcome.media.count == 5, "\(size)")
    }
  }

  @Test func setsAChunkSizeOfZero() throws {
    let outcome = try publish(
      to: opening(.bytes([2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0])))
    guard case .broken(let error) = outcome.failure?.reason else {
      Issue.record("\(String(describing: outcome.failure))")
      return
    }
    #expect(error.fault == .peer && error.description.contains("Chunk Size"))
  }

  @Test func acknowledgesIncrements() throws {
    var server = FakeServer()
    server.onMessage = { message in
      guard message.typeID == .audio else { return [] }
      return [15_000, 15_000, 10_000].map { .message(.acknowledgement, bytes32($0)) }
    }
    let outcome = try publish(to: server) { client, event, now in
      switch event {
      case .phase(.running, _):
        for index in 0..<10 {
          let picture = [UInt8](repeating: 0x27, count: 5000)
          client.send(.video, timestamp: UInt32(index) * 40, picture)
        }
        client.send(.audio, timestamp: 400, [0xaf, 1])
      case .acknowledged(40_000): client.finish(at: now)
      default: break
      }
    }
    let counts = outcome.events.compactMap {
      if case .acknowledged(let count) = $0 { count } else { nil }
    }
    #expect(outcome.failure == nil && outcome.deviations == ["acknowledgement-increments"])
    #expect(counts == [15_000, 30_000, 40_000])
  }

  @Test func acknowledgesMoreThanWasSent() throws {
    let outcome = try publish(
      to: publishing(
        .message(.acknowledgement, bytes32(.max)), .message(.acknowledgement, bytes32(0x8000_0000))
      ))
    #expect(outcome.failure == nil && outcome.deviations == ["acknowledgement-too-much"])
  }

  @Test func abortsAMessage() throws {
    // Type 9 of 200 bytes on chunk stream 6, cut short by Abort, and the same stream again.
    let began: [UInt8] =
      [0x06, 0, 0, 0, 0, 0, 200, 9, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 128)
    let abort: [UInt8] = [0x02, 0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 0, 0, 0, 6]
    let outcome = try play(
      from: FakeServer { call in
        switch call.name {
        case .connect: [.connected(1)]
        case .play: [.bytes(began + abort)] + FakeServer.plain(call)
        default: nil
        }
      })
    #expect(outcome.failure == nil && outcome.media.count == 5)
  }
}
