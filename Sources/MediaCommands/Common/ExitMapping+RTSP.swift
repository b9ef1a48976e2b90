internal import MediaModel
internal import MediaRTSP

// What servers of RTSP say no to, as exit codes.

extension Failure {
  /// Why a client of RTSP gave up; `timeout` is how long it waited.
  init(_ failure: RTSPClientFailure, timeout: Nanoseconds) {
    switch failure.reason {
    case .broken(let what): self.init(.protocolError, what)
    case .refused(_, let status): self.init(Self.code(status), "\(failure)")
    case .unauthorized: self.init(.noPermission, "\(failure)")
    case .silent:
      let seconds = Quantity.seconds(Double(timeout) / 1e9)
      let what = failure.phase.question.map { "no answer to \($0)" } ?? "the server said nothing"
      self.init(.timedOut, "\(what) for \(seconds)")
    case .closed:
      self.init(.ioError, "the server closed the connection\(Self.words(failure.phase))")
    }
  }

  /// What was to come when it was lost.
  static func words(_ phase: RTSPClientPhase?) -> String {
    phase?.question.map { " instead of answering \($0)" } ?? ""
  }

  private static func code(_ status: RTSPStatus) -> ExitCode {
    switch status.code {
    case 401, 403: .noPermission
    case 404, 410: .noInput
    default: .unavailable
    }
  }
}

extension RTSPClientPhase {
  /// What waits for an answer.
  fileprivate var question: RTSPMethod? {
    switch self {
    case .options: .options
    case .describe: .describe
    case .setup: .setup
    case .play: .play
    case .finishing: .teardown
    case .described, .ready, .playing, .paused, .finished: nil
    }
  }
}
