import MediaModel

/// When and how a session is told that we are still there (RFC 2326 §12.37).
struct RTSPKeepAlive: Sendable {
  /// When the next sign of life is due; nil before there is a session.
  var due: Nanoseconds?
  private var interval: Nanoseconds = 30_000_000_000
  /// What may be asked, the best first; those that were refused are taken away.
  private var methods: [RTSPMethod] = []

  /// What is asked; nil where all was refused.
  var method: RTSPMethod? { methods.first }

  /// Begins, or goes by another timeout, in seconds: half of it is waited, less for long ones.
  mutating func begin(timeout: Int, methods public: Set<RTSPMethod>, at now: Nanoseconds) {
    interval = min(Nanoseconds(timeout) * 500_000_000, 30_000_000_000)
    due = now + interval
    guard methods.isEmpty else { return }
    methods = [.getParameter, .options, .setParameter]
    // A server that does not list it would answer with an error.
    if !`public`.isEmpty { methods = methods.filter { $0 == .options || `public`.contains($0) } }
  }

  mutating func sent(at now: Nanoseconds) { due = now + interval }

  /// Takes note that a method was refused.
  mutating func refused(_ method: RTSPMethod) {
    if methods.count > 1 { methods.removeAll { $0 == method } }
  }
}

extension RTSPClient {
  mutating func sendSignOfLife(at now: Nanoseconds) {
    keepAlive.sent(at: now)
    guard phase == .playing || phase == .paused, let method = keepAlive.method, let presentation
    else { return }
    // Nobody waits for the answers: of those that never come, the last are enough.
    if pending.count(where: \.isKeepAlive) > 4 {
      pending.removeAll { $0.isKeepAlive }
    }
    ask(RTSPRequest(method, presentation.controlURI), isKeepAlive: true)
  }

  mutating func receiveSignOfLife(_ response: RTSPResponse, _ question: Question) {
    // There are those that say so and go on: what counts is whether packets come.
    if response.status.code == RTSPStatus.sessionNotFound.code {
      events.append(.sessionLost(response.status))
    }
    if !response.status.isSuccess { keepAliveRefused(response.status, question) }
  }

  mutating func keepAliveRefused(_ status: RTSPStatus, _ question: Question) {
    let method = question.request.method
    keepAlive.refused(method)
    let next = keepAlive.method
    deviate(
      .rtspKeepAliveRefused, seen: "\(method) as a sign of life refused: \(status)",
      action: next == method
        ? "went on asking" : "asked \(next.map(\.rawValue) ?? "nothing") from then on")
  }
}
