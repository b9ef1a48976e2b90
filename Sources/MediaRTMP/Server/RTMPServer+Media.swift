import MediaFLV

// Media of publishers and for players.

extension RTMPServer {
  /// Takes sound, pictures or data of a publisher.
  mutating func receiveMedia(_ message: RTMPMessage) {
    guard streams[message.messageStreamID] == .publishing else {
      // Data may come before publishing: it belongs to nothing.
      session.deviate(
        .mediaWithoutStream,
        seen: "media on message stream \(message.messageStreamID), which publishes nothing",
        action: "passed over it")
      return
    }
    var message = message
    if message.typeID == .data { message.payload = RTMPDataFrame.unwrap(message.payload) }
    events.append(.media(message))
  }

  /// Whether a stream is being played.
  public func isPlaying(_ streamID: UInt32) -> Bool { streams[streamID] == .playing }

  /// Sends sound, pictures or data to a player; nothing where it has left.
  ///
  /// - Parameters:
  ///   - type: `.audio`, `.video` or `.data`.
  ///   - timestamp: milliseconds, modulo 2^32.
  ///   - payload: the body of an FLV tag.
  ///   - streamID: the message stream that plays.
  public mutating func send(
    _ type: RTMPMessageType, timestamp: UInt32, _ payload: [UInt8], on streamID: UInt32
  ) {
    guard isPlaying(streamID) else { return }
    session.sendMedia(type, timestamp: timestamp, payload, on: streamID)
  }

  /// Tells a player that nothing follows (§7.2.2.1, §6.2).
  public mutating func endPlaying(_ streamID: UInt32) {
    guard isPlaying(streamID) else { return }
    session.send(.userControl(.streamEOF(streamID)))
    let status = RTMPStatus(code: "NetStream.Play.UnpublishNotify", description: "Ended")
    send(status, on: streamID)
    streams[streamID] = .idle
  }
}
