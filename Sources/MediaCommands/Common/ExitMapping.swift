internal import Glibc
internal import MediaBytes
internal import MediaCLI
internal import MediaFFmpeg
internal import MediaFLV
internal import MediaIO
internal import MediaJSON
internal import MediaRaw

/// A failure with its exit code and the one line a person reads.
struct Failure: Error {
  var exit: ExitCode
  var message: String

  init(_ exit: ExitCode, _ message: String) {
    self.exit = exit
    self.message = message
  }

  /// The one table that turns errors into exit codes.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as UsageError: self.init(.usage, error.message)
    case let error as ExpressionError: self.init(.usage, error.message)
    case let error as ParseError: self.init(.dataError, "\(error)")
    case let error as FLVFrameError: self.init(.dataError, "\(error)")
    case PCMFileError.malformed: self.init(.dataError, "\(error)")
    case PCMFileError.unknownCoding: self.init(.unavailable, "\(error)")
    case let error as IOFailure: self = Self.input(error)
    case let error as LibraryFailure: self.init(.unavailable, "\(error)")
    case let error as ResolveFailure: self.init(Self.code(error.kind), "\(error)")
    case SpoolFailure.overLimit(_, let limit):
      self.init(.ioError, "the pipe has more than the \(limit) bytes that --spool allows to keep")
    case let SpoolFailure.io(error): self = Self.input(error)
    case let error as FFmpegError: self.init(Self.code(error.reason), "\(error)")
    default: self.init(.software, "\(error)")
    }
  }

  /// An input, or the temporary file in which it is kept, which is named.
  private static func input(_ error: IOFailure) -> Failure {
    ["create", "write"].contains(error.call)
      ? .output(error) : Failure(inputCode(error), reason(error))
  }

  /// A file that was to be written.
  static func output(_ error: IOFailure) -> Failure {
    let isCreation = ["open", "create", "rename", "stat", "readlink"].contains(error.call)
    let hint = error.code == EEXIST ? "already exists; use --force to replace it" : error.reason
    let subject = Redactor.shown(error.subject)
    return Failure(isCreation ? .cannotCreate : .ioError, "\(subject): \(hint)")
  }

  /// A socket, with the address or the interface that it was for.
  static func socket(_ error: IOFailure) -> Failure { Failure(inputCode(error), "\(error)") }

  private static func reason(_ error: IOFailure) -> String {
    switch error.code {
    case EINTR: "interrupted"
    case ETIMEDOUT: "timed out"
    case EISDIR: "is a directory"
    default: error.reason
    }
  }

  private static func inputCode(_ error: IOFailure) -> ExitCode {
    switch error.code {
    case EINTR: .signal(Signals.received ?? SIGINT)
    case ETIMEDOUT: .timedOut
    case ENOENT, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG, ENXIO: .noInput
    case EACCES, EPERM: .noPermission
    default: error.call == "read" || error.call == "pread" ? .ioError : .systemError
    }
  }

  private static func code(_ kind: ResolveFailure.Kind) -> ExitCode {
    switch kind {
    case .unknownHost: .noHost
    // A resolver that cannot be asked says nothing of the host.
    case .temporary, .timedOut: .timedOut
    case .interrupted: .signal(Signals.received ?? SIGINT)
    case .system: .systemError
    }
  }

  private static func code(_ reason: FFmpegError.Reason) -> ExitCode {
    switch reason {
    case .libraryMissing, .protocolNotFound, .decoderNotFound, .notImplemented: .unavailable
    case .demuxerNotFound, .optionNotFound: .usage
    case .invalidData, .endOfFile: .dataError
    case .timedOut: .timedOut
    case .cancelled: .signal(Signals.received ?? SIGINT)
    case .http(404): .noInput
    case .http(401), .http(403): .noPermission
    case .http: .protocolError
    case .other: .dataError
    case .system(let code): systemCode(code)
    }
  }

  private static func systemCode(_ code: Int32) -> ExitCode {
    switch code {
    case ENOENT, ENOTDIR, EISDIR: .noInput
    case EACCES, EPERM: .noPermission
    case ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL: .unavailable
    case ETIMEDOUT: .timedOut
    case ECONNRESET, EPIPE, EIO: .ioError
    case EINVAL, EDOM, ERANGE: .dataError
    case EPROTO, EPROTONOSUPPORT: .protocolError
    default: .systemError
    }
  }
}
