internal import Glibc
internal import MediaBytes
internal import MediaIO

/// The bytes of an input in their order, through a window that moves over them.
///
/// Belongs to one thread. Pipes are spooled, so that every input can be read from its beginning
/// again, until it is known what they hold and that going forward is enough.
final class InputWindow {
  private static let blockByteCount = 1 << 20

  private let source: SpooledInput
  private var buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  private var filled = 0
  private var readOffset: Int64 = 0
  /// Whether nothing follows what is in the window.
  private(set) var isAtEnd = false

  /// What failures call it.
  let subject: String

  init(_ file: ReadableFile) throws {
    subject = file.subject
    source = try SpooledInput(file, limit: .max)
    buffer = .allocate(byteCount: Self.blockByteCount, alignment: 16)
  }

  deinit { buffer.deallocate() }

  /// What is in the window and has not been consumed; valid until the next call of `more`.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[start..<filled]) }
  /// How many bytes that are.
  var count: Int { filled - start }
  /// Where they begin in the input.
  var offset: Int { Int(readOffset) - count }

  /// Reads on; false where nothing follows.
  func more() throws -> Bool {
    guard !isAtEnd else { return false }
    makeRoom()
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
    let read = try read(at: readOffset, into: room)
    guard read > 0 else {
      isAtEnd = true
      return false
    }
    filled += read
    readOffset += Int64(read)
    return true
  }

  /// Tries to have at least `wanted` bytes in the window, and says whether it has.
  func has(_ wanted: Int) throws -> Bool {
    while count < wanted { if try !more() { return false } }
    return true
  }

  /// Goes on behind the first `count` bytes.
  func consume(_ count: Int) {
    precondition((0...self.count).contains(count), "consumes more than there is")
    start += count
  }

  /// Whether nothing can be read again.
  private(set) var isForward = false

  /// Keeps nothing of a pipe from here on: what is behind the window cannot be read again.
  func goForward() {
    isForward = source.isStream
    source.keepNoMore()
  }

  /// Begins again with the first byte; only before `goForward`.
  func rewind() {
    (start, filled, readOffset, isAtEnd) = (0, 0, 0, false)
  }

  /// Reads from any place, whatever is in the window; 0 bytes at the end.
  func read(at offset: Int64, into room: UnsafeMutableRawBufferPointer) throws -> Int {
    if let signal = Signals.received { throw Failure(.signal(signal), "interrupted") }
    return try source.read(at: offset, into: room)
  }

  /// Bytes of the whole input, as far as that is known without reading on.
  var knownByteCount: Int64? { source.knownByteCount }

  /// Bytes of the whole input, a pipe read to its end for that.
  func byteCount() throws -> Int64 {
    try source.knownByteCount ?? source.byteCountByReadingToEnd()
  }

  private func makeRoom() {
    let kept = count
    if start > 0, kept < buffer.count / 2 {
      if kept > 0 {
        UnsafeMutableRawBufferPointer(rebasing: buffer[..<kept]).copyMemory(from: bytes)
      }
      (start, filled) = (0, kept)
    }
    guard filled == buffer.count else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: 2 * buffer.count, alignment: 16)
    if kept > 0 { larger.copyMemory(from: bytes) }
    buffer.deallocate()
    (buffer, start, filled) = (larger, 0, kept)
  }
}
