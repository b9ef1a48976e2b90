import Glibc

/// Owner of a file descriptor; its end closes it.
public struct FileDescriptor: ~Copyable, Sendable {
  /// The number the kernel knows it by.
  public let rawValue: Int32
  /// What failures call it: a path as the user gave it, or a phrase.
  public let subject: String
  private var isOwned: Bool
  /// A pipe or device may keep a reader waiting for ever; a regular file does not.
  private let mayBlock: Bool

  /// Takes over `rawValue`, which nobody else may close.
  public init(owning rawValue: Int32, subject: String) {
    self.init(rawValue, subject: subject, isOwned: true)
  }

  /// Uses `rawValue` and leaves it open in the end, as for the standard streams.
  public init(borrowing rawValue: Int32, subject: String) {
    self.init(rawValue, subject: subject, isOwned: false)
  }

  private init(_ rawValue: Int32, subject: String, isOwned: Bool) {
    self.rawValue = rawValue
    self.subject = subject
    self.isOwned = isOwned
    var raw = stat()
    mayBlock = fstat(rawValue, &raw) != 0 || raw.st_mode & S_IFMT != S_IFREG
  }

  /// Opens `path` with `flags` (`O_CLOEXEC` is added) and, for a new file, `permissions`.
  ///
  /// - Throws: `IOFailure` of `open`; `EINTR` if a signal came while a FIFO had no other end.
  init(opening path: String, flags: Int32, permissions: UInt32 = 0) throws(IOFailure) {
    try checkPath(path, call: "open")
    while true {
      let descriptor = open(path, flags | O_CLOEXEC, mode_t(permissions))
      if descriptor >= 0 {
        self.init(owning: descriptor, subject: path)
        return
      }
      guard errno == EINTR, Signals.received == nil else {
        throw IOFailure(call: "open", code: errno, subject: path)
      }
    }
  }

  deinit {
    if isOwned { _ = Glibc.close(rawValue) }
  }

  /// Closes the descriptor and tells what the end of life cannot: that bytes were lost.
  public consuming func close() throws(IOFailure) {
    guard isOwned else { return }
    isOwned = false
    // After EINTR the number is free again on Linux: no second try.
    guard Glibc.close(rawValue) == 0 || errno == EINTR else { throw failure("close") }
  }

  /// What stands behind the descriptor.
  public func status() throws(IOFailure) -> FileStatus {
    var raw = stat()
    guard fstat(rawValue, &raw) == 0 else { throw failure("stat") }
    return FileStatus(raw)
  }

  /// Reads what is there, waiting for the first byte.
  ///
  /// - Returns: The number of bytes read, 0 at the end.
  /// - Parameters:
  ///   - bytes: where they go.
  ///   - timeout: nanoseconds to wait for the first byte at most; nil for no bound.
  /// - Throws: `IOFailure`; `EINTR` if a signal that `Signals` caught came before any byte,
  ///   `ETIMEDOUT` if none came in time.
  public func read(
    into bytes: UnsafeMutableRawBufferPointer, timeout: Int64? = nil
  ) throws(IOFailure) -> Int {
    while true {
      if mayBlock { try waitUntilReadable(timeout) }
      let count = Glibc.read(rawValue, bytes.baseAddress, bytes.count)
      if count >= 0 { return count }
      // A descriptor that was handed to us may be non-blocking, and shared: go round and wait.
      guard errno == EINTR || errno == EAGAIN else { throw failure("read") }
    }
  }

  /// Reads from the byte `offset` on, without moving the descriptor's own position.
  ///
  /// - Returns: `bytes.count`, less only where the file ends.
  public func read(
    at offset: Int64, into bytes: UnsafeMutableRawBufferPointer
  ) throws(IOFailure) -> Int {
    var done = 0
    // pread refuses a range that passes the largest offset; no file reaches so far.
    let wanted = offset < 0 ? bytes.count : Int(min(Int64(bytes.count), Int64.max - offset))
    while done < wanted, let start = bytes.baseAddress {
      let count = pread(rawValue, start + done, wanted - done, off_t(offset) + done)
      if count == 0 { break }
      if count > 0 {
        done += count
      } else if errno != EINTR {
        throw failure("read")
      }
    }
    return done
  }

  /// Writes all of `bytes`.
  ///
  /// - Throws: `IOFailure`; `EPIPE` is the caller's to judge (`Signals.dieBySIGPIPE`).
  public func writeAll(_ bytes: UnsafeRawBufferPointer) throws(IOFailure) {
    var done = 0
    while done < bytes.count, let start = bytes.baseAddress {
      let count = Glibc.write(rawValue, start + done, bytes.count - done)
      if count > 0 {
        done += count
      } else if count == 0 {
        throw IOFailure(call: "write", code: EIO, subject: subject)
      } else if errno == EAGAIN {
        var ready = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
        guard poll(&ready, 1, -1) >= 0 || errno == EINTR else { throw failure("poll") }
      } else if errno != EINTR {
        throw failure("write")
      }
    }
  }

  /// Writes all of `bytes` at an offset of a regular file, whatever stands there.
  ///
  /// - Throws: `IOFailure`; `ESPIPE` where there are no offsets.
  func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(IOFailure) {
    var done = 0
    while done < bytes.count, let start = bytes.baseAddress {
      let count = pwrite(rawValue, start + done, bytes.count - done, off_t(offset) + off_t(done))
      if count > 0 { done += count } else if count == 0 || errno != EINTR { throw failure("write") }
    }
  }

  /// Whether there are bytes, or the end, to be read at once.
  public var isReadable: Bool {
    var ready = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
    return poll(&ready, 1, 0) > 0
  }

  /// Waits for bytes or the end, and ends the wait when a signal has come to any thread.
  private func waitUntilReadable(_ timeout: Int64?) throws(IOFailure) {
    let milliseconds = timeout.map { Int32(clamping: max(1, $0 / 1_000_000)) } ?? -1
    while true {
      guard Signals.received == nil else {
        throw IOFailure(call: "read", code: EINTR, subject: subject)
      }
      var ready = [
        pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0),
        // A negative number is not looked at: there are no handlers to wake us then.
        pollfd(fd: Signals.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&ready, 2, milliseconds)
      if count == 0 { throw IOFailure(call: "read", code: ETIMEDOUT, subject: subject) }
      if count < 0 {
        guard errno == EINTR else { throw failure("poll") }
      } else if ready[1].revents == 0 {
        return
      }
    }
  }

  /// The failure of `call` that errno tells at this moment.
  private func failure(_ call: String) -> IOFailure {
    IOFailure(call: call, code: errno, subject: subject)
  }
}
