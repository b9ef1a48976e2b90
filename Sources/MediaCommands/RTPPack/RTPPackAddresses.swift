internal import MediaCapture
internal import MediaCLI
internal import MediaIO

/// Where the streams of a run go: RTP to every second port, RTCP beside it or along with it.
struct RTPPackAddresses {
  /// Where captures begin, and nothing is sent.
  private static let firstPort: UInt16 = 5004

  /// The destination as text; the loopback address where nothing is sent.
  let host: String
  private let address: SocketAddress?
  private var count = 0
  private let isMultiplexed: Bool

  /// - Throws: `Failure` where the host has no address.
  init(_ request: RTPPackRequest) throws {
    address = try Self.resolve(request)
    host = address?.host ?? "127.0.0.1"
    isMultiplexed = request.arguments[RTPPack.rtcpMux]
  }

  /// Takes the ports of so many streams.
  ///
  /// - Throws: `UsageError` where there are not as many.
  mutating func reserve(_ count: Int) throws {
    self.count = count
    guard Int(port(0)) + 2 * (count - 1) + (isMultiplexed ? 0 : 1) <= 65_535 else {
      let tracks = Quantity.counted(count, "track")
      throw UsageError(
        "port \(port(0)) leaves no room for \(isMultiplexed ? "" : "RTCP and ")\(tracks)")
    }
  }

  private static func resolve(_ request: RTPPackRequest) throws -> SocketAddress? {
    guard let destination = request.destination else { return nil }
    let timeout = request.arguments[CommonOptions.timeout]
    let found = try SocketAddress.resolving(
      host: destination.host, port: destination.port, timeout: timeout)
    guard let address = found.first(where: \.isIPv4) ?? found.first else {
      throw Failure(.noHost, "\(destination.host) has no address")
    }
    return address
  }

  /// The port of a stream's RTP.
  func port(_ stream: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: Int(address?.port ?? Self.firstPort) + 2 * stream)
  }

  /// The port of a stream's RTCP.
  func rtcpPort(_ stream: Int) -> UInt16 {
    isMultiplexed ? port(stream) : port(stream) &+ 1
  }

  /// Where each stream is sent; nil where nothing is.
  var destinations: [(rtp: SocketAddress, rtcp: SocketAddress)]? {
    address.map { address in
      (0..<count).map { index in
        var (rtp, rtcp) = (address, address)
        rtp.port = port(index)
        rtcp.port = rtcpPort(index)
        return (rtp, rtcp)
      }
    }
  }

  /// The endpoints in captures: from the loopback address, with the same port.
  func flows() throws -> [(rtp: CaptureFlow, rtcp: CaptureFlow)] {
    let destination = IPAddress(String(host.prefix { $0 != "%" })) ?? IPAddress(ipv4: 0x7f00_0001)
    let source = destination.isIPv4 ? IPAddress(ipv4: 0x7f00_0001) : IPAddress(ipv6: 0, 1)
    func flow(_ port: UInt16) throws -> CaptureFlow {
      try CaptureFlow(
        from: Endpoint(address: source, port: port),
        to: Endpoint(address: destination, port: port))
    }
    return try (0..<count).map { (try flow(port($0)), try flow(rtcpPort($0))) }
  }
}
