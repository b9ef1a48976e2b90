internal import Glibc
internal import MediaBytes
internal import MediaCapture
internal import MediaIO
internal import MediaModel
internal import MediaRTP
internal import MediaRTSP

/// The ports that packets of one connection's tracks come to, of its driver's thread.
///
/// `plan` each track, `setUp` with what the server answers, `punch` before `PLAY`, `close` in the end.
final class RTSPDatagramPorts {
  /// What was noticed besides packets.
  struct Figures: Equatable, Sendable {
    /// How many bytes may wait at each port of RTP; nil where nobody knows.
    ///
    /// It is less than `UDPSocket.mediaBufferByteCount` where net.core.rmem_max is.
    var receiveBufferByteCount: Int?
    /// Datagrams of hosts that have no business here.
    var foreignCount = 0
    /// Reports and punches that could not be sent.
    var unsentCount = 0
  }

  /// A batch that is full may not be all; other descriptors want their turn nevertheless.
  private static let mostBatches = 16

  /// How long sound may wait for pictures that it is received together with, in nanoseconds.
  private static let patience: Nanoseconds = 50_000_000

  private let driver: Driver
  private let range: ClosedRange<UInt16>?
  private let interface: NetworkInterface?
  private let server: SocketAddress
  private let presentation: RTSPPresentation
  private let packet: (RawSpan, RTSPArrival) throws -> Void
  private let inbox = DatagramInbox()
  private var tracks: [Int: RTSPDatagramTrack] = [:]
  /// What was noticed so far.
  private(set) var figures = Figures()
  /// When the last packet of RTP came; nil before the first.
  private(set) var lastArrival: Nanoseconds?
  /// Ports that nobody watches: what comes to them waits for what comes to others.
  private var patient: [RTSPDatagramPort] = []
  /// When those are looked at though nothing comes to others.
  private var timer: Watch?

  /// Takes no ports yet.
  ///
  /// `server` is the other end of the connection, and `packet` is given each packet, good for as long as
  /// the call runs.
  init(
    _ driver: Driver, _ options: RTSPInputOptions, server: SocketAddress,
    presentation: RTSPPresentation, packet: @escaping (RawSpan, RTSPArrival) throws -> Void
  ) {
    (self.driver, self.server, self.presentation) = (driver, server, presentation)
    (range, interface, self.packet) = (options.ports, options.interface, packet)
  }

  deinit { close() }

  /// Takes ports for a track.
  ///
  /// - Returns: What to ask the server for.
  /// - Throws: `Failure` where there are none.
  func plan(track: Int, isMulticast: Bool) throws(Failure) -> RTSPTransport {
    tracks[track] = nil
    var transport = RTSPTransport(.udp)
    transport.isMulticast = isMulticast
    // The server says which group it is; ports are taken then.
    guard !isMulticast else { return transport }
    let pair: UDPPortPair
    do throws(IOFailure) {
      pair = try UDPPortPair(bindingTo: .any(isIPv4: server.isIPv4), in: range)
    } catch {
      throw error.code == EADDRINUSE ? noPorts() : Failure(error)
    }
    let opened = RTSPDatagramTrack(track, pair, host: localHost())
    note(opened.rtp.expectMedia())
    tracks[track] = opened
    transport.clientPort = .init(pair.port, pair.port + 1)
    return transport
  }

  /// Takes the server's answer; from now on packets come.
  ///
  /// - Throws: `Failure` where it says something else than was asked for, or its group cannot be
  ///   joined.
  func setUp(track: Int, _ answer: RTSPTransport) throws {
    guard answer.lower == .udp, presentation.tracks.indices.contains(track) else {
      tracks[track] = nil
      return
    }
    let media = presentation.tracks[track].media
    let route = try RTSPDatagramRoute(
      answer, media, in: presentation.description, server: server)
    if let group = route.group {
      // Ports of ours that were not needed go back.
      tracks[track] = nil
      let joined = try RTSPDatagramTrack(track, group, route.sources, on: interface)
      note(joined.rtp.expectMedia())
      tracks[track] = joined
    }
    guard let set = tracks[track] else {
      throw Failure(
        .unavailable, "the server sends to one host instead of to a group: \(answer)")
    }
    set.route = route
    for port in set.ports { port.isOpen = true }
    try watch()
  }

  /// Has the loop wait for what comes.
  ///
  /// Each packet of sound would end a wait of its own: where there are pictures, it lies in the kernel,
  /// which knows when it came, until they come or a moment has passed.
  private func watch() throws {
    let open = tracks.values.filter { $0.route != nil }
    let hasPictures = open.contains { isOfPictures($0) }
    patient = []
    for track in open {
      for port in track.ports {
        if hasPictures, !port.isRTCP, !isOfPictures(track) {
          port.watch?.cancel()
          port.watch = nil
          patient.append(port)
        } else if port.watch == nil {
          port.watch = try driver.watch(port.socket.rawDescriptor) { [weak self, weak port] in
            guard let self, let port else { return }
            // What came before is told before.
            if !port.isRTCP { try drainPatient() }
            try drain(port)
          }
        }
      }
    }
    drainPatient(at: MonotonicClock.now())
  }

