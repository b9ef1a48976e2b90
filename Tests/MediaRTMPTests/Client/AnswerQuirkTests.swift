import MediaFLV
import MediaRTMP
import Testing

/// Servers whose answers are missing, late, or under other numbers.
@Suite struct AnswerQuirkTests {
  /// nginx-rtmp has no handler for either; Adobe's and SRS do.
  @Test func answersReleaseStreamAndFCPublish() throws {
    let outcome = try publish(
      to: FakeServer { call in
        [.releaseStream, .fcPublish].contains(call.name)
          ? [.result(call.id, .null, .undefined)] : nil
      })
    #expect(outcome.failure == nil && outcome.deviations == [])
  }

  @Test func refusesReleaseStream() throws {
    let outcome = try publish(
      to: FakeServer { call in
        call.name == .releaseStream
          ? [.error(call.id, "NetConnection.Call.Failed", "no such method")] : nil
      })
    #expect(outcome.failure == nil && outcome.deviations == [])
  }

  @Test func announcesFCPublishBeforeTheStream() throws {
    let outcome = try publish(
      to: FakeServer { call in
        guard call.name == .fcPublish else { return nil }
        let status = RTMPStatus(code: "NetStream.Publish.Start", description: testKey)
        return [.command(RTMPCommand(.onFCPublish, [.null, status.value]))]
      })
    // It is no answer to publish.
    #expect(outcome.failure == nil && outcome.deviations == [])
    #expect(outcome.commands.map(\.name).contains(.publish))
  }

