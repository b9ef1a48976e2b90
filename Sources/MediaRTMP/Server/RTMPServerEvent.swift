import MediaBytes
import MediaFLV
public import MediaModel

/// What a client says of itself in `connect` (Adobe RTMP 1.0 §7.2.1.1).
public struct RTMPConnectRequest: Hashable, Sendable {
  /// `app`, with its query if it has one.
  public var app: String
  /// `tcUrl`.
  public var tcURL: String
  /// `flashVer`.
  public var flashVersion: String
  /// What it says of Enhanced RTMP.
  public var capabilities: RTMPCapabilities

  init(_ values: [AMFValue]) {
    let object = values.first
    app = object?["app"]?.text ?? ""
    tcURL = object?["tcUrl"]?.text ?? ""
    flashVersion = object?["flashVer"]?.text ?? ""
    capabilities = RTMPCapabilities(values)
  }
}

/// What a client wants of a message stream.
public struct RTMPStreamRequest: Hashable, Sendable {
  /// What it wants.
  public enum Kind: Hashable, Sendable {
    /// To send a stream; `live`, `record` or `append`.
    case publish(kind: String)
    /// To receive one; times in milliseconds, -1000 and -2000 as in `RTMPPlayRange`.
    case play(start: Double, duration: Double)
  }
  /// The message stream.
  public var streamID: UInt32
  /// The name with its query: a secret where one publishes.
  public var streamKey: String
  /// What it wants.
  public var kind: Kind
}

extension RTMPStreamRequest: CustomStringConvertible, CustomReflectable {
  /// One line without the name.
  public var description: String { "stream \(streamID): \(kind)" }
  /// The description alone.
  public var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}

extension RTMPConnectRequest: CustomStringConvertible, CustomReflectable {
  /// One line without queries.
  public var description: String {
    "\(String(app.split(atByte: UInt8(ascii: "?"))[0]).printable) by \(flashVersion.printable)"
  }
  /// The description alone.
  public var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}

/// What a server tells.
public enum RTMPServerEvent: Hashable, Sendable {
  /// A client wants to connect; `accept` or `reject` is the answer, and nothing goes on before.
  case connect(RTMPConnectRequest)
  /// A client wants a stream; `accept` or `reject` is the answer, and nothing goes on before.
  case stream(RTMPStreamRequest)
  /// Sound, pictures or data of a publisher, as bodies of FLV tags have them; parts of an aggregate
  /// come one by one.
  case media(RTMPMessage)
  /// A player halts, or goes on; with the time it is at.
  case pause(streamID: UInt32, isPaused: Bool, milliseconds: Double)
  /// A player goes to another time.
  case seek(streamID: UInt32, milliseconds: Double)
  /// A publisher or a player has left a stream.
  case ended(streamID: UInt32)
  /// A User Control message.
  case userControl(RTMPUserControl)
  /// How many of our bytes have arrived, by the client's word.
  case acknowledged(Int)
  /// The client does something otherwise than the specification has it.
  case deviation(Deviation)
  /// A message, where `traces` asks for them.
  case trace(RTMPTrace)
}

/// Why a server gives a client up.
public enum RTMPServerFailure: Error, Hashable, Sendable {
  /// The client broke the protocol, or passed a limit.
  case broken(RTMPError)
  /// The client sent nothing for so long.
  case silent
}

extension RTMPServerFailure: CustomStringConvertible {
  /// A sentence without its full stop.
  public var description: String {
    switch self {
    case .broken(let error): "\(error)"
    case .silent: "the client sends nothing"
    }
  }
}
