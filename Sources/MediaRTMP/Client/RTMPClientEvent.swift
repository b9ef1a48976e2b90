public import MediaModel

/// How far a client is.
public enum RTMPClientPhase: String, Hashable, Sendable, CaseIterable {
  /// C0, C1, C2 and S0, S1, S2 (Adobe RTMP 1.0 §5.2).
  case handshake
  /// `connect` waits for its answer.
  case connect
  /// `createStream` waits for its answer.
  case createStream
  /// `publish` or `play` waits for its status.
  case start
  /// Media may be sent, or comes.
  case running
  /// Publishing has been ended, and the server is to say so.
  case finishing
  /// Nothing follows.
  case finished
}

/// What a client tells.
public enum RTMPClientEvent: Hashable, Sendable {
  /// A phase began; the one before took until then.
  case phase(RTMPClientPhase, at: Nanoseconds)
  /// What the server's answer to `connect` says of Enhanced RTMP.
  case capabilities(RTMPCapabilities)
  /// A status, without secrets.
  case status(RTMPStatus)
  /// Sound, pictures or data that is played; parts of an aggregate come one by one.
  case media(RTMPMessage)
  /// Playing has come to its end, by the server's word; nil where it was User Control that said so.
  case playEnded(RTMPStatus?)
  /// A User Control message.
  case userControl(RTMPUserControl)
  /// How many of our bytes have arrived at the server, by its word.
  case acknowledged(Int)
  /// The server wants us at this place; the present connection goes on until `finish`.
  case reconnectRequested(RTMPURL)
  /// The server wants to know who we are: connect again with this in the options.
  case authenticate(RTMPAuthentication)
  /// The server does something otherwise than the specification has it.
  case deviation(Deviation)
  /// A message, where `traces` asks for them.
  case trace(RTMPTrace)
}

/// Why a client gave up.
public struct RTMPClientFailure: Error, Hashable, Sendable {
  /// What went wrong.
  public enum Reason: Hashable, Sendable {
    /// The server broke the protocol, or passed a limit.
    case broken(RTMPError)
    /// The server said no; `kind` of the status says why.
    case refused(RTMPStatus)
    /// Authentication has come to its end.
    case unauthorized(RTMPAuthentication.Refusal, RTMPStatus)
    /// The server did not answer in time, or sent nothing for so long.
    case silent
    /// The server closed the connection.
    case closed
    /// The server said that it ends publishing, playing or the connection.
    case ended(RTMPStatus)
  }

  /// What went wrong.
  public var reason: Reason
  /// Where.
  public var phase: RTMPClientPhase

  /// Makes a failure.
  public init(_ reason: Reason, in phase: RTMPClientPhase) {
    (self.reason, self.phase) = (reason, phase)
  }
}

extension RTMPClientFailure: CustomStringConvertible {
  /// A sentence without its full stop and without secrets.
  public var description: String {
    switch reason {
    case .broken(let error): "\(error)"
    case .refused(let status): "the server refuses: \(status.text)"
    case .unauthorized(let refusal, let status): "\(refusal): \(status.text)"
    case .silent where phase == .running: "the server said nothing for too long"
    case .silent: "no answer in phase \(phase.rawValue)"
    case .closed: "the server closed the connection in phase \(phase.rawValue)"
    case .ended(let status): "the server ended it: \(status.text)"
    }
  }
}
