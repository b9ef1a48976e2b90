internal import MediaBytes
internal import MediaIO
internal import MediaRTP
internal import MediaRTSP

/// Where datagrams of one track come from and go to, by the answer to `SETUP` and the description.
struct RTSPDatagramRoute: Equatable {
  /// Two ports that belong together; nil where one is not known.
  struct Ports: Equatable {
    var rtp: UInt16?
    var rtcp: UInt16?
  }

  /// What packets go to where it is not us alone.
  struct Group: Equatable {
    /// That of RTP.
    var rtp: SocketAddress
    /// That of RTCP; nil where there is no port for it.
    var rtcp: SocketAddress?
  }

  /// nil where packets come to us alone.
  var group: Group?
  /// Hosts that packets are taken from; empty for any.
  var sources: [SocketAddress]
  /// The server's own ports, where they are said.
  var serverPorts = Ports()

  /// - Parameters:
  ///   - answer: the transport agreed on.
  ///   - media: what the description says of the track.
  ///   - description: all of it.
  ///   - server: the other end of the connection.
  /// - Throws: `Failure` where packets go to a group that neither names.
  init(
    _ answer: RTSPTransport, _ media: SDPMedia, in description: SDPSession, server: SocketAddress
  ) throws(Failure) {
    serverPorts = Self.ports(answer.serverPort)
    let destination = answer.destination.flatMap(Self.address)
    guard answer.isMulticast || destination?.isMulticast ?? false else {
      // Devices behind routers tell their inner address.
      sources = [server]
      if let source = Self.source(answer, isIPv4: server.isIPv4), source.bytes != server.bytes {
        sources.append(source)
      }
      return
    }
    let described = description.connection(of: media).flatMap { Self.address($0.address) }
    guard var group = [destination, described].compactMap(\.self).first(where: \.isMulticast) else {
      throw Failure(
        .protocolError,
        "the server sends to a group without naming it, neither in Transport nor in the description"
      )
    }
    let ports = try Self.groupPorts(answer, media)
    group.port = ports.rtp ?? 0
    var rtcp = group
    rtcp.port = ports.rtcp ?? 0
    self.group = Group(rtp: group, rtcp: ports.rtcp == nil ? nil : rtcp)
    sources = Self.source(answer, isIPv4: group.isIPv4).map { [$0] } ?? []
    if sources.isEmpty { sources = Self.filtered(group, description.sourceFilters(of: media)) }
  }

  /// Ports of a group: where the answer is silent, or has them in another parameter, and where the
  /// description alone has them.
  private static func groupPorts(
    _ answer: RTSPTransport, _ media: SDPMedia
  ) throws(Failure) -> Ports {
    let said = [answer.port, answer.clientPort, answer.serverPort].map(ports)
    if let found = said.first(where: { $0.rtp != nil }) { return found }
    guard media.media.port > 0 else {
      throw Failure(
        .protocolError,
        "the server sends to a group without naming a port, neither in Transport nor in the "
          + "description")
    }
    return Ports(rtp: media.media.port, rtcp: media.multiplexesRTCP ? nil : media.rtcpPort)
  }

  /// Numbers of 0 are none; RTCP is one above where only RTP's is said.
  private static func ports(_ pair: RTSPTransport.Pair<UInt16>?) -> Ports {
    guard let pair, pair.rtp > 0 else { return Ports() }
    let rtcp = pair.rtcp.flatMap { $0 == 0 ? nil : $0 }
    let next = pair.rtp < .max ? pair.rtp + 1 : nil
    return Ports(rtp: pair.rtp, rtcp: rtcp ?? next)
  }

  /// What `source` says, where that is an address of one host; names are nobody's proof.
  private static func source(_ answer: RTSPTransport, isIPv4: Bool) -> SocketAddress? {
    guard let source = answer.source.flatMap(address), source.isIPv4 == isIPv4,
      !source.isMulticast, source.bytes.contains(where: { $0 != 0 })
    else { return nil }
    return source
  }

  /// Who may send to `group` by the description (RFC 4570).
  private static func filtered(
    _ group: SocketAddress, _ filters: [SDPSourceFilter]
  ) -> [SocketAddress] {
    let fitting = filters.filter {
      $0.isInclusive && ($0.destination == "*" || address($0.destination)?.bytes == group.bytes)
    }
    return fitting.flatMap(\.sources).compactMap(address).filter {
      $0.isIPv4 == group.isIPv4 && !$0.isMulticast
    }
  }

  /// Digits, with what may stand around and behind them.
  private static func address(_ text: String) -> SocketAddress? {
    var text = text.parts("/")[0].trimmed
    if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
    return SocketAddress(text, port: 0)
  }

  /// Whether a datagram of `sender` is one of the track's; ports do not count, as routers change them.
  func takes(_ sender: SocketAddress) -> Bool {
    sources.isEmpty || sources.contains { $0.bytes == sender.bytes }
  }
}
