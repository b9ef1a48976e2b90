import CSystem
import Glibc

/// A stream socket of TCP that never blocks.
///
/// A reset by the peer is an `IOFailure` with `ECONNRESET`, the peer's end is no failure. SIGPIPE
/// is never raised.
public final class TCPSocket {
  /// What `receive` found.
  public enum Received: Equatable, Sendable {
    /// Bytes, at least one.
    case bytes([UInt8])
    /// Nothing yet.
    case nothing
    /// The peer sends no more.
    case end
  }

  /// The address and the port of the other side.
  public let peer: SocketAddress
  /// Whether what comes is acknowledged at once, as suits a dialogue: a peer that sends its
  /// answers in small pieces waits for that, and an acknowledgement on its own comes after 40 ms.
  public var isDialogue = true
  /// How many bytes must have come before anybody is woken for them.
  var wakingByteCount = 1 {
    didSet {
      guard wakingByteCount != oldValue else { return }
      // A kernel that refuses it wakes for each byte.
      _ = csystem_tcp_wake_for(rawDescriptor, Int32(clamping: wakingByteCount))
    }
  }
  /// Bytes received.
  public private(set) var receivedByteCount: Int64 = 0
  /// Bytes handed to the kernel.
  public private(set) var sentByteCount: Int64 = 0
  /// The number for `EventLoop`; -1 once it is closed.
  public private(set) var rawDescriptor: Int32
  private var descriptor: FileDescriptor?
  private var isShutDown = false

  /// Begins to connect; `isConnected` tells when that is done.
  ///
  /// - Throws: `IOFailure`, where the kernel knows at once, such as `ENETUNREACH`.
  public init(connectingTo address: SocketAddress) throws(IOFailure) {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let number = socket(address.isIPv4 ? AF_INET : AF_INET6, type, 0)
    guard number >= 0 else {
      throw IOFailure(call: "socket", code: errno, subject: address.description)
    }
    descriptor = FileDescriptor(owning: number, subject: address.description)
    rawDescriptor = number
    peer = address
    let code = address.withSockaddr { Glibc.connect(number, $0, $1) }
    guard code == 0 || errno == EINPROGRESS else { throw failure("connect") }
  }

  /// Takes over a connection that a listener accepted.
  init(accepted number: Int32, from peer: SocketAddress) {
    descriptor = FileDescriptor(owning: number, subject: peer.description)
    rawDescriptor = number
    self.peer = peer
  }

  /// Ends an attempt to connect, once the socket is writable.
  ///
  /// - Throws: `IOFailure`, such as `ECONNREFUSED` or `ETIMEDOUT`.
  public func finishConnecting() throws(IOFailure) {
    var (code, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
    guard getsockopt(rawDescriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else {
      throw failure("getsockopt")
    }
    guard code == 0 else { throw IOFailure(call: "connect", code: code, subject: subject) }
  }

  /// Sets the options that suit streaming: no delay of small writes, keep-alive.
  ///
  /// - Parameter unaccepted: nanoseconds after which the kernel gives up a peer that accepts
  ///   nothing (TCP_USER_TIMEOUT); nil leaves it its own minutes.
  /// - Throws: `IOFailure` of `setsockopt`.
  public func prepare(unaccepted: Int64? = nil) throws(IOFailure) {
    let milliseconds = UInt32(clamping: min((unaccepted ?? 0) / 1_000_000, Int64(Int32.max)))
    guard csystem_tcp_prepare(rawDescriptor, milliseconds) == 0 else {
      throw failure("setsockopt")
    }
  }

  /// The address and the port on this side.
  public func localAddress() throws(IOFailure) -> SocketAddress {
    try MediaIO.localAddress(of: rawDescriptor, subject: subject)
  }

  /// Receives what is there, as much as `room` holds.
  ///
  /// - Throws: `IOFailure`, such as `ECONNRESET`.
  public func receive(into room: UnsafeMutableRawBufferPointer) throws(IOFailure) -> Received {
    if isDialogue { _ = csystem_tcp_acknowledge_at_once(rawDescriptor) }
    while true {
      let count = recv(rawDescriptor, room.baseAddress, room.count, 0)
      if count > 0 {
        receivedByteCount &+= Int64(count)
        return .bytes(Array(room.prefix(count)))
      }
      if count == 0 { return .end }
      if errno == EAGAIN { return .nothing }
      guard errno == EINTR else { throw failure("recv") }
    }
  }

  /// Hands the kernel as many of the parts as it takes, `CSYSTEM_PARTS` at most.
  ///
  /// - Returns: How many bytes it took; 0 where there is no room.
  /// - Throws: `IOFailure`, such as `EPIPE` or `ECONNRESET`.
  func send(_ parts: [csystem_part]) throws(IOFailure) -> Int {
    while true {
      let count = csystem_tcp_send(rawDescriptor, parts, parts.count)
      if count >= 0 {
        sentByteCount &+= Int64(count)
        return count
      }
      if errno == EAGAIN { return 0 }
      guard errno == EINTR else { throw failure("send") }
    }
  }

  /// Of the bytes sent, those that the peer has not acknowledged; 0 where it cannot be told.
  public var unacceptedByteCount: Int {
    var count: Int32 = 0
    return csystem_tcp_unsent(rawDescriptor, &count) == 0 ? Int(count) : 0
  }

  /// The kernel's smoothed round trip in nanoseconds; nil where it cannot be told.
  public var roundTrip: Int64? {
    var (time, variation) = (UInt32(0), UInt32(0))
    guard csystem_tcp_round_trip(rawDescriptor, &time, &variation) == 0, time > 0 else {
      return nil
    }
    return Int64(time) * 1_000
  }

  /// Says that nothing more will be sent; what was sent before still arrives.
  public func shutDownSending() {
    guard !isShutDown else { return }
    isShutDown = true
    _ = shutdown(rawDescriptor, Int32(SHUT_WR))
  }

  /// Gives the descriptor back; what was sent still arrives.
  public func close() {
    rawDescriptor = -1
    descriptor = nil
  }

  /// Makes the end of this socket a reset, which drops what is on its way.
  public func resetAtEnd() { _ = csystem_tcp_reset_on_close(rawDescriptor) }

  private var subject: String { peer.description }

  private func failure(_ call: String) -> IOFailure {
    IOFailure(call: call, code: errno, subject: subject)
  }
}

/// What `getsockname` tells of a socket.
func localAddress(of descriptor: Int32, subject: String) throws(IOFailure) -> SocketAddress {
  try socketName("getsockname", subject) { getsockname(descriptor, $0, $1) }
}

/// What `getpeername` tells of a connected socket.
func peerAddress(of descriptor: Int32, subject: String) throws(IOFailure) -> SocketAddress {
  try socketName("getpeername", subject) { getpeername(descriptor, $0, $1) }
}

private func socketName(
  _ call: String, _ subject: String,
  _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
) throws(IOFailure) -> SocketAddress {
  var storage = sockaddr_storage()
  var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
  let code = withUnsafeMutablePointer(to: &storage) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &size) }
  }
  guard code == 0 else { throw IOFailure(call: call, code: errno, subject: subject) }
  let address = withUnsafeBytes(of: storage) {
    SocketAddress(sockaddr: .init(rebasing: $0.prefix(Int(size))))
  }
  guard let address else { throw IOFailure(call: call, code: EAFNOSUPPORT, subject: subject) }
  return address
}
