internal import Glibc
internal import MediaCLI
internal import MediaIO

/// `-o FILE`, or standard output.
final class ResultOutput: ByteOutput {
  /// Whether what is written is of use at once, and must survive whatever ends the run: the file
  /// appears when it is flushed first.
  let isRecording: Bool
  private var file: OutputFile?
  private let path: String?
  private let force: Bool
  private let standard: any ByteOutput
  private var isAbandoned = false
  /// How much was written to it.
  private(set) var byteCount: Int64 = 0
  /// How much of that is of no use alone.
  private var headerByteCount: Int64 = 0

  /// - Throws: `Failure` when the file may not be created.
  init(
    path: String?, force: Bool, isRecording: Bool = false, environment: CommandEnvironment
  ) throws(Failure) {
    self.isRecording = isRecording
    self.force = force
    self.path = path == "-" ? nil : path
    standard = environment.standardOutput
    do {
      try open()
    } catch {
      throw .output(error)
    }
    // That it can be made is known now; until something comes nothing needs to lie there. Whoever
    // reads a FIFO would take its closing for the end.
    if isRecording, file?.isRegular == true { file = nil }
  }

  /// The one that `--output` names.
  convenience init(
    _ arguments: ParsedArguments, _ environment: CommandEnvironment
  ) throws(Failure) {
    try self.init(
      path: arguments[CommonOptions.output], force: arguments[CommonOptions.force],
      environment: environment)
  }

  private func open() throws(IOFailure) {
    if let path { file = try OutputFile(path: path, force: force) }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(IOFailure) {
    byteCount += Int64(bytes.count)
    guard path != nil else { return try standard.write(bytes) }
    if file == nil, isRecording, !isAbandoned { try open() }
    try file?.write(bytes)
  }

  func flush() throws(IOFailure) {
    guard path != nil else { return try standard.flush() }
    guard isRecording else { return try file?.flush() ?? () }
    if byteCount > headerByteCount { try file?.appear() }
  }

  /// What was written so far is a header: a recording does not appear with that alone, which players
  /// take for damage.
  func endHeader() { headerByteCount = byteCount }

  /// Writes over what begins a recording, where there is a way back.
  func rewriteStart(_ bytes: [UInt8]) throws(IOFailure) {
    try bytes.span.bytes.withUnsafeBytes { (raw) throws(IOFailure) in
      try file?.rewriteStart(raw)
    }
  }

  /// Gives the file its name; it appears only now.
  func finish() throws(IOFailure) {
    guard !isAbandoned else { return }
    if path == nil { try standard.flush() } else { try file?.finish() }
  }

  /// Finishes what `body` has written, and leaves no file behind where it throws.
  func finish<Result>(after body: () throws -> Result) throws -> Result {
    do {
      let result = try body()
      try finish()
      return result
    } catch {
      abandon()
      throw error
    }
  }

  /// Leaves no file behind; there is nothing to finish then.
  func abandon() {
    isAbandoned = true
    file?.abandon()
  }
}

/// Output that nobody asked for.
final class NoOutput: ByteOutput {
  func write(_ bytes: UnsafeRawBufferPointer) {}
  func flush() {}
}

/// What stands behind a header that only the end knows.
///
/// All waits until then, but a recording: it begins with a provisional header, which is written over
/// where there is a way back.
final class HeadedOutput {
  private let output: any ByteOutput
  private let recording: ResultOutput?
  private let spool = SpoolOutput()
  private var hasBegun = false

  init(_ output: any ByteOutput) {
    self.output = output
    recording = (output as? ResultOutput).flatMap { $0.isRecording ? $0 : nil }
  }

  /// Appends bytes; `header` is the provisional one, as long as the last.
  func write(_ bytes: RawSpan, header: () -> [UInt8]) throws {
    guard recording != nil else { return try spool.write(bytes) }
    if !hasBegun { try output.write(header().span.bytes) }
    hasBegun = true
    try output.write(bytes)
  }

  /// Puts the header in front; what is written to the output then stands behind all.
  func finish(header: [UInt8]) throws {
    if hasBegun, let recording { return try recording.rewriteStart(header) }
    try output.write(header.span.bytes)
    try spool.copy(to: output)
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
