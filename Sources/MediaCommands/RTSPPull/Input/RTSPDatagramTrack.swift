internal import MediaCapture
internal import MediaIO
internal import MediaModel
internal import MediaRTSP

/// One socket of a track.
final class RTSPDatagramPort {
  let socket: UDPSocket
  let track: Int
  let isRTCP: Bool
  /// Where datagrams to it go.
  let local: Endpoint
  /// Whether the track is set up, and not given up.
  var isOpen = false
  /// What waits for packets; nil unless it is open, and where they wait for those of other ports.
  var watch: Watch?
  /// Who sent the last packet that was taken.
  private(set) var lastSender: SocketAddress?
  private var lastFlow: RTPFlow?

  init(_ socket: UDPSocket, track: Int, isRTCP: Bool, local: SocketAddress) {
    (self.socket, self.track, self.isRTCP) = (socket, track, isRTCP)
    self.local = Endpoint(local)
  }

  /// The way that a datagram of `sender` went; nil for one that is not the track's.
  func flow(from sender: SocketAddress?, _ route: RTSPDatagramRoute) -> RTPFlow? {
    guard let sender else { return nil }
    if sender == lastSender, let lastFlow { return lastFlow }
    guard route.takes(sender) else { return nil }
    let flow = RTPFlow(source: Endpoint(sender), destination: local)
    (lastSender, lastFlow) = (sender, flow)
    return flow
  }
}

/// The sockets of one track, RTP's first; they are closed with it.
final class RTSPDatagramTrack {
  let ports: [RTSPDatagramPort]
  /// nil until the server has answered.
  var route: RTSPDatagramRoute?

  /// The socket of RTP.
  var rtp: UDPSocket { ports[0].socket }

  /// Ports of ours; `host` is our address for the server.
  init(_ track: Int, _ pair: UDPPortPair, host: SocketAddress) {
    ports = [(pair.rtp, pair.port), (pair.rtcp, pair.port + 1)].map { socket, number in
      var local = host
      local.port = number
      return RTSPDatagramPort(socket, track: track, isRTCP: socket === pair.rtcp, local: local)
    }
  }

  /// Ports of a group, which is joined.
  ///
  /// - Throws: `Failure`. Without reports the media is still good: only RTP's port must be had.
  init(
    _ track: Int, _ group: RTSPDatagramRoute.Group, _ sources: [SocketAddress],
    on interface: NetworkInterface?
  ) throws(Failure) {
    func port(
      _ address: SocketAddress, isRTCP: Bool
    ) throws(IOFailure) -> RTSPDatagramPort {
      var address = address
      // Groups of a link are those of one interface.
      if let interface, !address.isIPv4 { address.scope = interface.index }
      let socket = try UDPSocket(bindingTo: address, shared: true)
      if sources.isEmpty { try socket.join(address, onChosen: interface) }
      for source in sources { try socket.join(address, from: source, onChosen: interface) }
      return RTSPDatagramPort(socket, track: track, isRTCP: isRTCP, local: address)
    }
    do throws(IOFailure) {
      var ports = [try port(group.rtp, isRTCP: false)]
      if let rtcp = group.rtcp, let second = try? port(rtcp, isRTCP: true) { ports.append(second) }
      self.ports = ports
    } catch {
      throw Failure(.systemError, "the group \(group.rtp) cannot be joined: \(error.reason)")
    }
  }

  deinit { close() }

  /// Waits for nothing more, and takes nothing.
  func close() {
    for port in ports {
      port.watch?.cancel()
      (port.watch, port.isOpen) = (nil, false)
    }
  }
}
