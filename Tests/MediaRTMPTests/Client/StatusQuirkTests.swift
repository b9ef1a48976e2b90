import MediaFLV
import MediaRTMP
import Testing

/// Servers whose statuses come on odd streams, in odd forms, or say no.
@Suite struct StatusQuirkTests {
  private func answering(publish replies: FakeServer.Reply...) -> FakeServer {
    FakeServer { $0.name == .publish ? replies : nil }
  }

  @Test func statusOnTheConnection() throws {
    let status = RTMPCommand(.onStatus, [.null, RTMPStatus(code: "NetStream.Publish.Start").value])
    let outcome = try publish(to: answering(publish: .command(status, on: 0, chunkStream: 3)))
    #expect(outcome.failure == nil && outcome.deviations == ["status-other-stream"])
  }

  @Test func statusOnALargeChunkStream() throws {
    let status = RTMPCommand(.onStatus, [.null, RTMPStatus(code: "NetStream.Publish.Start").value])
    for chunkStream in [2, 63, 64, 319, 320, 65_599] as [UInt32] {
      let outcome = try publish(
        to: answering(publish: .command(status, on: 1, chunkStream: chunkStream)))
      #expect(outcome.failure == nil && outcome.deviations == [])
    }
  }

  @Test func statusWithoutTransactionID() throws {
    let payload =
      AMFEncoder.amf0(.string("onStatus")) + AMFEncoder.amf0(.null)
      + AMFEncoder.amf0(RTMPStatus(code: "NetStream.Publish.Start").value)
    let outcome = try publish(
      to: answering(publish: .message(.command, payload, on: 1, chunkStream: 5)))
    #expect(outcome.failure == nil && outcome.deviations == ["command-no-transaction"])
  }

  @Test func statusInAnArrayWithoutLevel() throws {
    let array = AMFECMAArray([AMFProperty("code", .string("NetStream.Publish.Start"))])
    let outcome = try publish(
      to: answering(publish: .command(RTMPCommand(.onStatus, [.ecmaArray(array)]), on: 1)))
    #expect(outcome.failure == nil && outcome.deviations == [])
  }

  @Test func statusUnderAnotherName() throws {
    let outcome = try publish(to: answering(publish: .status("NetStream.Publish.Success")))
    #expect(outcome.failure == nil && outcome.deviations == ["publish-status-odd"])
  }

  @Test func startsARecordingInstead() throws {
    let outcome = try publish(to: answering(publish: .status("NetStream.Record.Start")))
    #expect(outcome.failure == nil && outcome.deviations == [])
  }

  @Test func startsTwice() throws {
    let outcome = try publish(
      to: answering(
        publish: .status("NetStream.Publish.Start"), .status("NetStream.Publish.Start")))
    #expect(outcome.failure == nil && outcome.phases == RTMPClientPhase.allCases)
  }

  @Test func startsBeforeItIsAsked() throws {
    let outcome = try publish(
      to: FakeServer { call in
        guard call.name == .createStream else { return nil }
        return [.status("NetStream.Publish.Start")] + FakeServer.plain(call)
      })
    #expect(outcome.failure == nil && outcome.deviations == ["status-early"])
    #expect(outcome.commands.map(\.name).contains(.publish))
  }

  @Test func startsToPlayForAPublisher() throws {
    let outcome = try publish(
      to: answering(publish: .status("NetStream.Play.Start"), .status("NetStream.Publish.Start")))
    #expect(outcome.failure == nil && outcome.deviations == ["status-early"])
  }

  @Test func namesAreTaken() throws {
    let outcome = try publish(
      to: answering(
        publish: .status(
          "NetStream.Publish.BadName", "Stream '\(testKey)' already publishing", level: "error")))
    #expect(outcome.refusal == .nameTaken && outcome.failure?.phase == .start)
    #expect(outcome.failure?.description.contains("Stream '***' already publishing") == true)
  }

  @Test func thereIsNoSuchStream() throws {
    let outcome = try play(
      from: FakeServer { call in
        call.name == .play
          ? [.status("NetStream.Play.StreamNotFound", "No such stream", level: "error")] : nil
      })
    #expect(outcome.refusal == .notFound)
  }

