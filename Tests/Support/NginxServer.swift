// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation

/// nginx-rtmp on a port of its own of 127.0.0.1, which records what is published to `live`.
package final class NginxServer {
  /// Where it listens, also after it was started anew.
  package let port: Int
  /// Where `KEY.flv` appears.
  package let folder: ScratchFolder
  private var process: RunningProcess

  /// Starts one.
  package init() throws {
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
    try folder.write(configuration, to: "nginx.conf")
    process = try Self.start(folder, port)
  }

  deinit { process.stop() }

  /// Kills it, as a power failure would.
  package func kill() { process.stop() }

  /// Starts it again at the same port.
  package func restart() throws { process = try Self.start(folder, port) }

  /// Where to publish.
  package func url(_ key: String) -> String { "rtmp://127.0.0.1:\(port)/live/\(key)" }

  /// What was recorded of a key.
  package func recording(_ key: String) -> String { folder["\(key).flv"] }

  private static func start(_ folder: ScratchFolder, _ port: Int) throws -> RunningProcess {
    let process = try ProcessRunner.start(
      "nginx", ["-p", folder.path, "-c", folder["nginx.conf"]])
    for _ in 0..<2000 {
      if isOpen(port) { return process }
      usleep(5000)
    }
    throw StartFailure(program: "nginx", reason: process.errorsSoFar)
  }

  /// Whether somebody listens at a port of 127.0.0.1.
  package static func isOpen(_ port: Int) -> Bool {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(handle) }
    return withAddress(port) { Glibc.connect(handle, $0, $1) == 0 }
  }

  /// A port that nobody listens at: below those that the kernel gives to connections, of which a test
  /// beside this one may get any.
  package static func freePort() throws -> Int {
    for _ in 0..<1000 {
      guard let (handle, port) = try? boundSocket(Int.random(in: 10_000..<32_000)) else { continue }
      close(handle)
      return port
    }
    throw StartFailure(program: "bind", reason: "no port is free")
  }

  /// A socket at a port of 127.0.0.1, or at one that the kernel has chosen; to be closed.
  static func boundSocket(_ port: Int = 0) throws -> (handle: Int32, port: Int) {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var bound = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withAddress(port) { bind(handle, $0, $1) == 0 }
    let isKnown = withUnsafeMutablePointer(to: &bound) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(handle, $0, &size) == 0 }
    }
    guard isBound, isKnown else {
      let reason = ProcessRunner.errnoText()
      close(handle)
      throw StartFailure(program: "bind", reason: reason)
    }
    return (handle, Int(UInt16(bigEndian: bound.sin_port)))
  }

  static func withAddress<Result>(
    _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
#endif
