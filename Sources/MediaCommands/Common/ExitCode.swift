internal import MediaCLI

/// What the process ends with: sysexits.h, and 128 + n for a signal.
public struct ExitCode: RawRepresentable, Hashable, Comparable, Sendable {
  /// The number the shell sees.
  public let rawValue: Int32

  /// An exit code of a number.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// Done.
  public static let success = Self(rawValue: 0)
  /// A check, expectation or verification failed.
  public static let checkFailed = Self(rawValue: 1)
  /// The command line cannot be obeyed.
  public static let usage = Self(rawValue: 64)
  /// Malformed input.
  public static let dataError = Self(rawValue: 65)
  /// Input missing.
  public static let noInput = Self(rawValue: 66)
  /// Host unknown.
  public static let noHost = Self(rawValue: 68)
  /// A connection refused, or a codec, protocol or library that is not there.
  public static let unavailable = Self(rawValue: 69)
  /// Our bug.
  public static let software = Self(rawValue: 70)
  /// A system call failed.
  public static let systemError = Self(rawValue: 71)
  /// Output cannot be created.
  public static let cannotCreate = Self(rawValue: 73)
  /// A read or write failed part-way.
  public static let ioError = Self(rawValue: 74)
  /// Timed out.
  public static let timedOut = Self(rawValue: 75)
  /// The peer broke the protocol, or a limit was passed.
  public static let protocolError = Self(rawValue: 76)
  /// No permission.
  public static let noPermission = Self(rawValue: 77)

  /// Ended by a signal.
  public static func signal(_ number: Int32) -> Self { Self(rawValue: 128 + number) }

  /// Orders by how bad it is: of several, the larger number is the worst.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// Every code and its meaning, for help and manuals.
  static let meanings: [ExitStatus] = [
    ExitStatus(0, "Done"),
    ExitStatus(1, "A check, expectation or verification failed"),
    ExitStatus(64, "The command line cannot be obeyed"),
    ExitStatus(65, "Malformed input"),
    ExitStatus(66, "Input missing, also HTTP and RTSP 404"),
    ExitStatus(68, "Host unknown"),
    ExitStatus(69, "Connection refused, or a codec, protocol or library is not available"),
    ExitStatus(70, "A bug of this program"),
    ExitStatus(71, "A system call failed"),
    ExitStatus(73, "Output cannot be created"),
    ExitStatus(74, "A read or write failed part-way"),
    ExitStatus(75, "Timed out"),
    ExitStatus(76, "The peer broke the protocol, or a limit was passed"),
    ExitStatus(77, "No permission, also HTTP and RTSP 401 and 403"),
    ExitStatus(128, "128 + n: ended by signal n"),
  ]
}
