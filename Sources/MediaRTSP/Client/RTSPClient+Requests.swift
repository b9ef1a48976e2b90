import MediaBytes
import MediaModel

// Questions and answers.

extension RTSPClient {
  /// Sends a request with the next number, the session and the proof of who we are.
  mutating func ask(_ request: RTSPRequest, track: Int? = nil, isKeepAlive: Bool = false) {
    lastSequenceNumber += 1
    var full = request
    full.headers = RTSPHeaders()
    full.headers.append("CSeq", "\(lastSequenceNumber)")
    let authorization = authentication.authorization(request)
    if let authorization { full.headers.append("Authorization", authorization) }
    full.headers.append("User-Agent", options.userAgent)
    if let sessionID, request.method != .options || isKeepAlive, request.method != .describe {
      full.headers.append("Session", sessionID.id)
    }
    for field in options.headers.fields + request.headers.fields {
      full.headers.append(field.name, field.value)
    }
    let bytes = full.bytes
    outbox += bytes
    trace(bytes)
    pending.append(
      Question(
        request: request, sequenceNumber: lastSequenceNumber, wasAnswered: authorization != nil,
        track: track, isKeepAlive: isKeepAlive))
  }

  /// Takes an answer: by its number, or failing that as one to the oldest question.
  mutating func receive(_ response: RTSPResponse, at now: Nanoseconds) throws(Failure) {
    // More is to come (RFC 2326 §11.1).
    guard response.status.code >= 200 else { return }
    guard let question = takeQuestion(response) else { return }
    if response.status.isUnauthorized { return try receiveChallenge(response, question, at: now) }
    if question.wasAnswered { authentication.succeeded() }
    if response.status.isRedirection, !question.isKeepAlive {
      return try receiveRedirection(response, question, at: now)
    }
    guard !question.isKeepAlive else {
      return receiveSignOfLife(response, question)
    }
    switch question.request.method {
    case .options: receiveOptions(response, at: now)
    case .describe: try receiveDescription(response, question, at: now)
    case .setup: try receiveSetUp(response, question, at: now)
    case .play: try receivePlay(response, question, at: now)
    case .pause: try receivePause(response, question, at: now)
    case .teardown: if phase == .finishing { enter(.finished, at: now) }
    default: break
    }
  }

  private mutating func takeQuestion(_ response: RTSPResponse) -> Question? {
    if let number = response.sequenceNumber,
      let index = pending.firstIndex(where: { $0.sequenceNumber == number })
    {
      // Signs of life that were never answered are none any more.
      pending.removeAll { $0.isKeepAlive && $0.sequenceNumber < number }
      return pending.firstIndex { $0.sequenceNumber == number }.map { pending.remove(at: $0) }
        ?? pending.remove(at: index)
    }
    let said = response.headers["CSeq"].map { "CSeq '\($0.printable)'" } ?? "no CSeq"
    guard let index = pending.firstIndex(where: { !$0.isKeepAlive }) ?? pending.indices.first else {
      deviate(
        .rtspUnexpectedAnswer, seen: "\(response.status) with \(said), to no question",
        action: "ignored it")
      return nil
    }
    let question = pending.remove(at: index)
    deviate(
      .rtspWrongSequenceNumber,
      seen: "an answer with \(said) instead of \(question.sequenceNumber)",
      action: "took it for that to \(question.request.method)")
    return question
  }

  private mutating func receiveChallenge(
    _ response: RTSPResponse, _ question: Question, at now: Nanoseconds
  ) throws(Failure) {
    let challenges = RTSPChallenge.parse(response.headers.values("WWW-Authenticate"))
    switch authentication.take(challenges, wasAnswered: question.wasAnswered) {
    case .retry:
      ask(question.request, track: question.track, isKeepAlive: question.isKeepAlive)
      if phase != .playing, phase != .finishing { deadline = now + options.timeout }
    case .refused(let refusal):
      // Neither a sign of life nor the leave that we take is worth an end in anger.
      if question.isKeepAlive { return keepAliveRefused(response.status, question) }
      if phase == .finishing { return enter(.finished, at: now) }
      throw Failure(.unauthorized(refusal), in: phase)
    }
  }

  private mutating func receiveRedirection(
    _ response: RTSPResponse, _ question: Question, at now: Nanoseconds
  ) throws(Failure) {
    guard let location = response.headers["Location"] else {
      throw Failure(.refused(question.request.method, response.status), in: phase)
    }
    try redirect(to: location, at: now)
  }

  private mutating func redirect(to location: String, at now: Nanoseconds) throws(Failure) {
    switch Result(catching: { () throws(RTSPURLError) in
      try options.url.redirected(to: location)
    }) {
    case .success(let url):
      events.append(.redirected(url))
      finish(at: now)
    case .failure(let error):
      throw broken("the server sends us to a place that is none: \(error)")
    }
  }

  /// Answers what a server asks, so that it does not wait in vain.
  mutating func receive(_ request: RTSPRequest, at now: Nanoseconds) {
    var isKnown = true
    switch request.method {
    case .options, .getParameter, .setParameter: break
    case .announce where request.notice != nil: take(request.notice)
    case .announce: events.append(.announced(request.body))
    case .playNotify where request.endsStream: events.append(.ended("the stream has ended"))
    case .teardown:
      events.append(.ended("the server ends the session"))
    case .redirect:
      if let location = request.headers["Location"],
        let url = try? options.url.redirected(to: location)
      {
        events.append(.redirected(url))
      }
    default: isKnown = false
    }
    var headers = RTSPHeaders()
    if let number = request.headers["CSeq"] { headers.append("CSeq", number) }
    if request.method == .options { headers.append("Public", "OPTIONS, GET_PARAMETER") }
    let answer = RTSPResponse(isKnown ? .ok : .notImplemented, headers: headers).bytes
    outbox += answer
    trace(answer)
  }

  /// Takes what a server of recordings says in its own numbers, which many have in common.
  private mutating func take(_ notice: String?) {
    let code: Int = notice?.fields().first?.number(0...9999) ?? 0
    switch code {
    // The end, the beginning where it is played backwards, and the end of something continuous.
    case 2101, 2104, 2306: events.append(.ended("the stream has ended"))
    // Of its data, of itself, or of the session.
    case 4400...5599: events.append(.ended("the server ends the session: \(notice ?? "")"))
    default: break
    }
  }
}

extension RTSPRequest {
  /// Of `ANNOUNCE`, what happens to the session: a number and words.
  fileprivate var notice: String? { headers["Notice"] ?? headers["X-Notice"] }

  /// Of `PLAY_NOTIFY`, whether nothing follows (RFC 7826 §13.5.1).
  fileprivate var endsStream: Bool {
    headers["Notify-Reason"].map { $0.isSameToken(as: "end-of-stream") } ?? false
  }
}
