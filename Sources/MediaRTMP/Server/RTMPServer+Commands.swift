import MediaFLV

// What a client calls, and the answers (Adobe RTMP 1.0 §7.2).

extension RTMPServer {
  /// Takes a message that is not the protocol's own.
  mutating func receive(_ message: RTMPMessage) {
    switch message.typeID {
    case .command, .commandAMF3:
      guard let command = session.command(in: message) else { return }
      receive(command, on: message.messageStreamID)
    case .audio, .video, .data, .dataAMF3: receiveMedia(message)
    case .aggregate: for part in session.parts(of: message) { receiveMedia(part) }
    default:
      session.deviate(
        .unknownMessageType, seen: "a message of type \(message.typeID.rawValue)",
        action: "passed over it")
    }
  }

  private mutating func receive(_ command: RTMPCommand, on streamID: UInt32) {
    if command.name == .connect { return receiveConnect(command) }
    guard isConnected else {
      session.deviate(
        .earlyCommand, seen: "\(command.name.rawValue) before connect",
        action: "answered _error")
      return answerError(command, "NetConnection.Call.Failed", "connect first")
    }
    switch command.name {
    case .createStream: receiveCreateStream(command)
    case .releaseStream, .fcUnpublish, .fcSubscribe, .getStreamLength: answer(command, .undefined)
    case .fcPublish: receiveFCPublish(command)
    case .publish, .play: receiveStart(command, on: streamID)
    case .deleteStream:
      end(command.arguments.first?.number.flatMap { UInt32(exactly: $0) } ?? streamID, isGone: true)
    case .closeStream: end(streamID, isGone: false)
    case .pause, .seek: receiveControl(command, on: streamID)
    case .close: isClosed = true
    case .result, .error, .onStatus: break
    default: receiveUnknown(command)
    }
  }

  // MARK: connect

  private mutating func receiveConnect(_ command: RTMPCommand) {
    guard !isConnected else {
      return answerError(command, "NetConnection.Connect.Failed", "already connected")
    }
    let request = RTMPConnectRequest(command.values)
    for text in [request.app, request.tcURL] {
      let parts = text.split(atByte: UInt8(ascii: "?"), maxSplits: 1)
      if parts.count == 2 { session.hide(String(parts[1])) }
    }
    wish = .connect(transactionID: command.transactionID)
    events.append(.connect(request))
  }

  mutating func acceptConnect(_ transactionID: Double) {
    isConnected = true
    session.announceFirstWindow(options.windowSize)
    session.send(.setPeerBandwidth(options.windowSize, .dynamic))
    session.setChunkSize(options.chunkSize)
    let properties = AMFObject([
      AMFProperty("fmsVer", .string("FMS/3,5,7,7009")), AMFProperty("capabilities", .number(31)),
      AMFProperty("mode", .number(1)),
    ])
    let status = RTMPStatus(
      code: "NetConnection.Connect.Success", description: "Connection succeeded.")
    let extra = [AMFProperty("objectEncoding", .number(0))] + options.capabilities.properties
    let information = AMFObject((status.value.properties ?? []) + extra)
    session.send(
      RTMPCommand(
        .result, transactionID: transactionID, [.object(properties), .object(information)]))
  }

  // MARK: Streams

  private mutating func receiveCreateStream(_ command: RTMPCommand) {
    guard let id = newStream() else {
      return answerError(command, "NetConnection.Call.Failed", "too many streams")
    }
    answer(command, .number(Double(id)))
  }

  private mutating func receiveFCPublish(_ command: RTMPCommand) {
    answer(command, .undefined)
    let status = RTMPStatus(code: "NetStream.Publish.Start", description: "FCPublish")
    session.send(RTMPCommand(.onFCPublish, [.null, status.value]))
  }

  private mutating func receiveStart(_ command: RTMPCommand, on streamID: UInt32) {
    let values = Array(command.arguments)
    let key = values.first?.text ?? ""
    if command.name == .publish { session.hide(key) }
    if streams[streamID] == nil {
      // Some clients never ask for a stream and use 1, or even 0.
      session.deviate(
        .streamNotCreated,
        seen: "\(command.name.rawValue) on message stream \(streamID), which was not created",
        action: "took it for created")
      guard streams.count < options.maxStreams else { return }
      streams[streamID] = .idle
    }
    guard streams[streamID] == .idle else {
      let code = command.name == .publish ? "NetStream.Publish.BadName" : "NetStream.Play.Failed"
      let status = RTMPStatus(level: "error", code: code, description: "The stream is in use.")
      return send(status, on: streamID)
    }
    func number(_ index: Int, _ missing: Double) -> Double {
      values.indices.contains(index) ? values[index].number ?? missing : missing
    }
    let kind: RTMPStreamRequest.Kind =
      command.name == .publish
      ? .publish(kind: values.dropFirst().first?.text ?? "live")
      : .play(start: number(1, -2000), duration: number(2, -1000))
    let request = RTMPStreamRequest(streamID: streamID, streamKey: key, kind: kind)
    wish = .stream(request)
    events.append(.stream(request))
  }

  mutating func accept(_ request: RTMPStreamRequest) {
    let id = request.streamID
    session.send(.userControl(.streamBegin(id)))
    switch request.kind {
    case .publish:
      streams[id] = .publishing
      send(RTMPStatus(code: "NetStream.Publish.Start", description: "Publishing"), on: id)
    case .play:
      streams[id] = .playing
      send(RTMPStatus(code: "NetStream.Play.Reset", description: "Playing anew"), on: id)
      send(RTMPStatus(code: "NetStream.Play.Start", description: "Playing"), on: id)
    }
  }

  private mutating func end(_ streamID: UInt32, isGone: Bool) {
    guard let state = streams[streamID] else { return }
    streams[streamID] = isGone ? nil : .idle
    switch state {
    case .idle: return
    case .publishing:
      let status = RTMPStatus(code: "NetStream.Unpublish.Success", description: "Unpublished")
      send(status, on: streamID)
    case .playing: break
    }
    events.append(.ended(streamID: streamID))
  }

  private mutating func receiveControl(_ command: RTMPCommand, on streamID: UInt32) {
    guard streams[streamID] == .playing else { return }
    let values = Array(command.arguments)
    let milliseconds = values.last?.number ?? 0
    if command.name == .seek {
      return events.append(.seek(streamID: streamID, milliseconds: milliseconds))
    }
    let isPaused = values.first?.boolean ?? true
    events.append(.pause(streamID: streamID, isPaused: isPaused, milliseconds: milliseconds))
  }

  // MARK: Answers

  private mutating func answer(_ command: RTMPCommand, _ value: AMFValue) {
    guard command.transactionID != 0 else { return }
    session.send(
      RTMPCommand(
        .result, transactionID: command.transactionID, [.null, value], isAMF3: command.isAMF3))
  }

  private mutating func answerError(_ command: RTMPCommand, _ code: String, _ words: String) {
    let status = RTMPStatus(level: "error", code: code, description: words)
    session.send(
      RTMPCommand(
        .error, transactionID: command.transactionID, [.null, status.value],
        isAMF3: command.isAMF3))
  }

  private mutating func receiveUnknown(_ command: RTMPCommand) {
    session.deviate(
      .unknownCommand, seen: "the command \(command.name.rawValue)",
      action: "answered _error where an answer was wanted")
    guard command.transactionID != 0 else { return }
    answerError(command, "NetConnection.Call.Failed", "unknown command")
  }
}
