import MediaIO
import MediaModel
import MediaRTSP
import Synchronization

/// One client of an `RTSPTestServer`; of its thread.
final class RTSPTestSession {
  /// How packets of a track travel.
  private enum Way {
    case channels(UInt8, UInt8)
    case datagrams(UDPPortPair, rtp: SocketAddress, rtcp: SocketAddress)
  }

  private unowned let loop: RTSPTestLoop
  private let peer: SocketAddress
  private var connection: Connection<RTSPServer>?
  private var ways: [Int: Way] = [:]
  private var watches: [Watch] = []
  private var timer: Watch?
  /// The next packet, and when the first was or would have been sent; nil while nothing plays.
  private var next = 0
  private var origin: Nanoseconds?
  private var isPlaying = false

  init(_ loop: RTSPTestLoop, _ socket: TCPSocket, _ tls: TLSContext?) {
    (self.loop, peer) = (loop, socket.peer)
    var options = RTSPServerOptions()
    options.access = loop.options.access
    options.sessionTimeout = loop.options.sessionTimeout
    options.traces = true
    let machine = RTSPServer(options, functions: .forTests, at: MonotonicClock.now())
    connection = loop.driver.adopt(machine, over: socket, tls: tls) { [weak self] event in
      guard let self else { return }
      switch event {
      case .machine(let event): try take(event)
      case .ended: stop()
      default: break
      }
    }
  }

  /// Resets the connection.
  func end() {
    stop()
    connection?.abort()
  }

  private func stop() {
    isPlaying = false
    timer?.cancel()
    for watch in watches { watch.cancel() }
    (watches, ways) = ([], [:])
  }

  private func take(_ event: RTSPServerEvent) throws {
    switch event {
    case .wish(let wish):
      guard !loop.isSilent, wish.method != loop.options.silentMethod else { return }
      try answer(wish)
    case .packet(let bytes, _): loop.notes.withLock { $0.received.append(bytes) }
    case .trace(let trace):
      guard !trace.isOutgoing, let word = trace.text.split(separator: " ").first else { return }
      loop.notes.withLock { $0.requests.append(String(word)) }
    case .ended: stop()
    case .parameter: break
    }
  }

  private func answer(_ wish: RTSPWish) throws {
    guard let connection else { return }
    switch wish {
    case .describe:
      try connection.update { (server) throws(RTSPServerFailure) in
        try server.describe(loop.media.description)
      }
    case .setUp(let uri, let offers):
      var transport: RTSPTransport?
      for offer in offers where transport == nil { transport = try setUp(uri, offer) }
      try connection.update { [transport] (server) throws(RTSPServerFailure) in
        guard let transport else { return try server.reject(.unsupportedTransport) }
        try server.setUp(transport, at: MonotonicClock.now())
      }
    case .play(let uri, _):
      begin()
      let starts = loop.media.starts(next, uri: uri)
      try connection.update { (server) throws(RTSPServerFailure) in
        try server.play(starts, range: .npt(0, nil))
      }
      try goOn()
    case .pause, .announce, .record:
      isPlaying = false
      try connection.update { (server) throws(RTSPServerFailure) in try server.accept() }
    }
  }

  // MARK: Ways

  private func setUp(_ uri: String, _ offer: RTSPTransport) throws -> RTSPTransport? {
    guard let digit = uri.last.flatMap({ $0.wholeNumberValue }), digit > 0 else { return nil }
    let track = digit - 1
    var transport = offer
    let kinds = loop.options.transports
    switch (offer.lower, offer.isMulticast) {
    case (.tcp, _) where kinds.contains(.tcp):
      let channels = offer.interleaved ?? .init(UInt8(2 * track), UInt8(2 * track + 1))
      transport.interleaved = channels
      ways[track] = .channels(channels.rtp, channels.rtcp ?? channels.rtp + 1)
    case (.udp, false) where kinds.contains(.udp):
      guard let ports = offer.clientPort, let pair = try pair(track) else { return nil }
      var (rtp, rtcp) = (peer, peer)
      (rtp.port, rtcp.port) = (ports.rtp, ports.rtcp ?? ports.rtp + 1)
      ways[track] = .datagrams(pair, rtp: rtp, rtcp: rtcp)
      transport.serverPort = .init(pair.port, pair.port + 1)
    case (.udp, true) where kinds.contains(.multicast):
      let port = loop.options.groupPort + UInt16(2 * track)
      guard let pair = try pair(track), let rtp = SocketAddress(loop.options.group, port: port),
        let rtcp = SocketAddress(loop.options.group, port: port + 1)
      else { return nil }
      for socket in [pair.rtp, pair.rtcp] {
        try socket.sendToGroups(through: NetworkInterface("127.0.0.1"))
      }
      ways[track] = .datagrams(pair, rtp: rtp, rtcp: rtcp)
      transport.destination = loop.options.group
      (transport.port, transport.ttl, transport.source) = (.init(port, port + 1), 1, "127.0.0.1")
    default: return nil
    }
    return transport
  }

