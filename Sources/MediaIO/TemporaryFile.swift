import CSystem
import Glibc

/// A file without a name, gone with the process whatever ends it.
public final class TemporaryFile: Sendable {
  /// Open for reading and writing.
  public let descriptor: FileDescriptor

  /// Creates an empty one in `directory`, else in `$TMPDIR`, else in `/tmp`.
  ///
  /// - Throws: `IOFailure` that names the directory.
  public init(in directory: String? = nil) throws(IOFailure) {
    let directory = directory ?? Self.standardDirectory
    try checkPath(directory, call: "create")
    var number = csystem_open_unnamed(directory)
    // What a file system or kernel without O_TMPFILE says (open(2)).
    if number < 0, errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL {
      number = Self.openAndUnlink(in: directory)
    }
    guard number >= 0 else {
      throw IOFailure(call: "create", code: errno, subject: "temporary file in \(directory)")
    }
    descriptor = FileDescriptor(owning: number, subject: "temporary file in \(directory)")
  }

  private static var standardDirectory: String {
    guard let value = getenv("TMPDIR"), value.pointee != 0 else { return "/tmp" }
    return String(cString: value)
  }

  /// The older way, a name that is taken away at once; -1 and errno on failure.
  static func openAndUnlink(in directory: String) -> Int32 {
    var path = Array("\(directory)/mediatool-XXXXXX".utf8CString)
    return path.withUnsafeMutableBufferPointer { path in
      guard let path = path.baseAddress else { return -1 }
      let number = csystem_open_template(path)
      if number >= 0 { unlink(path) }
      return number
    }
  }
}
