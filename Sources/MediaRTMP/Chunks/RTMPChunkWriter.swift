/// Cuts messages into chunks for one direction of a connection (Adobe RTMP 1.0 §5.3).
///
/// Each message has the shortest header that every known receiver understands the same way: full
/// (type 0) for the first of a chunk stream, where the timestamp goes back or the message stream
/// changes, and where a delta would need an extended timestamp; type 3 only behind a delta that was
/// sent. Extended timestamps stand in every chunk of their message (§5.3.1.3).
public struct RTMPChunkWriter: Sendable {
  /// The most payload bytes of a chunk from here on, 1...0x7fffffff (§5.4.1).
  public private(set) var chunkSize: Int

  private static let sizes = 1...0x7fff_ffff

  /// What the receiver knows of a chunk stream.
  private struct Sent: Sendable {
    var header: RTMPMessage.Header
    /// What a type 3 header would add; nil where receivers disagree.
    var delta: UInt32?
  }
  private var streams = RTMPChunkStreamTable<Sent>()

  /// Makes a writer whose receiver knows nothing yet.
  public init(chunkSize: Int = 128) {
    precondition(Self.sizes.contains(chunkSize), "a chunk size is 1...0x7fffffff")
    self.chunkSize = chunkSize
  }

  /// Appends a whole message in chunks; a Set Chunk Size holds for what follows it, unless its
  /// value is none.
  ///
  /// The payload has at most 0xffffff bytes, the chunk stream is 2...65599.
  public mutating func append(_ message: RTMPMessage, to bytes: inout [UInt8]) {
    let layout = appendHeaders(of: message.header, to: &bytes)
    // The headers of later chunks lie where the payload goes: they are put in between.
    let continuation = [UInt8](bytes[layout.continuation])
    bytes.removeSubrange(layout.continuation)
    var position = 0
    while true {
      let end = min(message.payload.count, position + layout.chunkSize)
      bytes += message.payload[position..<end]
      position = end
      if position == message.payload.count { break }
      bytes += continuation
    }
    if case .setChunkSize(let size)? = try? RTMPControl(message), Self.sizes.contains(Int(size)) {
      setChunkSize(Int(size))
    }
  }

  /// Appends the headers of a message without its payload, for who sends that from where it lies.
  ///
  /// On the wire stand `first`, `chunkSize` bytes of payload, `continuation`, as many again, and so
  /// on; the last chunk may be shorter. Of Set Chunk Size, tell `setChunkSize` afterwards.
  public mutating func appendHeaders(
    of header: RTMPMessage.Header, to bytes: inout [UInt8]
  ) -> RTMPChunkLayout {
    precondition((0...0xff_ffff).contains(header.payloadByteCount), "a payload has 24 bits of size")
    let start = bytes.count
    let extended = appendFirst(header, to: &bytes)
    let middle = bytes.count
    if header.payloadByteCount > chunkSize {
      RTMPChunkHeader.writeBasic(format: 3, chunkStreamID: header.chunkStreamID, to: &bytes)
      if let extended { Self.append(extended, to: &bytes) }
    }
    return RTMPChunkLayout(
      first: start..<middle, continuation: middle..<bytes.count, chunkSize: chunkSize)
  }

  /// Uses another size from the next chunk on; the receiver must be told by Set Chunk Size before.
  public mutating func setChunkSize(_ size: Int) {
    precondition(Self.sizes.contains(size), "a chunk size is 1...0x7fffffff")
    chunkSize = size
  }
}

/// Where the headers of a message's chunks lie in the array they were written to.
public struct RTMPChunkLayout: Hashable, Sendable {
  /// The headers before the first byte of payload.
  public let first: Range<Int>
  /// The headers between two chunks, the same each time; empty where there is one chunk.
  public let continuation: Range<Int>
  /// How many bytes of payload stand between two headers.
  public let chunkSize: Int
}

extension RTMPChunkWriter {
  /// Writes the headers of the first chunk; gives the extended timestamp that the others repeat.
  private mutating func appendFirst(
    _ header: RTMPMessage.Header, to bytes: inout [UInt8]
  ) -> UInt32? {
    let id = header.chunkStreamID
    guard let index = streams.index(of: id) else {
      let sent = Sent(header: header, delta: Self.deltaAfterFull(header))
      _ = streams.add(sent, for: id)
      return Self.appendFull(header, to: &bytes)
    }
    let last = streams[index]
    let delta = header.timestamp &- last.header.timestamp
    streams[index].header = header
    guard header.messageStreamID == last.header.messageStreamID,
      delta < RTMPChunkHeader.extendedMark
    else {
      streams[index].delta = Self.deltaAfterFull(header)
      return Self.appendFull(header, to: &bytes)
    }
    streams[index].delta = delta
    let isSameKind =
      header.typeID == last.header.typeID
      && header.payloadByteCount == last.header.payloadByteCount
    let format: UInt8 = !isSameKind ? 1 : delta != last.delta ? 2 : 3
    RTMPChunkHeader.writeBasic(format: format, chunkStreamID: id, to: &bytes)
    if format < 3 { Self.append24(delta, to: &bytes) }
    if format < 2 { Self.appendKind(header, to: &bytes) }
    return nil
  }

  /// What a type 3 message directly behind this one would mean: the specification says its whole
  /// timestamp (§5.3.1.2.4), some receivers nothing.
  private static func deltaAfterFull(_ header: RTMPMessage.Header) -> UInt32? {
    header.timestamp == 0 ? 0 : nil
  }

  private static func appendFull(
    _ header: RTMPMessage.Header, to bytes: inout [UInt8]
  ) -> UInt32? {
    RTMPChunkHeader.writeBasic(format: 0, chunkStreamID: header.chunkStreamID, to: &bytes)
    let isExtended = header.timestamp >= RTMPChunkHeader.extendedMark
    append24(isExtended ? RTMPChunkHeader.extendedMark : header.timestamp, to: &bytes)
    appendKind(header, to: &bytes)
    append(header.messageStreamID.byteSwapped, to: &bytes)
    guard isExtended else { return nil }
    append(header.timestamp, to: &bytes)
    return header.timestamp
  }

  private static func appendKind(_ header: RTMPMessage.Header, to bytes: inout [UInt8]) {
    append24(UInt32(header.payloadByteCount), to: &bytes)
    bytes.append(header.typeID.rawValue)
  }

  private static func append24(_ value: UInt32, to bytes: inout [UInt8]) {
    bytes.append(UInt8(truncatingIfNeeded: value >> 16))
    bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  private static func append(_ value: UInt32, to bytes: inout [UInt8]) {
    bytes.append(UInt8(truncatingIfNeeded: value >> 24))
    append24(value & 0xff_ffff, to: &bytes)
  }
}
