internal import MediaBytes
internal import MediaCapture
internal import MediaIO

/// A capture in windows: of a file those that its reader asks for, of a pipe all from what is still
/// needed on.
final class CaptureInput {
  private static let blockByteCount = 256 * 1024

  private let file: ReadableFile
  private var buffer: UnsafeMutableRawBufferPointer
  /// Where the window begins in the input.
  private var offset = 0
  private var count = 0
  /// Where the input ends; nil of a pipe until then.
  private var end: Int?

  init(_ file: ReadableFile) {
    self.file = file
    buffer = .allocate(byteCount: 2 * Self.blockByteCount, alignment: 16)
    // Files of /proc say 0 and hold more.
    if file.isSeekable, let size = file.byteCount, size > 0 { end = Int(size) }
  }

  deinit { buffer.deallocate() }

  /// Bytes of the whole input, where that is known.
  var byteCount: Int? { end }

  /// Calls `body` for each record with its window, until it answers false.
  ///
  /// - Throws: `ParseError` where the input is no capture or ends inside a record, `CaptureReadFailure`
  ///   where it cannot be read, and what `body` throws.
  func read(
    _ reader: inout CaptureReader,
    _ body: (CaptureRecord, inout CaptureReader, RawSpan, Int) throws -> Bool
  ) throws {
    while true {
      let window = UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes
      switch try reader.step(window, at: offset, end: end) {
      case .needs(let range):
        do {
          try fill(range, retaining: reader.retained)
        } catch {
          throw CaptureReadFailure(reason: error)
        }
      case .record(let record):
        guard try body(record, &reader, window, offset) else { return }
      case .end: return
      }
    }
  }

  /// Brings a window that covers `range`, or as much of it as there is.
  private func fill(_ range: Range<Int>, retaining retained: Int) throws(IOFailure) {
    let start = min(range.lowerBound, max(retained, offset))
    if file.isSeekable, !(offset...offset + count).contains(range.lowerBound) {
      (offset, count) = (range.lowerBound, 0)
    } else {
      try drop(before: file.isSeekable ? range.lowerBound : start)
    }
    makeRoom(range.upperBound - offset + Self.blockByteCount)
    while offset + count < range.upperBound {
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
      let more =
        file.isSeekable
        ? try file.read(at: Int64(offset + count), into: room) : try file.read(into: room)
      count += more
      guard more > 0 else {
        end = offset + count
        return
      }
    }
  }

  /// Lets go of what is not needed any more; of a pipe, what lies between is read past.
  private func drop(before start: Int) throws(IOFailure) {
    while start > offset + count {
      offset += count
      count = 0
      let wanted = min(start - offset, buffer.count)
      let more = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
      guard more > 0 else {
        end = offset
        return
      }
      count = more
    }
    let gone = start - offset
    guard gone > 0, let base = buffer.baseAddress else { return }
    base.copyMemory(from: base + gone, byteCount: count - gone)
    offset = start
    count -= gone
  }

  private func makeRoom(_ byteCount: Int) {
    guard byteCount > buffer.count else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    buffer.deallocate()
    buffer = larger
  }
}
