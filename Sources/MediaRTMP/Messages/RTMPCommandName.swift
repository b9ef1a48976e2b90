/// The name of a command (Adobe RTMP 1.0 §7.2); unknown ones are carried as they are.
public struct RTMPCommandName: RawRepresentable, Hashable, Sendable {
  /// The name on the wire.
  public let rawValue: String
  /// Makes it of the name on the wire.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Opens the session (§7.2.1.1).
  public static let connect = Self(rawValue: "connect")
  /// The answer to a command that succeeded.
  public static let result = Self(rawValue: "_result")
  /// The answer to a command that failed.
  public static let error = Self(rawValue: "_error")
  /// Asks for a message stream (§7.2.1.3).
  public static let createStream = Self(rawValue: "createStream")
  /// Frees a name that a publisher before may still hold; not in the specification.
  public static let releaseStream = Self(rawValue: "releaseStream")
  /// Announces a publisher, as Flash Media Live Encoder does; not in the specification.
  public static let fcPublish = Self(rawValue: "FCPublish")
  /// The answer to `FCPublish`.
  public static let onFCPublish = Self(rawValue: "onFCPublish")
  /// Takes leave after `FCPublish`.
  public static let fcUnpublish = Self(rawValue: "FCUnpublish")
  /// The answer to `FCUnpublish`.
  public static let onFCUnpublish = Self(rawValue: "onFCUnpublish")
  /// Asks some servers' edges to fetch a live stream.
  public static let fcSubscribe = Self(rawValue: "FCSubscribe")
  /// The answer to `FCSubscribe`.
  public static let onFCSubscribe = Self(rawValue: "onFCSubscribe")
  /// Begins to publish (§7.2.2.6).
  public static let publish = Self(rawValue: "publish")
  /// Begins to play (§7.2.2.1).
  public static let play = Self(rawValue: "play")
  /// Begins to play, or goes over to another stream (§7.2.2.2).
  public static let play2 = Self(rawValue: "play2")
  /// Halts or goes on (§7.2.2.8).
  public static let pause = Self(rawValue: "pause")
  /// Goes to another time (§7.2.2.7).
  public static let seek = Self(rawValue: "seek")
  /// Gives a message stream back (§7.2.2.3).
  public static let deleteStream = Self(rawValue: "deleteStream")
  /// Ends publishing or playing; the message stream stays.
  public static let closeStream = Self(rawValue: "closeStream")
  /// Ends the session.
  public static let close = Self(rawValue: "close")
  /// Asks how long a recording is.
  public static let getStreamLength = Self(rawValue: "getStreamLength")
  /// Tells how a stream or the connection fares (§7.2.2).
  public static let onStatus = Self(rawValue: "onStatus")
  /// The end of a server's measurement of bandwidth.
  public static let onBWDone = Self(rawValue: "onBWDone")
  /// A question of such a measurement, which wants an answer.
  public static let onBWCheck = Self(rawValue: "_onbwcheck")

  /// Whether the strings among its values name a stream: a secret where one publishes.
  var namesStream: Bool {
    switch self {
    case .releaseStream, .fcPublish, .onFCPublish, .fcUnpublish, .onFCUnpublish, .fcSubscribe,
      .onFCSubscribe, .publish, .play, .play2, .getStreamLength:
      true
    default: false
    }
  }
}
