internal import MediaIO

/// Sends packets to sockets, at the pace of the media or as fast as they go.
final class SendingSink {
  /// Enough for the largest message that the kernel cuts into datagrams, several times.
  private static let batchByteCount = 256 * 1024

  let isPaced: Bool
  private let isMultiplexed: Bool
  private let rtp: [UDPSocket]
  private let rtcp: [UDPSocket]
  private var pending = DatagramBatch()
  /// The socket that what is pending goes to.
  private var target: UDPSocket?
  /// The monotonic time of media time 0.
  private var start: Int64?

  /// The sockets of each stream, RTP's port and RTCP's; the same where they share one.
  init(
    _ addresses: [(rtp: SocketAddress, rtcp: SocketAddress)], isPaced: Bool, ttl: UInt8?,
    interface: NetworkInterface?
  ) throws {
    func open(_ address: SocketAddress) throws(IOFailure) -> UDPSocket {
      let socket = try UDPSocket(isIPv4: address.isIPv4)
      if let ttl { try socket.setHopLimit(ttl) }
      // The route and the sender's address are those of the moment it connects.
      if let interface { try socket.sendToGroups(through: interface) }
      try socket.connect(to: address)
      return socket
    }
    self.isPaced = isPaced
    isMultiplexed = addresses.allSatisfy { $0.rtp == $0.rtcp }
    let sockets = try addresses.map { try open($0.rtp) }
    rtp = sockets
    rtcp = isMultiplexed ? sockets : try addresses.map { try open($0.rtcp) }
  }

  /// Every socket once.
  private var sockets: [UDPSocket] { isMultiplexed ? rtp : rtp + rtcp }

  /// What has been sent.
  var totals: RTPPackResult.Sending {
    RTPPackResult.Sending(
      datagrams: sockets.reduce(0) { $0 + $1.sentCount },
      refused: sockets.reduce(0) { $0 + $1.refusedCount })
  }

  func write(_ batch: PacketBatch) throws {
    for packet in batch.packets {
      if isPaced { try wait(until: packet.time) }
      let socket = packet.isRTCP ? rtcp[packet.stream] : rtp[packet.stream]
      if target !== socket || pending.bytes.count >= Self.batchByteCount {
        try flush()
        target = socket
      }
      pending.append(UnsafeRawBufferPointer(batch[packet.range]))
    }
    if isPaced { try flush() }
  }

  private func wait(until time: Int64) throws {
    let now = MonotonicClock.now()
    let start = self.start ?? now - time
    self.start = start
    guard start + time > now else { return }
    try flush()
    // A signal ends the wait; the run sees it and says goodbye.
    _ = Pacer.sleep(until: start + time)
  }

  private func flush() throws {
    guard pending.count > 0 else { return }
    try target?.send(pending)
    pending.removeAll()
  }

  func finish() throws { try flush() }
}
