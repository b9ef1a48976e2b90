internal import MediaIO

/// The bytes of an input: a file's at any place, anything's one after the other.
///
/// Belongs to one thread, but for `file`.
final class InputBytes {
  /// A file in which every place can be read, by several threads at once.
  struct Place: Sendable {
    var file: ReadableFile
    /// Where in the file the input begins.
    var start: Int64

    /// Reads from the byte `offset` of the input on; fewer bytes only where the file ends.
    func read(
      at offset: Int64, into bytes: UnsafeMutableRawBufferPointer
    ) throws(IOFailure) -> Int {
      let (place, isBeyond) = start.addingReportingOverflow(offset)
      return isBeyond ? 0 : try file.read(at: place, into: bytes)
    }
  }

  /// nil of pipes, and of files that do not say their size (`/proc`).
  let place: Place?
  /// Bytes of the whole input where they are known.
  let byteCount: Int64?
  /// What `read` gives next.
  private(set) var position: Int64 = 0
  /// What ended reading; told again and again.
  private var failure: (any Error)?
  /// What is kept of a pipe, until it is known who reads it.
  let input: SpooledInput

  init(_ file: ReadableFile) throws {
    input = try SpooledInput(file, limit: .max)
    let size = file.byteCount ?? 0
    if file.isSeekable, size > 0 {
      let start = try file.position()
      place = Place(file: file, start: start)
      byteCount = max(0, size - start)
    } else {
      place = nil
      byteCount = nil
    }
  }

  /// The first bytes, at most `count`, fewer only where there are no more; they are read again later.
  func prefix(_ count: Int) throws -> [UInt8] {
    try withUnsafeTemporaryAllocation(byteCount: count, alignment: 16) { room in
      Array(room[..<(try read(at: 0, into: room))])
    }
  }

  /// Reads the next bytes: as many as there is room for, fewer only at the end.
  func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try read(at: position, into: room)
    position += Int64(count)
    return count
  }

  /// Reads what is at hand: at least a byte, unless the input has ended.
  func readSome(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try interruptible { try input.read(at: position, into: room) }
    position += Int64(count)
    return count
  }

  /// As `read(into:)`, but gives what came before a failure, which the next call throws.
  func readAvailable(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    if let failure { throw failure }
    var filled = 0
    while filled < room.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: room[filled...])
      let step = Result { try interruptible { try input.read(at: position, into: rest) } }
      if case .failure(let error) = step {
        // Asked again, a silent pipe would be waited for again.
        failure = error
        if filled > 0 { break }
      }
      let count = try step.get()
      if count == 0 { break }
      filled += count
      position += Int64(count)
    }
    return filled
  }

  /// Passes bytes unread where that can be done.
  ///
  /// - Returns: How many there were.
  func skip(_ count: Int64) throws -> Int64 {
    if let byteCount {
      let passed = min(max(0, count), max(0, byteCount - position))
      position += passed
      return passed
    }
    var passed: Int64 = 0
    try withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 16) { room in
      while passed < count {
        let wanted = Int(min(Int64(room.count), count - passed))
        let read = try read(into: UnsafeMutableRawBufferPointer(rebasing: room[..<wanted]))
        passed += Int64(read)
        if read < wanted { break }
      }
    }
    return passed
  }

  private func read(at offset: Int64, into room: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < room.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: room[filled...])
      let count = try interruptible {
        try input.read(at: offset + Int64(filled), into: rest)
      }
      if count == 0 { break }
      filled += count
    }
    return filled
  }
}
