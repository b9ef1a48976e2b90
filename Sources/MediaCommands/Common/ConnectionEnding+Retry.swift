internal import MediaIO
internal import MediaRTSP

extension ConnectionEnding {
  /// Whether trying again would end the same way, whatever the machine.
  var isLastingItself: Bool {
    switch self {
    case .library: return true
    case .insecure(let failure):
      if case .certificate = failure.reason { return true }
      return false
    default: return false
    }
  }
}

extension ConnectionEnding where MachineFailure == RTSPClientFailure {
  /// Whether trying again would end the same way; what has been there before may come back.
  func isLasting(hasPlayed: Bool) -> Bool {
    guard case .failed(let failure) = self else { return isLastingItself }
    switch failure.reason {
    case .unauthorized: return true
    case .refused(_, let status): return status.isLasting(hasPlayed: hasPlayed)
    case .broken, .silent, .closed: return false
    }
  }
}

extension RTSPStatus {
  fileprivate func isLasting(hasPlayed: Bool) -> Bool {
    switch code {
    // Too late, too much at once, or of a session.
    case 408, 453, 454, 455: false
    case 404, 410: !hasPlayed
    case 400..<500, 501, 505, 551: true
    default: false
    }
  }
}
