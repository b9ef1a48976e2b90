internal import MediaIO
internal import MediaRaw

/// Where converted pictures go; belongs to one thread.
protocol PictureSink: AnyObject {
  /// Takes the next picture: its bytes, or the file an encoder made of it.
  ///
  /// - Throws: `IOFailure`, and `UsageError` where one place is to hold two pictures.
  func write(_ bytes: UnsafeRawBufferPointer) throws
  /// Makes files appear under their names.
  func finish() throws
  /// Leaves nothing half-written.
  func abandon()
  var bytesWritten: Int64 { get }
}

/// Pictures one after the other, with nothing or a line before each.
final class StreamSink: PictureSink {
  private let output: ResultOutput
  private let frameLine: [UInt8]
  var bytesWritten: Int64 { output.byteCount }

  /// - Parameters:
  ///   - output: where they go.
  ///   - header: what stands before the first picture.
  ///   - frameLine: what stands before each.
  /// - Throws: `Failure` where the file cannot be made, `IOFailure`.
  init(_ output: ResultOutput, header: [UInt8] = [], frameLine: [UInt8] = []) throws {
    self.output = output
    self.frameLine = frameLine
    try Self.write(header, output)
  }

  private static func write(_ bytes: [UInt8], _ output: ResultOutput) throws(IOFailure) {
    guard !bytes.isEmpty else { return }
    try bytes.span.bytes.withUnsafeBytes { (raw) throws(IOFailure) in try output.write(raw) }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    try Self.write(frameLine, output)
    try output.write(bytes)
  }

  func finish() throws { try output.finish() }
  func abandon() { output.abandon() }
}
