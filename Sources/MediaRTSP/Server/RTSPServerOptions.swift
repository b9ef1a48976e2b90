public import MediaModel
public import MediaRTP

/// How a server presents itself.
public struct RTSPServerOptions: Sendable {
  /// `Server`.
  public var name = "mediatool"
  /// What can be asked for; all else is refused.
  public var methods: [RTSPMethod] = [
    .options, .describe, .announce, .setup, .play, .pause, .record, .getParameter, .setParameter,
    .teardown,
  ]
  /// What `Require` may name (RFC 2326 §12.32).
  public var features: Set<String> = []
  /// Whom it lets in; nil for everybody, and `OPTIONS` is for everybody always.
  public var access: RTSPAccess?
  /// Seconds without a sign of life after which a session ends.
  public var sessionTimeout = 60
  /// How long a client without a session may be silent; nil for ever.
  public var timeout: Nanoseconds? = 60_000_000_000
  /// How much of messages and packets is believed and held.
  public var limits = InterleavedLimits()
  /// Whether messages are told, both ways.
  public var traces = false

  /// Makes the options that suit most clients.
  public init() {}
}

/// What a client wants of a server, which its user answers.
public enum RTSPWish: Hashable, Sendable {
  /// To know what there is at a URI: answered by `describe`.
  case describe(uri: String)
  /// To have a track, by one of these transports, the one liked best first: answered by `setUp`.
  case setUp(uri: String, [RTSPTransport])
  /// Packets: answered by `play`.
  case play(uri: String, RTSPPlayRequest)
  /// No packets for a while: answered by `accept`.
  case pause(uri: String)
  /// To say what it will send: answered by `accept`.
  case announce(uri: String, description: [UInt8])
  /// To send packets: answered by `accept`.
  case record(uri: String)
}

/// What a server tells.
public enum RTSPServerEvent: Hashable, Sendable {
  /// A client wants something; nothing goes on before the answer. `reject` is one to all of them.
  case wish(RTSPWish)
  /// A packet of the client's on a channel of the connection.
  case packet([UInt8], channel: UInt8)
  /// A parameter asked for, or set: already answered.
  case parameter(RTSPMethod, body: [UInt8])
  /// The client has taken leave, or with `isTimeout` was not heard of for too long; packets are to
  /// end.
  case ended(isTimeout: Bool)
  /// A message, where `traces` asks for them.
  case trace(RTSPTrace)
}

/// Why a server gives a client up.
public enum RTSPServerFailure: Error, Hashable, Sendable {
  /// The client broke the protocol, or passed a limit.
  case broken(String)
  /// The client sent nothing for so long.
  case silent
}

extension RTSPServerFailure: CustomStringConvertible {
  /// A sentence without its full stop.
  public var description: String {
    switch self {
    case .broken(let what): what
    case .silent: "the client sends nothing"
    }
  }
}
