import MediaFLV
import MediaModel

// From the answer to `connect` to the one to `publish` or `play` (Adobe RTMP 1.0 §7.2.1.3, 7.2.2).

extension RTMPClient {
  private var key: AMFValue { .string(AMFString(options.url.streamKey)) }

  /// Calls all that comes before `publish` or `play` at once: only `createStream` must be answered.
  ///
  /// Some servers insist on releaseStream and FCPublish, in this order, and others do not know
  /// them.
  mutating func createStream(at now: Nanoseconds) {
    enter(.createStream, at: now)
    session.announceFirstWindow(options.windowSize)
    session.setChunkSize(options.chunkSize)
    switch options.purpose {
    case .publish:
      call(.releaseStream, [.null, key])
      call(.fcPublish, [.null, key])
      call(.createStream, [.null])
    case .play(let range):
      call(.createStream, [.null])
      // Edges that fetch live streams from elsewhere want to be told beforehand.
      if range.start == -1 { call(.fcSubscribe, [.null, key]) }
    }
  }

  /// Takes the answer to `createStream`.
  private mutating func receiveCreateStreamAnswer(
    _ command: RTMPCommand, at now: Nanoseconds
  ) throws(Failure) {
    guard phase == .createStream else { return }
    guard command.name == .result else {
      throw Failure(.refused(status(of: command)), in: phase)
    }
    let number = command.arguments.compactMap(\.number).first
    guard let id = number.flatMap({ UInt32(exactly: $0) }), id > 0 else {
      session.deviate(
        .noStreamID, seen: "the answer to createStream has no number of a stream",
        action: "took stream 1")
      start(on: 1, at: now)
      return
    }
    start(on: id, at: now)
  }

  /// Calls `publish` or `play`.
  private mutating func start(on id: UInt32, at now: Nanoseconds) {
    streamID = id
    enter(.start, at: now)
    switch options.purpose {
    case .publish(let kind):
      call(.publish, [.null, key, .string(AMFString(kind))], on: id)
    case .play(let range):
      // Some servers look at it only when playing begins.
      session.send(.userControl(.setBufferLength(stream: id, milliseconds: options.bufferLength)))
      // In milliseconds where it is a place, for servers read it so.
      let start = range.start * 1000
      var values: [AMFValue] = [.null, key, .number(start)]
      if range.duration >= 0 || !range.reset {
        values.append(.number(range.duration < 0 ? -1000 : range.duration * 1000))
      }
      if !range.reset { values.append(.boolean(false)) }
      call(.play, values, on: id)
    }
  }

  /// Media may flow.
  mutating func run(at now: Nanoseconds) {
    isStatusOverdue = false
    enter(.running, at: now)
  }

  // MARK: Answers

  /// Takes `_result` or `_error`: by its number, or failing that by what it says.
  mutating func receiveAnswer(_ command: RTMPCommand, at now: Nanoseconds) throws(Failure) {
    let name: RTMPCommandName
    if let index = calls.firstIndex(where: { $0.transactionID == command.transactionID }) {
      name = calls.remove(at: index).name
    } else if let guess = callMeant(by: command) {
      session.deviate(
        .answerByContent, seen: "an answer with transaction id \(command.transactionID)",
        action: "took it for that to \(guess.rawValue)")
      calls.removeAll { $0.name == guess }
      name = guess
    } else {
      session.deviate(
        .answerToNothing, seen: "an answer to no call of ours, or a second one",
        action: "took no notice")
      return
    }
    switch name {
    case .connect: try receiveConnectAnswer(command, at: now)
    case .createStream: try receiveCreateStreamAnswer(command, at: now)
    case .publish, .play: try receiveStartAnswer(command, at: now)
    // Whether these succeed matters to nobody.
    default: break
    }
  }

  /// The call that an answer with another number is likely to be for.
  ///
  /// A second answer to `connect` has a status and no number, so it is never taken for that to
  /// `createStream`.
  private func callMeant(by command: RTMPCommand) -> RTMPCommandName? {
    let status = RTMPStatus(command.values)
    switch phase {
    case .connect:
      return command.name == .error || status?.kind == .connected ? .connect : nil
    case .createStream:
      guard command.name == .result, status == nil else { return nil }
      return command.arguments.contains { $0.number != nil } ? .createStream : nil
    case .handshake, .start, .running, .finishing, .finished: return nil
    }
  }

  /// Takes an answer to `publish` or `play`, which by the specification have none: a status is to
  /// come, and is waited for a little.
  private mutating func receiveStartAnswer(
    _ command: RTMPCommand, at now: Nanoseconds
  ) throws(Failure) {
    guard phase == .start else { return }
    guard command.name == .result else {
      throw Failure(.refused(status(of: command)), in: phase)
    }
    if let status = RTMPStatus(command.values), status.kind != .other {
      try receiveStatus(status, on: streamID ?? 0, at: now)
      return
    }
    isStatusOverdue = true
    deadline = min(deadline ?? .max, now + options.finishTimeout / 2)
    session.deviate(
      .publishAnsweredByResult, seen: "_result without a status so far",
      action: "waits for a status, but not for long")
  }

  /// The status of a refusal, without secrets.
  func status(of command: RTMPCommand) -> RTMPStatus {
    (RTMPStatus(command.values) ?? RTMPStatus(level: "error", code: "")).masked(session.secrets)
  }
}
