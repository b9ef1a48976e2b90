// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation
import Synchronization

/// Passes connections to a port of 127.0.0.1 on to another, one at a time, and does one thing wrong
/// with what the server says; what the client says passes as long as the server is there.
package final class FaultyLink {
  /// What goes wrong, for some behind so many bytes of the server's.
  package enum Fault: Sendable {
    case nothing
    /// The server closes its side.
    case close(after: Int)
    /// The connection is reset.
    case reset(after: Int)
    /// The server says nothing more and hears nothing.
    case silence(after: Int)
    /// Once the server has said what it has to say, these bytes follow again and again, and nothing is
    /// heard.
    case flood([UInt8])
    /// All comes in pieces of so many bytes, with a pause of so many microseconds behind each.
    case pieces(of: Int, pause: UInt32 = 0)

    fileprivate var place: Int? {
      switch self {
      case .nothing, .pieces, .flood: nil
      case .close(let place), .reset(let place), .silence(let place): place
      }
    }
  }

  private let relay: Relay

  /// Begins to listen.
  package init(to target: Int, _ fault: Fault = .nothing) throws {
    let (handle, port) = try NginxServer.boundSocket()
    guard listen(handle, 8) == 0 else {
      close(handle)
      throw StartFailure(program: "listen", reason: ProcessRunner.errnoText())
    }
    let relay = Relay(handle, port, target, fault)
    self.relay = relay
    Thread.detachNewThread { relay.run() }
  }

  deinit { relay.stop() }

  /// Where it listens.
  package var port: Int { relay.port }

  /// How many bytes it has sent to clients, those of a flood included.
  package var sentCount: Int { relay.sentCount.load(ordering: .relaxed) }
}

/// What is of the link's thread.
private final class Relay: Sendable {
  let port: Int
  let sentCount = Atomic<Int>(0)
  private let listener: Int32
  private let target: Int
  private let fault: FaultyLink.Fault
  private let isStopped = Atomic<Bool>(false)
  private let hasStopped = DispatchSemaphore(value: 0)

  init(_ listener: Int32, _ port: Int, _ target: Int, _ fault: FaultyLink.Fault) {
    (self.listener, self.port, self.target, self.fault) = (listener, port, target, fault)
  }

  func run() {
    while waitFor([listener]).first == listener {
      let client = accept(listener, nil, nil)
      guard client >= 0 else { break }
      var one: Int32 = 1
      setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
      serve(client)
      close(client)
    }
    close(listener)
    hasStopped.signal()
  }

  func stop() {
    isStopped.store(true, ordering: .relaxed)
    hasStopped.wait()
  }

  /// Those of the sockets that are ready; none once it is to stop, or after so many looks.
  private func waitFor(
    _ sockets: [Int32], _ events: Int32 = POLLIN, looks: Int = .max
  ) -> [Int32] {
    var looks = looks
    while looks > 0, !isStopped.load(ordering: .relaxed) {
      looks -= 1
      var watched = sockets.map { pollfd(fd: $0, events: Int16(events), revents: 0) }
      guard poll(&watched, nfds_t(watched.count), 20) > 0 else { continue }
      return watched.filter { $0.revents != 0 }.map(\.fd)
    }
    return []
  }

  private func serve(_ client: Int32) {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(server) }
    guard NginxServer.withAddress(target, { Glibc.connect(server, $0, $1) == 0 }) else { return }
    if fault.place == 0 { return goWrong(client) }
    var (open, left, lastSpoken) = ([client, server], fault.place ?? .max, Date.distantFuture)
    let floods = if case .flood = fault { true } else { false }
    while !open.isEmpty, !isStopped.load(ordering: .relaxed) {
      if floods, lastSpoken.addingTimeInterval(0.2) < Date() { return goWrong(client) }
      let ready = waitFor(open, looks: 1)
      for socket in ready {
        let (isClient, other) = (socket == client, socket == client ? server : client)
        guard let bytes = read(socket) else {
          open.removeAll { $0 == socket }
          shutdown(other, Int32(SHUT_WR))
          continue
        }
        if isClient {
          _ = send(bytes[...], to: server)
          continue
        }
        lastSpoken = Date()
        guard pass(bytes.prefix(left), to: client) else { return }
        left -= min(left, bytes.count)
        if left == 0 { return goWrong(client) }
      }
    }
  }

  private func pass(_ bytes: ArraySlice<UInt8>, to client: Int32) -> Bool {
    sentCount.add(bytes.count, ordering: .relaxed)
    guard case .pieces(let size, let pause) = fault else { return send(bytes, to: client) }
    return stride(from: bytes.startIndex, to: bytes.endIndex, by: size).allSatisfy { start in
      usleep(pause)
      return send(bytes[start..<min(start + size, bytes.endIndex)], to: client)
    }
  }

  private func goWrong(_ client: Int32) {
    switch fault {
    case .nothing, .pieces: break
    case .close:
      shutdown(client, Int32(SHUT_WR))
      // What is not read would make a reset of it.
      while waitFor([client]) == [client], read(client) != nil {}
    case .reset:
      var now = linger(l_onoff: 1, l_linger: 0)
      setsockopt(client, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    case .silence:
      while !isStopped.load(ordering: .relaxed) { usleep(2000) }
    case .flood(let bytes):
      let block = Array(repeatElement(bytes, count: max(1, 65_536 / max(1, bytes.count))).joined())
      while send(block[...], to: client) { sentCount.add(block.count, ordering: .relaxed) }
    }
  }

  private func read(_ socket: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = recv(socket, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// Whether all of it was taken.
  private func send(_ bytes: ArraySlice<UInt8>, to socket: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      guard waitFor([socket], POLLOUT) == [socket] else { return false }
      let count = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
      }
      guard count > 0 || errno == EAGAIN else { return false }
      rest = rest.dropFirst(max(count, 0))
    }
    return true
  }
}
#endif