  private func pair(_ track: Int) throws -> UDPPortPair? {
    guard let here = SocketAddress("127.0.0.1", port: 0) else { return nil }
    let pair = try UDPPortPair(bindingTo: here)
    for socket in [pair.rtp, pair.rtcp] {
      let inbox = DatagramInbox()
      let watch = try loop.driver.watch(socket.rawDescriptor) { [weak self] in
        guard let self else { return }
        while try socket.receive(into: inbox) > 0 {
          let datagrams = (0..<inbox.count).map { inbox.bytes($0) }
          loop.notes.withLock { $0.received += datagrams }
          connection?.update { $0.heard(at: MonotonicClock.now()) }
        }
      }
      watches.append(watch)
    }
    return pair
  }

  // MARK: Packets

  /// From where playing stopped, or where a live clip is now.
  private func begin() {
    let now = MonotonicClock.now()
    let packets = loop.media.packets
    if loop.options.isLive, next == 0 {
      origin = loop.start
      next = packets.firstIndex { moment($0) >= now } ?? packets.count
    } else {
      origin = now - (next < packets.count ? delay(packets[next]) : 0)
    }
    isPlaying = true
  }

  private func delay(_ packet: RTSPTestMedia.Packet) -> Nanoseconds {
    let speed = loop.options.speed
    return speed > 0 ? Nanoseconds(Double(packet.time) / speed) : 0
  }

  private func moment(_ packet: RTSPTestMedia.Packet) -> Nanoseconds {
    (origin ?? 0) + delay(packet)
  }

  /// Sends what is due, and comes back for the rest.
  func goOn() throws {
    timer?.cancel()
    guard isPlaying, !loop.isSilent, let connection, connection.phase == .open else { return }
    let packets = loop.media.packets
    let now = MonotonicClock.now()
    while next < packets.count, moment(packets[next]) <= now {
      // A client that takes packets slowly is waited for.
      guard connection.queuedByteCount < 256 << 10 else { return schedule(at: now + 1_000_000) }
      try send(packets[next])
      next += 1
    }
    guard next < packets.count else { return isPlaying = false }
    schedule(at: moment(packets[next]))
  }

  private func schedule(at moment: Nanoseconds) {
    timer = loop.driver.schedule(at: moment) { [weak self] in try self?.goOn() }
  }

  private func send(_ packet: RTSPTestMedia.Packet) throws {
    guard loop.options.saysGoodbye || !packet.isGoodbye else { return }
    switch ways[packet.track] {
    case .channels(let rtp, let rtcp)?:
      connection?.update { $0.send(packet.bytes, on: packet.isRTCP ? rtcp : rtp) }
    case .datagrams(let pair, let rtp, let rtcp)?:
      // A client that is gone is no failure of the server's.
      _ = try? (packet.isRTCP ? pair.rtcp : pair.rtp).send(
        packet.bytes, to: packet.isRTCP ? rtcp : rtp)
    case nil: return
    }
    loop.notes.withLock { $0.sent += 1 }
  }
}

extension RTSPWish {
  fileprivate var method: RTSPMethod {
    switch self {
    case .describe: .describe
    case .setUp: .setup
    case .play: .play
    case .pause: .pause
    case .announce: .announce
    case .record: .record
    }
  }
}

extension RTSPFunctions {
  /// Hashes of OpenSSL, and bytes that are the same each time.
  static var forTests: RTSPFunctions {
    let hashes = try? HashFunctions()
    return RTSPFunctions(
      randomBytes: { [UInt8](repeating: 7, count: $0) }, md5: { hashes?.md5($0) ?? [] },
      sha256: { hashes?.hash(.sha256, $0) ?? [] })
  }
}
