import MediaBytes
import MediaFLV
import MediaModel

// What a server sends by itself: commands and statuses (Adobe RTMP 1.0 §7.2).

extension RTMPClient {
  /// Takes a message that is not the protocol's own.
  mutating func receive(_ message: RTMPMessage, at now: Nanoseconds) throws(Failure) {
    switch message.typeID {
    case .command, .commandAMF3:
      guard let command = session.command(in: message) else { return }
      try receive(command, on: message.messageStreamID, at: now)
    case .audio, .video: receiveMedia(message, at: now)
    case .data, .dataAMF3: try receiveData(message, at: now)
    case .aggregate: try receiveAggregate(message, at: now)
    default:
      session.deviate(
        .unknownMessageType, seen: "a message of type \(message.typeID.rawValue)",
        action: "passed over it")
    }
  }

  private mutating func receive(
    _ command: RTMPCommand, on messageStreamID: UInt32, at now: Nanoseconds
  ) throws(Failure) {
    switch command.name {
    case .result, .error: try receiveAnswer(command, at: now)
    case .onStatus:
      guard let status = RTMPStatus(command.values) else {
        session.deviate(
          .statusWithoutInformation, seen: "onStatus without an information object",
          action: "passed over it")
        return
      }
      try receiveStatus(status, on: messageStreamID, at: now)
    case .onFCPublish:
      // It may say no where `publish` would; its yes is none to `publish`.
      guard let status = RTMPStatus(command.values), status.isError else { return }
      try receiveStatus(status, on: messageStreamID, at: now)
    case .onFCUnpublish, .onFCSubscribe, .onBWDone: break
    case .onBWCheck:
      session.send(
        RTMPCommand(.result, transactionID: command.transactionID, [.null, .number(0)]))
    case .close:
      let status = RTMPStatus(code: "NetConnection.Connect.Closed", description: "close")
      try receiveStatus(status, on: messageStreamID, at: now)
    default:
      session.deviate(
        .unknownCommand, seen: "the command \(command.name.rawValue)",
        action: "took no notice")
    }
  }

  /// Takes a status, of whatever command it came with.
  mutating func receiveStatus(
    _ status: RTMPStatus, on messageStreamID: UInt32, at now: Nanoseconds
  ) throws(Failure) {
    let masked = status.masked(session.secrets)
    events.append(.status(masked))
    checkStream(of: status, messageStreamID)
    if phase == .connect { return try receiveConnectStatus(status, at: now) }
    switch status.kind {
    case .publishing, .playing: receiveStart(status, at: now)
    case .unpublished:
      if phase == .finishing { return enter(.finished, at: now) }
      if phase == .running, options.purpose.isPublishing {
        throw Failure(.ended(masked), in: phase)
      }
    case .playEnded:
      if phase == .running || phase == .start { events.append(.playEnded(masked)) }
    case .reconnectRequest: receiveReconnectRequest(status)
    case .closed:
      if phase == .finishing { return enter(.finished, at: now) }
      throw Failure(.ended(masked), in: phase)
    case .notFound, .nameTaken, .unauthorized, .refused:
      guard phase != .finishing else { return }
      throw Failure(.refused(masked), in: phase)
    case .connected: break
    case .other:
      guard phase == .start, options.purpose.isPublishing,
        status.code.utf8.starts(with: "NetStream.Publish.".utf8), status.level == "status"
      else { return }
      session.deviate(
        .oddPublishStatus, seen: "publish is answered by \(status.code)",
        action: "took it for NetStream.Publish.Start")
      run(at: now)
    }
  }

  private mutating func receiveStart(_ status: RTMPStatus, at now: Nanoseconds) {
    let isOurs = (status.kind == .publishing) == options.purpose.isPublishing
    switch phase {
    case .start where isOurs: run(at: now)
    case .running, .finishing, .finished: break
    case .handshake, .connect, .createStream, .start:
      session.deviate(
        .earlyStatus, seen: "\(status.code) before the call that it answers",
        action: "took no notice")
    }
  }

  private mutating func checkStream(of status: RTMPStatus, _ messageStreamID: UInt32) {
    guard let streamID, messageStreamID != streamID,
      status.code.utf8.starts(with: "NetStream.".utf8)
    else { return }
    session.deviate(
      .statusOnOtherStream,
      seen: "\(status.code) on message stream \(messageStreamID) instead of \(streamID)",
      action: "took it for ours")
  }

  /// Enhanced RTMP v2, NetConnection onStatus.
  private mutating func receiveReconnectRequest(_ status: RTMPStatus) {
    do throws(RTMPURLError) {
      events.append(
        .reconnectRequested(try options.url.reconnecting(to: status.reconnectReference)))
    } catch {
      session.deviate(
        .badReconnectURL, seen: "a request to reconnect: \(error)",
        action: "took no notice")
    }
  }
}
