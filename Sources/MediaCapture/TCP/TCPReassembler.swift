import MediaBytes

/// How much a reassembler keeps.
public struct TCPLimits: Hashable, Sendable {
  /// The most bytes of one direction that wait for what is missing before them.
  public var maxHeldBytes = 1 << 20
  /// The most segments of one direction that wait.
  public var maxHeldSegments = 1024
  /// The most bytes that wait in all directions together.
  public var maxTotalHeldBytes = 32 << 20
  /// The most directions that are followed; beyond, those used least recently end.
  public var maxStreams = 4096

  /// The limits as they are by default.
  public init() {}
}

/// Makes the streams of bytes of TCP segments, one of each direction of each connection.
///
/// After each `receive`, and after `finish`, call `next` until it answers nil. Bytes come out once
/// and in order: retransmissions are dropped, what comes early waits, and what never comes is told
/// as a gap when too much waits or the stream ends. A capture begun in the middle of a connection
/// begins with the first segment seen.
public struct TCPReassembler: Sendable {
  /// Why nothing more of a stream follows.
  public enum Closing: Hashable, Sendable {
    /// FIN: all was sent.
    case finished
    /// RST, from either side.
    case reset
    /// Another connection between the same endpoints began.
    case replaced
    /// Too many streams are open, and this one was idle for the longest.
    case abandoned
    /// The capture ended.
    case captureEnd
  }

  /// What became known of a stream.
  public enum Kind: Hashable, Sendable {
    /// It begins; `fromStart` where its SYN was seen.
    case opened(source: Endpoint, destination: Endpoint, fromStart: Bool)
    /// Its next bytes, the first of which is byte `at` of the stream. `input` is valid only with
    /// the window that `receive` was given.
    case bytes(CapturedBytes, at: Int)
    /// Bytes from `at` on that are not in the capture.
    case gap(at: Int, byteCount: Int)
    /// It ends.
    case closed(Closing)
  }

  /// What became known, by which record.
  public struct Event: Hashable, Sendable {
    /// Which stream, from 0 on in the order of their beginning.
    public var stream: Int
    /// The record it came from; for what waited, its own.
    public var number: Int
    /// The time of that record.
    public var time: Int64?
    /// What it is.
    public var kind: Kind
  }

  struct Key: Hashable {
    var source: Endpoint
    var destination: Endpoint
  }

  private let limits: TCPLimits
  private var slots: [TCPStream] = []
  private var slotOfKey: [Key: Int] = [:]
  private var streamCount = 0
  private var events: [Event] = []
  private var nextEvent = 0
  private var heldByteCount = 0
  /// How many segments had nothing new.
  public private(set) var retransmissionCount = 0

  /// Begins with no stream.
  public init(limits: TCPLimits = TCPLimits()) {
    precondition(limits.maxStreams > 1, "a connection has two directions")
    self.limits = limits
  }

  /// The next event; nil until more segments are received.
  public mutating func next() -> Event? {
    guard nextEvent < events.count else {
      events.removeAll(keepingCapacity: true)
      nextEvent = 0
      return nil
    }
    defer { nextEvent += 1 }
    return events[nextEvent]
  }

  /// Takes a segment; the window, which begins at byte `windowOffset`, must hold its bytes.
  public mutating func receive(
    _ segment: CapturedSegment, _ window: RawSpan, at windowOffset: Int
  ) {
    let key = Key(source: segment.source, destination: segment.destination)
    if segment.flags.contains(.rst) {
      close(key, .reset, segment)
      close(Key(source: key.destination, destination: key.source), .reset, segment)
      return
    }
    guard let slot = slot(for: key, segment) else { return }
    slots[slot].lastNumber = segment.number
    guard !slots[slot].isClosed else { return }
    let heldBefore = slots[slot].heldByteCount
    let isNew = slots[slot].receive(
      segment, limits, mayHold: heldByteCount <= limits.maxTotalHeldBytes, &events
    ) { payload in
      payload.read(in: window, at: windowOffset) { [UInt8](copying: $0) }
    }
    if !isNew { retransmissionCount += 1 }
    heldByteCount += slots[slot].heldByteCount - heldBefore
  }

  /// Says that the capture has ended: what waits is told, behind gaps.
  public mutating func finish() {
    for slot in slots.indices {
      close(slot, .captureEnd, number: slots[slot].lastNumber, time: nil)
    }
    slots = []
    slotOfKey = [:]
  }

  /// The place of the direction a segment belongs to; nil where it says nothing worth one.
  private mutating func slot(for key: Key, _ segment: CapturedSegment) -> Int? {
    let isSYN = segment.flags.contains(.syn)
    let first = isSYN ? segment.sequence &+ 1 : segment.sequence
    if let slot = slotOfKey[key] {
      guard isSYN, slots[slot].firstSequence != first else { return slot }
      close(slot, .replaced, number: segment.number, time: segment.time)
      slots[slot] = open(key, first, segment)
      return slot
    }
    guard isSYN || segment.originalByteCount > 0 else { return nil }
    makeRoom()
    slots.append(open(key, first, segment))
    slotOfKey[key] = slots.count - 1
    return slots.count - 1
  }

  private mutating func open(_ key: Key, _ first: UInt32, _ segment: CapturedSegment) -> TCPStream {
    defer { streamCount += 1 }
    events.append(
      Event(
        stream: streamCount, number: segment.number, time: segment.time,
        kind: .opened(
          source: key.source, destination: key.destination,
          fromStart: segment.flags.contains(.syn))))
    return TCPStream(
      index: streamCount, key: key, firstSequence: first, lastNumber: segment.number)
  }

  private mutating func close(_ key: Key, _ how: Closing, _ segment: CapturedSegment) {
    guard let slot = slotOfKey[key] else { return }
    close(slot, how, number: segment.number, time: segment.time)
  }

  private mutating func close(_ slot: Int, _ how: Closing, number: Int, time: Int64?) {
    guard !slots[slot].isClosed else { return }
    heldByteCount -= slots[slot].heldByteCount
    slots[slot].close(how, number: number, time: time, &events)
  }

  /// Lets go of the half used least recently, so that the work is spread over many segments.
  private mutating func makeRoom() {
    guard slots.count >= limits.maxStreams else { return }
    slots.sort { $0.lastNumber < $1.lastNumber }
    let count = slots.count / 2
    for slot in 0..<count {
      close(slot, .abandoned, number: slots[slot].lastNumber, time: nil)
    }
    slots.removeFirst(count)
    slotOfKey = [:]
    for (slot, stream) in slots.enumerated() { slotOfKey[stream.key] = slot }
  }
}
