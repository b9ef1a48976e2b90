import MediaBytes

/// Takes packets and messages out of the bytes of a connection: bytes in, events out.
///
/// After each `receive`, and after `lose` and `finish`, call `next` until it answers nil: what is
/// held then is within the limits. Any cut of the stream gives the same events, and each byte belongs
/// to one of them. Behind junk it looks for a message, or for a packet that another packet, a message
/// or the end follows.
public struct InterleavedDeframer: Sendable {
  /// What was found, in the order of the stream.
  public enum Event: Hashable, Sendable {
    /// A packet, and where its framing begins.
    case packet([UInt8], channel: UInt8, at: Int)
    /// A message, and where it begins.
    case message(InterleavedMessage, at: Int)
    /// Bytes that are neither.
    case skipped(Range<Int>, Reason)
    /// The stream has ended; nothing follows.
    case end
  }

  /// Why bytes are neither packet nor message.
  public enum Reason: Hashable, Sendable {
    /// Line ends between messages, which are lawful (RFC 2326 4).
    case lineEnds
    /// What no framing explains.
    case junk
    /// A packet or message whose rest is missing: at the end, or where bytes were lost.
    case incomplete
    /// Bytes that never arrived; see `lose`.
    case lost
  }

  /// How packets are framed.
  public let framing: InterleavedFraming
  private let limits: InterleavedLimits
  private var buffer = StreamBuffer(limit: .max)
  private var scan = InterleavedScan()
  private var isFinished = false
  private var isEnded = false
  /// Gaps not yet reached: where they begin by the buffer's offsets, and how many bytes they are.
  ///
  /// No two begin at the same place, so that there are hardly more of them than bytes held.
  private var gaps: [(offset: Int, count: Int)] = []
  /// Bytes lost so far, which the buffer's offsets do not count.
  private var lostByteCount = 0

  /// Begins before the first byte of one direction of a connection.
  public init(_ framing: InterleavedFraming = .rtsp, limits: InterleavedLimits = .init()) {
    self.framing = framing
    self.limits = limits
  }

  /// How many bytes are held.
  public var bufferedByteCount: Int { buffer.count }

  /// Takes bytes that arrived, after all events before them; nothing may follow `finish`.
  public mutating func receive(_ bytes: Span<UInt8>) {
    precondition(!isFinished, "bytes after the end")
    precondition(buffer.count <= limits.maxBufferedByteCount, "events were not taken")
    do throws(ParseError) {
      try buffer.append(bytes)
    } catch {
      preconditionFailure("a buffer without a limit is full")
    }
  }

  /// Says that bytes are missing here, as from a capture; `count` is 0 where nobody knows how many.
  public mutating func lose(_ count: Int) {
    precondition(!isFinished && count >= 0, "bytes after the end")
    if let last = gaps.last, last.offset == buffer.endOffset {
      gaps[gaps.count - 1].count += count
    } else {
      gaps.append((buffer.endOffset, count))
    }
  }

  /// Says that the stream has ended.
  public mutating func finish() { isFinished = true }

  /// The next event; nil until more arrives, or behind the end.
  public mutating func next() -> Event? {
    while !isEnded {
      let end = gaps.first?.offset ?? buffer.endOffset
      let rules = InterleavedRules(
        framing: framing, limits: limits, isLast: !gaps.isEmpty || isFinished)
      let count = end - buffer.offset
      if let event = take(Self.step(&scan, buffer, count, rules)) { return event }
      guard rules.isLast else { return nil }
      if let event = passEnd() { return event }
    }
    return nil
  }

  /// A function of its own because a view of one property would bar changes of the other.
  private static func step(
    _ scan: inout InterleavedScan, _ buffer: borrowing StreamBuffer, _ count: Int,
    _ rules: InterleavedRules
  ) -> InterleavedScan.Step {
    scan.step(buffer.bytes.extracting(0..<count), rules)
  }

  private mutating func take(_ step: InterleavedScan.Step) -> Event? {
    switch step {
    case .wait: return nil
    case .packet(let count, let channel):
      let header = framing.headerByteCount
      let packet = copy(header..<header + count)
      return .packet(packet, channel: channel, at: consume(header + count).lowerBound)
    case .message(let head, let body):
      let message = InterleavedMessage(head: copy(0..<head), body: copy(head..<head + body))
      return .message(message, at: consume(head + body).lowerBound)
    case .skip(let count, let reason): return .skipped(consume(count), reason)
    }
  }

  private func copy(_ range: Range<Int>) -> [UInt8] {
    [UInt8](copying: buffer.bytes.extracting(range))
  }

  /// Uses bytes up, and says where they lie in the stream.
  private mutating func consume(_ count: Int) -> Range<Int> {
    let start = buffer.offset + lostByteCount
    buffer.consume(count)
    return start..<start + count
  }

  /// Goes on behind a gap, or ends: all bytes before are used.
  private mutating func passEnd() -> Event? {
    guard !gaps.isEmpty else {
      isEnded = true
      return .end
    }
    let gap = gaps.removeFirst()
    let start = gap.offset + lostByteCount
    lostByteCount += gap.count
    scan = InterleavedScan(isSearching: true)
    return gap.count > 0 ? .skipped(start..<start + gap.count, .lost) : nil
  }
}
