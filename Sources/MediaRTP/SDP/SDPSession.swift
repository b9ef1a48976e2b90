public import MediaBytes

/// How much of a session description is read.
public struct SDPLimits: Hashable, Sendable {
  /// The longest description, in bytes.
  public var maxByteCount = 1 << 20
  /// The most lines.
  public var maxLines = 20_000
  /// How many anomalies are recorded.
  public var maxAnomalies = 1000

  /// Makes the limits that suit any description.
  public init() {}
}

/// A session description (RFC 8866): lines kept in their order, and views of what they mean.
public struct SDPSession: SDPSection, Hashable, Sendable {
  /// The lines before the first `m=`.
  public var lines: [SDPLine]
  /// The media descriptions.
  public var media: [SDPMedia] = []
  /// What was put up with in reading.
  public internal(set) var anomalies: [SDPAnomaly] = []

  /// Makes a description without media, its lines in the order of RFC 8866 5.
  public init(
    origin: SDPOrigin, name: String = "-", connection: SDPConnection? = nil,
    timing: SDPTiming = SDPTiming()
  ) {
    lines = [
      SDPLine(.version, "0"), SDPLine(.origin, origin.description),
      SDPLine(.sessionName, name.isEmpty ? "-" : name),
    ]
    if let connection { lines.append(SDPLine(.connection, connection.description)) }
    lines.append(SDPLine(.timing, timing.description))
  }

  /// Reads all that is left as one description.
  ///
  /// What devices get wrong becomes an anomaly. Throws where the text does not begin as SDP does,
  /// on another version, on an `m=` line without a port in 0...65,535, a protocol or a media type,
  /// and past the limits; the offset is that of the line.
  public init(
    parsing reader: inout ByteReader, limits: SDPLimits = SDPLimits()
  ) throws(ParseError) {
    var parser = SDPParser(limits: limits)
    try parser.parse(&reader)
    self = parser.finish()
  }

  init(lines: [SDPLine]) {
    self.lines = lines
  }

  /// `o=`; nil where there is none that can be read.
  public var origin: SDPOrigin? { values(.origin).first.flatMap { SDPOrigin(parsing: $0) } }
  /// `s=`.
  public var name: String? { values(.sessionName).first }
  /// `t=`, those that can be read.
  public var timings: [SDPTiming] { values(.timing).compactMap { SDPTiming(parsing: $0) } }
  /// `c=`; nil where there is none that can be read.
  public var connection: SDPConnection? { connections.first }
  /// `a=group`: how media descriptions belong together, by their `a=mid` (RFC 5888 5).
  public var groups: [SDPGroup] {
    attributes("group").compactMap { SDPGroup(parsing: $0.value ?? "") }
  }

  /// Where a media description's media goes: its own `c=`, else the session's.
  public func connection(of media: SDPMedia) -> SDPConnection? {
    media.connections.first ?? connection
  }

  /// Which way a media description's media goes: its own, else the session's, else both ways.
  public func direction(of media: SDPMedia) -> SDPDirection {
    media.direction ?? direction ?? .sendAndReceive
  }

  /// Whether a media description's RTP is encrypted: by its protocol, or by keys of its own or of
  /// the session.
  public func isEncrypted(_ media: SDPMedia) -> Bool {
    media.hasSecureProtocol || media.hasKeys || hasKeys
  }

  /// The description as text, each line ended by CRLF.
  public var text: String {
    var text = ""
    for line in lines { text += line.text + "\r\n" }
    for section in media {
      text += SDPLine(.media, section.media.description).text + "\r\n"
      for line in section.lines { text += line.text + "\r\n" }
    }
    return text
  }
}
