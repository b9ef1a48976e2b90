import MediaBytes

/// A message that steers the connection: types 1 to 6 (Adobe RTMP 1.0 §5.4, §7.1.7).
public enum RTMPControl: Hashable, Sendable {
  /// The most payload bytes of the sender's chunks, 1...0x7fffffff (§5.4.1).
  case setChunkSize(UInt32)
  /// The rest of the message on this chunk stream will not come (§5.4.2).
  case abort(chunkStreamID: UInt32)
  /// Bytes that the sender has received so far, modulo 2^32 (§5.4.3).
  case acknowledgement(UInt32)
  /// An event of a stream or of the connection (§7.1.7).
  case userControl(RTMPUserControl)
  /// Bytes after which the receiver shall acknowledge (§5.4.4).
  case windowAcknowledgementSize(UInt32)
  /// Bytes that the receiver may have unacknowledged on their way (§5.4.5).
  case setPeerBandwidth(UInt32, RTMPBandwidthLimit)
}

/// How a peer means a bandwidth, `Limit Type` (Adobe RTMP 1.0 §5.4.5).
public struct RTMPBandwidthLimit: RawRepresentable, Hashable, Sendable {
  /// The byte on the wire.
  public let rawValue: UInt8
  /// Any byte.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The window is this from now on.
  public static let hard = Self(rawValue: 0)
  /// The window is this or the one in force, whichever is smaller.
  public static let soft = Self(rawValue: 1)
  /// Hard if the one before was hard, else nothing.
  public static let dynamic = Self(rawValue: 2)
}

extension RTMPControl {
  /// Reads a message of one of the six types; nil of others.
  ///
  /// Bytes behind the fields are let pass. Throws `malformed` where fields are missing; `offset` is
  /// where the payload lies in its direction.
  public init?(_ message: RTMPMessage, at offset: Int? = nil) throws(RTMPError) {
    guard message.typeID.isProtocolControl else { return nil }
    var reader = ByteReader(message.payload.span)
    do throws(ParseError) {
      self = try Self.read(message.typeID, &reader)
    } catch {
      throw RTMPError(
        .malformed, "\(message.typeID)", seen: "\(message.payload.count) bytes",
        expected: "\(Self.leastByteCount(message)) or more", at: offset)
    }
  }

  private static func read(
    _ type: RTMPMessageType, _ reader: inout ByteReader
  ) throws(ParseError) -> Self {
    switch type {
    case .setChunkSize: .setChunkSize(try reader.u32("chunk size"))
    case .abort: .abort(chunkStreamID: try reader.u32("chunk stream ID"))
    case .acknowledgement: .acknowledgement(try reader.u32("sequence number"))
    case .userControl: .userControl(try RTMPUserControl(parsing: &reader))
    case .windowAcknowledgementSize:
      .windowAcknowledgementSize(try reader.u32("Acknowledgement Window size"))
    default:
      .setPeerBandwidth(
        try reader.u32("Acknowledgement Window size"),
        RTMPBandwidthLimit(rawValue: try reader.u8("Limit Type")))
    }
  }

  private static func leastByteCount(_ message: RTMPMessage) -> Int {
    switch message.typeID {
    case .userControl: RTMPUserControl.leastByteCount(message.payload)
    case .setPeerBandwidth: 5
    default: 4
    }
  }

  /// The message, on chunk stream 2 and message stream 0 with timestamp 0 as all of them are.
  public var message: RTMPMessage {
    var writer = ByteWriter(capacity: 10)
    let type: RTMPMessageType
    switch self {
    case .setChunkSize(let size):
      type = .setChunkSize
      writer.integer(size)
    case .abort(let id):
      type = .abort
      writer.integer(id)
    case .acknowledgement(let sequence):
      type = .acknowledgement
      writer.integer(sequence)
    case .userControl(let event):
      type = .userControl
      event.write(to: &writer)
    case .windowAcknowledgementSize(let size):
      type = .windowAcknowledgementSize
      writer.integer(size)
    case .setPeerBandwidth(let size, let limit):
      type = .setPeerBandwidth
      writer.integer(size)
      writer.integer(limit.rawValue)
    }
    return RTMPMessage(chunkStreamID: 2, typeID: type, payload: writer.bytes)
  }
}
