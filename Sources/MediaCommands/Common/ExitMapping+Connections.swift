internal import Glibc
internal import MediaIO
internal import MediaModel
internal import MediaRTMP
internal import MediaRTSP

// What connections end with, as exit codes.

extension Failure {
  /// Why a connection of RTMP ended, and how far it had come; `call` is what starts media.
  init(
    _ ending: ConnectionEnding<RTMPClientFailure>, in phase: RTMPClientPhase?,
    call: String = "publish"
  ) {
    self.init(ending, lost: Self.code(ofLossIn: phase), Self.words(phase, call)) {
      Failure(Self.code($0), "\($0)")
    }
  }

  /// Why a connection of RTSP ended, and how far it had come; phases may take `timeout`.
  init(
    _ ending: ConnectionEnding<RTSPClientFailure>, in phase: RTSPClientPhase?,
    timeout: Nanoseconds
  ) {
    self.init(ending, lost: .ioError, Self.words(phase)) { Failure($0, timeout: timeout) }
  }

  /// `lost` is what a loss means, `place` says where that was, and `refusal` what the machine means.
  private init<MachineFailure>(
    _ ending: ConnectionEnding<MachineFailure>, lost: ExitCode, _ place: String,
    refusal: (MachineFailure) -> Failure
  ) {
    switch ending {
    case .closed, .aborted: self.init(.ioError, "\(ending)")
    case .closedByPeer: self.init(lost, "the server closed the connection\(place)")
    case .unresolved(let failure): self.init(failure)
    case .unreachable(let failure): self.init(Self.code(failure), "\(failure)")
    case .insecure(let failure):
      self.init(failure.reason == .truncated ? lost : .protocolError, "\(failure)")
    case .library(let failure): self.init(failure)
    case .failed(let failure): self = refusal(failure)
    case .broken(let failure):
      self.init(failure.code == ETIMEDOUT ? .timedOut : lost, failure.reason + place)
    case .stalled: self.init(.timedOut, "the server accepted nothing for too long")
    case .silent: self.init(.timedOut, "\(ending)")
    }
  }

  /// A server that goes away in the middle of what it should answer has refused it.
  private static func code(ofLossIn phase: RTMPClientPhase?) -> ExitCode {
    switch phase {
    case nil, .connect, .createStream, .start: .unavailable
    case .handshake: .protocolError
    case .running, .finishing, .finished: .ioError
    }
  }

  private static func words(_ phase: RTMPClientPhase?, _ call: String) -> String {
    switch phase {
    case .handshake: " in the handshake"
    case .connect: " instead of answering connect"
    case .createStream: " instead of answering createStream"
    case .start: " instead of answering \(call)"
    case nil, .running, .finishing, .finished: ""
    }
  }

  private static func code(_ failure: ConnectFailure) -> ExitCode {
    switch failure.code {
    case ETIMEDOUT: .timedOut
    case EACCES, EPERM: .noPermission
    default: .unavailable
    }
  }

  private static func code(_ failure: RTMPClientFailure) -> ExitCode {
    switch failure.reason {
    case .broken: .protocolError
    case .refused(let status):
      switch status.kind {
      case .unauthorized: .noPermission
      case .notFound: .noInput
      default: .unavailable
      }
    case .unauthorized: .noPermission
    case .silent: .timedOut
    case .closed: code(ofLossIn: failure.phase)
    case .ended: failure.phase == .running ? .ioError : .unavailable
    }
  }
}
