import Glibc

/// Why `SpooledInput` could not give the bytes asked for.
public enum SpoolFailure: Error, Equatable, CustomStringConvertible {
  /// A system call failed, on the stream or on the temporary file.
  case io(IOFailure)
  /// The stream has more than `limit` bytes, and one beyond them was asked for.
  case overLimit(subject: String, limit: Int64)

  /// One line that names the input.
  public var description: String {
    switch self {
    case .io(let failure): failure.description
    case .overLimit(let subject, let limit):
      "\(subject): more than the limit of \(limit) bytes has to be kept"
    }
  }
}

/// Random access to an input that may not seek.
///
/// What has been read from a stream is kept in an unnamed temporary file, at most `limit`
/// bytes. A regular file is read directly, from the position its descriptor was handed over at:
/// that byte is offset 0, and `limit` plays no part.
public final class SpooledInput {
  private enum Ending {
    case open
    case end
    case failed(SpoolFailure)
  }

  private let file: ReadableFile
  private let start: Int64
  private let limit: Int64
  private let spool: TemporaryFile?
  private let block: UnsafeMutableRawBufferPointer
  private var spooledByteCount: Int64 = 0
  private var ending = Ending.open
  /// How far the stream has been read since nothing is kept any more.
  private var forwardByteCount: Int64?

  /// Takes over `file`.
  ///
  /// - Throws: `IOFailure` if no temporary file can be made.
  public init(_ file: ReadableFile, limit: Int64) throws(IOFailure) {
    precondition(limit >= 0, "negative limit")
    self.file = file
    self.limit = limit
    if file.isSeekable {
      start = try file.position()
      spool = nil
      block = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    } else {
      start = 0
      spool = try TemporaryFile()
      block = .allocate(byteCount: 262_144, alignment: 16)
    }
  }

  deinit { block.deallocate() }

  /// What failures call it.
  public var subject: String { file.subject }

  /// Whether the input cannot seek, so that what is read is kept.
  public var isStream: Bool { spool != nil }

  /// The number of bytes, as far as it is known without reading on.
  public var knownByteCount: Int64? {
    guard isStream else { return file.byteCount.map { max(0, $0 - start) } }
    if case .end = ending { return spooledByteCount }
    return nil
  }

  /// Keeps nothing that is read of a stream from here on: it may be endless.
  ///
  /// What is kept by now can still be read; behind it offsets must follow each other.
  public func keepNoMore() {
    if isStream, forwardByteCount == nil { forwardByteCount = spooledByteCount }
  }

  /// Reads from the byte `offset` on, reading the stream forward as far as needed.
  ///
  /// - Returns: The number of bytes: at least 1 (what is at hand is not delayed for more),
  ///   0 only at or beyond the end.
  /// - Throws: `SpoolFailure`; bytes before the place of the failure can still be read.
  public func read(
    at offset: Int64, into bytes: UnsafeMutableRawBufferPointer
  ) throws(SpoolFailure) -> Int {
    precondition(offset >= 0, "negative offset")
    guard !bytes.isEmpty else { return 0 }
    guard let spool else {
      let (position, isBeyond) = start.addingReportingOverflow(offset)
      return isBeyond ? 0 : try Self.kept(file.descriptor, at: position, into: bytes)
    }
    if let forwardByteCount, offset >= spooledByteCount {
      precondition(offset == forwardByteCount, "reads what was not kept")
      return try readOn(into: bytes)
    }
    while offset >= spooledByteCount {
      guard try readForward(spool) else { return 0 }
    }
    let available = Int(clamping: spooledByteCount - offset)
    let wanted = UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(available))
    return try Self.kept(spool.descriptor, at: offset, into: wanted)
  }

  private func readOn(into bytes: UnsafeMutableRawBufferPointer) throws(SpoolFailure) -> Int {
    switch ending {
    case .open: break
    case .end: return 0
    case .failed(let failure): throw failure
    }
    do {
      let count = try file.read(into: bytes)
      forwardByteCount = forwardByteCount.map { $0 + Int64(count) }
      return count
    } catch {
      throw .io(error)
    }
  }

  /// Reads the stream to its end, which keeps it.
  ///
  /// - Returns: The number of bytes in all.
  public func byteCountByReadingToEnd() throws(SpoolFailure) -> Int64 {
    if let spool { while try readForward(spool) {} }
    if let count = knownByteCount { return count }
    throw .io(IOFailure(call: "stat", code: ESPIPE, subject: subject))
  }

  /// Moves one block from the stream to the spool; answers false at the end.
  private func readForward(_ spool: TemporaryFile) throws(SpoolFailure) -> Bool {
    switch ending {
    case .open: break
    case .end: return false
    case .failed(let failure): throw failure
    }
    do {
      // One byte beyond the limit is asked for: only it tells a stream that just fits.
      let room = Int(clamping: limit - spooledByteCount)
      let wanted = room < block.count ? room + 1 : block.count
      let part = UnsafeMutableRawBufferPointer(rebasing: block.prefix(wanted))
      let count = try file.read(into: part)
      let kept = min(count, room)
      try spool.descriptor.writeAll(UnsafeRawBufferPointer(rebasing: block.prefix(kept)))
      spooledByteCount += Int64(kept)
      if count == 0 { ending = .end }
      if count > kept { ending = .failed(.overLimit(subject: subject, limit: limit)) }
    } catch {
      ending = .failed(.io(error))
    }
    // A failure is told by the next call, after what came before it.
    if case .end = ending { return false }
    return true
  }

  private static func kept(
    _ descriptor: borrowing FileDescriptor, at offset: Int64,
    into bytes: UnsafeMutableRawBufferPointer
  ) throws(SpoolFailure) -> Int {
    do {
      return try descriptor.read(at: offset, into: bytes)
    } catch {
      throw .io(error)
    }
  }
}
