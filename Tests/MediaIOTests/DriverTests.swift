import Glibc
import MediaModel
import Testing

@testable import MediaIO

/// Says hello, answers each datagram with it reversed, ticks, and closes at 0.
private struct Echo: Machine {
  enum Event: Equatable {
    case got([UInt8])
    case ticked
  }
  struct Failure: Error, Equatable {}

  var outputs: [Output<Event>] = [.send([42])]
  var deadline: Nanoseconds?
  var ticksLeft = 0
  var arrivals: [Nanoseconds] = []

  mutating func receive(_ bytes: [UInt8], at now: Nanoseconds) throws(Failure) {
    arrivals.append(now)
    outputs += [.event(.got(bytes)), .send(bytes.reversed())]
    if bytes == [0] { outputs.append(.close) }
    if bytes == [255] { throw Failure() }
  }

  mutating func tick(at now: Nanoseconds) throws(Failure) {
    guard let due = deadline, due <= now else { return }
    outputs.append(.event(.ticked))
    ticksLeft -= 1
    deadline = ticksLeft > 0 ? due + 1_000_000 : nil
    if ticksLeft == 0 { outputs.append(.close) }
  }

  mutating func nextOutput() -> Output<Event> {
    outputs.isEmpty ? .wait(until: deadline) : outputs.removeFirst()
  }
}

/// A driver's side and the peer's, connected to each other.
private struct Ends {
  let transport: UDPTransport
  let peer: UDPSocket
  let inbox = DatagramInbox()

  init() throws {
    peer = try UDPSocket(bindingTo: .loopback(isIPv4: true))
    transport = UDPTransport(try UDPSocket(connectingTo: peer.localAddress()))
    try peer.connect(to: transport.socket.localAddress())
  }

  func received(_ count: Int) throws -> [[UInt8]] {
    var datagrams: [[UInt8]] = []
    while datagrams.count < count {
      let new = try peer.receive(into: inbox, until: soon())
      try #require(new > 0)
      datagrams += (0..<new).map(inbox.bytes)
    }
    return datagrams
  }
}

@Suite struct DriverTests {
  @Test func datagramsInAndOutputsOut() throws {
    let ends = try Ends()
    let driver = try Driver()
    var events: [Echo.Event] = []
    let link = try driver.add(Echo(), over: ends.transport) { events.append($0) }
    for datagram in [[1, 2], [3, 4, 5], [0], [9]] as [[UInt8]] { try ends.peer.send(datagram) }
    #expect(try driver.run(until: soon()) == .finished)
    // Nothing follows a close.
    #expect(events == [.got([1, 2]), .got([3, 4, 5]), .got([0])])
    #expect(try ends.received(4) == [[42], [2, 1], [5, 4, 3], [0]])
    #expect(!link.isOpen)
    #expect(link.machine.arrivals.count == 3)
    #expect(link.machine.arrivals == link.machine.arrivals.sorted())
    #expect(try driver.run() == .finished)
  }

  @Test func severalMachinesTickAtTheirDeadlines() throws {
    let driver = try Driver()
    let now = MonotonicClock.now()
    var order: [String] = []
    var keep: [Link<Echo>] = []
    for (name, delay) in [("b", 8), ("a", 3)] as [(String, Int64)] {
      var machine = Echo()
      machine.deadline = now + delay * 1_000_000
      machine.ticksLeft = name == "a" ? 2 : 1
      keep.append(try driver.add(machine, over: Ends().transport) { _ in order.append(name) })
    }
    #expect(try driver.run(until: soon()) == .finished)
    #expect(order == ["a", "a", "b"])
    #expect(keep.allSatisfy { !$0.isOpen })
  }

  @Test func aLimitEndsTheRunAndTheNextGoesOn() throws {
    let ends = try Ends()
    let driver = try Driver()
    let link = try driver.add(Echo(), over: ends.transport) { _ in }
    #expect(try driver.run(until: MonotonicClock.now() + 5_000_000) == .limit)
    #expect(try ends.received(1) == [[42]])
    link.update { $0.outputs += [.send([77]), .close] }
    #expect(try driver.run(until: soon()) == .finished)
    #expect(try ends.received(1) == [[77]])
  }

  @Test func whatWasDueBeforeAFailureIsDone() throws {
    let ends = try Ends()
    let driver = try Driver()
    var events: [Echo.Event] = []
    _ = try driver.add(Echo(), over: ends.transport) { events.append($0) }
    try ends.peer.send([255])
    #expect(throws: Echo.Failure()) { try driver.run(until: soon()) }
    #expect(events == [.got([255])])
    #expect(try ends.received(2) == [[42], [255]])
    // The failed machine is gone.
    #expect(try driver.run() == .finished)
  }

  @Test func whatTheUserThrowsComesThrough() throws {
    struct Enough: Error {}
    let ends = try Ends()
    let driver = try Driver()
    _ = try driver.add(Echo(), over: ends.transport) { _ in throw Enough() }
    try ends.peer.send([1])
    #expect(throws: Enough.self) { try driver.run(until: soon()) }
  }

  @Test func aSignalIsToldAndWorkWoundUp() async {
    await #expect(processExitsWith: .success) {
      try Signals.install()
      let ends = try Ends()
      let driver = try Driver()
      let link = try driver.add(Echo(), over: ends.transport) { _ in }
      try WorkerThread {
        usleep(50_000)
        kill(getpid(), SIGINT)
      }.detach()
      #expect(try driver.run(until: soon()) == .signal(SIGINT))
      link.update { $0.outputs += [.send([66]), .close] }
      #expect(try driver.run(until: soon()) == .finished)
      #expect(try driver.run() == .finished)
      ends.inboxIsEmptyAfter([[42], [66]])
    }
  }

  @Test func aRefusalIsNotTheMachinesEnd() throws {
    let refusing = try refusingSocket()
    let lonely = UDPTransport(try UDPSocket(connectingTo: refusing.localAddress()))
    let driver = try Driver()
    let link = try driver.add(Echo(), over: lonely) { _ in }
    #expect(try driver.run(until: MonotonicClock.now() + 5_000_000) == .limit)
    #expect(link.isOpen)
    #expect(lonely.socket.refusedCount == 1)
    #expect(try refusing.receive(into: DatagramInbox()) == 0)
  }
}

extension Ends {
  /// After a signal `receive` does not wait; on loopback what was sent is there.
  fileprivate func inboxIsEmptyAfter(_ expected: [[UInt8]]) {
    do {
      let count = try peer.receive(into: inbox)
      #expect((0..<count).map(inbox.bytes) == expected)
    } catch {
      Issue.record("\(error)")
    }
  }
}
