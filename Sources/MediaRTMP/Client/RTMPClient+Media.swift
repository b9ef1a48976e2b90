import MediaBytes
import MediaFLV
import MediaModel

// Media both ways, and what a player may ask for.

extension RTMPClient {
  /// Whether media may be sent.
  public var canSendMedia: Bool { phase == .running && options.purpose.isPublishing }

  /// Sends sound, pictures or data; only while `canSendMedia`.
  ///
  /// - Parameters:
  ///   - type: `.audio`, `.video` or `.data`.
  ///   - timestamp: milliseconds, modulo 2^32.
  ///   - payload: the body of an FLV tag, held until it is sent; metadata as `RTMPDataFrame.wrap` gives it.
  public mutating func send(_ type: RTMPMessageType, timestamp: UInt32, _ payload: [UInt8]) {
    precondition(canSendMedia, "media while nothing is published")
    session.sendMedia(type, timestamp: timestamp, payload, on: streamID ?? 0)
  }

  // MARK: Playing

  /// Halts playing, or goes on, where playing is at a time (Adobe RTMP 1.0 §7.2.2.8).
  public mutating func pause(_ isPaused: Bool, at milliseconds: UInt32) {
    guard phase == .running, let streamID else { return }
    call(.pause, [.null, .boolean(isPaused), .number(Double(milliseconds))], on: streamID)
  }

  /// Goes to another time of a recording (§7.2.2.7).
  public mutating func seek(to milliseconds: UInt32) {
    guard phase == .running, let streamID else { return }
    call(.seek, [.null, .number(Double(milliseconds))], on: streamID)
  }

  /// Takes sound or pictures.
  mutating func receiveMedia(_ message: RTMPMessage, at now: Nanoseconds) {
    guard !options.purpose.isPublishing else {
      session.deviate(
        .mediaToPublisher, seen: "media for a publisher", action: "passed over it")
      return
    }
    guard phase == .running || phase == .start else { return }
    if message.messageStreamID != streamID {
      session.deviate(
        .mediaOnOtherStream,
        seen: "media on message stream \(message.messageStreamID), not \(streamID ?? 0)",
        action: "took it for ours")
    }
    if phase == .start {
      session.deviate(
        .mediaBeforeStart, seen: "media before NetStream.Play.Start",
        action: "took it for the start")
      run(at: now)
    }
    events.append(.media(message))
  }

  /// Takes data: statuses in it are statuses, anything else is media.
  mutating func receiveData(_ message: RTMPMessage, at now: Nanoseconds) throws(Failure) {
    var reader = ByteReader(message.payload.span)
    let isAMF3 = message.typeID == .dataAMF3
    let script = FLVScriptData(parsing: &reader, type: isAMF3 ? .scriptAMF3 : .script)
    switch script.name {
    case "onStatus", "onPlayStatus":
      guard let status = RTMPStatus(script.values) else { return }
      try receiveStatus(status, on: message.messageStreamID, at: now)
    // Whether Flash may look at samples.
    case "|RtmpSampleAccess": break
    default:
      guard !options.purpose.isPublishing, phase == .running || phase == .start else { return }
      events.append(.media(message))
    }
  }

  /// Takes an aggregate message apart (§7.1.6).
  mutating func receiveAggregate(
    _ message: RTMPMessage, at now: Nanoseconds
  ) throws(Failure) {
    for part in session.parts(of: message) {
      switch part.typeID {
      case .audio, .video: receiveMedia(part, at: now)
      default: try receiveData(part, at: now)
      }
    }
  }
}
