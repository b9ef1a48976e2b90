import Glibc

/// Gathers small writes to a descriptor that it does not own.
///
/// What is in the buffer is written by `flush()` only: the end of life could not tell a
/// failure. After a failure every later call throws the same one, and nothing more is written.
public final class BufferedOutput {
  private let descriptor: FileDescriptor
  private let buffer: UnsafeMutableRawBufferPointer
  private var count = 0
  private var failure: IOFailure?

  /// A buffer of `capacity` bytes above `descriptor`; failures call it `subject`.
  public init(descriptor: Int32, subject: String, capacity: Int = 65_536) {
    precondition(capacity > 0, "a buffer needs room")
    self.descriptor = FileDescriptor(borrowing: descriptor, subject: subject)
    buffer = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { buffer.deallocate() }

  /// The process's standard output.
  public static func standardOutput() -> BufferedOutput {
    BufferedOutput(descriptor: STDOUT_FILENO, subject: "standard output")
  }

  /// The process's standard error.
  public static func standardError() -> BufferedOutput {
    BufferedOutput(descriptor: STDERR_FILENO, subject: "standard error")
  }

  /// Appends `bytes`; more than the buffer holds goes straight through.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(IOFailure) {
    if let failure { throw failure }
    if bytes.count > buffer.count - count {
      try flush()
      guard bytes.count < buffer.count else { return try send(bytes) }
    }
    UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes)
    count += bytes.count
  }

  /// Appends `bytes`.
  public func write(_ bytes: [UInt8]) throws(IOFailure) {
    try bytes.span.bytes.withUnsafeBytes { (raw) throws(IOFailure) in try write(raw) }
  }

  /// Appends `text` in UTF-8.
  public func write(_ text: String) throws(IOFailure) {
    try text.utf8.span.bytes.withUnsafeBytes { (raw) throws(IOFailure) in try write(raw) }
  }

  /// Hands all that was written to the descriptor.
  public func flush() throws(IOFailure) {
    if let failure { throw failure }
    guard count > 0 else { return }
    let pending = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    count = 0
    try send(pending)
  }

  /// Drops what is in the buffer and lets every later call fail.
  func end(_ failure: IOFailure) {
    self.failure = failure
    count = 0
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws(IOFailure) {
    do {
      try descriptor.writeAll(bytes)
    } catch {
      failure = error
      throw error
    }
  }
}
