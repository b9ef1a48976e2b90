internal import MediaCapture
internal import MediaModel

/// Where packets of RTP come from and go to, and over what.
struct RTPFlow: Hashable, Sendable {
  /// What carries the packets.
  enum Transport: String, Hashable, Sendable {
    case udp
    /// Behind two bytes of length each (RFC 4571).
    case tcp
    /// Between the messages of RTSP (RFC 2326 10.12).
    case interleaved
    /// Packets alone, as rtpdump keeps them.
    case rtpdump
  }

  var source: Endpoint
  var destination: Endpoint
  var transport = Transport.udp
  /// Of interleaved packets.
  var channel: UInt8 = 0

  /// Whether it goes between the same addresses as another, either way.
  func isBetweenHosts(of other: RTPFlow) -> Bool {
    let (a, b) = (source.address, destination.address)
    let (c, d) = (other.source.address, other.destination.address)
    return a == c && b == d || a == d && b == c
  }
}

/// A datagram, or what stands for one on a connection, less its bytes.
struct RTPDatagram: Sendable {
  /// Wireshark's number of the packet it was completed by; of a live input its place from 1 on.
  var number: Int
  /// Nanoseconds since 1970-01-01T00:00:00Z; nil where the capture has no times.
  var time: Nanoseconds?
  var flow: RTPFlow
  /// How many bytes it had on the wire.
  var byteCount: Int
  /// Whether fewer of them are there.
  var isCut = false
}
