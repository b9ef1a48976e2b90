import MediaBytes
public import MediaModel

/// How far a client is.
public enum RTSPClientPhase: String, Hashable, Sendable, CaseIterable {
  /// `OPTIONS` waits for its answer.
  case options
  /// `DESCRIBE` does.
  case describe
  /// The presentation is known; which tracks to set up is the user's choice.
  case described
  /// A `SETUP` waits for its answer.
  case setup
  /// All tracks are set up, and `play` is the user's to say.
  case ready
  /// `PLAY` waits for its answer.
  case play
  /// Packets come.
  case playing
  /// `PAUSE` waits for its answer, or playing is paused.
  case paused
  /// `TEARDOWN` waits for its answer.
  case finishing
  /// Nothing follows.
  case finished
}

/// What a client tells.
public enum RTSPClientEvent: Hashable, Sendable {
  /// A phase began; the one before took until then.
  case phase(RTSPClientPhase, at: Nanoseconds)
  /// What there is; then `setUp` or `finish` is due.
  case described(RTSPPresentation)
  /// How a track travels, by the server's word.
  case setUp(track: Int, RTSPTransport)
  /// The server does not want the transport of this track; `setUp` may be called with another.
  case transportRefused(track: Int, RTSPStatus)
  /// Playing begins; where, for each track of which the server says so.
  case playing([Int: RTSPStreamInfo], range: RTSPRange?)
  /// A packet of a track's.
  case packet([UInt8], track: Int, isRTCP: Bool)
  /// The presentation is elsewhere: connect there.
  case redirected(RTSPURL)
  /// The server has changed its mind about what there is (§10.3).
  case announced([UInt8])
  /// The server ends the session, in its own words.
  case ended(String)
  /// The server does not know the session any more; what has come of packets may be the last.
  case sessionLost(RTSPStatus)
  /// The server does something otherwise than the specification has it.
  case deviation(Deviation)
  /// A message, where `traces` asks for them.
  case trace(RTSPTrace)
}

/// A message that was sent or received, without what proves who we are.
public struct RTSPTrace: Hashable, Sendable {
  /// Whether it was ours.
  public var isOutgoing: Bool
  /// Head and body, as they are on the wire but for `Authorization`.
  public var bytes: [UInt8]

  /// The bytes as text; what is not UTF-8 is replaced.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Makes one of a message's bytes.
  init(_ bytes: [UInt8], isOutgoing: Bool) {
    self.isOutgoing = isOutgoing
    let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
    self.bytes = Array(lines.map(Self.masked).joined(separator: [0x0a]))
  }

  /// A line without what proves who we are.
  private static func masked(_ line: ArraySlice<UInt8>) -> [UInt8] {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return Array(line) }
    let name = String(decoding: line[..<colon], as: UTF8.self).trimmed
    let value = String(decoding: line[line.index(after: colon)...], as: UTF8.self)
    let isSecret = ["Authorization", "Proxy-Authorization"].contains { name.isSameToken(as: $0) }
    guard isSecret, let scheme = value.fields().first else { return Array(line) }
    return Array("\(name): \(scheme.trimmed) ***\r".utf8)
  }
}

/// Why a client gave up.
public struct RTSPClientFailure: Error, Hashable, Sendable {
  /// What went wrong.
  public enum Reason: Hashable, Sendable {
    /// The server broke the protocol, or passed a limit.
    case broken(String)
    /// The server said no.
    case refused(RTSPMethod, RTSPStatus)
    /// Nothing that we know proves who we are to the server's liking.
    case unauthorized(RTSPAuthentication.Refusal)
    /// The server did not answer in time, or sent nothing for so long.
    case silent
    /// The server closed the connection.
    case closed
  }

  /// What went wrong.
  public var reason: Reason
  /// Where.
  public var phase: RTSPClientPhase

  /// Makes a failure.
  public init(_ reason: Reason, in phase: RTSPClientPhase) {
    (self.reason, self.phase) = (reason, phase)
  }
}

extension RTSPClientFailure: CustomStringConvertible {
  /// A sentence without its full stop.
  public var description: String {
    switch reason {
    case .broken(let what): what
    case .refused(let method, let status): "the server refuses \(method): \(status)"
    case .unauthorized(let refusal): "\(refusal)"
    case .silent where phase == .playing: "the server sent nothing for too long"
    case .silent: "no answer in phase \(phase.rawValue)"
    case .closed: "the server closed the connection in phase \(phase.rawValue)"
    }
  }
}
