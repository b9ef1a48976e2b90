import MediaBytes
public import MediaModel
import MediaRTP

/// The connection that tells a server through HTTP what a client says: the body of one POST that never
/// ends, in Base64.
///
/// Servers do not answer it while it lasts; an answer is heard only where it refuses.
public struct RTSPTunnelPost: Machine {
  /// Messages of HTTP, where the client's options ask for them.
  public typealias Event = RTSPTrace
  /// Why it gives up.
  public typealias Failure = RTSPClientFailure

  private let limit: Int
  private let traces: Bool
  private let isAuthorized: Bool
  private var answer: RTSPTunnelAnswer? = RTSPTunnelAnswer()
  private var outbox: [UInt8]
  private var events: [RTSPTrace] = []
  private var isOver = false

  init(_ tunnel: inout RTSPTunnel) {
    let head = tunnel.head(.httpPost)
    (outbox, isAuthorized) = head
    (limit, traces) = (tunnel.options.limits.maxHeadByteCount, tunnel.options.traces)
    if let trace = tunnel.trace(outbox, isOutgoing: true) { events.append(trace) }
  }

  /// Sends what the link has told as `post`.
  public mutating func send(_ bytes: [UInt8]) {
    // Each message is Base64 of its own, with padding, as other clients have it.
    if !isOver { outbox += Base64.encode(bytes).utf8 }
  }

  /// Ends the connection, once all is sent.
  public mutating func finish() { isOver = true }

  /// Takes the server's answer.
  public mutating func receive(_ bytes: [UInt8], at now: Nanoseconds) throws(Failure) {
    guard let found = try answer?.receive(bytes, limit: limit) else { return }
    answer = nil
    if traces { events.append(RTSPTrace(found.head, isOutgoing: false)) }
    let status = found.response.status
    guard !status.isSuccess, status.code >= 200 else { return }
    isOver = true
    if status.isUnauthorized {
      throw Failure(
        .unauthorized(isAuthorized ? .credentialsWrong : .credentialsMissing), in: .options)
    }
    throw Failure(.refused(.httpPost, status), in: .options)
  }

  /// Takes the time, of which it has plenty.
  public mutating func tick(at now: Nanoseconds) {}

  /// The next thing to do.
  public mutating func nextOutput() -> Output<Event> {
    if !outbox.isEmpty {
      defer { outbox = [] }
      return .send(outbox)
    }
    if !events.isEmpty { return .event(events.removeFirst()) }
    return isOver ? .close : .wait(until: nil)
  }
}
