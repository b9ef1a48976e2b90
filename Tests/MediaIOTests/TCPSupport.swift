import Glibc
import Testing

@testable import MediaIO

/// A connection over loopback, both ends in hand.
struct TCPPair {
  let client: TCPSocket
  let server: TCPSocket

  init(isIPv4: Bool = true) throws {
    let listener = try TCPListener(at: .loopback(isIPv4: isIPv4))
    client = try TCPSocket(connectingTo: listener.localAddress())
    try waitUntil(client.rawDescriptor, .writable)
    try client.finishConnecting()
    try waitUntil(listener.rawDescriptor, .readable)
    server = try #require(try listener.accept())
    try client.prepare()
    try server.prepare()
  }

  /// Says something at the server's end, all of which the kernel takes.
  func say(_ bytes: [UInt8]) throws {
    var queue = SendQueue()
    queue.append(bytes)
    try queue.flush(to: server)
    #expect(queue.isEmpty)
  }
}

/// Waits until a descriptor is ready, or fails.
func waitUntil(_ descriptor: Int32, _ readiness: EventLoop.Readiness) throws {
  let loop = try EventLoop()
  try loop.watch(descriptor, for: readiness, token: 0)
  try #require(try loop.wait(until: soon()).isEmpty == false)
}

extension TCPSocket {
  /// What comes next.
  func next(_ byteCount: Int = 65_536) throws -> Received {
    try waitUntil(rawDescriptor, .readable)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 1)
    defer { room.deallocate() }
    return try receive(into: room)
  }

  /// Everything up to the peer's end.
  func rest() throws -> [UInt8] {
    var all: [UInt8] = []
    while case .bytes(let bytes) = try next() { all += bytes }
    return all
  }

  /// Limits what the kernel keeps for this socket, so that little is accepted unread.
  ///
  /// With less than a segment of the loopback the kernel waits for timers.
  func keepLittle() throws { try keep(65_536) }

  func keepMuch() throws { try keep(1 << 20) }

  private func keep(_ byteCount: Int32) throws {
    var size = byteCount
    for option in [SO_RCVBUF, SO_SNDBUF] {
      let code = setsockopt(
        rawDescriptor, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<Int32>.size))
      try #require(code == 0)
    }
  }
}

/// A port that refuses every connection for as long as it lives: bound, and not listening.
struct RefusingPort: ~Copyable {
  let address: SocketAddress
  private let descriptor: FileDescriptor

  init() throws {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    descriptor = FileDescriptor(owning: number, subject: "refusing port")
    let bound = try SocketAddress.loopback(isIPv4: true).withSockaddr { bind(number, $0, $1) }
    try #require(bound == 0)
    address = try localAddress(of: number, subject: "refusing port")
  }
}

/// A port where nobody answers: its queue of connections that wait is full, and Linux drops what
/// comes then.
final class SilentPort {
  let address: SocketAddress
  private let listener: TCPListener
  private var waiting: [TCPSocket] = []

  init() throws {
    listener = try TCPListener(at: .loopback(isIPv4: true), backlog: 0)
    address = try listener.localAddress()
    // The queue holds one more than the backlog.
    let first = try TCPSocket(connectingTo: address)
    try waitUntil(first.rawDescriptor, .writable)
    try first.finishConnecting()
    waiting = [first]
  }
}
