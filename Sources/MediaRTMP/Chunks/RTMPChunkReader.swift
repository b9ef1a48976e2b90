import MediaBytes
public import MediaModel

/// Puts the messages of one direction of a connection together again (Adobe RTMP 1.0 §5.3).
///
/// After each `append`, call `next` until it answers nil. Set Chunk Size, Abort and Window
/// Acknowledgement Size take effect inside, and are handed out too. Any cut of the stream gives the
/// same messages; deviations taken after each `next`, and told before the message that it gave, come
/// at the same places too. What is held is what has arrived of unfinished messages.
public struct RTMPChunkReader: Sendable {
  /// How much it believes and holds.
  public let limits: RTMPChunkLimits
  /// The most payload bytes of a chunk from here on, 1...0x7fffffff (§5.4.1).
  public private(set) var chunkSize = 128
  /// After how many bytes the peer wants an acknowledgement; nil until it has said so (§5.4.4).
  public private(set) var acknowledgementWindow: UInt32?

  private var buffer: StreamBuffer
  private let start: Int
  private var streams = RTMPChunkStreamTable<RTMPIncomingMessage>()
  /// The chunk stream whose chunk is not yet used up; nil between chunks.
  private var current: Int?
  /// How many bytes of that chunk's payload are still to come.
  private var remaining = 0
  private var partialByteCount = 0
  /// Where the last acknowledgement that came due points.
  private var acknowledged: Int
  private var isAcknowledgementDue = false
  private var omitsExtendedTimestamps = false
  private var deviations = RTMPDeviationLog()
  private var failure: RTMPError?

  /// Begins at the first chunk, which lies at byte `offset` of its direction, behind the handshake.
  public init(offset: Int = 0, limits: RTMPChunkLimits = .init()) {
    self.limits = limits
    start = offset
    acknowledged = offset
    buffer = StreamBuffer(limit: .max, offset: offset)
  }

  /// How many bytes are held, of unfinished messages and unread.
  public var heldByteCount: Int { partialByteCount + buffer.count }

  /// Takes bytes that arrived.
  public mutating func append(_ bytes: [UInt8]) { append(bytes.span) }

  /// Takes bytes that arrived.
  public mutating func append(_ bytes: Span<UInt8>) {
    do throws(ParseError) {
      try buffer.append(bytes)
    } catch {
      preconditionFailure("a buffer without a limit is full")
    }
  }

  /// The next whole message; nil until more arrives.
  ///
  /// Throws where chunks cannot be told apart any more, and the same again ever after.
  public mutating func next() throws(RTMPError) -> RTMPMessage? {
    if let failure { throw failure }
    do throws(RTMPError) {
      return try assemble()
    } catch {
      failure = error
      throw error
    }
  }

  /// The next deviation found; each kind is told once.
  public mutating func nextDeviation() -> Deviation? { deviations.next() }

  /// The sequence number of an acknowledgement, once one is due: the bytes used since the handshake,
  /// modulo 2^32 (§5.4.3).
  ///
  /// It comes in the middle of a message where the window ends there, for a peer may wait for it; how
  /// far it then reaches depends on what has arrived.
  public mutating func takeAcknowledgementDue() -> UInt32? {
    guard isAcknowledgementDue else { return nil }
    isAcknowledgementDue = false
    return UInt32(truncatingIfNeeded: acknowledged - start)
  }
}

// MARK: - Chunks

extension RTMPChunkReader {
  private mutating func assemble() throws(RTMPError) -> RTMPMessage? {
    while true {
      if current == nil, try !beginChunk() { break }
      guard let index = current, takePayload(index) else { break }
      current = nil
      guard streams[index].payload.count == streams[index].header.payloadByteCount else {
        countForAcknowledgement()
        continue
      }
      let message = streams[index].take()
      partialByteCount -= message.payload.count
      if message.typeID.isProtocolControl { try obey(message) }
      countForAcknowledgement()
      return message
    }
    if current != nil { countForAcknowledgement() }
    return nil
  }

  /// Reads the headers of the next chunk; false until they are there.
  private mutating func beginChunk() throws(RTMPError) -> Bool {
    guard let chunk = RTMPChunkHeader(buffer.bytes) else { return false }
    let known = streams.index(of: chunk.chunkStreamID)
    if known == nil { try checkFirst(chunk) }
    let extended = extendedTimestamp(after: chunk, known)
    if case .undecided = extended { return false }
    let index = known ?? streams.add(RTMPIncomingMessage(chunk), for: chunk.chunkStreamID)
    try take(chunk, extended, index)
    let missing = streams[index].header.payloadByteCount - streams[index].payload.count
    remaining = min(chunkSize, missing)
    // Told here, so that it does not depend on how much of the chunk has arrived.
    guard partialByteCount + remaining <= limits.maxPartialByteCount else {
      throw RTMPError(
        .overLimit, "unfinished messages", seen: "\(partialByteCount + remaining) bytes",
        expected: "at most \(limits.maxPartialByteCount)", at: buffer.offset)
    }
    buffer.consume(chunk.byteCount + extended.byteCount)
    current = index
    return true
  }

  /// The first chunk of a chunk stream must say all that later ones may leave out.
  private mutating func checkFirst(_ chunk: RTMPChunkHeader) throws(RTMPError) {
    let id = chunk.chunkStreamID
    guard chunk.format < 2 else {
      throw RTMPError(
        .malformed, "chunk header", seen: "type \(chunk.format) first on chunk stream \(id)",
        expected: "type 0", at: buffer.offset)
    }
    guard streams.count < limits.maxChunkStreamCount else {
      throw RTMPError(
        .overLimit, "chunk stream ID", seen: "\(id), one more than are kept",
        expected: "at most \(limits.maxChunkStreamCount) chunk streams", at: buffer.offset)
    }
    if chunk.format == 1 {
      deviations.add(
        Deviation(
          .firstChunkTypeOne, seen: "a type 1 header is the first on chunk stream \(id)",
          action: "took the timestamp before it and the message stream as 0"))
    }
  }

