import MediaBytes

// What a client asks.

extension RTSPServer {
  mutating func receive(_ request: RTSPRequest) {
    guard request.sequenceNumber != nil else { return answer(request, .badRequest) }
    guard options.methods.contains(request.method) else {
      return answer(request, .notImplemented, publicMethods)
    }
    let unknown = request.headers.values("Require").flatMap { $0.parts(",") }.map(\.trimmed)
      .filter { !options.features.contains($0) }
    guard unknown.isEmpty else {
      return answer(
        request, .optionNotSupported, [("Unsupported", unknown.joined(separator: ", "))])
    }
    guard request.method == .options || isAdmitted(request) else { return }
    guard isOfSession(request) else { return answer(request, .sessionNotFound) }
    guard isValid(request.method) else { return answer(request, .methodNotValidInThisState) }
    take(request)
  }

  private var publicMethods: [(String, String)] {
    [("Public", options.methods.map(\.rawValue).joined(separator: ", "))]
  }

  private mutating func isAdmitted(_ request: RTSPRequest) -> Bool {
    guard door?.admits(request) == false, let challenges = door?.challenges else { return true }
    answer(request, .unauthorized, challenges.map { ("WWW-Authenticate", $0) })
    return false
  }

  /// Whether the request is of the session there is, or of none where it needs none (§12.37).
  private func isOfSession(_ request: RTSPRequest) -> Bool {
    if let said = request.headers["Session"].flatMap({ RTSPSessionID(parsing: $0) }) {
      return said.id == sessionID
    }
    return switch request.method {
    case .play, .pause, .record, .teardown: sessionID == nil
    default: true
    }
  }

  /// The states in which a method makes sense (RFC 2326 A.2).
  private func isValid(_ method: RTSPMethod) -> Bool {
    switch method {
    case .setup: state == .initial || state == .ready
    case .play: state == .ready || state == .playing
    case .record: state == .ready || state == .recording
    case .pause, .teardown: state != .initial
    default: true
    }
  }

  private mutating func take(_ request: RTSPRequest) {
    let uri = request.uri
    switch request.method {
    case .options: answer(request, .ok, publicMethods)
    case .describe: wish(.describe(uri: uri), request)
    case .announce: wish(.announce(uri: uri, description: request.body), request)
    case .setup:
      let transports = request.headers.values("Transport").flatMap { RTSPTransport.parse($0) }
      guard !transports.isEmpty else { return answer(request, .unsupportedTransport) }
      wish(.setUp(uri: uri, transports), request)
    case .play: wish(.play(uri: uri, RTSPPlayRequest(request.headers)), request)
    case .pause: wish(.pause(uri: uri), request)
    case .record: wish(.record(uri: uri), request)
    case .getParameter, .setParameter:
      answer(request, .ok)
      events.append(.parameter(request.method, body: request.body))
    case .teardown:
      answer(request, .ok)
      endSession()
      events.append(.ended(isTimeout: false))
    default: answer(request, .notImplemented, publicMethods)
    }
  }

  private mutating func wish(_ wish: RTSPWish, _ request: RTSPRequest) {
    waiting = request
    events.append(.wish(wish))
  }

  mutating func answer(
    _ request: RTSPRequest, _ status: RTSPStatus, _ fields: [(String, String)] = [],
    body: [UInt8] = []
  ) {
    var headers = RTSPHeaders()
    if let number = request.sequenceNumber { headers.append("CSeq", "\(number)") }
    headers.append("Server", options.name)
    if let sessionID, status.isSuccess, request.method != .describe {
      headers.append("Session", "\(sessionID);timeout=\(options.sessionTimeout)")
    }
    for (name, value) in fields { headers.append(name, value) }
    send(RTSPResponse(status, headers: headers, body: body).bytes)
  }
}

extension RTSPPlayRequest {
  /// What a request's header fields ask for.
  init(_ headers: RTSPHeaders) {
    self.init(
      range: headers["Range"].flatMap { RTSPRange(parsing: $0) },
      speed: headers["Speed"]?.decimal, scale: headers["Scale"]?.decimal)
  }
}
