// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation
import Synchronization

/// Passes one TCP connection to 127.0.0.1 on to another port, and keeps what both sides say.
///
/// Unlike a capture of the loopback interface it needs no privilege and loses nothing.
package final class RecordingProxy: Sendable {
  /// Bytes that went one way at once.
  package struct Piece: Sendable {
    package let isFromClient: Bool
    package let bytes: [UInt8]
  }

  /// Where it listens.
  package let port: Int
  private let listener: Int32
  private let pieces = Mutex<[Piece]>([])
  private let isOver = DispatchSemaphore(value: 0)

  /// Begins to listen for the one connection.
  package init(to target: Int) throws {
    let (handle, port) = try NginxServer.boundSocket()
    guard listen(handle, 1) == 0 else {
      close(handle)
      throw StartFailure(program: "listen", reason: ProcessRunner.errnoText())
    }
    (listener, self.port) = (handle, port)
    Thread.detachNewThread { [self] in
      relay(target)
      isOver.signal()
    }
  }

  /// What was said, in order, once both sides have closed.
  package func dialogue() throws -> [Piece] {
    guard isOver.wait(timeout: .now() + 20) == .success else {
      throw StartFailure(program: "recording proxy", reason: "the connection does not end")
    }
    return pieces.withLock { $0 }
  }

  private func relay(_ target: Int) {
    let client = accept(listener, nil, nil)
    close(listener)
    guard client >= 0 else { return }
    defer { close(client) }
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(server) }
    guard NginxServer.withAddress(target, { Glibc.connect(server, $0, $1) == 0 }) else { return }
    var open = [client: server, server: client]
    while !open.isEmpty {
      var watched = open.keys.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&watched, nfds_t(watched.count), 20_000) > 0 else { return }
      for each in watched where each.revents != 0 {
        guard let other = open[each.fd] else { continue }
        if !pass(each.fd, other, isFromClient: each.fd == client) {
          open[each.fd] = nil
          shutdown(other, Int32(SHUT_WR))
        }
      }
    }
  }

  /// Passes on what is there; false at the end.
  private func pass(_ from: Int32, _ to: Int32, isFromClient: Bool) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = recv(from, &bytes, bytes.count, 0)
    guard count > 0 else { return false }
    bytes.removeLast(bytes.count - count)
    pieces.withLock { $0.append(Piece(isFromClient: isFromClient, bytes: bytes)) }
    var sent = 0
    while sent < count {
      let step = bytes[sent...].withUnsafeBytes {
        send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard step > 0 else { return false }
      sent += step
    }
    return true
  }
}

extension RecordingProxy {
  /// A connection to `port` as a pcap file of raw IP (link type 101).
  ///
  /// Each piece is in a segment of its own that is acknowledged at once; there are no checksums.
  package static func capture(_ dialogue: [Piece], port: UInt16) -> [UInt8] {
    var segments = Segments(serverPort: port)
    segments.add([], isFromClient: true, flags: 0x02)  // SYN
    segments.add([], isFromClient: false, flags: 0x12)  // SYN, ACK
    segments.add([], isFromClient: true, flags: 0x10)
    for piece in dialogue {
      segments.add(piece.bytes, isFromClient: piece.isFromClient, flags: 0x18)  // PSH, ACK
      segments.add([], isFromClient: !piece.isFromClient, flags: 0x10)
    }
    return segments.bytes
  }

  private struct Segments {
    let serverPort: UInt16
    var bytes: [UInt8] = []
    private var clientNext: UInt32 = 1000
    private var serverNext: UInt32 = 2000
    private var count: UInt32 = 0

    init(serverPort: UInt16) {
      self.serverPort = serverPort
      for word in [0xa1b2_c3d4, 0x0002_0004, 0, 0, 65_535, 101] as [UInt32] { bytes += big(word) }
    }

    mutating func add(_ payload: [UInt8], isFromClient: Bool, flags: UInt8) {
      let (next, ack) = isFromClient ? (clientNext, serverNext) : (serverNext, clientNext)
      let ports = isFromClient ? (40_000, serverPort) : (serverPort, 40_000)
      let tcp =
        big(ports.0) + big(ports.1) + big(next) + big(flags & 0x10 == 0 ? 0 : ack)
        + [0x50, flags, 0xff, 0xff, 0, 0, 0, 0]
      let size = UInt16(20 + tcp.count + payload.count)
      let ip =
        [0x45, 0] + big(size) + [0, 0, 0x40, 0, 64, 6, 0, 0] + [127, 0, 0, 1, 127, 0, 0, 1]
      count += 1
      for word in [1 + count / 1_000_000, count % 1_000_000, UInt32(size), UInt32(size)] {
        bytes += big(word)
      }
      bytes += ip + tcp + payload
      let used = UInt32(payload.count) + (flags & 0x02 == 0 ? 0 : 1)
      if isFromClient { clientNext &+= used } else { serverNext &+= used }
    }

    private func big(_ value: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
  }
}
#endif
