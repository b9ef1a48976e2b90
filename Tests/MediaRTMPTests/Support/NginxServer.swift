import Foundation
import TestSupport
import Testing

/// nginx-rtmp on a port of its own, which records what is published to `live`.
final class NginxServer {
  let port: Int
  let folder: ScratchFolder
  private let process: RunningProcess

  init() throws {
    folder = try ScratchFolder()
    port = try Self.freePort()
    let configuration = """
      load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
      daemon off; master_process off; user root; pid nginx.pid; error_log stderr;
      events {}
      rtmp {
        server {
          listen 127.0.0.1:\(port);
          application live {
            live on; record all; record_path \(folder.path); record_suffix .flv;
          }
        }
      }
      """
    let path = try folder.write(configuration, to: "nginx.conf")
    process = try ProcessRunner.start("nginx", ["-p", folder.path, "-c", path])
    for _ in 0..<2000 {
      if let connection = try? TCPTalk(port: port) {
        connection.end()
        return
      }
      usleep(5000)
    }
    throw StartFailure(program: "nginx", reason: process.errorsSoFar)
  }

  deinit { process.stop() }

  private static func freePort() throws -> Int {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(handle) }
    var address = TCPTalk.loopback(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(handle, $0, size) == 0 && getsockname(handle, $0, &size) == 0
      }
    }
    try #require(bound)
    return Int(UInt16(bigEndian: address.sin_port))
  }
}

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
