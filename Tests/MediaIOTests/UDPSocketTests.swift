import Glibc
import Testing

@testable import MediaIO

@Suite struct UDPSocketTests {
  @Test(arguments: hasIPv6 ? [true, false] : [true])
  func aDatagramArrivesWithItsSender(isIPv4: Bool) throws {
    let pair = try Pair(isIPv4: isIPv4)
    let before = MonotonicClock.now()
    let wallBefore = WallClock.now()
    try pair.sender.send([1, 2, 3])
    #expect(try pair.receive(1) == [[1, 2, 3]])
    let datagram = pair.inbox.datagrams[0]
    #expect(datagram.sender == (try pair.sender.localAddress()))
    #expect(datagram.byteCount == 3)
    #expect(!datagram.isTruncated)
    #expect(datagram.wallClock >= wallBefore - 1_000_000_000)
    #expect(datagram.arrival >= before - 1_000_000_000)
    #expect(datagram.arrival <= MonotonicClock.now())
    #expect(pair.inbox.withBytes(0) { $0.byteCount } == 3)
    #expect(pair.sender.sentCount == 1)
  }

  @Test func theAnswerGoesToTheSender() throws {
    let pair = try Pair()
    try pair.sender.send([1])
    _ = try pair.receive(1)
    try pair.receiver.send([2], to: pair.inbox.datagrams[0].sender)
    #expect(try pair.sender.receive(into: pair.inbox, until: soon()) == 1)
    #expect(pair.inbox.bytes(0) == [2])
  }

  @Test func emptyAndLargestDatagrams() throws {
    let pair = try Pair()
    let sent = datagrams([0, DatagramBatch.largestDatagram, 1])
    for datagram in sent { try pair.sender.send(datagram) }
    #expect(try pair.receive(3) == sent)
    let failure = ioFailure { try pair.sender.send([UInt8](repeating: 0, count: 65_508)) }
    #expect(failure?.code == EMSGSIZE)
    #expect(failure?.call == "send")
    #expect(try failure?.subject == pair.receiver.localAddress().description)
    #expect(pair.sender.sentCount == 3)
  }

  @Test func whatIsTooLargeForTheRoomIsFlagged() throws {
    let pair = try Pair()
    let inbox = DatagramInbox(capacity: 4, byteCount: 100)
    for datagram in datagrams([99, 100, 101]) { try pair.sender.send(datagram) }
    var seen: [Bool] = []
    while seen.count < 3 {
      let count = try pair.receiver.receive(into: inbox, until: soon())
      try #require(count > 0)
      seen += inbox.datagrams.map(\.isTruncated)
    }
    #expect(seen == [false, false, true])
    #expect(inbox.datagrams.last?.byteCount == 100)
  }

  @Test func nothingIsReceivedInTime() throws {
    let pair = try Pair()
    #expect(try pair.receiver.receive(into: pair.inbox) == 0)
    #expect(try pair.receiver.receive(into: pair.inbox, until: 0) == 0)
    #expect(try pair.receiver.receive(into: pair.inbox, until: Int64.min) == 0)
    let deadline = MonotonicClock.now() + 20_000_000
    #expect(try pair.receiver.receive(into: pair.inbox, until: deadline) == 0)
    #expect(MonotonicClock.now() >= deadline)
  }

  @Test func ipv6ForEveryAddressHearsIPv4() throws {
    guard hasIPv6 else { return }
    let receiver = try UDPSocket(bindingTo: .any(isIPv4: false))
    let port = try receiver.localAddress().port
    let sender = try UDPSocket(connectingTo: .loopback(isIPv4: true, port: port))
    try sender.send([7])
    let inbox = DatagramInbox()
    #expect(try receiver.receive(into: inbox, until: soon()) == 1)
    #expect(inbox.datagrams[0].sender == (try sender.localAddress()))
  }

  @Test func aTakenPortIsNamed() throws {
    let first = try UDPSocket(bindingTo: .loopback(isIPv4: true))
    let address = try first.localAddress()
    let failure = ioFailure { _ = try UDPSocket(bindingTo: address) }
    #expect(failure == IOFailure(call: "bind", code: EADDRINUSE, subject: address.description))
  }

  @Test func refusalsAreCountedNeverFatal() throws {
    let refusing = try refusingSocket()
    let sender = try UDPSocket(connectingTo: refusing.localAddress())
    for number in 0..<20 { try sender.send([UInt8(number)]) }
    try sender.send(batch(datagrams([100, 100, 100, 7])))
    #expect(sender.sentCount == 24)
    #expect(try sender.receive(into: DatagramInbox()) == 0)
    #expect(sender.refusedCount > 0)
    let told = sender.refusedCount
    #expect(try sender.receive(into: DatagramInbox()) == 0)
    #expect(sender.refusedCount == told)
    #expect(try refusing.receive(into: DatagramInbox()) == 0)
  }

