public import MediaBytes

/// Reads FLV that arrives in pieces: bytes in, whole tags out.
///
/// After each `receive`, and after `finish`, call `next` until it answers nil. Any cut of the input
/// gives the same events. It holds one tag, or while it searches for the next one behind damage up
/// to `maxTagSize` and a MiB.
public struct FLVReader: Sendable {
  /// What was found, in the order of the input; see `FLVScanner.Step`.
  public enum Event: Hashable, Sendable {
    /// A file header at an offset.
    case header(FLVHeader, at: Int)
    /// A tag and all bytes of its body.
    case tag(FLVTag, body: [UInt8])
    /// The `PreviousTagSize` behind a tag, or behind a header.
    case tagEnd(FLVPreviousTagSize)
    /// Damage that was jumped over.
    case skipped(FLVSkip)
    /// The input has ended; nothing follows.
    case end(FLVEnd)
  }

  private var scanner: FLVScanner
  // What is held is limited by reading on, which only the user can do.
  private var buffer = StreamBuffer(limit: Int.max)
  private var isFinished = false
  private var isEnded = false

  /// Begins before the first byte.
  public init(limits: FLVLimits = FLVLimits()) {
    scanner = FLVScanner(bodyPrefix: Int.max, limits: limits)
  }

  /// How many bytes are held.
  public var bufferedByteCount: Int { buffer.count }

  /// Takes bytes that arrived; nothing may follow `finish`.
  public mutating func receive(_ bytes: Span<UInt8>) {
    precondition(!isFinished, "bytes after the end")
    do throws(ParseError) {
      try buffer.append(bytes)
    } catch {
      preconditionFailure("a buffer without a limit is full")
    }
  }

  /// Says that the input has ended.
  public mutating func finish() { isFinished = true }

  /// The next event; nil until more arrives, or behind the end.
  ///
  /// Throws where the input is no FLV at all, as `FLVScanner.step` does.
  public mutating func next() throws(ParseError) -> Event? {
    if isEnded { return nil }
    switch try Self.step(&scanner, buffer, end: isFinished ? buffer.endOffset : nil) {
    case .needs:
      precondition(!isFinished, "asks for more than there is")
      buffer.consume(min(scanner.retained, buffer.endOffset) - buffer.offset)
      return nil
    case .header(let header, let offset): return .header(header, at: offset)
    case .tag(let tag):
      let start = tag.body.lowerBound - buffer.offset
      let body = buffer.bytes.extracting(start..<start + tag.body.count)
      return .tag(tag, body: [UInt8](copying: body))
    case .tagEnd(let size): return .tagEnd(size)
    case .skipped(let skip): return .skipped(skip)
    case .end(let how):
      isEnded = true
      return .end(how)
    }
  }

  /// A function of its own because a view of one property would bar changes of the other.
  private static func step(
    _ scanner: inout FLVScanner, _ buffer: borrowing StreamBuffer, end: Int?
  ) throws(ParseError) -> FLVScanner.Step {
    try scanner.step(buffer.bytes, at: buffer.offset, end: end)
  }
}