  @Test func refusesByOnFCPublish() throws {
    let outcome = try publish(
      to: FakeServer { call in
        guard call.name == .fcPublish else { return nil }
        let status = RTMPStatus(
          level: "error", code: "NetStream.Publish.BadName", description: "\(testKey) is taken")
        return [.command(RTMPCommand(.onFCPublish, [.null, status.value]))]
      })
    #expect(outcome.refusal == .nameTaken)
    #expect(
      outcome.failure?.description == """
        the server refuses: NetStream.Publish.BadName: *** is taken
        """)
  }

  @Test func answersInReverseOrder() throws {
    let outcome = try publish(
      to: FakeServer { call in
        switch call.name {
        case .releaseStream, .fcPublish: []
        case .createStream:
          [.result(4, .null, .number(1)), .result(3, .null), .result(2, .null)]
        default: nil
        }
      })
    #expect(outcome.failure == nil && outcome.deviations == [])
  }

  /// BasisVR 877: the second answer to connect is none to createStream.
  @Test func answersConnectTwice() throws {
    let outcome = try publish(
      to: FakeServer { call in
        switch call.name {
        case .connect: [.connected(1), .connected(1)]
        case .createStream: [.connected(1), .result(call.id, .null, .number(3))]
        default: nil
        }
      })
    #expect(outcome.failure == nil)
    #expect(outcome.deviations.first == "answer-unmatched")
    let published = outcome.received.first { $0.messageStreamID == 3 }
    #expect(published?.typeID == .command)
  }

  @Test func answersConnectWithAnotherNumber() throws {
    let outcome = try publish(
      to: FakeServer { $0.name == .connect ? [.connected(0)] : nil })
    #expect(outcome.failure == nil && outcome.deviations == ["answer-wrong-transaction"])
  }

  @Test func answersCreateStreamWithAnotherNumber() throws {
    let outcome = try publish(
      to: FakeServer { $0.name == .createStream ? [.result(1, .null, .number(7))] : nil })
    #expect(outcome.failure == nil)
    #expect(outcome.deviations.contains("answer-wrong-transaction"))
    #expect(outcome.received.contains { $0.messageStreamID == 7 })
  }

  @Test func answersConnectByStatus() throws {
    let outcome = try publish(
      to: FakeServer {
        $0.name == .connect ? [.status("NetConnection.Connect.Success", on: 0)] : nil
      })
    #expect(outcome.failure == nil && outcome.deviations == ["connect-onstatus"])
  }

  @Test(arguments: [
    [AMFValue.null], [], [.null, .string("one")], [.null, .number(0)], [.null, .number(-1)],
    [.null, .number(.nan)], [.null, .number(1e20)], [.null, .number(0.5)],
  ])
  func createsStreamsWithoutNumbers(values: [AMFValue]) throws {
    let outcome = try publish(
      to: FakeServer { call in
        call.name == .createStream
          ? [.command(RTMPCommand(.result, transactionID: call.id, values))] : nil
      })
    #expect(outcome.failure == nil && outcome.deviations.contains("createstream-no-id"))
  }

  @Test func refusesCreateStream() throws {
    let outcome = try publish(
      to: FakeServer { call in
        call.name == .createStream
          ? [.error(call.id, "NetConnection.Call.Failed", "no more streams")] : nil
      })
    #expect(outcome.refusal == .refused && outcome.failure?.phase == .createStream)
  }

  @Test func answersPublishByResultAlone() throws {
    let outcome = try publish(
      to: FakeServer { $0.name == .publish ? [.result($0.id, .null)] : nil })
    #expect(outcome.failure == nil && outcome.deviations == ["publish-result-only"])
    #expect(outcome.phases.contains(.running))
  }

  @Test func answersPublishByResultAndThenNo() throws {
    let outcome = try publish(
      to: FakeServer { call in
        call.name == .publish
          ? [
            .result(call.id, .null),
            .status("NetStream.Publish.BadName", "Already publishing", level: "error"),
          ] : nil
      })
    #expect(outcome.refusal == .nameTaken && !outcome.phases.contains(.running))
  }

  @Test func refusesPublishByError() throws {
    let outcome = try publish(
      to: FakeServer { call in
        call.name == .publish
          ? [.error(call.id, "NetStream.Publish.Denied", "Unauthorized")] : nil
      })
    #expect(outcome.refusal == .unauthorized)
  }

  @Test func putsTheStatusOfPublishIntoResult() throws {
    let outcome = try publish(
      to: FakeServer { call in
        call.name == .publish
          ? [.result(call.id, .null, RTMPStatus(code: "NetStream.Publish.Start").value)] : nil
      })
    #expect(outcome.failure == nil && outcome.phases.contains(.running))
  }

  @Test func answersInAMF3() throws {
    let outcome = try publish(
      to: FakeServer { call in
        switch call.name {
        case .createStream:
          [
            .command(
              RTMPCommand(
                .result, transactionID: call.id, [.null, .avmPlus(.integer(1))], isAMF3: true))
          ]
        case .publish:
          [
            .command(
              RTMPCommand(
                .onStatus, [.null, RTMPStatus(code: "NetStream.Publish.Start").value],
                isAMF3: true), on: 1)
          ]
        default: nil
        }
      })
    #expect(outcome.failure == nil && outcome.deviations == [])
    #expect(outcome.received.contains { $0.messageStreamID == 1 })
  }

  @Test func writesAMF3WithoutTheFormatByte() throws {
    let payload = RTMPCommand(.result, transactionID: 4, [.null, .number(1)]).payload
    let outcome = try publish(
      to: FakeServer {
        $0.name == .createStream ? [.message(.commandAMF3, payload, chunkStream: 3)] : nil
      })
    #expect(outcome.failure == nil && outcome.deviations == ["command-odd"])
  }

  @Test func sendsDamagedCommands() throws {
    let outcome = try publish(
      to: FakeServer { call in
        guard call.name == .createStream else { return nil }
        let damaged: [[UInt8]] = [[], [5], [2, 0, 50, 1], RTMPCommand(.onStatus).payload + [0xff]]
        return damaged.map { .message(.command, $0, chunkStream: 3) }
          + [.result(call.id, .null, .number(1))]
      })
    #expect(outcome.failure == nil)
    #expect(outcome.deviations == ["command-damaged", "status-empty"])
  }

  @Test func callsUnknownCommands() throws {
    let outcome = try publish(
      to: FakeServer { call in
        guard call.name == .connect else { return nil }
        return [
          .command(RTMPCommand(.onBWDone)), .command(RTMPCommand(.onBWDone, [])),
          .command(RTMPCommand(.init(rawValue: "onSomething"), transactionID: 9)),
          .command(RTMPCommand(.onBWCheck, transactionID: 12)), .message(.init(rawValue: 19), [1]),
        ] + FakeServer.plain(call)
      })
    #expect(outcome.failure == nil)
    #expect(outcome.deviations == ["command-unknown", "message-type-unknown"])
    let answer = outcome.commands.first { $0.name == .result }
    #expect(answer?.transactionID == 12)
  }
}
