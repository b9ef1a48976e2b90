import Glibc
import MediaModel
import Testing

@testable import MediaIO

@Suite struct DriverTests {
  @Test func manyConnectionsInOneLoop() throws {
    let driver = try Driver()
    let listener = try TCPListener(at: .loopback(isIPv4: true))
    let address = try listener.localAddress()
    var servers: [Connection<Talker>] = []
    let accepting = try driver.watch(listener.rawDescriptor) {
      while let socket = try listener.accept() {
        var talker = Talker()
        talker.isEcho = true
        servers.append(driver.talk(talker, over: socket).0)
      }
    }
    let clients = (0..<50).map { number in
      var talker = Talker([UInt8](repeating: UInt8(number), count: 10_000 + number))
      talker.outputs.append(.send([200]))
      talker.last = 200
      return driver.talk(talker, to: Destination(address))
    }
    try driver.run { !clients.allSatisfy { $0.1.ending != nil } }
    for (number, (connection, told)) in clients.enumerated() {
      let said = [UInt8](repeating: UInt8(number), count: 10_000 + number) + [200]
      #expect(isSame(told.heard, said))
      #expect(told.isClosed)
      #expect(connection.sentByteCount == Int64(10_001 + number))
      #expect(connection.receivedByteCount == connection.sentByteCount)
      #expect(connection.peer == address)
    }
    #expect(servers.count == 50)
    accepting.cancel()
    accepting.cancel()
    #expect(try driver.run(until: soon()) == .finished)
    #expect(servers.allSatisfy { $0.phase == .ended })
  }

  @Test func oneFailureHurtsNobodyElse() throws {
    let driver = try Driver()
    let port = try RefusingPort()
    let pairs = [try TCPPair(), try TCPPair()]
    var wrong = Talker()
    wrong.wrong = 13
    wrong.isEcho = true
    let (_, refused) = driver.talk(Talker(), to: Destination(port.address))
    let (_, failed) = driver.talk(wrong, over: pairs[0].client)
    var echo = Talker()
    echo.isEcho = true
    let (good, told) = driver.talk(echo, over: pairs[1].client)
    var queue = SendQueue()
    queue.append([13])
    try queue.flush(to: pairs[0].server)
    try driver.run { refused.ending == nil || failed.ending == nil }
    guard case .failed(let failure)? = failed.ending else {
      Issue.record("\(failed.ending as Any)")
      return
    }
    #expect(failure == Talker.Failure(byte: 13))
    #expect(refused.connectFailure != nil)
    // What the machine had to say and to tell before is said and told.
    #expect(failed.heard == [13])
    #expect(try pairs[0].server.next() == .bytes([13]))
    queue.append([1, 2])
    try queue.flush(to: pairs[1].server)
    try driver.run { told.heard.count < 2 }
    #expect(try pairs[1].server.next() == .bytes([1, 2]))
    #expect(good.phase == .open)
    good.abort()
    #expect(try driver.run(until: soon()) == .finished)
  }

  @Test func machinesTickAtTheirDeadlines() throws {
    let driver = try Driver()
    let now = MonotonicClock.now()
    var order: [String] = []
    var keep: [TCPPair] = []
    for (name, delay) in [("b", 8), ("a", 3)] as [(String, Int64)] {
      var talker = Talker()
      talker.deadline = now + delay * 1_000_000
      let pair = try TCPPair()
      keep.append(pair)
      _ = driver.adopt(talker, over: pair.client) { event in
        if case .machine(.ticked) = event { order.append(name) }
        if case .ended = event { order.append(name + " ended") }
      }
    }
    try driver.run { order.count < 2 }
    #expect(Set(order) == ["a", "b"] || order.first == "a")
    for pair in keep {
      #expect(try pair.server.next() == .end)
      pair.server.shutDownSending()
    }
    #expect(try driver.run(until: soon()) == .finished)
    #expect(order.count == 4)
    #expect(MonotonicClock.now() >= now + 8_000_000)
  }

  @Test func aLimitEndsTheRunAndTheNextGoesOn() throws {
    let driver = try Driver()
    let pair = try TCPPair()
    let (connection, told) = driver.talk(Talker([42]), over: pair.client)
    #expect(try driver.run(until: MonotonicClock.now() + 5_000_000) == .limit)
    #expect(try pair.server.next() == .bytes([42]))
    connection.update { $0.outputs += [.send([77]), .close] }
    #expect(try driver.run(until: MonotonicClock.now() + 5_000_000) == .limit)
    #expect(try pair.server.rest() == [77])
    pair.server.shutDownSending()
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.isClosed)
    #expect(try driver.run() == .finished)
  }

  @Test func whatTheUserThrowsComesThrough() throws {
    struct Enough: Error {}
    let driver = try Driver()
    let pair = try TCPPair()
    _ = driver.adopt(Talker(), over: pair.client) { _ in throw Enough() }
    #expect(throws: Enough.self) { try driver.run(until: soon()) }
  }

  @Test func watchesTimersAndStop() throws {
    let driver = try Driver()
    let ends = try makePipe()
    defer { close(ends.reading) }
    var order: [String] = []
    var watch: Watch?
    watch = try driver.watch(ends.reading) {
      var byte: UInt8 = 0
      order.append(read(ends.reading, &byte, 1) == 1 ? "byte" : "end")
      if order.last == "end" { watch?.cancel() }
    }
    let never = driver.schedule(at: soon(1_000)) { order.append("never") }
    let now = MonotonicClock.now()
    _ = driver.schedule(at: now + 2_000_000) {
      order.append("timer")
      #expect(write(ends.writing, [1], 1) == 1)
      driver.stop()
    }
    #expect(try driver.run(until: soon()) == .stopped)
    #expect(order == ["timer"])
    close(ends.writing)
    never.cancel()
    #expect(try driver.run(until: soon()) == .finished)
    #expect(order == ["timer", "byte", "end"])
  }

  @Test func aSignalIsToldAndWorkWoundUp() async {
    await #expect(processExitsWith: .success) {
      try Signals.install()
      let pair = try TCPPair()
      let driver = try Driver()
      let (connection, told) = driver.talk(Talker([42]), over: pair.client)
      try WorkerThread {
        usleep(50_000)
        kill(getpid(), SIGINT)
      }.detach()
      #expect(try driver.run(until: soon()) == .signal(SIGINT))
      connection.update { $0.outputs += [.send([66]), .close] }
      #expect(try driver.run(until: MonotonicClock.now() + 2_000_000) == .limit)
      #expect(try pair.server.rest() == [42, 66])
      pair.server.shutDownSending()
      #expect(try driver.run(until: soon()) == .finished)
      #expect(told.isClosed)
    }
  }

  @Test func aDriverThatIsDroppedLeavesNothing() throws {
    let pair = try TCPPair()
    weak var abandoned: Driver?
    var connection: Connection<Talker>?
    do {
      let driver = try Driver()
      abandoned = driver
      connection = driver.talk(Talker([1]), over: pair.client).0
      #expect(try driver.run(until: MonotonicClock.now() + 2_000_000) == .limit)
    }
    #expect(abandoned == nil)
    connection?.update { $0.outputs.append(.send([2])) }
    connection?.abort()
    connection = nil
    #expect(try pair.server.next() == .bytes([1]))
  }
}
