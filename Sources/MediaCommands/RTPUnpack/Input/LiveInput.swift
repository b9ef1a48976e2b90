internal import MediaCapture
internal import MediaIO
internal import MediaRTP

/// What is received, and where.
struct LivePlan: Equatable {
  /// A pair of ports.
  struct Port: Equatable {
    /// The address to receive at, a group, or nil for every address of this host.
    var host: String?
    var rtp: UInt16
    /// nil where RTCP comes to RTP's own port.
    var rtcp: UInt16?
  }

  var ports: [Port] = []

  /// Where `rtp://HOST:PORT` says.
  init(_ url: MediaURL) {
    let port = url.port ?? 5004
    ports = [Port(host: url.host, rtp: port, rtcp: port == .max ? nil : port + 1)]
  }

  /// Where a session description says: at its groups, else at every address of this host.
  ///
  /// - Throws: `Failure` where it names no port.
  init(_ session: SDPSession) throws(Failure) {
    for media in session.media where media.isRTP && media.media.port > 0 {
      let address = session.connection(of: media)?.address
      let group = address.flatMap { SocketAddress($0, port: 0) }
      let isGroup = group?.isMulticast ?? false
      let rtcp = media.multiplexesRTCP ? nil : media.rtcpPort
      ports.append(
        Port(
          host: isGroup ? address : nil, rtp: media.media.port,
          rtcp: rtcp == media.media.port ? nil : rtcp))
    }
    guard !ports.isEmpty else {
      throw Failure(.dataError, "no m= line names a port to receive at")
    }
  }
}

/// Receives datagrams on several ports.
final class LiveInput {
  /// What came.
  enum Event {
    /// A datagram; its bytes are good for as long as the call runs.
    case datagram(RTPDatagram)
    /// It is time for a look at what waits, whether anything came or not.
    case idle
  }

  private struct Socket {
    var socket: UDPSocket
    var local: Endpoint
  }

  /// How often a look is taken at what waits, in nanoseconds.
  private static let pause: Int64 = 100_000_000

  private let loop: EventLoop
  /// Where groups are joined; nil where routes say.
  private let interface: NetworkInterface?
  private var sockets: [Socket] = []
  private let inbox = DatagramInbox()
  private var number = 0
  /// Ports of RTCP that cannot be received at, and why.
  private(set) var refused: [(port: UInt16, reason: Failure)] = []

  /// - Throws: `Failure` where a port cannot be taken.
  init(_ plan: LivePlan, _ interface: NetworkInterface?, timeout: Int64) throws {
    loop = try EventLoop()
    self.interface = interface
    var taken: Set<UInt16> = []
    for port in plan.ports where taken.insert(port.rtp).inserted {
      try open(port.host, port.rtp, timeout)
    }
    for port in plan.ports {
      guard let rtcp = port.rtcp, taken.insert(rtcp).inserted else { continue }
      // Without reports the media is still good.
      do {
        try open(port.host, rtcp, timeout)
      } catch {
        refused.append((rtcp, Failure(error)))
      }
    }
  }

  private func open(_ host: String?, _ port: UInt16, _ timeout: Int64) throws {
    let socket: UDPSocket
    if let host {
      var address = try SocketAddress.resolving(host: host, port: port, timeout: timeout)[0]
      // Groups of a link are those of one interface.
      if let interface, address.isMulticast, !address.isIPv4 { address.scope = interface.index }
      socket = try UDPSocket(bindingTo: address, shared: address.isMulticast)
      if address.isMulticast { try socket.join(address, onChosen: interface) }
    } else {
      socket = try Self.everywhere(port)
    }
    socket.expectMedia()
    let local = try socket.localAddress()
    try loop.watch(socket.rawDescriptor, for: .readable, token: sockets.count)
    sockets.append(Socket(socket: socket, local: Endpoint(local)))
  }

  /// Both families where there are two.
  private static func everywhere(_ port: UInt16) throws(IOFailure) -> UDPSocket {
    do {
      return try UDPSocket(bindingTo: .any(isIPv4: false, port: port))
    } catch {
      return try UDPSocket(bindingTo: .any(isIPv4: true, port: port))
    }
  }

  /// Hands `body` what comes, until it answers false, or a signal comes.
  ///
  /// - Throws: `ReadFailure` where receiving fails, and what `body` throws.
  func read(_ body: (RawSpan, Event, Int64) throws -> Bool) throws {
    var lastLook = MonotonicClock.now()
    while Signals.received == nil {
      var isQuiet = true
      for socket in sockets {
        guard let count = try receive(socket, body) else { return }
        if count > 0 { isQuiet = false }
      }
      let now = MonotonicClock.now()
      // Where packets never cease, those that wait for others must not wait for ever.
      guard isQuiet || now - lastLook >= Self.pause else { continue }
      lastLook = now
      guard try body(RawSpan(), .idle, now) else { return }
      guard isQuiet else { continue }
      do {
        _ = try loop.wait(until: now + Self.pause)
      } catch {
        throw ReadFailure(reason: error)
      }
    }
  }

  /// Hands on what has come to one socket, and says how much; nil where `body` answered false.
  private func receive(
    _ socket: Socket, _ body: (RawSpan, Event, Int64) throws -> Bool
  ) throws -> Int? {
    let received: Int
    do {
      received = try socket.socket.receive(into: inbox)
    } catch {
      throw ReadFailure(reason: error)
    }
    for index in 0..<received {
      number += 1
      let found = inbox.datagrams[index]
      let datagram = RTPDatagram(
        number: number, time: found.wallClock,
        flow: RTPFlow(
          source: found.sender.map(Endpoint.init) ?? socket.local, destination: socket.local),
        byteCount: found.byteCount, isCut: found.isTruncated)
      let goesOn = try inbox.withBytes(index) {
        try body($0, .datagram(datagram), MonotonicClock.now())
      }
      guard goesOn else { return nil }
    }
    return received
  }
}
