import MediaBytes

/// Puts fragments of IP packets together, within bounds of memory (RFC 791 section 3.2, RFC 8200
/// section 4.5).
///
/// A fragment that comes twice is passed over. One that overlaps another in part has no honest
/// cause: the packet is given up, as RFC 5722 asks for IPv6.
struct FragmentReassembler: Sendable {
  private struct Key: Hashable {
    var source: IPAddress
    var destination: IPAddress
    var identification: UInt32
    /// Part of the identity in IPv4 alone.
    var transport: UInt8
  }

  private struct Piece {
    var offset: Int
    var bytes: [UInt8]
    var end: Int { offset + bytes.count }
  }

  private struct Waiting {
    /// The number of the first record, by which the oldest one gives way.
    var number: Int
    var time: Int64?
    var transport: UInt8
    /// In order, without overlaps.
    var pieces: [Piece] = []
    var byteCount = 0
    var total: Int?
    var isRefused = false
  }

  private let limits: CaptureLimits
  private var waiting: [Key: Waiting] = [:]
  /// Bytes of all pieces, and something for each.
  private(set) var heldByteCount = 0

  private static let pieceOverhead = 64
  private static let maxPacketByteCount = 65_535

  init(limits: CaptureLimits) { self.limits = limits }

  /// A packet that became whole.
  struct Whole {
    var bytes: [UInt8]
    var transport: UInt8
  }

  /// Takes a fragment; answers the whole payload when nothing is missing any more.
  ///
  /// Throws where it cannot belong to the others.
  mutating func receive(
    _ fragment: IPHeader.Fragment, of header: IPHeader, _ bytes: RawSpan, number: Int, time: Int64?,
    at offset: Int
  ) throws(ParseError) -> Whole? {
    let key = Key(
      source: header.source, destination: header.destination,
      identification: fragment.identification,
      transport: header.source.isIPv4 ? header.transport : 0)
    if let old = waiting[key], isTooOld(old, time) { release(waiting.removeValue(forKey: key)) }
    var entry =
      waiting.removeValue(forKey: key)
      ?? Waiting(number: number, time: time, transport: header.transport)
    guard !entry.isRefused else {
      waiting[key] = entry
      return nil
    }
    if fragment.offset == 0 { entry.transport = header.transport }
    do throws(ParseError) {
      try insert(fragment, bytes, into: &entry, at: offset)
    } catch {
      // What follows of it is passed over in silence.
      release(entry)
      entry.pieces = []
      entry.isRefused = true
      waiting[key] = entry
      throw error
    }
    if entry.byteCount == entry.total {
      release(entry)
      return Whole(bytes: entry.pieces.flatMap(\.bytes), transport: entry.transport)
    }
    waiting[key] = entry
    makeRoom()
    return nil
  }

  private mutating func insert(
    _ fragment: IPHeader.Fragment, _ bytes: RawSpan, into entry: inout Waiting, at offset: Int
  ) throws(ParseError) {
    let end = fragment.offset + bytes.byteCount
    guard end <= Self.maxPacketByteCount else {
      throw ParseError(
        .overLimit(UInt64(end), limit: Self.maxPacketByteCount), "end of fragment", at: offset)
    }
    // All but the last are made of units of eight bytes.
    guard fragment.isLast || (bytes.byteCount > 0 && bytes.byteCount % 8 == 0) else {
      throw ParseError(.invalid(UInt64(bytes.byteCount)), "size of fragment", at: offset)
    }
    if fragment.isLast {
      guard entry.total ?? end == end, entry.pieces.last?.end ?? 0 <= end else {
        throw ParseError(.invalid(UInt64(end)), "end of last fragment", at: offset)
      }
      entry.total = end
    } else if let total = entry.total, end > total {
      throw ParseError(.invalid(UInt64(end)), "end of fragment", at: offset)
    }
    guard !bytes.isEmpty else { return }
    // Most come in order.
    var index = entry.pieces.count
    while index > 0, entry.pieces[index - 1].offset > fragment.offset { index -= 1 }
    if index > 0 {
      let before = entry.pieces[index - 1]
      if before.offset == fragment.offset, unsafe before.bytes.span.bytes.elementsEqual(bytes) {
        return
      }
      guard before.end <= fragment.offset else {
        throw ParseError(.invalid(UInt64(fragment.offset)), "overlap of fragments", at: offset)
      }
    }
    guard index == entry.pieces.count || end <= entry.pieces[index].offset else {
      throw ParseError(.invalid(UInt64(fragment.offset)), "overlap of fragments", at: offset)
    }
    guard entry.pieces.count < limits.maxFragments else {
      throw ParseError(
        .overLimit(UInt64(entry.pieces.count + 1), limit: limits.maxFragments), "fragments",
        at: offset)
    }
    entry.pieces.insert(
      Piece(offset: fragment.offset, bytes: [UInt8](copying: bytes)), at: index)
    entry.byteCount += bytes.byteCount
    heldByteCount += bytes.byteCount + Self.pieceOverhead
  }

  /// Identifications are used again: what has waited for long belongs to another packet.
  private func isTooOld(_ entry: Waiting, _ time: Int64?) -> Bool {
    guard let begin = entry.time, let time else { return false }
    let (age, overflow) = time.subtractingReportingOverflow(begin)
    return overflow || age > limits.fragmentTimeout
  }

  private mutating func release(_ entry: Waiting?) {
    for piece in entry?.pieces ?? [] { heldByteCount -= piece.bytes.count + Self.pieceOverhead }
  }

  /// Gives up the packets begun first until all is within bounds.
  private mutating func makeRoom() {
    while waiting.count > limits.maxFragmentedDatagrams || heldByteCount > limits.maxFragmentBytes {
      guard let oldest = waiting.min(by: { $0.value.number < $1.value.number }) else { return }
      release(waiting.removeValue(forKey: oldest.key))
    }
  }
}
