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

  private let input: FLVInput
  private var scanner = FLVScanner(bodyPrefix: Int.max)
  private var classifier = FLVBodyClassifier()
  /// The time of the last frame, as it goes on beyond 32 bits.
  private var lastTime: Int64?
  private var skipped = 0
  private var isAtEnd = false

  init(_ input: FLVInput) { self.input = input }

  func next() throws -> PushMessage? {
    while !isAtEnd {
      if let tag = input.withWindow({ scanner.takeOrdinaryTag($0, at: $1, end: input.end) }) {
        if let message = try input.withBytes(of: tag.body, { try message(tag, $0) }) {
          return message
        }
        continue
      }
      let step = try input.withWindow { window, offset in
        try scanner.step(window, at: offset, end: input.end, held: input.held)
      }
      switch step {
      case .needs(let range):
        do {
          try input.fill(range, retaining: scanner.retained)
        } catch let failure as FLVInputFailure {
          throw failure.reason
        }
      case .tag(let tag):
        if let message = try input.withBytes(of: tag.body, { try message(tag, $0) }) {
          return message
        }
      case .header, .tagEnd: break
      case .skipped(let skip): skipped += skip.range.count
      case .end(let end):
        isAtEnd = true
        skipped += end.skipped?.range.count ?? 0
        if end.isDamage { notes.append("the end of the input is damaged or cut off") }
      }
    }
    if skipped > 0 { notes.append("\(Quantity.counted(skipped, "byte")) of damage skipped") }
    skipped = 0
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

/// Tells what the body of an FLV tag is good for.
struct FLVBodyClassifier {
  /// The track that pictures of further tracks go along with.
  private var firstVideoTrack: UInt8?

  /// A message of time 0; bodies that nobody can read go as they are.
  mutating func message(_ type: RTMPMessageType, _ body: [UInt8]) -> PushMessage {
    var message = PushMessage(type: type, time: 0, payload: body, role: .other)
    switch type {
    case .audio: classifyAudio(&message)
    case .video: classifyVideo(&message)
    case .data: classifyData(&message)
    default: break
    }
    return message
  }

  // MARK: Metadata

  private static let setDataFrame = AMFEncoder.amf0(.string("@setDataFrame"))
  private static let onMetaData = AMFEncoder.amf0(.string("onMetaData"))

  /// A server keeps metadata that is set, and passes anything else on.
  private func classifyData(_ message: inout PushMessage) {
    if message.payload.starts(with: Self.onMetaData) {
      message.payload = Self.setDataFrame + message.payload
      message.role = .metadata
    } else if message.payload.starts(with: Self.setDataFrame + Self.onMetaData) {
      message.role = .metadata
    }
  }

  // MARK: Sound

  private func classifyAudio(_ message: inout PushMessage) {
    message.role = .sound
    guard let first = message.payload.first else { return }
    let format = FLVSoundHeader(byte: first).format
    if format == .aac {
      guard message.payload.count > 1 else { return }
      let type = FLVAACPacketType(rawValue: message.payload[1])
      if type == .sequenceHeader { message.role = configuration(.audio, type.rawValue, [0]) }
    } else if format == .exHeader {
      var reader = ByteReader(message.payload.span)
      let body = try? FLVAudioBody(parsing: &reader, bodySize: message.payload.count)
      guard let body, let header = body.exHeader else { return message.role = .other }
      message.fourCC = body.parts.first?.fourCC
      message.role = role(of: body.parts, header.packetType.rawValue, .audio) ?? .sound
    }
  }

  // MARK: Pictures

  private mutating func classifyVideo(_ message: inout PushMessage) {
    guard let first = message.payload.first else { return }
    guard first & 0x80 == 0 else { return classifyEnhancedVideo(&message) }
    let (type, codecID) = (
      FLVFrameType(rawValue: first >> 4), FLVVideoCodecID(rawValue: first & 0xf)
    )
    guard type != .command else { return }
    if codecID.hasPacketType {
      guard message.payload.count > 1 else { return }
      let packet = FLVAVCPacketType(rawValue: message.payload[1])
      switch packet {
      case .sequenceHeader: return message.role = configuration(.video, packet.rawValue, [0])
      case .nalu: break
      default: return
      }
    }
    message.role = .picture(picture(type.isKey, track: 0))
  }

  private mutating func classifyEnhancedVideo(_ message: inout PushMessage) {
    var reader = ByteReader(message.payload.span)
    let body = try? FLVVideoBody(parsing: &reader, bodySize: message.payload.count)
    guard let body, let header = body.exHeader, body.command == nil else { return }
    message.fourCC = body.parts.first?.fourCC
    if let role = role(of: body.parts, header.packetType.rawValue, .video) {
      message.role = role
    } else if let track = body.parts.map(\.trackID).min() {
      message.role = .picture(picture(body.isKeyframe, track: track))
    }
  }

  private mutating func picture(_ isKey: Bool, track: UInt8) -> PushMessage.Picture {
    let first = firstVideoTrack ?? track
    firstVideoTrack = first
    return !isKey ? .inter : track == first ? .key : .furtherKey
  }

  // MARK: Either

  /// nil for frames.
  private func role(
    of parts: FLVMediaParts, _ packetType: UInt8, _ type: RTMPMessageType
  ) -> PushMessage.Role? {
    switch parts.first?.kind {
    case .codedFrames: nil
    case .sequenceHeader, .mpeg2TSSequenceStart, .multichannelConfig, .metadata:
      configuration(type, packetType, parts.map(\.trackID))
    case .sequenceEnd, .command, .reserved, nil: .other
    }
  }

  private func configuration(
    _ type: RTMPMessageType, _ packetType: UInt8, _ tracks: [UInt8]
  ) -> PushMessage.Role {
    .configuration(.init(type: type, packetType: packetType, tracks: tracks))
  }
}
