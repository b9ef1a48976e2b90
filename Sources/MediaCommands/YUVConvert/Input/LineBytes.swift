/// An input read forward by lines and by counts in turn.
struct LineBytes {
  enum Line: Equatable {
    /// Without its end.
    case whole([UInt8])
    /// The input ends in it, behind at least one byte.
    case cut([UInt8])
    case tooLong
    /// The input has ended.
    case end
  }

  let bytes: InputBytes
  /// What was read beyond a line.
  private var ahead: ArraySlice<UInt8> = []

  init(_ bytes: InputBytes) { self.bytes = bytes }

  /// Bytes passed.
  var position: Int64 { bytes.position - Int64(ahead.count) }

  /// Passes a line that takes at most `limit` bytes, its end included.
  mutating func line(limit: Int) throws -> Line {
    var line: [UInt8] = []
    while line.count < limit {
      if ahead.isEmpty {
        try readAhead()
        if ahead.isEmpty { return line.isEmpty ? .end : .cut(line) }
      }
      guard let end = ahead.firstIndex(of: UInt8(ascii: "\n")) else {
        line += ahead
        ahead = []
        continue
      }
      line += ahead[..<end]
      ahead = ahead[(end + 1)...]
      return line.count < limit ? .whole(line) : .tooLong
    }
    return .tooLong
  }

  private mutating func readAhead() throws {
    // Few bytes: what follows a line is read to where it belongs, or not at all.
    ahead = try withUnsafeTemporaryAllocation(byteCount: 128, alignment: 16) { room in
      Array(room[..<(try bytes.readSome(into: room))])[...]
    }
  }

  /// Reads as many bytes as there is room for, fewer only at the end.
  mutating func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    let known = ahead.prefix(room.count)
    room.copyBytes(from: known)
    ahead = ahead.dropFirst(known.count)
    guard known.count < room.count else { return known.count }
    let rest = UnsafeMutableRawBufferPointer(rebasing: room[known.count...])
    return known.count + (try bytes.read(into: rest))
  }

  /// Passes bytes unread where that can be done, and answers how many there were.
  mutating func skip(_ count: Int64) throws -> Int64 {
    let known = ahead.prefix(Int(clamping: count)).count
    ahead = ahead.dropFirst(known)
    return Int64(known) + (try bytes.skip(count - Int64(known)))
  }
}
