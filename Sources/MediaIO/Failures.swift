import CSystem

/// A system call failed.
///
/// `description` reads `open movie.mp4: No such file or directory`.
public struct IOFailure: Error, Equatable, CustomStringConvertible {
  /// The call, as its manual page is named: `open`, `read`, `rename`.
  public let call: String
  /// The call's errno.
  public let code: Int32
  /// What it was about: a path as the user gave it, or a host.
  public let subject: String

  /// A failure of `call` with the errno `code`.
  public init(call: String, code: Int32, subject: String) {
    self.call = call
    self.code = code
    self.subject = subject
  }

  /// The C library's sentence for `code`, such as `No such file or directory`.
  public var reason: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
      guard let start = text.baseAddress else { return "errno \(code)" }
      return String(cString: csystem_errno_text(code, start, text.count))
    }
  }

  /// `call subject: reason`.
  public var description: String { "\(call) \(subject): \(reason)" }
}

/// A library that is opened on first use is missing or unfit.
public struct LibraryFailure: Error, Equatable, CustomStringConvertible {
  /// The shared library's name, such as `libcrypto.so.3`.
  public let library: String
  /// The Debian package that holds it, such as `libssl3`.
  public let package: String
  /// What went wrong, in the loader's words.
  public let reason: String

  /// A failure to use `library`.
  public init(library: String, package: String, reason: String) {
    self.library = library
    self.package = package
    self.reason = reason
  }

  /// One line that names the library, the package to install and the reason.
  public var description: String {
    "cannot use \(library) (Debian package \(package)): \(reason)"
  }
}
