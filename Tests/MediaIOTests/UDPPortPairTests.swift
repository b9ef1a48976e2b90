import Glibc
import Testing

@testable import MediaIO

@Suite struct UDPPortPairTests {
  private let loopback = SocketAddress("127.0.0.1", port: 9)

  @Test func isEvenAndItsNeighbour() throws {
    let pair = try UDPPortPair(bindingTo: try #require(loopback))
    #expect(pair.port.isMultiple(of: 2))
    #expect(try pair.rtp.localAddress().port == pair.port)
    #expect(try pair.rtcp.localAddress().port == pair.port + 1)
  }

  @Test func staysInItsRangeUntilThatIsFull() throws {
    let loopback = try #require(loopback)
    let free = try UDPPortPair(bindingTo: loopback).port
    let range = free - 1...free + 2
    let first = try? UDPPortPair(bindingTo: loopback, in: range)
    // Another process may have been faster; a pair it is, or nothing.
    if let first { #expect(first.port == free) }
    let taken = try? UDPPortPair(bindingTo: loopback, in: range)
    #expect(first == nil || taken == nil)
    #expect(throws: IOFailure.self) { try UDPPortPair(bindingTo: loopback, in: 7...8) }
  }

  @Test func passesOverAPortWhoseNeighbourIsTaken() throws {
    let loopback = try #require(loopback)
    let free = try UDPPortPair(bindingTo: loopback).port
    var odd = loopback
    odd.port = free + 1
    let neighbour = try? UDPSocket(bindingTo: odd)
    #expect(throws: IOFailure.self) { try UDPPortPair(bindingTo: loopback, in: free...free + 1) }
    _ = neighbour
  }
}