  private func extendedTimestamp(
    after chunk: RTMPChunkHeader, _ known: Int?
  ) -> RTMPExtendedTimestamp {
    guard chunk.format == 3, let known else {
      return RTMPExtendedTimestamp(after: chunk, buffer.bytes)
    }
    guard let due = streams[known].extended else { return .absent }
    return RTMPExtendedTimestamp(
      afterTypeThree: chunk.byteCount, buffer.bytes, due: due, message: streams[known],
      omits: omitsExtendedTimestamps)
  }

  /// Applies the headers of a chunk: it begins a message, or goes on with one.
  private mutating func take(
    _ chunk: RTMPChunkHeader, _ extended: RTMPExtendedTimestamp, _ index: Int
  ) throws(RTMPError) {
    note(extended, on: chunk.chunkStreamID)
    if streams[index].isPartial {
      if chunk.format == 3 { return }
      let isRepeated = streams[index].isRepeated(by: chunk, extended: extended.value)
      deviations.add(.headerInside(chunk, isRepeated: isRepeated))
      if isRepeated { return }
      partialByteCount -= streams[index].abandon()
    }
    guard chunk.payloadByteCount <= limits.maxMessageByteCount else {
      throw RTMPError(
        .overLimit, "message length", seen: "\(chunk.payloadByteCount)",
        expected: "at most \(limits.maxMessageByteCount)", at: buffer.offset)
    }
    streams[index].begin(chunk, extended: extended.value)
  }

  private mutating func note(_ extended: RTMPExtendedTimestamp, on id: UInt32) {
    switch extended {
    case .omitted:
      omitsExtendedTimestamps = true
      deviations.add(
        Deviation(
          .extendedTimestampOmitted,
          seen: "no extended timestamp behind a type 3 header on chunk stream \(id)",
          action: "took the bytes there as payload"))
    case .absolute:
      deviations.add(
        Deviation(
          .extendedTimestampAbsolute,
          seen: "a type 3 header repeats the timestamp, not the delta, on chunk stream \(id)",
          action: "passed over it"))
    case .undecided, .absent, .present: break
    }
  }

  /// Moves what has arrived of the chunk to its message; false until all of it has.
  private mutating func takePayload(_ index: Int) -> Bool {
    let count = min(remaining, buffer.count)
    Self.move(count, from: buffer, to: &streams[index])
    buffer.consume(count)
    partialByteCount += count
    remaining -= count
    return remaining == 0
  }

  /// A function of its own because a view of one property would bar changes of the other.
  private static func move(
    _ count: Int, from buffer: borrowing StreamBuffer, to stream: inout RTMPIncomingMessage
  ) {
    if stream.payload.isEmpty {
      // A length is believed only so far; beyond, the array grows as bytes arrive.
      stream.payload.reserveCapacity(min(stream.header.payloadByteCount, max(count, 65_536)))
    }
    stream.payload.append(copying: buffer.bytes.extracting(0..<count))
  }

  private mutating func countForAcknowledgement() {
    guard let window = acknowledgementWindow, buffer.offset - acknowledged >= Int(window) else {
      return
    }
    acknowledged = buffer.offset
    isAcknowledgementDue = true
  }
}

// MARK: - Messages that steer chunks

extension RTMPChunkReader {
  /// Does what types 1, 2 and 5 say; complains of any control message in an odd place.
  private mutating func obey(_ message: RTMPMessage) throws(RTMPError) {
    if message.chunkStreamID != 2 || message.messageStreamID != 0 {
      deviations.add(.controlElsewhere(message))
    }
    let offset = buffer.offset - message.payload.count
    switch message.typeID {
    case .setChunkSize: try setChunkSize(message, at: offset)
    case .abort, .windowAcknowledgementSize:
      // Those cut short say nothing, and no chunk is lost by passing over them.
      switch Result(catching: { () throws(RTMPError) in try RTMPControl(message, at: offset) }) {
      case .success(.abort(let id)): abort(id)
      case .success(.windowAcknowledgementSize(let window)): setWindow(window)
      case .success: break
      case .failure: deviations.add(.shortControl(message))
      }
    default: break
    }
  }

  private mutating func setChunkSize(_ message: RTMPMessage, at offset: Int) throws(RTMPError) {
    guard case .setChunkSize(let value) = try RTMPControl(message, at: offset) else { return }
    guard value & 0x7fff_ffff > 0 else {
      throw RTMPError(
        .malformed, "Set Chunk Size", seen: "\(value)", expected: "1 to 2147483647", at: offset)
    }
    if value > 0x7fff_ffff {
      deviations.add(
        Deviation(
          .chunkSizeTopBit, seen: "the first bit of chunk size \(value) is set",
          action: "took it as \(value & 0x7fff_ffff)"))
    }
    chunkSize = Int(value & 0x7fff_ffff)
  }

  private mutating func abort(_ id: UInt32) {
    guard let index = streams.index(of: id) else { return }
    partialByteCount -= streams[index].abandon()
  }

  private mutating func setWindow(_ window: UInt32) {
    if window == 0 {
      deviations.add(
        Deviation(
          .windowZero, seen: "Window Acknowledgement Size is 0", action: "sends no acknowledgement")
      )
    }
    acknowledgementWindow = window == 0 ? nil : window
  }
}
