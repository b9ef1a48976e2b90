import Glibc
import Testing

@testable import MediaIO

/// Far later than any test lasts: a hang fails by it, nothing else depends on it.
func soon(_ seconds: Int64 = 20) -> Int64 { MonotonicClock.now() + seconds * 1_000_000_000 }

/// A receiver on a free port of loopback and a sender connected to it.
struct Pair {
  let receiver: UDPSocket
  let sender: UDPSocket
  let inbox = DatagramInbox()

  init(isIPv4: Bool = true, inbox: DatagramInbox? = nil) throws {
    receiver = try UDPSocket(bindingTo: .loopback(isIPv4: isIPv4))
    try receiver.setReceiveBuffer(4 << 20)
    sender = try UDPSocket(connectingTo: receiver.localAddress())
  }

  /// Receives `count` datagrams, or fewer where no more come.
  func receive(_ count: Int) throws -> [[UInt8]] {
    var datagrams: [[UInt8]] = []
    while datagrams.count < count {
      let new = try receiver.receive(into: inbox, until: soon())
      guard new > 0 else { break }
      datagrams += (0..<new).map(inbox.bytes)
    }
    return datagrams
  }
}

extension SocketAddress {
  static func loopback(isIPv4: Bool, port: UInt16 = 0) throws -> Self {
    try #require(Self(isIPv4 ? "127.0.0.1" : "::1", port: port))
  }
}

/// A socket whose port refuses every sender for as long as it lives.
///
/// It is taken, so that no other test gets it, and hears only itself.
func refusingSocket() throws -> UDPSocket {
  let socket = try UDPSocket(bindingTo: .loopback(isIPv4: true))
  try socket.connect(to: socket.localAddress())
  return socket
}

/// Datagrams that differ in every byte from their neighbours.
func datagrams(_ sizes: [Int]) -> [[UInt8]] {
  sizes.enumerated().map { number, size in
    (0..<size).map { UInt8(truncatingIfNeeded: 31 * number + 7 * $0 + ($0 >> 8)) }
  }
}

func batch(_ datagrams: [[UInt8]]) -> DatagramBatch {
  var batch = DatagramBatch()
  for datagram in datagrams { batch.append(datagram) }
  return batch
}

/// Whether this machine has IPv6 on loopback; some containers do not.
let hasIPv6: Bool = {
  guard let address = SocketAddress("::1", port: 0) else { return false }
  return (try? UDPSocket(bindingTo: address)) != nil
}()
