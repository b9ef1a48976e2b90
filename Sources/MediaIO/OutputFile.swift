import CSystem
import Glibc

/// The file behind `-o`.
///
/// `-` is standard output. A regular file appears, or takes the place of the old one, only in
/// `finish()`: until then the bytes are in a file beside it with a name of its own. A recording,
/// which is of use before it is complete, takes its place earlier, with `appear()`. Anything else
/// (`/dev/null`, a FIFO) is opened and written in place. Writes are buffered.
///
/// A link stays a link: the file it names is replaced, or made where there is none. A link to
/// nothing counts as an existing file.
public struct OutputFile: ~Copyable {
  /// The path as the user gave it.
  public let path: String
  private let force: Bool
  /// Of a regular file.
  private let destination: String?
  private var temporary: String?
  /// How many bytes a recording had when it was of use last.
  private var wholeByteCount: off_t?
  private var descriptor: FileDescriptor?
  private var output: BufferedOutput

  /// Opens `path`, or a file beside it, for writing.
  ///
  /// - Throws: `IOFailure`; `EEXIST` for a regular file that is there without `force`.
  public init(path: String, force: Bool = false) throws(IOFailure) {
    if path == "-" {
      let output = FileDescriptor(borrowing: STDOUT_FILENO, subject: "standard output")
      self.init(output, path: path, force: force)
      return
    }
    let old = try Self.existing(path)
    if let old, old.kind != .regular {
      let output = try FileDescriptor(opening: path, flags: O_WRONLY | O_NOCTTY)
      self.init(output, path: path, force: force)
      return
    }
    let destination = try old == nil ? linkDestination(path) : Self.resolved(path)
    guard old == nil && destination == path || force else {
      throw IOFailure(call: "open", code: EEXIST, subject: path)
    }
    let (name, number) = try Self.createBeside(
      destination, permissions: old?.permissions, subject: path)
    self.init(
      FileDescriptor(owning: number, subject: path), path: path, force: force,
      names: (temporary: name, destination: destination))
  }

  private init(
    _ descriptor: consuming FileDescriptor, path: String, force: Bool,
    names: (temporary: String, destination: String)? = nil
  ) {
    self.path = path
    self.force = force
    temporary = names?.temporary
    destination = names?.destination
    output = BufferedOutput(descriptor: descriptor.rawValue, subject: descriptor.subject)
    self.descriptor = consume descriptor
  }

  deinit {
    if let temporary { unlink(temporary) }
  }

  /// Whether it is a regular file, which appears under its name later.
  public var isRegular: Bool { destination != nil }

  /// Appends `bytes`.
  ///
  /// - Throws: `IOFailure`, `EBADF` after `finish()` or `abandon()`.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(IOFailure) {
    try output.write(bytes)
  }

  /// Appends `bytes`.
  public mutating func write(_ bytes: [UInt8]) throws(IOFailure) { try output.write(bytes) }

  /// Appends `text` in UTF-8.
  public mutating func write(_ text: String) throws(IOFailure) { try output.write(text) }

  /// Hands what was written to the kernel; the file does not appear by that.
  public mutating func flush() throws(IOFailure) { try output.flush() }

  /// Writes what is left and gives the file its name, if it has not got it yet.
  ///
  /// - Throws: `IOFailure`, after which there is no file (or the old one) unless it had appeared:
  ///   `EEXIST` if one has appeared meanwhile and `force` was not given.
  public mutating func finish() throws(IOFailure) {
    defer { abandon() }
    try output.flush()
    if let descriptor = descriptor.take() { try descriptor.close() }
    try takePlace()
  }

  /// Hands what was written to the kernel and gives the file its name; what follows is written there.
  ///
  /// What is there is of use: where what follows cannot be written whole, that much is left.
  ///
  /// - Throws: As `finish()`.
  public mutating func appear() throws(IOFailure) {
    try output.flush()
    try takePlace()
    guard destination != nil, let number = descriptor?.rawValue else { return }
    wholeByteCount = lseek(number, 0, SEEK_CUR)
  }

  /// Writes over what begins the file; nothing happens where an output has no way back.
  public mutating func rewriteStart(_ bytes: UnsafeRawBufferPointer) throws(IOFailure) {
    try output.flush()
    guard destination != nil else { return }
    try descriptor?.writeAll(bytes, at: 0)
  }

  private mutating func takePlace() throws(IOFailure) {
    guard let temporary, let destination else { return }
    guard force ? rename(temporary, destination) == 0 : Self.appear(temporary, as: destination)
    else { throw IOFailure(call: "rename", code: errno, subject: path) }
    self.temporary = nil
  }

  /// Removes what was written, where it has not been written in place; of a recording, what came since
  /// it appeared or did so again.
  public mutating func abandon() {
    if let wholeByteCount, wholeByteCount > 0, let number = descriptor?.rawValue {
      _ = ftruncate(number, wholeByteCount)
    }
    output.end(IOFailure(call: "write", code: EBADF, subject: path))
    descriptor = nil
    if let temporary { unlink(temporary) }
    temporary = nil
  }

  /// Renames unless `destination` exists; answers false and errno on failure.
  private static func appear(_ temporary: String, as destination: String) -> Bool {
    if csystem_rename_new(temporary, destination) == 0 { return true }
    // What a file system or kernel says that does not know the flag.
    guard errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP else { return false }
    return appearByLink(temporary, as: destination)
  }

  /// The older way, as safe but with a moment of two names.
  static func appearByLink(_ temporary: String, as destination: String) -> Bool {
    guard link(temporary, destination) == 0 else { return false }
    unlink(temporary)
    return true
  }

  /// What stands at `path`, or nil.
  private static func existing(_ path: String) throws(IOFailure) -> FileStatus? {
    do {
      return try fileStatus(path)
    } catch {
      if error.code == ENOENT { return nil }
      throw IOFailure(call: "open", code: error.code, subject: path)
    }
  }

  /// Where the links of `path` lead; `path` itself if they lead nowhere.
  private static func resolved(_ path: String) throws(IOFailure) -> String {
    guard let end = realpath(path, nil) else {
      guard errno == ENOENT else { throw IOFailure(call: "open", code: errno, subject: path) }
      return path
    }
    defer { free(end) }
    return String(cString: end)
  }

  /// Creates a file with a name nobody has in the folder of `destination`, with the
  /// `permissions` of the file it is to replace.
  private static func createBeside(
    _ destination: String, permissions: UInt32?, subject: String
  ) throws(IOFailure) -> (name: String, descriptor: Int32) {
    let bytes = destination.utf8
    let folder = bytes.lastIndex(of: UInt8(ascii: "/")).map { destination[...$0] } ?? ""
    guard folder.utf8.count < bytes.count else {
      let code = bytes.isEmpty ? ENOENT : EISDIR  // "" and "folder/"
      throw IOFailure(call: "open", code: code, subject: subject)
    }
    var code = EEXIST
    for _ in 0..<16 where code == EEXIST || code == EINTR {
      let number = UInt64.random(in: 0...UInt64.max)
      let name = "\(folder).mediatool-\(String(number, radix: 36)).part"
      let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
      // All permissions asked for: the umask takes away what it is set to.
      let descriptor = Glibc.open(name, flags, 0o666)
      guard descriptor >= 0 else {
        code = errno
        continue
      }
      guard let permissions, fchmod(descriptor, mode_t(permissions & 0o777)) != 0 else {
        return (name, descriptor)
      }
      code = errno
      close(descriptor)
      unlink(name)
      throw IOFailure(call: "chmod", code: code, subject: subject)
    }
    throw IOFailure(call: "open", code: code, subject: subject)
  }
}
