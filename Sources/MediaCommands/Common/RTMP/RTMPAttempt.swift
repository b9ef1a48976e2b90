internal import MediaIO
internal import MediaModel
internal import MediaRTMP

/// One connection that publishes or plays, or is on its way there.
final class RTMPAttempt {
  /// Where it goes.
  let url: RTMPURL
  /// nil until the driver has made it.
  var connection: Connection<RTMPClient>?
  /// How far its client has come; nil before it began.
  private(set) var phase: RTMPClientPhase?
  private(set) var phases = RTMPPhases()
  /// What the next connection has to say, where the server asks who we are.
  var authentication: RTMPAuthentication?
  private var phaseStart: Nanoseconds = 0

  init(_ url: RTMPURL) { self.url = url }

  /// Whether media may be sent.
  var isPublishing: Bool { phase == .running && connection?.machine.canSendMedia == true }

  /// Takes note that the connection is there, for plain TCP or TLS.
  func opened(at now: Nanoseconds) {
    (phase, phaseStart) = (.handshake, now)
    noteTimes()
  }

  /// Takes note of a phase that begins.
  func enter(_ next: RTMPClientPhase, at now: Nanoseconds) {
    noteTimes()
    let took = now - phaseStart
    switch phase {
    case .handshake where next != .handshake: phases.handshake = took
    case .connect: phases.connect = took
    case .createStream: phases.createStream = took
    case .start: phases.start = took
    case nil, .handshake, .running, .finishing, .finished: break
    }
    // A client enters its first phase when it is made, long before there is a connection.
    guard next != .handshake else { return }
    (phase, phaseStart) = (next, now)
  }

  private func noteTimes() {
    guard let times = connection?.times else { return }
    (phases.dns, phases.tcp, phases.tls) = (times.resolving, times.connecting, times.securing)
  }
}
