import MediaFLV
import MediaRTMP
import Testing

/// Servers that fall silent, close, or do not speak RTMP; and the end that we choose.
@Suite struct FailureQuirkTests {
  @Test(arguments: [
    (RTMPCommandName.connect, RTMPClientPhase.connect), (.createStream, .createStream),
    (.publish, .start),
  ])
  func fallsSilent(name: RTMPCommandName, phase: RTMPClientPhase) throws {
    let outcome = try publish(to: FakeServer { $0.name == name ? [] : nil })
    #expect(outcome.failure == RTMPClientFailure(.silent, in: phase))
    #expect(outcome.end == 1000 + 10_000_000_000)
  }

  @Test(arguments: [
    (RTMPCommandName.connect, RTMPClientPhase.connect), (.createStream, .createStream),
    (.publish, .start),
  ])
  func closes(name: RTMPCommandName, phase: RTMPClientPhase) throws {
    let outcome = try publish(to: FakeServer { $0.name == name ? [.close] : nil })
    #expect(outcome.failure == RTMPClientFailure(.closed, in: phase))
  }

  @Test func fallsSilentInTheHandshake() throws {
    var server = FakeServer()
    server.handshake = { _ in [3] }
    let outcome = try publish(to: server)
    #expect(outcome.failure == RTMPClientFailure(.silent, in: .handshake))
  }

  @Test(arguments: [
    "HTTP/1.1 400 Bad Request\r\n\r\n", "\u{15}\u{3}\u{1}\0\u{2}\u{2}\n", "SSH-2.0-OpenSSH\r\n",
  ])
  func speaksAnotherProtocol(text: String) throws {
    var server = FakeServer()
    server.handshake = { _ in [UInt8](text.utf8) + [UInt8](repeating: 0x20, count: 4000) }
    let outcome = try publish(to: server)
    guard case .broken(let error) = outcome.failure?.reason else {
      Issue.record("\(String(describing: outcome.failure))")
      return
    }
    #expect(error.fault == .peer && outcome.failure?.phase == .handshake)
  }

  @Test func doesNotEchoC1() throws {
    var server = FakeServer()
    server.handshake = { _ in [3] + [UInt8](repeating: 0x55, count: 3072) }
    let outcome = try publish(to: server)
    #expect(outcome.failure == nil)
  }

  @Test func saysAnotherVersion() throws {
    var server = FakeServer()
    server.handshake = { c1 in [6] + [UInt8](repeating: 0, count: 1536) + c1 }
    let outcome = try publish(to: server)
    #expect(outcome.failure == nil && outcome.deviations == ["s0-version"])
  }

  @Test func hasAnOddClock() throws {
    var server = FakeServer()
    server.handshake = { c1 in
      [3, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0] + [UInt8](repeating: 1, count: 1528)
        + c1.prefix(4) + [0x80, 0, 0, 1] + c1.dropFirst(8)
    }
    let outcome = try publish(to: server)
    #expect(outcome.failure == nil && outcome.deviations == [])
  }

  @Test func fallsSilentWhilePlaying() throws {
    let outcome = try play(
      from: FakeServer { call in
        call.name == .play ? [.status("NetStream.Play.Start")] + FakeServer.media(on: 1) : nil
      })
    #expect(outcome.failure == RTMPClientFailure(.silent, in: .running))
    #expect(outcome.media.count == 5)
  }

  @Test func closesWhilePlaying() throws {
    let outcome = try play(
      from: FakeServer { call in
        call.name == .play
          ? [.status("NetStream.Play.Start")] + FakeServer.media(on: 1) + [.close] : nil
      })
    #expect(outcome.failure == RTMPClientFailure(.closed, in: .running))
    #expect(outcome.media.count == 5)
  }

  @Test func neverSaysThatPublishingEnded() throws {
    let outcome = try publish(to: FakeServer { $0.name == .deleteStream ? [] : nil })
    #expect(outcome.failure == nil && outcome.phases.last == .finished)
    #expect(outcome.end == 1000 + 2_000_000_000)
  }

  @Test func closesWhenPublishingEnds() throws {
    let outcome = try publish(to: FakeServer { $0.name == .deleteStream ? [.close] : nil })
    #expect(outcome.failure == nil && outcome.phases.last == .finished && outcome.end == 1000)
  }

  @Test func refusesWhenPublishingEnds() throws {
    let outcome = try publish(
      to: FakeServer { call in
        call.name == .deleteStream
          ? [
            .error(call.id, "NetStream.Failed", "too late"),
            .status("NetStream.Publish.Denied", level: "error"),
            .status("NetConnection.Connect.Closed", on: 0),
          ] : nil
      })
    #expect(outcome.failure == nil && outcome.end == 1000)
  }

  @Test func announcesAMessageOf16MegabytesAndMore() throws {
    // As much as its header can say, of which nothing comes.
    let header: [UInt8] = [0x06, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0]
    let outcome = try play(
      from: FakeServer { call in
        call.name == .play ? [.status("NetStream.Play.Start"), .bytes(header), .close] : nil
      })
    #expect(outcome.failure?.phase == .running)
  }
}
