import MediaModel
import MediaRTMP
import TestSupport

/// What a reader gives, in the order in which a session would tell it.
enum ChunkItem: Equatable {
  case message(RTMPMessage)
  case deviation(String)
  case acknowledgement(UInt32)
  case failure(RTMPError)
}

/// Everything that comes of a stream that arrives in pieces.
func readChunks(
  _ pieces: [[UInt8]], limits: RTMPChunkLimits = .init(), offset: Int = 0
) -> [ChunkItem] {
  var reader = RTMPChunkReader(offset: offset, limits: limits)
  var items: [ChunkItem] = []
  for piece in pieces {
    reader.append(piece)
    while true {
      let result = Result { () throws(RTMPError) in try reader.next() }
      while let deviation = reader.nextDeviation() { items.append(.deviation(deviation.code.name)) }
      switch result {
      case .failure(let error): return items + [.failure(error)]
      case .success(let message?): items.append(.message(message))
      case .success(nil): break
      }
      if let due = reader.takeAcknowledgementDue() { items.append(.acknowledgement(due)) }
      guard case .success(_?) = result else { break }
    }
  }
  return items
}

func readChunks(_ bytes: [UInt8], limits: RTMPChunkLimits = .init()) -> [ChunkItem] {
  readChunks([bytes], limits: limits)
}

func messages(_ items: [ChunkItem]) -> [RTMPMessage] {
  items.compactMap { if case .message(let message) = $0 { message } else { nil } }
}

func deviations(_ items: [ChunkItem]) -> [String] {
  items.compactMap { if case .deviation(let name) = $0 { name } else { nil } }
}

func failure(_ items: [ChunkItem]) -> RTMPError? {
  if case .failure(let error)? = items.last { error } else { nil }
}

/// A stream whole, byte by byte, and in pieces of random sizes.
func cuts(of bytes: [UInt8], _ random: inout Seeded, count: Int = 3) -> [[[UInt8]]] {
  var all = [[bytes], bytes.map { [$0] }]
  for _ in 0..<count {
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...300, using: &random))
      pieces.append([UInt8](piece))
      rest = rest.dropFirst(piece.count)
    }
    all.append(pieces)
  }
  return all
}

func writeChunks(_ messages: [RTMPMessage], chunkSize: Int = 128) -> [UInt8] {
  var writer = RTMPChunkWriter(chunkSize: chunkSize)
  var bytes: [UInt8] = []
  for message in messages { writer.append(message, to: &bytes) }
  return bytes
}

func message(
  _ timestamp: UInt32, _ payload: [UInt8], on id: UInt32 = 4, type: RTMPMessageType = .audio,
  stream: UInt32 = 1
) -> RTMPMessage {
  RTMPMessage(
    chunkStreamID: id, timestamp: timestamp, typeID: type, messageStreamID: stream,
    payload: payload)
}

/// A second reader, of whole streams that keep to the letter of Adobe RTMP 1.0 §5.3; it shares
/// nothing with the first.
func readByTheBook(_ bytes: [UInt8]) -> [RTMPMessage]? {
  struct Stream {
    var timestamp = 0
    var delta = 0
    var length = 0
    var type = 0
    var messageStream = 0
    var extended = false
    var payload: [UInt8] = []
  }
  var streams: [Int: Stream] = [:]
  var found: [RTMPMessage] = []
  var chunkSize = 128
  var at = 0
  func number(_ count: Int) -> Int {
    defer { at += count }
    return bytes[at..<at + count].reduce(0) { $0 << 8 | Int($1) }
  }
  while at < bytes.count {
    let first = number(1)
    var id = first & 63
    if id == 0 { id = number(1) + 64 } else if id == 1 { id = number(1) + 256 * number(1) + 64 }
    var stream = streams[id] ?? Stream()
    let format = first >> 6
    let begins = stream.payload.isEmpty
    guard format == 3 || begins else { return nil }
    var time = 0
    if format < 3 { time = number(3) }
    if format < 2 {
      stream.length = number(3)
      stream.type = number(1)
    }
    if format < 1 {
      stream.messageStream = number(1) + 256 * (number(1) + 256 * (number(1) + 256 * number(1)))
    }
    if format < 3 { stream.extended = time == 0xff_ffff }
    if stream.extended {
      let value = number(4)
      if format < 3 { time = value }
    }
    if format < 3 { stream.delta = time }
    if begins { stream.timestamp = (format == 0 ? 0 : stream.timestamp) + stream.delta }
    let count = min(chunkSize, stream.length - stream.payload.count)
    guard at + count <= bytes.count else { return nil }
    stream.payload += bytes[at..<at + count]
    at += count
    if stream.payload.count == stream.length {
      found.append(
        RTMPMessage(
          chunkStreamID: UInt32(id), timestamp: UInt32(truncatingIfNeeded: stream.timestamp),
          typeID: RTMPMessageType(rawValue: UInt8(stream.type)),
          messageStreamID: UInt32(stream.messageStream), payload: stream.payload))
      if stream.type == 1 { chunkSize = stream.payload.prefix(4).reduce(0) { $0 << 8 | Int($1) } }
      stream.payload = []
    }
    streams[id] = stream
  }
  return found
}
