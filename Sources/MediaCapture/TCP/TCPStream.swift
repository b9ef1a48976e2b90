import MediaBytes

/// One direction of a connection.
///
/// Sequence numbers are told from the byte expected next, half of their circle to each side, so
/// that offsets never wrap (RFC 9293 section 3.4).
struct TCPStream: Sendable {
  private struct Held: Sendable {
    var offset: Int
    var bytes: [UInt8]
    /// Where it ends in the stream, with what the capture cut off.
    var end: Int
    var number: Int
    var time: Int64?
  }

  let index: Int
  let key: TCPReassembler.Key
  /// The number of byte 0 of the stream.
  let firstSequence: UInt32
  /// The last record that belongs to it.
  var lastNumber: Int
  private(set) var isClosed = false
  private(set) var heldByteCount = 0
  /// The offset of the byte expected next.
  private var offset = 0
  /// In the order of their offsets.
  private var held: [Held] = []
  private var finOffset: Int?

  private static let heldOverhead = 64

  init(index: Int, key: TCPReassembler.Key, firstSequence: UInt32, lastNumber: Int) {
    (self.index, self.key) = (index, key)
    (self.firstSequence, self.lastNumber) = (firstSequence, lastNumber)
  }

  /// Takes a segment of this direction; `copy` gives its bytes where they have to wait.
  ///
  /// False where all it carries has been told already.
  mutating func receive(
    _ segment: CapturedSegment, _ limits: TCPLimits, mayHold: Bool,
    _ events: inout [TCPReassembler.Event], copy: (CapturedBytes) -> [UInt8]
  ) -> Bool {
    var sequence = segment.sequence
    if segment.flags.contains(.syn) { sequence &+= 1 }
    let expected = firstSequence &+ UInt32(truncatingIfNeeded: offset)
    let start = offset + Int(Int32(bitPattern: sequence &- expected))
    let end = start + segment.originalByteCount
    let isNew = segment.originalByteCount == 0 || end > offset
    if segment.flags.contains(.fin), finOffset == nil, end >= offset { finOffset = end }
    if isNew, segment.originalByteCount > 0 {
      if start <= offset {
        tell(
          segment.payload, start: start, end: end, number: segment.number, time: segment.time,
          &events)
        tellHeld(&events)
      } else {
        hold(segment, start, end, copy)
        while heldByteCount > (mayHold ? limits.maxHeldBytes : 0)
          || held.count > limits.maxHeldSegments
        { skipGap(&events) }
      }
    }
    if let finOffset, offset >= finOffset {
      finish(.finished, number: segment.number, time: segment.time, &events)
    }
    return isNew
  }

  /// Tells all that waits, and that nothing follows.
  mutating func close(
    _ how: TCPReassembler.Closing, number: Int, time: Int64?,
    _ events: inout [TCPReassembler.Event]
  ) {
    while !held.isEmpty { skipGap(&events) }
    finish(how, number: number, time: time, &events)
  }

  private mutating func finish(
    _ how: TCPReassembler.Closing, number: Int, time: Int64?,
    _ events: inout [TCPReassembler.Event]
  ) {
    isClosed = true
    held = []
    heldByteCount = 0
    events.append(.init(stream: index, number: number, time: time, kind: .closed(how)))
  }

  /// Tells what is new of bytes that begin at or before `offset`, and what the capture cut of them.
  private mutating func tell(
    _ bytes: CapturedBytes, start: Int, end: Int, number: Int, time: Int64?,
    _ events: inout [TCPReassembler.Event]
  ) {
    guard end > offset else { return }
    let old = offset - start
    if old < bytes.count {
      let new = old == 0 ? bytes : bytes.dropFirst(old)
      events.append(
        .init(stream: index, number: number, time: time, kind: .bytes(new, at: offset)))
      offset += new.count
    }
    if offset < end {
      let gap = TCPReassembler.Kind.gap(at: offset, byteCount: end - offset)
      events.append(.init(stream: index, number: number, time: time, kind: gap))
      offset = end
    }
  }

  /// Tells what waited and is next now.
  private mutating func tellHeld(_ events: inout [TCPReassembler.Event]) {
    var count = 0
    while count < held.count, held[count].offset <= offset {
      let next = held[count]
      tell(
        .held(next.bytes), start: next.offset, end: next.end, number: next.number, time: next.time,
        &events)
      heldByteCount -= next.bytes.count + Self.heldOverhead
      count += 1
    }
    held.removeFirst(count)
  }

  private mutating func hold(
    _ segment: CapturedSegment, _ start: Int, _ end: Int, _ copy: (CapturedBytes) -> [UInt8]
  ) {
    var place = held.count
    while place > 0, held[place - 1].offset > start { place -= 1 }
    if place > 0, held[place - 1].offset == start, held[place - 1].end >= end { return }
    let bytes = copy(segment.payload)
    held.insert(
      Held(offset: start, bytes: bytes, end: end, number: segment.number, time: segment.time),
      at: place)
    heldByteCount += bytes.count + Self.heldOverhead
  }

  /// Gives up on what is missing before the first bytes that wait.
  private mutating func skipGap(_ events: inout [TCPReassembler.Event]) {
    guard let first = held.first else { return }
    let gap = TCPReassembler.Kind.gap(at: offset, byteCount: first.offset - offset)
    events.append(.init(stream: index, number: first.number, time: first.time, kind: gap))
    offset = first.offset
    tellHeld(&events)
  }
}

extension CapturedBytes {
  /// All but the first, of which there are enough.
  fileprivate func dropFirst(_ count: Int) -> CapturedBytes {
    switch self {
    case .input(let range): .input(range.lowerBound + count..<range.upperBound)
    case .held(let bytes): .held([UInt8](bytes[count...]))
    }
  }
}
