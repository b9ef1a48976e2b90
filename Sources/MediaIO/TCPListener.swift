import CSystem
import Glibc

/// A socket of TCP that takes connections, without blocking.
public final class TCPListener {
  private let descriptor: FileDescriptor
  private let subject: String

  /// Listens at `address`; the port 0 takes any free one.
  ///
  /// - Parameters:
  ///   - address: one of this host's.
  ///   - backlog: how many connections may wait to be accepted.
  /// - Throws: `IOFailure`, such as `bind` with `EADDRINUSE`.
  public init(at address: SocketAddress, backlog: Int = 128) throws(IOFailure) {
    subject = address.description
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let number = socket(address.isIPv4 ? AF_INET : AF_INET6, type, 0)
    guard number >= 0 else { throw IOFailure(call: "socket", code: errno, subject: subject) }
    descriptor = FileDescriptor(owning: number, subject: subject)
    // A port whose last connections are still being forgotten is free all the same.
    var on: Int32 = 1
    _ = setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    guard address.withSockaddr({ Glibc.bind(number, $0, $1) }) == 0 else {
      throw IOFailure(call: "bind", code: errno, subject: subject)
    }
    guard Glibc.listen(number, Int32(clamping: backlog)) == 0 else {
      throw IOFailure(call: "listen", code: errno, subject: subject)
    }
  }

  /// The number for `EventLoop`, not to be closed.
  public var rawDescriptor: Int32 { descriptor.rawValue }

  /// The address and the port that it has taken.
  public func localAddress() throws(IOFailure) -> SocketAddress {
    try MediaIO.localAddress(of: rawDescriptor, subject: subject)
  }

  /// Takes the next connection; nil where none waits.
  ///
  /// - Throws: `IOFailure`, such as `EMFILE`.
  public func accept() throws(IOFailure) -> TCPSocket? {
    while true {
      let number = csystem_tcp_accept(rawDescriptor)
      if number >= 0 {
        // Who has gone already has no address, and is not worth a connection.
        guard let peer = try? peerAddress(of: number, subject: subject) else {
          close(number)
          continue
        }
        return TCPSocket(accepted: number, from: peer)
      }
      switch errno {
      case EAGAIN: return nil
      case EINTR, ECONNABORTED, EPROTO: continue
      default: throw IOFailure(call: "accept", code: errno, subject: subject)
      }
    }
  }
}
