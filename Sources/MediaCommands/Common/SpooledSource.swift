internal import MediaFFmpeg
internal import MediaIO

/// A pipe that can be sought in because what was read is kept.
final class SpooledSource: RandomAccessInput {
  private let input: SpooledInput
  /// Whether the size may be asked for before the end has come.
  private let readsToEnd: Bool
  let isSeekable = true

  init(_ input: SpooledInput, readsToEnd: Bool) {
    self.input = input
    self.readsToEnd = readsToEnd
  }

  func byteCount() throws -> Int64? {
    if let count = input.knownByteCount { return count }
    guard readsToEnd else { return nil }
    return try interruptible { try input.byteCountByReadingToEnd() }
  }

  func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try interruptible { try input.read(at: offset, into: buffer) }
  }
}

/// A pipe read only forward.
final class ForwardSource: RandomAccessInput {
  private let file: ReadableFile
  let isSeekable = false

  init(_ file: ReadableFile) { self.file = file }

  func byteCount() throws -> Int64? { nil }

  func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try interruptible { try file.read(into: buffer) }
  }
}

/// A read that a signal broke off is an interruption, not a failure.
func interruptible<R>(_ body: () throws -> R) throws -> R {
  do {
    return try body()
  } catch {
    guard let signal = Signals.received else { throw error }
    throw Failure(.signal(signal), "interrupted")
  }
}
