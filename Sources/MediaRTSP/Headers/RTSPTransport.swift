import MediaBytes

/// How packets of one track travel: one specification of a `Transport` header (RFC 2326 §12.39).
public struct RTSPTransport: Hashable, Sendable {
  /// What carries the packets.
  public enum Lower: Hashable, Sendable {
    /// Datagrams, to ports.
    case udp
    /// The connection itself, on channels (§10.12).
    case tcp
  }

  /// Two numbers in a row, the first for RTP and the other for RTCP.
  public struct Pair<Number: FixedWidthInteger & Sendable>: Hashable, Sendable {
    /// That of RTP.
    public var rtp: Number
    /// That of RTCP; nil where only one is said.
    public var rtcp: Number?

    /// Makes a pair.
    public init(_ rtp: Number, _ rtcp: Number? = nil) { (self.rtp, self.rtcp) = (rtp, rtcp) }
  }

  /// `RTP/AVP`, or another profile, without what carries it.
  public var profile = "RTP/AVP"
  /// What carries the packets.
  public var lower: Lower
  /// Whether packets go to a group.
  public var isMulticast = false
  /// Where packets are sent to, where that is said.
  public var destination: String?
  /// Where they come from, where that is said; empty is nil.
  public var source: String?
  /// Channels of the connection.
  public var interleaved: Pair<UInt8>?
  /// Ports of ours.
  public var clientPort: Pair<UInt16>?
  /// Ports of the server's.
  public var serverPort: Pair<UInt16>?
  /// Ports of a group.
  public var port: Pair<UInt16>?
  /// How many hops packets to a group may take.
  public var ttl: UInt8?
  /// The source identifier that a server promises.
  public var ssrc: UInt32?
  /// `PLAY` or `RECORD`, as it is written.
  public var mode: String?

  /// Makes one of RTP over `lower`.
  public init(_ lower: Lower) { self.lower = lower }

  /// The specifications of a header's value; those that are not of RTP are left out.
  public static func parse(_ value: String) -> [Self] {
    value.parts(",").compactMap { Self(parsing: $0) }
  }

  /// Takes one specification apart: parameters in any order, with blanks around them, even before
  /// the protocol; nil where none of them names one of RTP.
  init?(parsing text: String) {
    let parts = text.parts(";").map(\.trimmed)
    guard let protocolName = parts.first(where: { $0.hasTokenPrefix("RTP/") }) else {
      return nil
    }
    let words = protocolName.parts("/").map(\.trimmed)
    self.init(words.count > 2 && words[2].isSameToken(as: "TCP") ? .tcp : .udp)
    profile = words.prefix(2).joined(separator: "/")
    for part in parts {
      let (name, value) = part.cut(at: "=")
      set(name.trimmed.lowercased(), value?.unquoted)
    }
    // Channels need no word of what carries them.
    if interleaved != nil, clientPort == nil, serverPort == nil { lower = .tcp }
  }

  private mutating func set(_ name: String, _ value: String?) {
    switch name {
    case "multicast": isMulticast = true
    case "unicast": isMulticast = false
    case "destination": destination = value.nonEmpty ?? destination
    case "source": source = value.nonEmpty ?? source
    case "interleaved": interleaved = value.flatMap { Pair(parsing: $0) } ?? interleaved
    case "client_port": clientPort = value.flatMap { Pair(parsing: $0) } ?? clientPort
    case "server_port": serverPort = value.flatMap { Pair(parsing: $0) } ?? serverPort
    case "port": port = value.flatMap { Pair(parsing: $0) } ?? port
    case "ttl": ttl = value?.number(0...255) ?? ttl
    case "ssrc": ssrc = value.flatMap(Self.ssrc) ?? ssrc
    case "mode": mode = value.nonEmpty ?? mode
    default: break
    }
  }

  /// Eight hexadecimal digits (§12.39), of which some servers leave out zeros in front.
  private static func ssrc(_ text: String) -> UInt32? {
    let digits = text.utf8.filter { $0 != 0x20 }
    guard (1...8).contains(digits.count) else { return nil }
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}

extension RTSPTransport.Pair {
  /// `4588-4589`, or one number alone.
  init?(parsing text: String) {
    let parts = text.parts("-").map(\.trimmed)
    guard let first: Number = parts[0].number(0...Number.max) else { return nil }
    self.init(first, parts.count > 1 ? parts[1].number(0...Number.max) : nil)
  }

  var text: String { rtcp.map { "\(rtp)-\($0)" } ?? "\(rtp)" }
}

extension RTSPTransport: CustomStringConvertible {
  /// As it stands in a header.
  public var description: String {
    var text = profile + (lower == .tcp ? "/TCP" : "") + (isMulticast ? ";multicast" : ";unicast")
    if let destination { text += ";destination=\(destination)" }
    if let source { text += ";source=\(source)" }
    if let interleaved { text += ";interleaved=\(interleaved.text)" }
    if let clientPort { text += ";client_port=\(clientPort.text)" }
    if let serverPort { text += ";server_port=\(serverPort.text)" }
    if let port { text += ";port=\(port.text)" }
    if let ttl { text += ";ttl=\(ttl)" }
    if let ssrc {
      let digits = String(ssrc, radix: 16, uppercase: true)
      text += ";ssrc=" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
    if let mode { text += ";mode=\(mode)" }
    return text
  }
}

extension String? {
  fileprivate var nonEmpty: String? { self?.isEmpty == false ? self : nil }
}
