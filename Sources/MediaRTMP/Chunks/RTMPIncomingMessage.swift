/// The state of a chunk stream at its receiver: the message that arrives, or the last one.
struct RTMPIncomingMessage: Sendable {
  var header: RTMPMessage.Header
  /// What a type 3 header adds to the timestamp when it begins a message (§5.3.1.2.4).
  var delta: UInt32 = 0
  /// The extended timestamp of the last header of type 0, 1 or 2; nil if it had none.
  var extended: UInt32?
  /// What has arrived of the payload.
  var payload: [UInt8] = []
  /// Whether more of the payload must follow.
  var isPartial = false

  init(_ header: RTMPChunkHeader) {
    self.header = RTMPMessage.Header(
      chunkStreamID: header.chunkStreamID, typeID: header.typeID, payloadByteCount: 0)
  }

  /// Takes the header that begins a message, with the extended timestamp behind it.
  mutating func begin(_ chunk: RTMPChunkHeader, extended value: UInt32?) {
    if chunk.format < 3 {
      extended = value
      delta = value ?? chunk.timestampField
    } else if let value {
      extended = value
      delta = value
    }
    header.timestamp = chunk.format == 0 ? delta : header.timestamp &+ delta
    if chunk.format < 2 {
      header.payloadByteCount = chunk.payloadByteCount
      header.typeID = chunk.typeID
    }
    if chunk.format == 0 { header.messageStreamID = chunk.messageStreamID }
    payload.removeAll(keepingCapacity: true)
    isPartial = true
  }

  /// Whether a header of type 0, 1 or 2 amid the message says nothing but what its first one said.
  ///
  /// Peers that write a full header before each chunk mean the same message.
  func isRepeated(by chunk: RTMPChunkHeader, extended value: UInt32?) -> Bool {
    if chunk.format == 0 {
      guard chunk.messageStreamID == header.messageStreamID,
        value ?? chunk.timestampField == header.timestamp
      else { return false }
    } else {
      let again = value ?? chunk.timestampField
      guard again == delta || again == 0 else { return false }
    }
    return chunk.format == 2
      || (chunk.payloadByteCount == header.payloadByteCount && chunk.typeID == header.typeID)
  }

  /// The message, whose payload is whole; a new one may begin.
  mutating func take() -> RTMPMessage {
    var whole: [UInt8] = []
    swap(&whole, &payload)
    isPartial = false
    return RTMPMessage(
      chunkStreamID: header.chunkStreamID, timestamp: header.timestamp, typeID: header.typeID,
      messageStreamID: header.messageStreamID, payload: whole)
  }

  /// Forgets what has arrived of the payload, and says how many bytes that was.
  mutating func abandon() -> Int {
    defer {
      payload = []
      isPartial = false
    }
    return payload.count
  }
}