  @Test func theReceiveBufferGrows() throws {
    let socket = try UDPSocket(bindingTo: .loopback(isIPv4: true))
    #expect(try socket.setReceiveBuffer(20_000) >= 20_000)
    #expect(try socket.setReceiveBuffer(Int.max) >= 20_000)
    #expect(try socket.setReceiveBuffer(-1) > 0)
  }

  @Test func aSignalEndsTheWait() async {
    await #expect(processExitsWith: .success) {
      try Signals.install()
      let pair = try Pair()
      try WorkerThread {
        usleep(50_000)
        kill(getpid(), SIGINT)
      }.detach()
      #expect(ioFailure { _ = try pair.receive(1) }?.code == EINTR)
      // What is there is still received, and last words are still sent.
      try pair.sender.send([9])
      #expect(try pair.receive(1) == [[9]])
      #expect(ioFailure { _ = try pair.receive(1) }?.code == EINTR)
    }
  }
}

@Suite struct UDPGroupTests {
  private let group = SocketAddress("239.255.77.7", port: 0)

  /// Both sides set the interface; two receivers share the port.
  @Test func everyReceiverOfAGroupHearsIt() throws {
    let loopback = try NetworkInterface("127.0.0.1")
    var group = try #require(group)
    let first = try UDPSocket(bindingTo: group, shared: true)
    group.port = try first.localAddress().port
    let second = try UDPSocket(bindingTo: group, shared: true)
    try first.join(group, on: loopback)
    try second.join(group, on: loopback)
    let sender = try UDPSocket(isIPv4: true)
    try sender.sendToGroups(through: loopback)
    try sender.setHopLimit(1)
    try sender.connect(to: group)
    try sender.send(batch(datagrams([50, 50, 20])))
    let inbox = DatagramInbox()
    for receiver in [first, second] {
      var received: [[UInt8]] = []
      while received.count < 3 {
        let count = try receiver.receive(into: inbox, until: soon())
        try #require(count > 0)
        received += (0..<count).map(inbox.bytes)
        #expect(inbox.datagrams[0].sender?.host == "127.0.0.1")
      }
      #expect(received == datagrams([50, 50, 20]))
    }
    // After leaving nothing is heard: the datagram that others heard has passed by then.
    try first.leave(group, on: loopback)
    try sender.send([1])
    #expect(try second.receive(into: inbox, until: soon()) == 1)
    #expect(try first.receive(into: inbox) == 0)
    #expect(ioFailure { try first.leave(group, on: loopback) }?.call == "leave")
  }

  @Test func aSourceIsHeardAloneAndOthersAreNot() throws {
    let loopback = try NetworkInterface("lo")
    var group = try #require(SocketAddress("232.9.9.9", port: 0))
    let heard = try UDPSocket(bindingTo: group, shared: true)
    group.port = try heard.localAddress().port
    let deaf = try UDPSocket(bindingTo: group, shared: true)
    try heard.join(group, from: .loopback(isIPv4: true), on: loopback)
    let other = try #require(SocketAddress("192.0.2.1", port: 0))
    try deaf.join(group, from: other, on: loopback)
    let sender = try UDPSocket(isIPv4: true)
    try sender.sendToGroups(through: loopback)
    try sender.send([5], to: group)
    let inbox = DatagramInbox()
    #expect(try heard.receive(into: inbox, until: soon()) == 1)
    #expect(try deaf.receive(into: inbox) == 0)
    try heard.leave(group, from: .loopback(isIPv4: true), on: loopback)
  }

  @Test func aGroupThatOthersJoinedIsNotHeard() throws {
    let loopback = try NetworkInterface("lo")
    var group = try #require(SocketAddress("239.255.77.8", port: 0))
    let member = try UDPSocket(bindingTo: group, shared: true)
    group.port = try member.localAddress().port
    try member.join(group, on: loopback)
    let bystander = try UDPSocket(bindingTo: .any(isIPv4: true, port: group.port), shared: true)
    let sender = try UDPSocket(isIPv4: true)
    try sender.sendToGroups(through: loopback)
    try sender.send([5], to: group)
    let inbox = DatagramInbox()
    #expect(try member.receive(into: inbox, until: soon()) == 1)
    #expect(try bystander.receive(into: inbox) == 0)
  }

  @Test func whatIsNoGroupIsRefused() throws {
    let socket = try UDPSocket(isIPv4: true)
    let failure = ioFailure { try socket.join(.loopback(isIPv4: true)) }
    #expect(failure?.description == "join 127.0.0.1: Invalid argument")
    let group = try #require(group)
    #expect(ioFailure { try socket.join(group, from: .loopback(isIPv4: false)) }?.code == EINVAL)
  }

  @Test func ipv6GroupsAreJoined() throws {
    guard hasIPv6 else { return }
    let group = try #require(SocketAddress("ff15::7", port: 0))
    let socket = try UDPSocket(bindingTo: .any(isIPv4: false))
    let loopback = try NetworkInterface("lo")
    try socket.join(group, on: loopback)
    try socket.setHopLimit(3)
    try socket.setGroupLoopback(true)
    try socket.sendToGroups(through: loopback)
    try socket.leave(group, on: loopback)
  }
}
