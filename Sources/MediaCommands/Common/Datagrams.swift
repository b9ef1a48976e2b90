internal import MediaCapture
internal import MediaIO

// What commands that receive datagrams of media have in common.

extension UDPSocket {
  /// What is asked for to hold what comes while something else is done.
  static let mediaBufferByteCount = 8 << 20

  /// Gets ready for much in a short time.
  ///
  /// - Returns: How many bytes may wait; net.core.rmem_max is the limit. nil where nobody knows.
  @discardableResult
  func expectMedia() -> Int? {
    let granted = try? setReceiveBuffer(Self.mediaBufferByteCount)
    coalesceOnReceive()
    // The kernel tells the double.
    return granted.map { $0 / 2 }
  }

  /// Joins a group where the user or the routes say; with routes on the loopback too, for senders on
  /// this host.
  ///
  /// - Throws: `IOFailure` where it can be joined nowhere.
  func join(
    _ group: SocketAddress, from source: SocketAddress? = nil, onChosen interface: NetworkInterface?
  ) throws(IOFailure) {
    if let interface { return try join(group, from: source, on: interface) }
    let hasLoopback = (try? join(group, from: source, on: NetworkInterface("lo"))) != nil
    do throws(IOFailure) {
      try join(group, from: source)
    } catch {
      if !hasLoopback { throw error }
    }
  }
}

extension Endpoint {
  /// The same address.
  init(_ address: SocketAddress) {
    if let ipv4 = address.ipv4 {
      self.init(address: IPAddress(ipv4: ipv4), port: address.port)
    } else {
      let halves = address.bytes.enumerated().reduce(into: (0, 0) as (UInt64, UInt64)) {
        if $1.offset < 8 {
          $0.0 = $0.0 << 8 | UInt64($1.element)
        } else {
          $0.1 = $0.1 << 8 | UInt64($1.element)
        }
      }
      self.init(address: IPAddress(ipv6: halves.0, halves.1), port: address.port)
    }
  }
}
