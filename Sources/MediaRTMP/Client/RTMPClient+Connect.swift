import MediaFLV
import MediaModel

// From the end of the handshake to the answer to `connect` (Adobe RTMP 1.0 §7.2.1.1).

extension RTMPClient {
  /// Calls `connect`.
  mutating func connect(at now: Nanoseconds) {
    enter(.connect, at: now)
    call(.connect, [.object(AMFObject(connectProperties))] + options.connectArguments)
  }

  private var connectProperties: [AMFProperty] {
    func text(_ name: AMFString, _ value: String) -> AMFProperty {
      AMFProperty(name, .string(AMFString(value)))
    }
    let isPublishing = options.purpose.isPublishing
    var properties = [text("app", authorized(options.url.app))]
    if isPublishing { properties.append(text("type", "nonprivate")) }
    let version = isPublishing ? "FMLE/3.0 (compatible; mediatool)" : "LNX 9,0,124,2"
    properties.append(text("flashVer", options.flashVersion ?? version))
    if let url = options.swfURL { properties.append(text("swfUrl", url)) }
    properties.append(text("tcUrl", authorized(options.url.tcURL)))
    if !isPublishing {
      // What a player of Flash could do: all codecs, and seeking to any frame.
      properties += [
        AMFProperty("fpad", .boolean(false)), AMFProperty("capabilities", .number(15)),
        AMFProperty("audioCodecs", .number(0x0fff)), AMFProperty("videoCodecs", .number(0xff)),
        AMFProperty("videoFunction", .number(1)),
      ]
    }
    if let url = options.pageURL { properties.append(text("pageUrl", url)) }
    return properties + options.capabilities.properties
  }

  /// `app` or `tcUrl` with what the authentication adds.
  private func authorized(_ text: String) -> String {
    guard let query = options.authentication.query else { return text }
    return text + (text.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + query
  }

  /// Takes the answer to `connect`.
  mutating func receiveConnectAnswer(
    _ command: RTMPCommand, at now: Nanoseconds
  ) throws(Failure) {
    guard phase == .connect else { return }
    let status = RTMPStatus(command.values)
    if let status { events.append(.status(status.masked(session.secrets))) }
    if command.name == .error || status?.isError == true {
      try reject(status ?? RTMPStatus(level: "error", code: ""), at: now)
      return
    }
    serverCapabilities = RTMPCapabilities(command.values)
    events.append(.capabilities(serverCapabilities))
    createStream(at: now)
  }

  /// Takes a status that comes instead of the answer to `connect`, or before it.
  mutating func receiveConnectStatus(
    _ status: RTMPStatus, at now: Nanoseconds
  ) throws(Failure) {
    switch status.kind {
    case .connected:
      session.deviate(
        .connectAnsweredByStatus, seen: "connect is answered by onStatus",
        action: "took it for the answer")
      calls.removeAll { $0.name == .connect }
      createStream(at: now)
    case .refused, .unauthorized, .nameTaken, .notFound: try reject(status, at: now)
    case .closed: throw Failure(.refused(status.masked(session.secrets)), in: phase)
    case .publishing, .unpublished, .playing, .playEnded, .reconnectRequest, .other: break
    }
  }

  /// Answers a rejection that asks for authentication; gives up after any other.
  private mutating func reject(_ status: RTMPStatus, at now: Nanoseconds) throws(Failure) {
    let masked = status.masked(session.secrets)
    var authentication = options.authentication
    let step = authentication.answer(
      status.description, app: options.url.app,
      nonce: session.functions.randomBytes(4).hexadecimal, md5: session.functions.md5)
    switch step {
    case .notAsked: throw Failure(.refused(masked), in: phase)
    case .refused(let refusal): throw Failure(.unauthorized(refusal, masked), in: phase)
    case .reconnect:
      events.append(.authenticate(authentication))
      enter(.finished, at: now)
    }
  }
}
