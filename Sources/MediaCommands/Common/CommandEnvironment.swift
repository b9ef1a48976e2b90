public import MediaIO
internal import Glibc

/// Where a command's bytes go: a descriptor, a file, or memory in tests.
public protocol ByteOutput: AnyObject {
  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(IOFailure)
  /// Hands on what is buffered.
  func flush() throws(IOFailure)
}

extension BufferedOutput: ByteOutput {}

extension ByteOutput {
  /// Appends text in UTF-8.
  public func write(_ text: String) throws(IOFailure) {
    try Array(text.utf8).span.bytes.withUnsafeBytes { (raw) throws(IOFailure) in try write(raw) }
  }
}

/// Output kept in memory.
public final class MemoryOutput: ByteOutput {
  /// What was written.
  public private(set) var bytes: [UInt8] = []

  /// An empty one.
  public init() {}

  /// Appends bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }

  /// Does nothing: all is there.
  public func flush() {}

  /// What was written, as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// The world around a command as values, so that a test can hand in another one.
public struct CommandEnvironment {
  /// Where results go.
  public var standardOutput: any ByteOutput
  /// Where messages and progress go.
  public var standardError: any ByteOutput
  /// Opens standard input; reads wait for a byte so many nanoseconds at most.
  public var standardInput: @Sendable (_ readTimeout: Int64) throws(IOFailure) -> ReadableFile
  /// Whether standard output is a terminal.
  public var outputIsTerminal: Bool
  /// Whether standard error is a terminal.
  public var errorIsTerminal: Bool
  /// Columns of the terminal.
  public var width: Int
  /// Columns of the terminal behind standard error.
  public var errorWidth: Int
  /// Environment variables.
  public var variable: (String) -> String?
  /// Monotonic time in nanoseconds.
  public var now: () -> Int64

  /// An environment with streams in memory, no input and no terminal.
  public init(standardOutput: any ByteOutput, standardError: any ByteOutput) {
    self.standardOutput = standardOutput
    self.standardError = standardError
    standardInput = { (_) throws(IOFailure) in try ReadableFile.open("/dev/null") }
    outputIsTerminal = false
    errorIsTerminal = false
    (width, errorWidth) = (80, 80)
    variable = { _ in nil }
    now = { 0 }
  }

  /// The process's own.
  public static func process() -> Self {
    var environment = Self(
      standardOutput: BufferedOutput.standardOutput(),
      standardError: BufferedOutput.standardError())
    environment.standardInput = { (timeout) throws(IOFailure) in
      try ReadableFile.standardInput(readTimeout: timeout)
    }
    environment.outputIsTerminal = Terminal.isTerminal(STDOUT_FILENO)
    environment.errorIsTerminal = Terminal.isTerminal(STDERR_FILENO)
    let columns = environment.outputIsTerminal ? Terminal.width(STDOUT_FILENO) : nil
    environment.width = min(max(columns ?? 80, 40), 120)
    environment.errorWidth = Terminal.width(STDERR_FILENO) ?? 80
    environment.variable = { name in getenv(name).map { String(cString: $0) } }
    environment.now = MonotonicClock.now
    return environment
  }
}
