import Glibc
import MediaModel
import TestSupport
import Testing

@testable import MediaIO

@Suite struct ConnectionTests {
  private let driver: Driver
  private let pair: TCPPair

  init() throws {
    driver = try Driver()
    pair = try TCPPair()
  }

  @Test func thePeersEndEndsIt() throws {
    let (connection, told) = driver.talk(Talker(), over: pair.client)
    try pair.say([1, 2, 3])
    pair.server.shutDownSending()
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.heard == [1, 2, 3])
    #expect(told.isClosedByPeer)
    #expect(told.order == ["connected", "ended"])
    #expect(connection.phase == .ended)
    #expect(connection.receivedByteCount == 3)
    // The machine heard the time once, at the beginning.
    #expect(connection.machine.tickCount == 1)
  }

  @Test func aResetEndsItOtherwise() throws {
    let driver = try Driver()
    var pair: TCPPair? = try TCPPair()
    let (_, told) = driver.talk(Talker(), over: try #require(pair?.client))
    try driver.run { told.connected == nil }
    pair?.server.resetAtEnd()
    pair = nil
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.ioFailure?.code == ECONNRESET)
  }

  @Test func anAbortIsAReset() throws {
    let (connection, told) = driver.talk(Talker([1]), over: pair.client)
    try driver.run { connection.sentByteCount == 0 }
    connection.abort()
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.isAborted)
    #expect(told.order == ["connected", "ended"])
    #expect(ioFailure { _ = try pair.server.rest() }?.code == ECONNRESET)
    #expect(pair.client.rawDescriptor == -1)
  }

  @Test func anAbortInsideAnEventIsTheLastOne() throws {
    var events: [String] = []
    var connection: Connection<Talker>?
    var talker = Talker()
    talker.outputs = [.event(.ticked), .event(.ticked), .send([1])]
    connection = driver.adopt(talker, over: pair.client) { event in
      switch event {
      case .machine: events.append("machine")
      case .ended(let ending): events.append("\(ending)")
      default: break
      }
      if events == ["machine"] { connection?.abort() }
    }
    #expect(try driver.run(until: soon()) == .finished)
    #expect(events == ["machine", "aborted"])
    connection = nil
  }

  @Test func closingWaitsUntilEverythingIsTaken() throws {
    try pair.client.keepLittle()
    try pair.server.keepLittle()
    var talker = Talker(Array(repeating: 7, count: 1 << 20))
    talker.outputs.append(.close)
    let (connection, told) = driver.talk(talker, over: pair.client)
    try driver.run { connection.phase != .closing }
    var received: [UInt8] = []
    while received.count < 1 << 20 {
      guard case .bytes(let bytes) = try pair.server.next() else { break }
      received += bytes
      _ = try driver.run(until: MonotonicClock.now())
    }
    #expect(isSame(received, Array(repeating: 7, count: 1 << 20)))
    #expect(try pair.server.next() == .end)
    #expect(told.ending == nil)
    // What the peer says now concerns nobody.
    try pair.say([9])
    pair.server.shutDownSending()
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.isClosed)
    #expect(told.heard.isEmpty)
  }

  @Test func aPeerThatNeverClosesIsLeft() throws {
    var talker = Talker([1])
    talker.outputs.append(.close)
    // Time enough for an acknowledgement that the peer's kernel puts off.
    let (_, told) = driver.talk(talker, over: pair.client, .milliseconds(closing: 300))
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.isClosed)
  }

  @Test func aPeerThatTakesNothingHasNotTakenTheEnd() throws {
    try pair.client.keepLittle()
    try pair.server.keepLittle()
    var talker = Talker(Array(repeating: 7, count: 1 << 20))
    talker.outputs.append(.close)
    let (_, told) = driver.talk(talker, over: pair.client, .milliseconds(closing: 20))
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.isStalled)
  }

  @Test func aPeerThatStopsReadingIsStalled() throws {
    try pair.client.keepLittle()
    try pair.server.keepLittle()
    let talker = Talker(Array(repeating: 7, count: 1 << 20))
    let (connection, told) = driver.talk(talker, over: pair.client, .milliseconds(stall: 100))
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.isStalled)
    #expect(connection.sentByteCount > 0)
  }

  @Test func aStallIsNoticedInTheKernelToo() throws {
    try pair.server.keepLittle()
    try pair.client.keepMuch()
    let (connection, told) = driver.talk(Talker(), over: pair.client, .milliseconds(stall: 100))
    try driver.run { connection.phase != .open }
    // More than the peer takes, less than the kernel keeps: nothing waits here.
    connection.update { $0.outputs.append(.send(Array(repeating: 7, count: 200_000))) }
    try driver.run { connection.queuedByteCount > 0 }
    #expect(connection.unacceptedByteCount > 0)
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.isStalled)
  }

  @Test func aSlowPeerIsNotAStalledOne() throws {
    try pair.client.keepLittle()
    try pair.server.keepLittle()
    let talker = Talker(Array(repeating: 7, count: 1 << 20))
    let (connection, told) = driver.talk(talker, over: pair.client, .milliseconds(stall: 5_000))
    try driver.run { connection.phase != .open }
    var count = 0
    while count < 1 << 20 {
      guard case .bytes(let bytes) = try pair.server.next(10_000) else { break }
      count += bytes.count
      _ = try driver.run(until: MonotonicClock.now() + 1_000_000)
    }
    #expect(count == 1 << 20)
    #expect(told.ending == nil)
    #expect(connection.queuedByteCount == 0)
    connection.abort()
    #expect(try driver.run(until: soon()) == .finished)
  }

  @Test func aSilentPeer() throws {
    let (connection, told) = driver.talk(Talker(), over: pair.client)
    try driver.run { connection.phase != .open }
    // Only now is the peer expected to speak.
    connection.limits.silence = 20_000_000
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.silentPhase == .open)
  }

  @Test func backPressure() throws {
    try pair.client.keepLittle()
    try pair.server.keepLittle()
    let (connection, told) = driver.talk(Talker(), over: pair.client)
    try driver.run { connection.phase != .open }
    connection.limits.queue = 100_000
    var sent = 0
    while connection.isWritable {
      connection.update { $0.outputs.append(.send(Array(repeating: 1, count: 7_000))) }
      sent += 7_000
    }
    #expect(connection.queuedByteCount > 100_000)
    #expect(connection.queuedByteCount <= 107_000)
    #expect(connection.unacceptedByteCount >= connection.queuedByteCount)
    var received = 0
    while received < sent {
      guard case .bytes(let bytes) = try pair.server.next() else { break }
      received += bytes.count
      _ = try driver.run(until: MonotonicClock.now())
      if told.writable == 0 { #expect(!connection.isWritable) }
    }
    #expect(received == sent)
    #expect(told.writable == 1)
    #expect(connection.isWritable)
    connection.abort()
    #expect(try driver.run(until: soon()) == .finished)
  }

  @Test func whoMakesItAnswerAndDoesNotListenIsHeardNoMore() throws {
    try pair.client.keepLittle()
    try pair.server.keepLittle()
    var talker = Talker()
    talker.isEcho = true
    let (connection, _) = driver.talk(talker, over: pair.client)
    try driver.run { connection.phase != .open }
    connection.limits.queue = 10_000
    var queue = SendQueue()
    queue.append([UInt8](repeating: 1, count: 4 << 20))
    func talk() throws -> Bool {
      try queue.flush(to: pair.server)
      return try driver.run(until: MonotonicClock.now() + 1_000_000) == .limit
    }
    while connection.queuedByteCount <= 20_000, !queue.isEmpty {
      #expect(try talk())
    }
    for _ in 0..<20 { #expect(try talk()) }
    #expect(!queue.isEmpty)
    #expect(connection.queuedByteCount > 20_000)
    #expect(connection.queuedByteCount <= 20_000 + driver.room.count)
    connection.abort()
    #expect(try driver.run(until: soon()) == .finished)
  }

  @Test func aPeersLastWordsAreHeardBeforeItsAbsence() throws {
    let driver = try Driver()
    var pair: TCPPair? = try TCPPair()
    let (connection, told) = driver.talk(Talker(), over: try #require(pair?.client))
    try driver.run { connection.phase != .open }
    var queue = SendQueue()
    queue.append([4, 5])
    try queue.flush(to: try #require(pair?.server))
    pair = nil  // both, so the descriptor of the server is closed
    connection.update { $0.outputs.append(.send(Array(repeating: 1, count: 100_000))) }
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.heard == [4, 5])
    #expect(told.isClosedByPeer || told.ioFailure != nil)
  }

  @Test func whatIsDoneInsideAnEventIsDone() throws {
    var events: [String] = []
    var connection: Connection<Talker>?
    connection = driver.adopt(Talker(), over: pair.client) { event in
      switch event {
      case .machine(.heard(let bytes)):
        events.append("heard \(bytes)")
        connection?.update { $0.outputs += [.send(bytes), .event(.ticked)] }
      case .machine(.ticked):
        events.append("ticked")
        connection?.update { $0.outputs.append(.close) }
      case .ended: events.append("ended")
      default: break
      }
    }
    try pair.say([3])
    try driver.run { connection?.phase != .closing }
    #expect(try pair.server.rest() == [3])
    pair.server.shutDownSending()
    #expect(try driver.run(until: soon()) == .finished)
    #expect(events == ["heard [3]", "ticked", "ended"])
    connection = nil
  }

  @Test func aMachineThatClosesHearsNoMore() throws {
    var talker = Talker()
    talker.last = 0
    let (_, told) = driver.talk(talker, over: pair.client, .milliseconds(closing: 20))
    try pair.say([0])
    try driver.run { told.heard.isEmpty }
    try pair.say([1])
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.heard == [0])
    #expect(told.isClosed)
  }
}

@Suite struct StallWatchTests {
  @Test func onlyNothingAtAllIsAStall() {
    var watch = StallWatch()
    #expect(!watch.isToBegin(sent: 0, queued: 0))
    #expect(watch.isToBegin(sent: 10, queued: 0))
    #expect(watch.look(accepted: 0, left: 10, limit: 100_000_000, at: 0) == false)
    #expect(watch.deadline == 25_000_000)
    #expect(watch.look(accepted: 0, left: 10, limit: 100_000_000, at: 99_999_999) == false)
    #expect(watch.deadline == 100_000_000)
    #expect(watch.look(accepted: 1, left: 9, limit: 100_000_000, at: 100_000_000) == false)
    #expect(watch.look(accepted: 1, left: 9, limit: 100_000_000, at: 199_999_999) == false)
    #expect(watch.look(accepted: 1, left: 9, limit: 100_000_000, at: 200_000_000) == true)
  }

  @Test func whatIsAcceptedIsForgotten() {
    var watch = StallWatch()
    _ = watch.look(accepted: 0, left: 10, limit: 100, at: 0)
    #expect(watch.look(accepted: 10, left: 0, limit: 100, at: 1_000) == false)
    #expect(watch.deadline == nil)
    #expect(!watch.isToBegin(sent: 10, queued: 0))
    // The time before counts for nothing.
    #expect(watch.look(accepted: 10, left: 5, limit: 100, at: 100_000) == false)
    #expect(watch.look(accepted: 10, left: 5, limit: nil, at: 200_000) == false)
    #expect(watch.deadline == nil)
  }
}
