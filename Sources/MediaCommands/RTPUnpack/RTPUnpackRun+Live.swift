internal import MediaBytes
internal import MediaCLI
internal import MediaIO
internal import MediaModel
internal import MediaRTP

/// Receiving, until every source says goodbye, a time is over, or a signal comes.
extension RTPUnpackRun {
  /// How long packets that BYE overtook are waited for, in nanoseconds.
  private static var grace: Int64 { 300_000_000 }

  func receive(_ plan: LivePlan) throws {
    let timeout = request.arguments[CommonOptions.timeout]
    let input = try redactor.naming(name) {
      do {
        let interface = try request.arguments[CommonOptions.interface].map {
          try NetworkInterface($0)
        }
        return try LiveInput(plan, interface, timeout: timeout)
      } catch let error as IOFailure {
        throw Failure.socket(error)
      }
    }
    for (port, reason) in input.refused {
      note("no RTCP is received at port \(port): \(reason.message)")
    }
    result.format = "rtp"
    var lastArrival = MonotonicClock.now()
    var goodbye: Int64?
    do {
      try input.read { bytes, event, now in
        switch event {
        case .datagram(let datagram):
          lastArrival = now
          session.note(datagram.time, packet: datagram.number)
          try session.receive(bytes, datagram)
          return !isPastDuration()
        case .idle:
          return try idle(now, since: lastArrival, timeout, &goodbye)
        }
      }
    } catch let error as ReadFailure {
      failure = Failure(error.reason)
      session.findings.add(.readError, failure?.message ?? "")
    }
    if let signal = Signals.received { failure = Failure(.signal(signal), "interrupted") }
  }

  private func idle(
    _ now: Int64, since lastArrival: Int64, _ timeout: Int64, _ goodbye: inout Int64?
  ) throws -> Bool {
    if let last = session.lastTime { try session.tick(at: last + now - lastArrival) }
    try printer?.flush()
    try media?.flush()
    if isEveryoneGone {
      let since = goodbye ?? now
      goodbye = since
      if now - since >= Self.grace { return false }
    } else {
      goodbye = nil
    }
    guard now - lastArrival < timeout else {
      let seconds = Quantity.short(Double(timeout) / 1e9)
      failure = Failure(.timedOut, "nothing came for \(seconds) s")
      return false
    }
    return true
  }

  /// Whether every stream that is promised has come and said goodbye.
  private var isEveryoneGone: Bool {
    let streams = session.streams
    let promised = session.descriptions.media.filter { $0.origin == .sdp }.count
    return !streams.isEmpty && streams.count >= promised
      && streams.allSatisfy { session.facts($0)?.goodbye != nil }
  }

  func note(_ text: String) {
    diagnostics.say(.warning, subject: nil, text)
  }
}
