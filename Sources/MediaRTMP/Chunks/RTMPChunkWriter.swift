public import MediaBytes

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
  /// The payload has at most 0xffffff bytes and is not copied, the chunk stream is 2...65599.
  public mutating func append(_ message: RTMPMessage, to bytes: inout ScatteredBytes) {
    let (header, chunkSize) = (message.header, chunkSize)
    precondition((0...0xff_ffff).contains(header.payloadByteCount), "a payload has 24 bits of size")
    let extended = bytes.write { appendFirst(header, to: &$0) }
    var end = min(header.payloadByteCount, chunkSize)
    bytes.append(message.payload, 0..<end)
    while end < header.payloadByteCount {
      bytes.write {
        RTMPChunkHeader.writeBasic(format: 3, chunkStreamID: header.chunkStreamID, to: &$0)
        if let extended { Self.append(extended, to: &$0) }
      }
      let start = end
      end = min(header.payloadByteCount, start + chunkSize)
      bytes.append(message.payload, start..<end)
    }
    guard message.typeID == .setChunkSize,
      case .setChunkSize(let size)? = try? RTMPControl(message), Self.sizes.contains(Int(size))
    else { return }
    self.chunkSize = Int(size)
  }

  /// Appends the same to an array.
  public mutating func append(_ message: RTMPMessage, to bytes: inout [UInt8]) {
    var scattered = ScatteredBytes()
    append(message, to: &scattered)
    bytes += scattered.takeBytes()
  }
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
