extension RTMPSession {
  /// The sound, pictures and data in an aggregate message (§7.1.6); anything else is dropped.
  mutating func parts(of message: RTMPMessage) -> [RTMPMessage] {
    let aggregate = RTMPAggregate(message)
    for deviation in aggregate.deviations { note(deviation) }
    return aggregate.messages.filter {
      [.audio, .video, .data, .dataAMF3].contains($0.typeID)
    }
  }

  /// Sends sound, pictures or data.
  mutating func sendMedia(
    _ type: RTMPMessageType, timestamp: UInt32, _ payload: [UInt8], on streamID: UInt32
  ) {
    send(
      RTMPMessage(
        chunkStreamID: Self.chunkStreamID(of: type), timestamp: timestamp, typeID: type,
        messageStreamID: streamID, payload: payload))
  }

  /// Each kind has a chunk stream of its own, so that a large picture does not hide small sound.
  static func chunkStreamID(of type: RTMPMessageType) -> UInt32 {
    switch type {
    case .audio: 4
    case .video: 6
    default: 5
    }
  }
}
