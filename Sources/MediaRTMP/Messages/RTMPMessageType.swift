/// What a message holds, its 8-bit `message type id` (Adobe RTMP 1.0 §5.4, §7.1).
public struct RTMPMessageType: RawRepresentable, Hashable, Sendable {
  /// The byte on the wire.
  public let rawValue: UInt8

  /// Any byte; types that nobody knows survive.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The largest chunk payload that the sender will use (§5.4.1).
  public static let setChunkSize = Self(rawValue: 1)
  /// Forgets the partial message of a chunk stream (§5.4.2).
  public static let abort = Self(rawValue: 2)
  /// How many bytes its sender has received (§5.4.3).
  public static let acknowledgement = Self(rawValue: 3)
  /// Stream begin and end, buffer length, ping (§7.1.7).
  public static let userControl = Self(rawValue: 4)
  /// After how many bytes its receiver shall acknowledge (§5.4.4).
  public static let windowAcknowledgementSize = Self(rawValue: 5)
  /// How much its receiver may send without acknowledgement (§5.4.5).
  public static let setPeerBandwidth = Self(rawValue: 6)
  /// The body of an FLV audio tag (§7.1.4).
  public static let audio = Self(rawValue: 8)
  /// The body of an FLV video tag (§7.1.5).
  public static let video = Self(rawValue: 9)
  /// Metadata in AMF3 (§7.1.2).
  public static let dataAMF3 = Self(rawValue: 15)
  /// A shared object in AMF3 (§7.1.3).
  public static let sharedObjectAMF3 = Self(rawValue: 16)
  /// A command in AMF3 (§7.1.1).
  public static let commandAMF3 = Self(rawValue: 17)
  /// Metadata in AMF0 (§7.1.2).
  public static let data = Self(rawValue: 18)
  /// A shared object in AMF0 (§7.1.3).
  public static let sharedObject = Self(rawValue: 19)
  /// A command in AMF0 (§7.1.1).
  public static let command = Self(rawValue: 20)
  /// Several messages in one (§7.1.6).
  public static let aggregate = Self(rawValue: 22)

  /// Whether it steers the connection itself: types 1 to 6.
  public var isProtocolControl: Bool { (1...6).contains(rawValue) }
}

extension RTMPMessageType: CustomStringConvertible {
  /// The name in the specification, such as `Set Chunk Size`; `type 99` of unknown ones.
  public var description: String {
    switch self {
    case .setChunkSize: "Set Chunk Size"
    case .abort: "Abort"
    case .acknowledgement: "Acknowledgement"
    case .userControl: "User Control"
    case .windowAcknowledgementSize: "Window Acknowledgement Size"
    case .setPeerBandwidth: "Set Peer Bandwidth"
    case .audio: "audio"
    case .video: "video"
    case .dataAMF3: "data (AMF3)"
    case .sharedObjectAMF3: "shared object (AMF3)"
    case .commandAMF3: "command (AMF3)"
    case .data: "data"
    case .sharedObject: "shared object"
    case .command: "command"
    case .aggregate: "aggregate"
    default: "type \(rawValue)"
    }
  }
}
