/// A message: what chunks carry in pieces (Adobe RTMP 1.0 §6.1).
public struct RTMPMessage: Hashable, Sendable {
  /// The chunk stream that carries it, 2...65599 (§5.3.1.1).
  public var chunkStreamID: UInt32
  /// Milliseconds modulo 2^32.
  public var timestamp: UInt32
  /// What the payload is.
  public var typeID: RTMPMessageType
  /// 0 for the connection, else a number that createStream answered.
  public var messageStreamID: UInt32
  /// Its bytes, without any header.
  public var payload: [UInt8]

  /// Makes it of its parts.
  public init(
    chunkStreamID: UInt32, timestamp: UInt32 = 0, typeID: RTMPMessageType,
    messageStreamID: UInt32 = 0, payload: [UInt8]
  ) {
    self.chunkStreamID = chunkStreamID
    self.timestamp = timestamp
    self.typeID = typeID
    self.messageStreamID = messageStreamID
    self.payload = payload
  }
}

extension RTMPMessage {
  /// All of a message but its bytes.
  public struct Header: Hashable, Sendable {
    /// The chunk stream that carries it, 2...65599 (§5.3.1.1).
    public var chunkStreamID: UInt32
    /// Milliseconds modulo 2^32.
    public var timestamp: UInt32
    /// What the payload is.
    public var typeID: RTMPMessageType
    /// 0 for the connection, else a number that createStream answered.
    public var messageStreamID: UInt32
    /// How many bytes the payload has, 0...0xffffff.
    public var payloadByteCount: Int

    /// Makes it of its parts.
    public init(
      chunkStreamID: UInt32, timestamp: UInt32 = 0, typeID: RTMPMessageType,
      messageStreamID: UInt32 = 0, payloadByteCount: Int
    ) {
      self.chunkStreamID = chunkStreamID
      self.timestamp = timestamp
      self.typeID = typeID
      self.messageStreamID = messageStreamID
      self.payloadByteCount = payloadByteCount
    }
  }

  /// Everything but the bytes.
  public var header: Header {
    Header(
      chunkStreamID: chunkStreamID, timestamp: timestamp, typeID: typeID,
      messageStreamID: messageStreamID, payloadByteCount: payload.count)
  }
}

extension RTMPMessage: CustomStringConvertible {
  /// One line without the payload, which may hold keys.
  public var description: String {
    "\(typeID), \(payload.count) bytes, timestamp \(timestamp), "
      + "stream \(messageStreamID), chunk stream \(chunkStreamID)"
  }
}

extension RTMPMessage: CustomDebugStringConvertible, CustomReflectable {
  /// As `description`: a payload may hold keys.
  public var debugDescription: String { description }
  /// Nothing of the payload.
  public var customMirror: Mirror { Mirror(self, children: ["header": description]) }
}
