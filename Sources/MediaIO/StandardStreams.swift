import Glibc

/// The descriptors 0, 1 and 2.
public enum StandardStreams {
  /// Fills those that the parent closed, before anything is opened.
  ///
  /// Otherwise the next file opened would take such a number and receive what is meant for
  /// standard output. The filler is open the wrong way round, so that its use fails as before.
  public static func fillClosed() throws(IOFailure) {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      let flags = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
      // The lowest free number is the closed one: those below it are open by now.
      guard open("/dev/null", flags) == descriptor else {
        throw IOFailure(call: "open", code: errno, subject: "/dev/null")
      }
    }
  }
}
