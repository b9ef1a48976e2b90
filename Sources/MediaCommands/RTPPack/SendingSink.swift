internal import MediaCapture
internal import MediaIO

/// Sends packets to sockets, at the pace of the media or as fast as they go.
final class SendingSink {
  /// One of the sockets; compared for each packet, which costs less than to hold the socket.
  private struct Target: Equatable {
    var stream: Int
    var isRTCP: Bool
  }

  /// Enough for the largest message that the kernel cuts into datagrams, several times.
  private static let batchByteCount = 256 * 1024

  let isPaced: Bool
  private let isMultiplexed: Bool
  private let rtp: [UDPSocket]
  private let rtcp: [UDPSocket]
  private let bare = PacketBatch()
  /// Where the packets lie in the batch that are to be sent together, and their sizes.
  private var pending = 0..<0
  private var sizes: [Int] = []
  /// Where they go.
  private var target: Target?
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

  /// Takes all packets of a batch; those behind each other for one socket are sent together.
  func write(_ batch: PacketBatch) throws {
    let batch = batch.layout == .bare ? batch : joined(batch)
    target = nil
    sizes.removeAll(keepingCapacity: true)
    for index in batch.packets.indices {
      let (range, time) = (batch.packets[index].range, batch.packets[index].time)
      let place = Target(
        stream: batch.packets[index].stream, isRTCP: batch.packets[index].isRTCP)
      let isEarly = isPaced && isEarly(time)
      if isEarly || target != place || pending.count >= Self.batchByteCount {
        try flush(batch)
        target = place
        pending = range.lowerBound..<range.lowerBound
      }
      // A signal ends the wait; the run sees it and says goodbye.
      if isEarly, let start { _ = Pacer.sleep(until: start + time) }
      pending = pending.lowerBound..<range.upperBound
      sizes.append(range.count)
    }
    try flush(batch)
  }

  /// The packets without the room that captures need around them.
  private func joined(_ batch: PacketBatch) -> PacketBatch {
    bare.removeAll()
    for var packet in batch.packets {
      packet.range = bare.append(UnsafeRawBufferPointer(batch[packet.range]))
      bare.packets.append(packet)
    }
    return bare
  }

  /// Whether a packet's time has not come; the first one's always has.
  private func isEarly(_ time: Int64) -> Bool {
    let now = MonotonicClock.now()
    let start = self.start ?? now - time
    self.start = start
    return start + time > now
  }

  private func flush(_ batch: PacketBatch) throws {
    guard !sizes.isEmpty, let target else { return }
    let socket = target.isRTCP ? rtcp[target.stream] : rtp[target.stream]
    try socket.send(UnsafeRawBufferPointer(batch[pending]), sizes: sizes)
    sizes.removeAll(keepingCapacity: true)
  }
}