  @Test func thereIsNoSuchApplication() throws {
    let outcome = try publish(
      to: FakeServer { call in
        call.name == .connect
          ? [.error(1, "NetConnection.Connect.InvalidApp", "no application live"), .close] : nil
      })
    #expect(outcome.refusal == .refused && outcome.failure?.phase == .connect)
    #expect(outcome.statuses.last?.description == "no application live")
  }

  @Test func rejectsByStatusAndCloses() throws {
    let outcome = try publish(
      to: FakeServer { call in
        call.name == .connect
          ? [.status("NetConnection.Connect.Rejected", "go away", level: "error", on: 0), .close]
          : nil
      })
    #expect(outcome.refusal == .refused)
  }

  @Test func shutsDownWhilePublishing() throws {
    for code in [
      "NetConnection.Connect.AppShutdown", "NetConnection.Connect.Closed",
      "NetConnection.Connect.IdleTimeout", "NetStream.Unpublish.Success",
    ] {
      let outcome = try publish(
        to: answering(publish: .status("NetStream.Publish.Start"), .status(code, "bye", on: 0))
      ) { _, _, _ in }
      #expect(outcome.failure?.phase == .running)
      #expect(outcome.failure?.description.contains("bye") == true)
    }
  }

  @Test func callsClose() throws {
    let outcome = try publish(
      to: answering(publish: .status("NetStream.Publish.Start"), .command(RTMPCommand(.close)))
    ) { _, _, _ in }
    guard case .ended = outcome.failure?.reason else {
      Issue.record("\(String(describing: outcome.failure))")
      return
    }
  }

  @Test func refusesWhilePublishing() throws {
    let outcome = try publish(
      to: answering(
        publish: .status("NetStream.Publish.Start"),
        .status("NetStream.Publish.Denied", "too many bits", level: "error"))
    ) { _, _, _ in }
    #expect(outcome.refusal == .refused && outcome.failure?.phase == .running)
  }

  @Test func warningsEndNothing() throws {
    let outcome = try publish(
      to: answering(
        publish: .status("NetStream.Publish.Start"), .status("NetStream.Publish.Idle"),
        .status("NetStream.Play.InsufficientBW", level: "warning")))
    #expect(outcome.failure == nil)
  }

  @Test func wantsUsElsewhere() throws {
    var status = RTMPStatus(
      code: "NetConnection.Connect.ReconnectRequest", description: "maintenance")
    func asked(_ reference: String?) throws -> Outcome {
      status.reconnectReference = reference
      return try publish(
        to: answering(
          publish: .status("NetStream.Publish.Start"),
          .command(RTMPCommand(.onStatus, [.null, status.value]))))
    }
    let next = try #require(
      try asked("//other:1936/app2").events.compactMap {
        if case .reconnectRequested(let url) = $0 { url } else { nil }
      }.first)
    #expect(next.tcURL == "rtmp://other:1936/app2" && next.streamKey == testKey)
    let same = try asked(nil)
    #expect(same.failure == nil && same.deviations == [])
    let bad = try asked("http://other/app2")
    #expect(bad.failure == nil && bad.deviations == ["reconnect-bad-url"])
  }

  @Test func saysWhatItKnows() throws {
    let known = RTMPCapabilities(all: [.forward])
    func capabilities(_ properties: [AMFProperty], _ information: [AMFProperty]) throws
      -> RTMPCapabilities
    {
      let code = AMFProperty("code", .string("NetConnection.Connect.Success"))
      let outcome = try publish(
        to: FakeServer { call in
          call.name == .connect
            ? [
              .result(
                1, .object(AMFObject(properties)), .object(AMFObject([code] + information)))
            ] : nil
        })
      return try #require(
        outcome.events.compactMap {
          if case .capabilities(let it) = $0 { it } else { nil }
        }.first)
    }
    #expect(try capabilities(known.properties, []) == known)
    #expect(try capabilities([], known.properties) == known)
    #expect(try capabilities([], []).isSilent)
  }
}
