import MediaFLV
import MediaIO
import MediaModel
import MediaRTMP
import TestSupport
import Testing

@testable import MediaCommands

/// One URL against our own server machine.
@Suite struct PushOutputTests {
  @Test func publishesAndTakesItsLeave() throws {
    let bench = try PushBench()
    #expect(try bench.run { bench.output.state == .publishing })
    for message in pushMessages("mcaKspsp") { bench.output.send(message) }
    bench.output.finish()
    #expect(try bench.run { bench.output.isEnded })
    #expect(bench.output.state == .finished && bench.output.exit == .success)
    #expect(bench.letters(0) == "mcaKspsp" && bench.server.sessions[0].hasLeft)
    #expect(bench.server.sessions[0].media.map(\.timestamp) == (0..<8).map { $0 * 40 })
    #expect(bench.output.totals.frames == 5 && bench.output.totals.keyframes == 1)
    let phases = bench.output.phases
    #expect(phases.tcp != nil && phases.handshake != nil && phases.start != nil)
  }

  @Test func beginsAnewAfterALostConnection() throws {
    let bench = try PushBench { options, _ in options.retries = 1 }
    #expect(try bench.run { bench.output.state == .publishing })
    let messages = pushMessages("mcaKspKspps")
    for message in messages[..<8] { bench.output.send(message) }
    #expect(try bench.run { bench.letters(0) == "mcaKspKs" })
    bench.server.connections[0].abort()
    #expect(try bench.run { bench.output.state != .publishing })
    for message in messages[8...] { bench.output.send(message) }
    #expect(try bench.run { bench.output.state == .publishing })
    bench.output.finish()
    #expect(try bench.run { bench.output.isEnded })
    #expect(bench.letters(1) == "mcaKspps")
    #expect(bench.output.exit == .success && bench.output.totals.reconnects == 1)
  }

  @Test func isWorstWhenWhatWasLostIsNotSentAgain() throws {
    let bench = try PushBench { options, _ in options.retries = 1 }
    #expect(try bench.run { bench.output.state == .publishing })
    bench.output.send(pushMessages("K")[0])
    #expect(try bench.run { bench.letters(0) == "K" })
    bench.server.connections[0].abort()
    #expect(try bench.run { bench.output.state != .publishing })
    for message in pushMessages("mcppKp") { bench.output.send(message) }
    bench.output.finish()
    #expect(try bench.run { bench.output.isEnded })
    #expect(bench.letters(1) == "mcKp")
    #expect(bench.output.state == .finished && bench.output.exit == .ioError)
    #expect(bench.output.dropped == 2)
  }

  @Test func waitsForAHeldName() throws {
    let held = RTMPStatus(
      level: "error", code: "NetStream.Publish.BadName", description: "secretkey is taken")
    let bench = try PushBench { options, server in
      options.retries = 2
      server.onPublish = { index, _ in index < 2 ? held : nil }
    }
    #expect(try bench.run { bench.output.state == .publishing })
    #expect(bench.server.sessions.count == 3)
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let isOfConnect: Bool
    let code: String
    let exit: ExitCode
  }

  @Test(arguments: [
    Refusal(
      testDescription: "name taken", isOfConnect: false, code: "NetStream.Publish.BadName",
      exit: .unavailable),
    Refusal(
      testDescription: "application rejected", isOfConnect: true,
      code: "NetConnection.Connect.Rejected", exit: .unavailable),
    Refusal(
      testDescription: "not authorized", isOfConnect: false, code: "NetStream.Publish.Unauthorized",
      exit: .noPermission),
  ])
  func saysWhyItWasRefusedWithoutTheKey(_ refusal: Refusal) throws {
    let status = RTMPStatus(
      level: "error", code: refusal.code, description: "no secretkey for you")
    let bench = try PushBench { _, server in
      if refusal.isOfConnect {
        server.onConnect = { _, _ in status }
      } else {
        server.onPublish = { _, _ in status }
      }
    }
    #expect(try bench.run { bench.output.isEnded })
    #expect(bench.output.exit == refusal.exit)
    let message = bench.output.failure?.message ?? ""
    #expect(message.contains("for you") && !message.contains("secretkey"))
    #expect(bench.server.sessions.count == 1)
  }

  @Test func silentServersAreLate() throws {
    let bench = try PushBench { options, server in
      options.timeout = 200_000_000
      server.isSilent = true
    }
    #expect(try bench.run { bench.output.isEnded })
    #expect(bench.output.exit == .timedOut)
  }

  @Test func provesWhoItIsOverThreeConnections() throws {
    let bench = try PushBench(user: "me:pass1234@") { _, server in
      server.onConnect = { index, request in
        func status(_ words: String) -> RTMPStatus {
          RTMPStatus(
            level: "error", code: "NetConnection.Connect.Rejected",
            description: "[ AccessManager.Reject ] : [ \(words) ] : ")
        }
        if !request.app.contains("authmod=adobe") {
          return status("code=403 need auth; authmod=adobe")
        }
        if !request.app.contains("response=") {
          return status(
            "authmod=adobe ] : ?reason=needauth&user=me&salt=abcd&challenge=efgh&opaque=ijkl")
        }
        return nil
      }
    }
    #expect(try bench.run { bench.output.state == .publishing || bench.output.isEnded })
    #expect(bench.output.state == .publishing)
    #expect(bench.server.sessions.count == 3 && bench.output.totals.reconnects == 0)
  }

