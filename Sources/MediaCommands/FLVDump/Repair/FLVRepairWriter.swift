internal import Glibc
internal import MediaFLV
internal import MediaIO

/// Writes what a repair says into its files, each of which appears when it is complete.
final class FLVRepairWriter {
  private static let blockByteCount = 256 * 1024

  private let input: ReadableFile
  private let paths: [String]
  private let force: Bool
  private let environment: CommandEnvironment
  private var output: ResultOutput?
  private var file = -1
  /// How many bytes the files have.
  private(set) var byteCounts: [Int] = []
  /// Bytes of the input to be copied; put off so that neighbours go together.
  private var pending = 0..<0
  private let block = UnsafeMutableRawBufferPointer.allocate(
    byteCount: FLVRepairWriter.blockByteCount, alignment: 16)

  init(
    _ input: ReadableFile, to paths: [String], force: Bool, environment: CommandEnvironment
  ) {
    self.input = input
    self.paths = paths
    self.force = force
    self.environment = environment
  }

  deinit { block.deallocate() }

  func begin(file: Int) throws {
    try finish()
    guard paths.indices.contains(file) else { throw FLVRepairRun.changedMeanwhile }
    self.file = file
    byteCounts.append(0)
    output = try ResultOutput(path: paths[file], force: force, environment: environment)
  }

  func copy(_ range: Range<Int>) throws {
    guard pending.upperBound == range.lowerBound, !pending.isEmpty else {
      try flush()
      pending = range
      return
    }
    pending = pending.lowerBound..<range.upperBound
  }

  func write(_ bytes: [UInt8]) throws {
    try flush()
    try bytes.withUnsafeBytes { try send($0) }
  }

  /// Completes the current file.
  func finish() throws {
    try flush()
    guard let output else { return }
    self.output = nil
    try writing { () throws(IOFailure) in try output.finish() }
  }

  /// Leaves nothing of the current file behind.
  func abandon() {
    output?.abandon()
    output = nil
  }

  /// Copies what was put off.
  func flush() throws {
    var offset = pending.lowerBound
    let end = pending.upperBound
    pending = 0..<0
    while offset < end {
      if let signal = Signals.received { throw Failure(.signal(signal), "interrupted") }
      let room = UnsafeMutableRawBufferPointer(rebasing: block.prefix(end - offset))
      let count = try input.read(at: Int64(offset), into: room)
      guard count == room.count else { throw FLVRepairRun.changedMeanwhile }
      try send(UnsafeRawBufferPointer(room))
      offset += count
    }
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws {
    guard let output else { return }
    byteCounts[file] += bytes.count
    try writing { () throws(IOFailure) in try output.write(bytes) }
  }

  /// A failure to write is told as such; a reader who has gone is told by the failure itself.
  private func writing(_ body: () throws(IOFailure) -> Void) throws {
    do {
      try body()
    } catch {
      if error.code == EPIPE { throw error }
      throw Failure.output(error)
    }
  }
}
