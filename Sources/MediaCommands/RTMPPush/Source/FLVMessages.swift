internal import MediaBytes
internal import MediaFLV
internal import MediaModel
internal import MediaRTMP

/// An input from its beginning to its end, as messages whose times are those of the input.
protocol PushReading: AnyObject {
  /// What a user should know about what is not in the messages.
  var notes: [String] { get }

  /// The next message; nil at the end.
  func next() throws -> PushMessage?
}

/// The tags of an FLV file as messages: their bodies as they are.
final class FLVMessages: PushReading {
  private(set) var notes: [String] = []

  private var tags: FLVTags
  private var classifier = FLVBodyClassifier()
  /// The time of the last frame, as it goes on beyond 32 bits.
  private var lastTime: Int64?
  private var isAtEnd = false

  init(_ input: FLVInput) { tags = FLVTags(input) }

  func next() throws -> PushMessage? {
    while let found = try tags.next({ try message($0, $1) }) {
      if let found { return found }
    }
    if !isAtEnd {
      if tags.isEndDamaged { notes.append("the end of the input is damaged or cut off") }
      if let note = tags.note { notes.append(note) }
    }
    isAtEnd = true
    return nil
  }

  private func message(_ tag: FLVTag, _ body: RawSpan) throws -> PushMessage? {
    guard tag.header.type.isKnown else { return nil }
    guard !tag.header.isFiltered else {
      throw Failure(.dataError, "encrypted media at byte \(tag.offset)")
    }
    var message = classifier.message(
      RTMPMessageType(rawValue: tag.header.type.rawValue), [UInt8](copying: body))
    message.time = time(tag.header.timestamp)
    if message.isFrame { lastTime = message.time }
    return message
  }

  /// The timestamp nearest to the last frame's of all that have these 32 bits.
  private func time(_ timestamp: Int32) -> Int64 {
    guard let lastTime else { return Int64(timestamp) }
    let step = UInt32(bitPattern: timestamp) &- UInt32(truncatingIfNeeded: lastTime)
    return lastTime + Int64(Int32(bitPattern: step))
  }
}

extension FLVBodyClassifier {
  private static let setDataFrame = AMFEncoder.amf0(.string("@setDataFrame"))
  private static let onMetaData = AMFEncoder.amf0(.string("onMetaData"))

  /// A message of time 0; bodies that nobody can read go as they are.
  mutating func message(_ type: RTMPMessageType, _ body: [UInt8]) -> PushMessage {
    let (role, fourCC) = classify(type, body)
    var message = PushMessage(type: type, time: 0, payload: body, role: role, fourCC: fourCC)
    if type == .data { Self.classifyData(&message) }
    return message
  }

  /// A server keeps metadata that is set, and passes anything else on.
  private static func classifyData(_ message: inout PushMessage) {
    if message.payload.starts(with: onMetaData) {
      message.payload = setDataFrame + message.payload
      message.role = .metadata
    } else if message.payload.starts(with: setDataFrame + onMetaData) {
      message.role = .metadata
    }
  }
}
