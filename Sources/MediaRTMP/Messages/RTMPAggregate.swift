import MediaBytes
import MediaFLV
public import MediaModel

/// Several messages in one: a run of FLV tags, each with its back pointer (Adobe RTMP 1.0 §7.1.6).
public struct RTMPAggregate: Sendable {
  /// The messages, those before the damage where there is some.
  public private(set) var messages: [RTMPMessage] = []
  /// What is odd about it; what was lost if there is damage.
  public private(set) var deviations: [Deviation] = []

  /// Takes an aggregate message apart.
  ///
  /// The timestamps inside tell only how far they are apart: the first message has the timestamp of
  /// the aggregate. All have its chunk stream and message stream; an aggregate among them is left as
  /// it is.
  public init(_ aggregate: RTMPMessage) {
    var reader = ByteReader(aggregate.payload.span)
    var firstTimestamp: UInt32?
    var hasOddPointer = false
    while !reader.isAtEnd {
      let start = reader.offset
      guard let header = Self.header(&reader), let body = reader.peek(Int(header.dataSize)) else {
        lose(aggregate.payload.count - start, at: start)
        break
      }
      let timestamp = UInt32(bitPattern: header.timestamp)
      let first = firstTimestamp ?? timestamp
      firstTimestamp = first
      messages.append(
        RTMPMessage(
          chunkStreamID: aggregate.chunkStreamID,
          timestamp: aggregate.timestamp &+ (timestamp &- first),
          typeID: RTMPMessageType(rawValue: header.type.rawValue),
          messageStreamID: aggregate.messageStreamID, payload: [UInt8](copying: body)))
      let tagByteCount = FLVTagHeader.byteCount + body.byteCount
      Self.skip(body.byteCount, &reader)
      let pointer = Self.backPointer(&reader)
      if pointer != tagByteCount, !hasOddPointer {
        hasOddPointer = true
        addOddPointer(pointer, tagByteCount)
      }
    }
  }

  private static func header(_ reader: inout ByteReader) -> FLVTagHeader? {
    try? FLVTagHeader(parsing: &reader)
  }

  /// Reads a back pointer; nil where the payload ends before or inside of it.
  private static func backPointer(_ reader: inout ByteReader) -> Int? {
    guard let pointer = try? reader.u32("Back Pointer") else {
      skip(reader.remaining, &reader)
      return nil
    }
    return Int(pointer)
  }

  /// Steps over bytes that are known to be there.
  private static func skip(_ count: Int, _ reader: inout ByteReader) {
    _ = try? reader.skip(count, "Data")
  }

  private mutating func lose(_ count: Int, at offset: Int) {
    deviations.append(
      Deviation(
        .aggregateDamaged,
        seen: "no whole message in the last \(count) bytes, from byte \(offset) of the aggregate",
        action: "dropped them"))
  }

  private mutating func addOddPointer(_ pointer: Int?, _ expected: Int) {
    let seen = pointer.map { "is \($0)" } ?? "is missing"
    deviations.append(
      Deviation(
        .aggregateBackPointer,
        seen: "the back pointer of a message of \(expected) bytes \(seen)",
        action: "passed over it"))
  }
}

extension Deviation.Code {
  /// An aggregate ends inside of a message.
  public static let aggregateDamaged = Self("aggregate-damaged", "Adobe RTMP 1.0 §7.1.6")
  /// A back pointer in an aggregate does not hold the size of the message before it.
  public static let aggregateBackPointer = Self("aggregate-back-pointer", "Adobe RTMP 1.0 §7.1.6")
}