  private func isOfPictures(_ track: RTSPDatagramTrack) -> Bool {
    presentation.tracks[track.ports[0].track].media.media.kind == "video"
  }

  /// Receives what waits at ports that are patient.
  private func drainPatient() throws {
    guard !patient.isEmpty else { return }
    for port in patient { try drain(port) }
    drainPatient(at: MonotonicClock.now().addingOrMax(Self.patience))
  }

  /// Does so at a moment, unless something comes before.
  private func drainPatient(at moment: Nanoseconds) {
    timer?.cancel()
    timer = nil
    // Whoever was given a packet may have seen enough.
    guard !patient.isEmpty else { return }
    timer = driver.schedule(at: moment) { [weak self] in try self?.drainPatient() }
  }

  /// Gives all ports back.
  func close() {
    timer?.cancel()
    (timer, patient) = (nil, [])
    for track in tracks.values { track.close() }
    tracks = [:]
  }

  private func note(_ byteCount: Int?) {
    guard let byteCount else { return }
    figures.receiveBufferByteCount = min(figures.receiveBufferByteCount ?? .max, byteCount)
  }

  private func noPorts() -> Failure {
    let words = range.map { " in \($0.lowerBound)-\($0.upperBound)" } ?? ""
    return Failure(.unavailable, "no even port\(words) is free together with the one behind it")
  }

  /// The address that the way to the server begins with.
  private func localHost() -> SocketAddress {
    var target = server
    if target.port == 0 { target.port = 554 }
    let local = try? UDPSocket(connectingTo: target).localAddress()
    return local ?? .any(isIPv4: server.isIPv4)
  }
}

// MARK: - Receiving

extension RTSPDatagramPorts {
  private func drain(_ port: RTSPDatagramPort) throws {
    for _ in 0..<Self.mostBatches {
      let count: Int
      do throws(IOFailure) {
        count = try port.socket.receive(into: inbox)
      } catch {
        throw Failure(.ioError, "receiving at port \(port.local.port): \(error.reason)")
      }
      for index in 0..<count {
        try take(index, port)
        // Whoever was given the packet may have seen enough.
        guard port.isOpen else { return }
      }
      guard count >= DatagramInbox.capacity else { return }
    }
  }

  private func take(_ index: Int, _ port: RTSPDatagramPort) throws {
    let datagram = inbox.datagrams[index]
    guard datagram.byteCount > 0, let route = tracks[port.track]?.route else { return }
    guard let flow = port.flow(from: datagram.sender, route) else {
      figures.foreignCount += 1
      return
    }
    if !port.isRTCP { lastArrival = datagram.arrival }
    let arrival = RTSPArrival(
      track: port.track, isRTCP: port.isRTCP, flow: flow, now: datagram.arrival,
      wall: datagram.wallClock)
    try inbox.withBytes(index) { try packet($0, arrival) }
  }
}

// MARK: - Sending

extension RTSPDatagramPorts {
  /// Sends a valid packet of RTP and one of RTCP from each port to the server's, so that routers on the
  /// way let its packets through.
  ///
  /// - Parameters:
  ///   - ssrc: who we are in RTCP.
  ///   - cname: the same in words.
  func punch(ssrc: UInt32, cname: String) {
    var rtp = ByteWriter()
    RTPHeader(
      payloadType: RTPPayloadType(rawValue: 0), sequenceNumber: RTPSequenceNumber(rawValue: 0),
      timestamp: RTPTimestamp(rawValue: 0), ssrc: ssrc
    ).write(to: &rtp)
    var rtcp = ByteWriter()
    RTCPCompound([
      .receiverReport(RTCPReceiverReport(ssrc: ssrc)),
      .sourceDescription(RTCPSourceDescription(ssrc: ssrc, cname: cname)),
    ]).write(to: &rtcp)
    for track in tracks.values where track.route?.group == nil {
      for host in track.route?.sources ?? [] {
        send(rtp.bytes, from: track.ports[0], to: host, track.route?.serverPorts.rtp)
        guard track.ports.count > 1 else { continue }
        send(rtcp.bytes, from: track.ports[1], to: host, track.route?.serverPorts.rtcp)
      }
    }
  }

  /// Sends a report to the host that the track's packets come from, where its port is known.
  func send(rtcp: [UInt8], track: Int) {
    guard let track = tracks[track], let route = track.route else { return }
    let heard = track.ports.lazy.filter(\.isRTCP).compactMap(\.lastSender).first
    let host = track.ports[0].lastSender ?? heard ?? server
    // Reports on a group go to its source alone (RFC 5760 §4).
    let port = route.serverPorts.rtcp ?? route.group?.rtcp?.port ?? heard?.port
    send(rtcp, from: track.ports.last ?? track.ports[0], to: host, port)
  }

  private func send(
    _ bytes: [UInt8], from source: RTSPDatagramPort, to host: SocketAddress, _ port: UInt16?
  ) {
    guard let port else { return }
    var address = host
    address.port = port
    // Media may come all the same.
    do throws(IOFailure) {
      try source.socket.send(bytes, to: address)
    } catch {
      figures.unsentCount += 1
    }
  }
}