  @Test func goesWhereTheServerAsks() throws {
    let bench = try PushBench()
    #expect(try bench.run { bench.output.state == .publishing })
    let groups = String(repeating: "Kpsp", count: 1000)
    var messages = pushMessages("mca" + groups)[...]
    var sent = ""
    func send(_ count: Int) {
      for message in messages.prefix(count) {
        bench.output.send(message)
        sent.unicodeScalars.append(Unicode.Scalar(message.payload[1]))
      }
      messages = messages.dropFirst(count)
    }
    send(8)
    #expect(try bench.run { bench.letters(0) == sent })
    bench.server.connections[0].update { $0.requestReconnect(tcURL: nil) }
    // The old connection goes on until the new one is ready and there is a key picture for it.
    while bench.publishings < 2, !messages.isEmpty {
      send(4)
      _ = try bench.driver.run(until: MonotonicClock.now() + 5_000_000)
    }
    bench.output.finish()
    #expect(try bench.run { bench.output.isEnded })
    #expect(bench.output.exit == .success && bench.publishings == 2)
    #expect(bench.letters(1).hasPrefix("mcaK"))
    #expect(bench.letters(0) + bench.letters(1).dropFirst(3) == sent)
    #expect(bench.server.sessions[0].hasLeft && bench.server.sessions[1].hasLeft)
  }

  @Test(arguments: [false, true]) func tellsWhatTheServerDoesNotOffer(isStrict: Bool) throws {
    let bench = try PushBench { options, server in
      options.isStrict = isStrict
      server.options.capabilities = RTMPCapabilities()
    }
    #expect(try bench.run { bench.output.state == .publishing })
    var message = pushMessages("K")[0]
    message.fourCC = .hvc1
    bench.output.send(message)
    bench.output.send(message)
    bench.output.finish()
    #expect(try bench.run { bench.output.isEnded })
    #expect(bench.output.exit == (isStrict ? .unavailable : .success))
    let warnings = bench.news.count { if case .warning = $0 { true } else { false } }
    #expect(warnings == (isStrict ? 0 : 1))
  }

  @Test func givesUpAServerThatStopsReading() throws {
    let bench = try PushBench { options, _ in
      options.stall = 500_000_000
      options.queue = 400
    }
    #expect(try bench.run { bench.output.state == .publishing })
    // More than it may have queued for its client, a server reads nothing more.
    bench.server.connections[0].limits.queue = -1
    for number in 0..<400 {
      var message = pushMessage(number % 8 == 0 ? "K" : "p", Int64(number) * 40, 0)
      message.payload += [UInt8](repeating: 0, count: 100_000)
      bench.output.send(message)
      _ = try bench.driver.run(until: 0)
      #expect(bench.output.queuedTime <= 400)
    }
    #expect(bench.output.dropped > 0)
    #expect(try bench.run { bench.output.isEnded })
    #expect(bench.output.exit == .timedOut)
  }

  @Test func waitsUntilASlowServerHasAll() throws {
    let bench = try PushBench { options, _ in
      options.client = {
        var client = RTMPClientOptions($0, .publish())
        client.finishTimeout = 800_000_000
        return client
      }
    }
    #expect(try bench.run { bench.output.state == .publishing })
    let (server, usual) = (bench.server.connections[0], bench.server.connections[0].limits.queue)
    server.limits.queue = -1
    var count = 0
    // More than the kernels on both sides take, and little enough to leave no queue of ours.
    while bench.output.current?.connection?.queuedByteCount == 0, count < 1000 {
      var message = pushMessage(count == 0 ? "K" : "p", Int64(count), 0)
      message.payload += [UInt8](repeating: 0, count: 100_000)
      bench.output.send(message)
      count += 1
      for _ in 0..<4 { _ = try bench.driver.run(until: MonotonicClock.now() + 1_000_000) }
    }
    bench.output.finish()
    #expect(bench.output.state == .finishing)
    let moment = MonotonicClock.now() + 2_000_000_000
    #expect(try bench.run { MonotonicClock.now() > moment })
    #expect(bench.output.state == .finishing)
    server.limits.queue = usual
    #expect(try bench.run { bench.output.isEnded })
    #expect(bench.output.exit == .success)
    #expect(bench.server.sessions[0].hasLeft && bench.server.sessions[0].media.count == count)
  }

  @Test func endsWithoutAServerThatDoesNotComeBack() throws {
    let bench = try PushBench { options, _ in
      options.retries = nil
      options.timeout = 500_000_000
    }
    #expect(try bench.run { bench.output.state == .publishing })
    bench.server.close()
    #expect(try bench.run { bench.output.state == .waiting })
    for message in pushMessages("mcKp") { bench.output.send(message) }
    bench.output.finish()
    #expect(try bench.run { bench.output.isEnded })
    #expect(bench.output.state == .failed && bench.output.exit != .success)
    // It is told, and holds nothing any more.
    #expect(bench.output.dropped == 2 && bench.output.queue.byteCount == 0)
    guard case .lost(let failure, retry: nil)? = bench.news.last else {
      Issue.record("no news of the end")
      return
    }
    #expect(failure.message.contains("the input has ended"))
  }
}
