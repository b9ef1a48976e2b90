internal import MediaIO
internal import MediaRTMP

extension ConnectionEnding where MachineFailure == RTMPClientFailure {
  /// Whether trying again would end the same way; `failure` is what it means to a user.
  func isLasting(_ failure: Failure) -> Bool {
    failure.exit == .noPermission || isLastingItself
  }

  /// What it means to those who try again.
  var reconnectReason: ReconnectPolicy.Reason {
    if case .failed(let failure) = self, case .refused(let status) = failure.reason,
      status.kind == .nameTaken
    {
      return .nameTaken
    }
    return .other
  }
}
