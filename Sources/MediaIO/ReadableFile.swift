import Glibc

/// An input: a file, a device, a pipe.
///
/// `read(at:into:)` may be called from several threads at once.
public final class ReadableFile: Sendable {
  let descriptor: FileDescriptor
  /// What it is.
  public let kind: FileKind
  /// The size in bytes when it was opened; nil for what has none (pipes, terminals).
  ///
  /// Files of `/proc` say 0 and hold more: only a read tells where a file ends.
  public let byteCount: Int64?
  /// The size in bytes now, of a file that may have grown since.
  public var currentByteCount: Int64? {
    kind == .regular ? (try? descriptor.status())?.byteCount : byteCount
  }
  /// Whether `read(at:into:)` works.
  public let isSeekable: Bool

  /// Opens `path` for reading; a directory is refused with `EISDIR`.
  ///
  /// Opening a FIFO does not wait for its writer; reading does.
  public static func open(
    _ path: String, readTimeout: Int64? = nil
  ) throws(IOFailure) -> ReadableFile {
    try ReadableFile(
      FileDescriptor(opening: path, flags: O_RDONLY | O_NOCTTY | O_NONBLOCK),
      readTimeout: readTimeout)
  }

  /// The standard input; never closed.
  public static func standardInput(readTimeout: Int64? = nil) throws(IOFailure) -> ReadableFile {
    try ReadableFile(
      FileDescriptor(borrowing: STDIN_FILENO, subject: "standard input"), readTimeout: readTimeout)
  }

  /// An input that is open already; `readTimeout` in nanoseconds bounds the wait of a read.
  public init(
    _ descriptor: consuming FileDescriptor, readTimeout: Int64? = nil
  ) throws(IOFailure) {
    self.readTimeout = readTimeout
    let status = try descriptor.status()
    kind = status.kind
    guard kind != .directory else {
      throw IOFailure(call: "read", code: EISDIR, subject: descriptor.subject)
    }
    switch kind {
    case .regular:
      byteCount = status.byteCount
      isSeekable = true
    case .other:  // a block device knows its size by its end
      let position = lseek(descriptor.rawValue, 0, SEEK_CUR)
      let end = position < 0 ? -1 : lseek(descriptor.rawValue, 0, SEEK_END)
      byteCount = end < 0 ? nil : Int64(end)
      isSeekable = end >= 0 && lseek(descriptor.rawValue, position, SEEK_SET) == position
    default:
      byteCount = nil
      isSeekable = false
    }
    self.descriptor = descriptor
  }

  /// The longest `read(into:)` waits for a byte, nanoseconds; nil for no bound.
  private let readTimeout: Int64?

  /// What failures call it.
  public var subject: String { descriptor.subject }

  /// Whether a read would not have to wait.
  public var isReadable: Bool { descriptor.isReadable }

  /// What `stat` tells now.
  public func status() throws(IOFailure) -> FileStatus { try descriptor.status() }

  /// The byte at which `read(into:)` would read on.
  ///
  /// - Throws: `IOFailure` with `ESPIPE` if the input is not seekable.
  public func position() throws(IOFailure) -> Int64 {
    let position = lseek(descriptor.rawValue, 0, SEEK_CUR)
    guard position >= 0 else {
      throw IOFailure(call: "lseek", code: errno, subject: subject)
    }
    return Int64(position)
  }

  /// Reads on from where the last such read ended.
  ///
  /// - Returns: The number of bytes, at least 1 unless the input ends: then 0.
  /// - Throws: `IOFailure`; `EINTR` if a signal that `Signals` caught came before any byte.
  public func read(into bytes: UnsafeMutableRawBufferPointer) throws(IOFailure) -> Int {
    try descriptor.read(into: bytes, timeout: readTimeout)
  }

  /// The same bytes in an array of their own: at most `byteCount`, none only where the input ends.
  public func read(upTo byteCount: Int) throws(IOFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    let count = bytes.withUnsafeMutableBytes { room in
      Result { () throws(IOFailure) in try read(into: room) }
    }
    bytes.removeLast(byteCount - (try count.get()))
    return bytes
  }

  /// Reads from the byte `offset` on.
  ///
  /// - Returns: `bytes.count`, less only where the file ends.
  /// - Throws: `IOFailure`; `ESPIPE` if the input is not seekable.
  public func read(
    at offset: Int64, into bytes: UnsafeMutableRawBufferPointer
  ) throws(IOFailure) -> Int {
    try descriptor.read(at: offset, into: bytes)
  }
}
