public import MediaModel

extension Deviation.Code {
  /// A chunk stream begins with a type 1 header, as librtmp's ping answers do.
  public static let firstChunkTypeOne = Self("first-chunk-type-1", "Adobe RTMP 1.0 §5.3.1.2.1")
  /// A header of type 0, 1 or 2 amid a message.
  public static let headerInsideMessage = Self("header-inside-message", "Adobe RTMP 1.0 §5.3.1.2.4")
  /// Type 3 headers lack the extended timestamp.
  public static let extendedTimestampOmitted = Self(
    "extended-timestamp-omitted", "Adobe RTMP 1.0 §5.3.1.3")
  /// Type 3 headers repeat the timestamp where the header before them has a delta.
  public static let extendedTimestampAbsolute = Self(
    "extended-timestamp-absolute", "Adobe RTMP 1.0 §5.3.1.3")
  /// The bit that must be zero is set.
  public static let chunkSizeTopBit = Self("chunk-size-top-bit", "Adobe RTMP 1.0 §5.4.1")
  /// A window of no bytes.
  public static let windowZero = Self("window-zero", "Adobe RTMP 1.0 §5.4.4")
  /// A control message not on chunk stream 2 and message stream 0.
  public static let controlElsewhere = Self("control-elsewhere", "Adobe RTMP 1.0 §5.4")
  /// A control message without all of its fields.
  public static let controlShort = Self("control-short", "Adobe RTMP 1.0 §5.4")
}

extension Deviation {
  static func headerInside(_ chunk: RTMPChunkHeader, isRepeated: Bool) -> Self {
    Self(
      .headerInsideMessage,
      seen: "a type \(chunk.format) header amid a message on chunk stream \(chunk.chunkStreamID)",
      action: isRepeated ? "went on with the message" : "dropped what there was of the message")
  }

  static func controlElsewhere(_ message: RTMPMessage) -> Self {
    Self(
      .controlElsewhere,
      seen: "\(message.typeID) on chunk stream \(message.chunkStreamID), "
        + "message stream \(message.messageStreamID)",
      action: "obeyed it all the same")
  }

  static func shortControl(_ message: RTMPMessage) -> Self {
    Self(
      .controlShort, seen: "\(message.typeID) of \(message.payload.count) bytes",
      action: "passed over it")
  }
}

/// Deviations not yet taken; each kind is told once, so that a hostile peer fills no memory.
struct RTMPDeviationLog: Sendable {
  private var pending: [Deviation] = []
  private var told: Set<Deviation.Code> = []

  mutating func add(_ deviation: Deviation) {
    if told.insert(deviation.code).inserted { pending.append(deviation) }
  }

  mutating func next() -> Deviation? { pending.isEmpty ? nil : pending.removeFirst() }
}
