import CSystem
import Glibc

/// SIGINT and SIGTERM end work cleanly, a second one at once; SIGPIPE and SIGXFSZ are ignored, so that
/// writing fails and its failure is told.
public enum Signals {
  private static let installation = csystem_signals_install()

  /// Catches SIGINT and SIGTERM and ignores SIGPIPE and SIGXFSZ, process-wide, from now on.
  ///
  /// The first of the two is kept in `received`; the next ends the process at once with the
  /// exit code 128 + its number. Calling again does nothing.
  public static func install() throws(IOFailure) {
    guard installation == 0 else {
      throw IOFailure(call: "sigaction", code: installation, subject: "signal handlers")
    }
  }

  /// The first signal caught, nil before it.
  public static var received: Int32? {
    let number = csystem_signal_received()
    return number == 0 ? nil : number
  }

  /// Readable (for `poll` and `epoll`) once a signal has come, and never to be read; nil before
  /// `install`.
  public static var descriptor: Int32? {
    let number = csystem_signal_descriptor()
    return number < 0 ? nil : number
  }

  /// Answers not 0 once a signal has come: the form of FFmpeg's interrupt callback.
  public static let interrupts: @convention(c) (UnsafeMutableRawPointer?) -> Int32 =
    csystem_signal_interrupts

  /// Ends the process quietly by SIGPIPE, as `cat` would: a shell shows 141.
  ///
  /// For a standard output whose reader has gone (a write failed with `EPIPE`).
  public static func dieBySIGPIPE() -> Never { csystem_die_by_sigpipe() }
}
