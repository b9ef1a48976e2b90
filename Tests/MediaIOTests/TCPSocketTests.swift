import CSystem
import Glibc
import TestSupport
import Testing

@testable import MediaIO

@Suite struct TCPSocketTests {
  @Test func bytesBothWaysAndTwoEnds() throws {
    let pair = try TCPPair()
    var queue = SendQueue()
    queue.append([1, 2])
    queue.append([])
    queue.append([3])
    #expect(queue.byteCount == 3)
    try queue.flush(to: pair.client)
    #expect(queue.isEmpty)
    #expect(try pair.server.next() == .bytes([1, 2, 3]))
    pair.client.shutDownSending()
    #expect(try pair.server.next() == .end)
    // The other direction is open.
    queue.append([4])
    try queue.flush(to: pair.server)
    #expect(try pair.client.next() == .bytes([4]))
    #expect((pair.client.sentByteCount, pair.client.receivedByteCount) == (3, 1))
    #expect(try pair.client.localAddress() == pair.server.peer)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 1)
    defer { room.deallocate() }
    #expect(try pair.client.receive(into: room) == .nothing)
  }

  @Test(.enabled(if: hasIPv6)) func bothFamilies() throws {
    let pair = try TCPPair(isIPv4: false)
    #expect(pair.client.peer.host == "::1")
    #expect(pair.server.peer.host == "::1")
  }

  @Test func aSlowReaderGetsEveryByte() throws {
    let pair = try TCPPair()
    try pair.client.keepLittle()
    try pair.server.keepLittle()
    var random = Seeded.of("slow reader")
    var sent: [UInt8] = []
    var received: [UInt8] = []
    var queue = SendQueue()
    // Pieces of all sizes, more than one call takes.
    for _ in 0..<400 {
      let piece = [UInt8](
        repeating: UInt8.random(in: 0...255, using: &random),
        count: Int.random(in: 0...6_000, using: &random))
      sent += piece
      queue.append(piece)
    }
    var refusals = 0
    while received.count < sent.count {
      let before = queue.byteCount
      try queue.flush(to: pair.client)
      if queue.byteCount == before, !queue.isEmpty { refusals += 1 }
      guard case .bytes(let bytes) = try pair.server.next(1 + received.count % 50_000) else {
        Issue.record("an end")
        return
      }
      received += bytes
      #expect(queue.byteCount + received.count <= sent.count)
    }
    #expect(isSame(received, sent))
    #expect(refusals > 0)
    #expect(queue.isEmpty)
  }

  @Test func whatThePeerHasNotAcceptedIsKnown() throws {
    let pair = try TCPPair()
    try pair.client.keepLittle()
    try pair.server.keepLittle()
    var queue = SendQueue()
    queue.append([UInt8](repeating: 1, count: 4 << 20))
    try queue.flush(to: pair.client)
    #expect(!queue.isEmpty)
    #expect(pair.client.unacceptedByteCount > 0)
    #expect(Int64(pair.client.unacceptedByteCount) <= pair.client.sentByteCount)
    #expect(try #require(pair.client.roundTrip) > 0)
  }

  @Test(arguments: [(10_000_000_000, 10_000), (1_500_000, 1), (nil, 0)] as [(Int64?, UInt32)])
  func theKernelGivesUpWhenItIsTold(nanoseconds: Int64?, milliseconds: UInt32) throws {
    let pair = try TCPPair()
    try pair.client.prepare(unaccepted: nanoseconds)
    var (value, size) = (UInt32(7), socklen_t(MemoryLayout<UInt32>.size))
    let code = getsockopt(
      pair.client.rawDescriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &value, &size)
    #expect(code == 0 && value == milliseconds)
  }

  @Test func aResetIsNotAnEnd() throws {
    var pair: TCPPair? = try TCPPair()
    let client = try #require(pair?.client)
    pair?.server.resetAtEnd()
    pair = nil
    let failure = ioFailure { _ = try client.next() }
    #expect(failure?.code == ECONNRESET)
    #expect(failure?.call == "recv")
    // And writing raises no signal, though nobody has said to ignore it.
    var queue = SendQueue()
    queue.append([1])
    #expect(ioFailure { try queue.flush(to: client) }?.code == EPIPE)
  }

  @Test func sigpipeIsNeverRaised() async {
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_DFL)
      let pair = try TCPPair()
      pair.client.shutDownSending()
      var queue = SendQueue()
      queue.append([1])
      #expect(ioFailure { try queue.flush(to: pair.client) }?.code == EPIPE)
    }
  }

  @Test func aRefusal() throws {
    let port = try RefusingPort()
    let failure = ioFailure {
      let socket = try TCPSocket(connectingTo: port.address)
      try waitUntil(socket.rawDescriptor, .writable)
      try socket.finishConnecting()
    }
    #expect(failure == IOFailure(call: "connect", code: ECONNREFUSED, subject: "\(port.address)"))
  }

  @Test func aPortThatIsTaken() throws {
    let listener = try TCPListener(at: .loopback(isIPv4: true))
    let address = try listener.localAddress()
    #expect(ioFailure { _ = try TCPListener(at: address) }?.code == EADDRINUSE)
    #expect(try listener.accept() == nil)
  }
}
