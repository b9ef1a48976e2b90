internal import MediaBytes
internal import MediaCapture
internal import MediaIO

/// A capture from its beginning to its end, in windows that begin with what is still needed.
final class CaptureInput {
  private static let blockByteCount = 256 * 1024

  private let file: ReadableFile
  /// Of files; a pipe is read when something of it is needed.
  private let ahead: ReadAhead?
  private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// Where the window begins in the buffer.
  private var windowStart = 0
  private var window = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Called before the input is waited for.
  var willWait: (() throws -> Void)?
  /// Where the window begins in the input.
  private var offset = 0
  /// Where the input ends; nil where that is not known yet.
  private var end: Int?

  init(_ file: ReadableFile) throws(IOFailure) {
    self.file = file
    // A record is no longer than a block, so what is left of one fits in front of the next.
    ahead =
      file.isSeekable
      ? try ReadAhead(
        file, blockByteCount: Self.blockByteCount, headroom: Self.blockByteCount) : nil
    // Files of /proc say 0 and hold more.
    if file.isSeekable, let size = file.byteCount, size > 0 { end = Int(size) }
  }

  deinit { buffer.deallocate() }

  /// Bytes of the whole input, where that is known.
  var byteCount: Int? { end }

  /// Calls `plain` for each record that is a plain datagram, and `body` for each other, with its
  /// window, until one answers false.
  ///
  /// - Throws: `ParseError` where the input is no capture or ends inside a record, `ReadFailure`
  ///   where it cannot be read, and what `body` throws.
  func read(
    _ reader: inout CaptureReader,
    plain: (PlainDatagram, RawSpan, Int) throws -> Bool,
    _ body: (CaptureRecord, inout CaptureReader, RawSpan, Int) throws -> Bool
  ) throws {
    while true {
      while let datagram = reader.takePlainDatagram(window.bytes, at: offset) {
        guard try plain(datagram, window.bytes, offset) else { return }
      }
      switch try reader.step(window.bytes, at: offset, end: end) {
      case .needs(let range):
        if !file.isSeekable, !file.isReadable { try willWait?() }
        do {
          try fill(range, retaining: reader.retained)
        } catch {
          throw ReadFailure(reason: error)
        }
      case .record(let record):
        guard try body(record, &reader, window.bytes, offset) else { return }
      case .end: return
      }
    }
  }

  /// Brings a window that covers `range`, or as much of it as there is.
  private func fill(_ range: Range<Int>, retaining retained: Int) throws(IOFailure) {
    let start = min(range.lowerBound, retained)
    while offset + window.count < range.upperBound {
      guard try more(keeping: start) else {
        end = offset + window.count
        return
      }
    }
  }

  /// Reads on; the window begins at `start` then, or later where that is not reached.
  private func more(keeping start: Int) throws(IOFailure) -> Bool {
    let gone = min(max(start - offset, 0), window.count)
    let kept = UnsafeRawBufferPointer(rebasing: window[gone...])
    if let ahead {
      guard let block = try ahead.next() else { return false }
      window = block.bytes(behind: kept)
      offset += gone
      return true
    }
    let count = try file.read(into: room(behind: kept, gone))
    window = UnsafeRawBufferPointer(
      rebasing: buffer[windowStart..<windowStart + window.count + count])
    offset += gone
    return count > 0
  }

  /// Room of the buffer behind what the window keeps, which is moved only where there is little.
  private func room(
    behind kept: UnsafeRawBufferPointer, _ gone: Int
  ) -> UnsafeMutableRawBufferPointer {
    windowStart += gone
    if buffer.count - windowStart - kept.count < Self.blockByteCount / 4 {
      if buffer.count - kept.count < Self.blockByteCount {
        let larger = UnsafeMutableRawBufferPointer.allocate(
          byteCount: 2 * (kept.count + Self.blockByteCount), alignment: 16)
        larger.copyMemory(from: kept)
        buffer.deallocate()
        buffer = larger
      } else {
        buffer.copyMemory(from: kept)
      }
      windowStart = 0
    }
    let end = windowStart + kept.count
    window = UnsafeRawBufferPointer(rebasing: buffer[windowStart..<end])
    return UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
  }
}
