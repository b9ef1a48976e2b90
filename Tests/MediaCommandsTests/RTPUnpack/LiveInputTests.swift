import MediaIO
import TestSupport
import Testing

@testable import MediaCommands

@Suite struct LiveInputTests {
  /// A port of loopback that was free a moment ago, and the address of it.
  private func address() throws -> SocketAddress {
    let loopback = try #require(SocketAddress("127.0.0.1", port: 0))
    return try UDPSocket(bindingTo: loopback).localAddress()
  }

  private func plan(_ port: UInt16, rtcp: UInt16? = nil) throws -> LivePlan {
    var plan = LivePlan(try #require(MediaURL("rtp://127.0.0.1:\(port)")))
    plan.ports = [LivePlan.Port(host: "127.0.0.1", rtp: port, rtcp: rtcp)]
    return plan
  }

  /// Each datagram that is taken has the next one sent, so that one is always there.
  @Test func aLookIsTakenWhilePacketsNeverCease() throws {
    let address = try address()
    let input = try LiveInput(try plan(address.port), nil, timeout: 1_000_000_000)
    let sender = try UDPSocket(connectingTo: address)
    try sender.send([1, 2, 3])
    var (count, looks, isFull) = (0, 0, false)
    let end = MonotonicClock.now() + 20_000_000_000
    try input.read { _, event, now in
      switch event {
      case .datagram:
        count += 1
        try sender.send([1, 2, 3])
      // The first datagram may not have been there yet.
      case .idle: looks += count > 0 ? 1 : 0
      }
      isFull = looks == 3
      return !isFull && now < end
    }
    #expect(isFull && count > 3)
  }

  @Test func whyAPortIsRefusedIsKept() throws {
    let loopback = try #require(SocketAddress("127.0.0.1", port: 0))
    let other = try UDPSocket(bindingTo: loopback)
    let taken = try other.localAddress().port
    let input = try LiveInput(
      try plan(try address().port, rtcp: taken), nil, timeout: 1_000_000_000)
    #expect(input.refused.map(\.port) == [taken])
    #expect(input.refused.first?.reason.message.contains("Address already in use") == true)
  }
}
