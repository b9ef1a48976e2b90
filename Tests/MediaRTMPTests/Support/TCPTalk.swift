import Foundation
import TestSupport

/// A blocking TCP connection to 127.0.0.1.
final class TCPTalk {
  private let handle: Int32

  init(port: Int) throws {
    handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.loopback(UInt16(port))
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else {
      close(handle)
      throw StartFailure(program: "connect", reason: String(cString: strerror(errno)))
    }
    // Whatever hangs ends as an error, not as a test that never ends.
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(handle) }

  static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }

  func end() { shutdown(handle, Int32(SHUT_RDWR)) }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          handle, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL)
        )
      }
      guard count > 0 else {
        throw StartFailure(program: "send", reason: String(cString: strerror(errno)))
      }
      sent += count
    }
  }

  /// What is there, or comes; empty at the end.
  func receive() throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = bytes.withUnsafeMutableBytes { recv(handle, $0.baseAddress, $0.count, 0) }
    guard count >= 0 else {
      throw StartFailure(program: "recv", reason: String(cString: strerror(errno)))
    }
    return Array(bytes.prefix(count))
  }
}
