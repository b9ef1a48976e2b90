import Glibc

/// Two sockets on ports in a row, the first even: for RTP and its RTCP (RFC 3550 §11).
public struct UDPPortPair {
  /// For RTP.
  public let rtp: UDPSocket
  /// For RTCP.
  public let rtcp: UDPSocket
  /// That of `rtp`, even; `rtcp` has the one behind it.
  public let port: UInt16

  /// Takes a pair that is free.
  ///
  /// - Parameters:
  ///   - address: of this host, or any; its port does not count.
  ///   - range: where the ports are to be, both of a pair; nil for those that the kernel gives.
  /// - Throws: `IOFailure`; `bind` with `EADDRINUSE` where no pair is free.
  public init(
    bindingTo address: SocketAddress, in range: ClosedRange<UInt16>? = nil
  ) throws(IOFailure) {
    let candidates = range.map(Self.evenPorts)
    // The kernel's choice is odd half of the time, or has no free neighbour.
    for attempt in 0..<(candidates?.count ?? 64) {
      var first = address
      first.port = candidates?[attempt] ?? 0
      let rtp: UDPSocket
      do throws(IOFailure) {
        rtp = try UDPSocket(bindingTo: first)
      } catch {
        guard error.code == EADDRINUSE else { throw error }
        continue
      }
      first.port = try rtp.localAddress().port
      var second = first
      guard first.port.isMultiple(of: 2), first.port < .max else { continue }
      second.port += 1
      guard let rtcp = try? UDPSocket(bindingTo: second) else { continue }
      (self.rtp, self.rtcp, port) = (rtp, rtcp, first.port)
      return
    }
    throw IOFailure(call: "bind", code: EADDRINUSE, subject: address.description)
  }

  /// All that a pair can begin with, from a place that differs each time on: ports that were used a
  /// moment ago may still be sent to.
  private static func evenPorts(in range: ClosedRange<UInt16>) -> [UInt16] {
    let ports = range.filter { $0.isMultiple(of: 2) && $0 < range.upperBound }
    let start = ports.isEmpty ? 0 : Int.random(in: 0..<ports.count)
    return Array(ports[start...] + ports[..<start])
  }
}
