internal import Glibc
internal import MediaIO

/// `-o FILE`, or standard output.
final class ResultOutput: ByteOutput {
  private var file: OutputFile?
  private let standard: any ByteOutput
  private var isAbandoned = false

  /// - Throws: `Failure` when the file may not be created.
  init(path: String?, force: Bool, environment: CommandEnvironment) throws(Failure) {
    standard = environment.standardOutput
    guard let path, path != "-" else { return }
    do {
      file = try OutputFile(path: path, force: force)
    } catch {
      throw .output(error)
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(IOFailure) {
    if file == nil { try standard.write(bytes) } else { try file?.write(bytes) }
  }

  func flush() throws(IOFailure) {
    if file == nil { try standard.flush() } else { try file?.flush() }
  }

  /// Gives the file its name; it appears only now.
  func finish() throws(IOFailure) {
    guard !isAbandoned else { return }
    if file == nil { try standard.flush() } else { try file?.finish() }
  }

  /// Leaves no file behind; there is nothing to finish then.
  func abandon() {
    isAbandoned = true
    file?.abandon()
  }
}

/// Output that waits for its turn: in memory, beyond a limit in an unnamed file.
///
/// Handed from the thread that writes to the one that prints, never shared.
final class SpoolOutput: ByteOutput, @unchecked Sendable {
  private static let memoryLimit = 1 << 20
  private var memory: [UInt8] = []
  private var file: TemporaryFile?
  private var fileByteCount: Int64 = 0

  func write(_ bytes: UnsafeRawBufferPointer) throws(IOFailure) {
    memory.append(contentsOf: bytes)
    if memory.count > Self.memoryLimit { try flush() }
  }

  /// Moves what is in memory to the file, where there is enough of it.
  func flush() throws(IOFailure) {
    guard memory.count > Self.memoryLimit else { return }
    let target: TemporaryFile
    if let file { target = file } else { target = try TemporaryFile() }
    file = target
    let bytes = memory
    memory = []
    try bytes.span.bytes.withUnsafeBytes { (raw) throws(IOFailure) in
      try target.descriptor.writeAll(raw)
    }
    fileByteCount += Int64(bytes.count)
  }

  var isEmpty: Bool { memory.isEmpty && fileByteCount == 0 }

  /// Writes all that was written here to `output`, in order.
  func copy(to output: any ByteOutput) throws(IOFailure) {
    if let file {
      let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 16)
      defer { block.deallocate() }
      var offset: Int64 = 0
      while offset < fileByteCount {
        let count = try file.descriptor.read(at: offset, into: block)
        guard count > 0 else { throw IOFailure(call: "read", code: EIO, subject: "spooled output") }
        try output.write(UnsafeRawBufferPointer(rebasing: block[..<count]))
        offset += Int64(count)
      }
    }
    let bytes = memory
    try bytes.span.bytes.withUnsafeBytes { (raw) throws(IOFailure) in try output.write(raw) }
  }
}
