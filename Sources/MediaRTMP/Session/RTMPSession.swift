import MediaBytes
import MediaFLV
import MediaModel

/// What both sides of a connection have in common: the handshake, chunks, and the messages by
/// which the protocol governs itself (Adobe RTMP 1.0 §5).
struct RTMPSession: Sendable {
  /// Something the side that uses the session has to tell.
  enum Note: Sendable {
    case deviation(Deviation)
    case acknowledged(Int)
    case userControl(RTMPUserControl)
    case trace(RTMPTrace)
  }

  let functions: RTMPFunctions
  private(set) var secrets: RTMPSecrets
  let traces: Bool
  var handshake: Handshake
  var reader: RTMPChunkReader
  var writer = RTMPChunkWriter()
  var outbox = ScatteredBytes()
  var notes: [Note] = []
  private var seenDeviations: Set<Deviation.Code> = []
  /// What was sent, or is about to be, and what the peer has of it.
  var sentBytes = RTMPSentBytes()
  /// The window that we have asked for.
  private var announcedWindow: UInt32?

  /// Begins a connection, with this side's half of the handshake.
  init(
    _ handshake: Handshake, functions: RTMPFunctions, limits: RTMPChunkLimits,
    secrets: RTMPSecrets, traces: Bool
  ) {
    (self.handshake, self.functions) = (handshake, functions)
    (self.secrets, self.traces) = (secrets, traces)
    reader = RTMPChunkReader(offset: RTMPHandshake.byteCount, limits: limits)
    outbox.append(self.handshake.takeBytesToSend())
  }

  /// Whether messages may be sent.
  var isHandshakeDone: Bool { handshake.isDone }

  /// Adds what must not be shown; of a peer that has no end of it, the first hundred.
  mutating func hide(_ secret: String) {
    if secrets.count < 100 { secrets.add(secret) }
  }

  // MARK: Input

  /// Takes bytes; messages in them are handed out by `next`.
  mutating func receive(_ bytes: [UInt8]) throws(RTMPError) {
    if handshake.isDone { reader.append(bytes) } else { try receiveHandshake(bytes) }
  }

  /// The next message that is not the protocol's own; nil until more bytes arrive.
  mutating func next() throws(RTMPError) -> RTMPMessage? {
    while handshake.isDone {
      let message = try reader.next()
      while let deviation = reader.nextDeviation() { note(deviation) }
      if let sequence = reader.takeAcknowledgementDue() { send(.acknowledgement(sequence)) }
      guard let message else { return nil }
      if traces { notes.append(.trace(trace(of: message, isOutgoing: false))) }
      guard message.typeID.isProtocolControl else { return message }
      receiveControl(message)
    }
    return nil
  }

  private func trace(of message: RTMPMessage, isOutgoing: Bool) -> RTMPTrace {
    var trace = RTMPTrace(message.header, isOutgoing: isOutgoing)
    if message.typeID == .command || message.typeID == .commandAMF3 {
      let isAMF3 = message.typeID == .commandAMF3
      let command = try? RTMPCommand(parsing: message.payload, isAMF3: isAMF3)
      trace.text = command?.text(hiding: secrets) ?? ""
    } else if let control = try? RTMPControl(message) {
      trace.text = control.text
    }
    return trace
  }

  // MARK: Output

  /// Sends a message, its payload from where it lies.
  mutating func send(_ message: RTMPMessage) {
    if traces { notes.append(.trace(trace(of: message, isOutgoing: true))) }
    let before = outbox.count
    writer.append(message, to: &outbox)
    sentBytes.send(outbox.count - before)
  }

  /// Sends a command of the connection, or with `streamID` of a stream.
  mutating func send(_ command: RTMPCommand, on streamID: UInt32 = 0) {
    send(
      RTMPMessage(
        chunkStreamID: streamID == 0 ? 3 : 8, timestamp: 0,
        typeID: command.isAMF3 ? .commandAMF3 : .command, messageStreamID: streamID,
        payload: command.payload))
  }

  /// What is to be sent; nil where that is nothing.
  mutating func takeOutput() -> [UInt8]? {
    outbox.isEmpty ? nil : outbox.takeBytes()
  }

  // MARK: Notes

  /// What is to be told, in order; forgotten by this.
  mutating func takeNotes() -> [Note] {
    guard !notes.isEmpty else { return [] }
    defer { notes = [] }
    return notes
  }

  /// Tells of something odd, the first time that it happens.
  mutating func deviate(
    _ code: Deviation.Code, seen: String, action: String
  ) {
    note(Deviation(code, seen: secrets.masked(seen.printable), action: action))
  }

  /// Tells of a deviation, the first time that its kind is found.
  mutating func note(_ deviation: Deviation) {
    guard seenDeviations.insert(deviation.code).inserted else { return }
    notes.append(.deviation(deviation))
  }
}

// MARK: - Protocol control

extension RTMPSession {
  /// Sends a message of the protocol's own.
  mutating func send(_ control: RTMPControl) { send(control.message) }

  /// Changes the size of the chunks that follow (§5.4.1).
  mutating func setChunkSize(_ size: Int) { send(.setChunkSize(UInt32(clamping: size))) }

  /// Asks for an acknowledgement each so many bytes (§5.4.4), unless a window has been announced:
  /// that was what the peer's bandwidth asks for.
  mutating func announceFirstWindow(_ size: UInt32) {
    if announcedWindow == nil { announceWindow(size) }
  }

  private mutating func announceWindow(_ size: UInt32) {
    guard announcedWindow != size else { return }
    announcedWindow = size
    send(.windowAcknowledgementSize(size))
  }

  /// Takes a message of the protocol's own; the reader has obeyed those that are about chunks.
  private mutating func receiveControl(_ message: RTMPMessage) {
    switch Result(catching: { () throws(RTMPError) in try RTMPControl(message) }) {
    case .success(.acknowledgement(let sequence)): receiveAcknowledgement(sequence)
    // The answer is a window of that size, unless it is already ours (§5.4.5).
    case .success(.setPeerBandwidth(let size, _)): if size > 0 { announceWindow(size) }
    case .success(.userControl(let control)):
      if case .pingRequest(let time) = control { send(.userControl(.pingResponse(time))) }
      notes.append(.userControl(control))
    case .success: break
    case .failure: note(.shortControl(message))
    }
  }

  private mutating func receiveAcknowledgement(_ sequence: UInt32) {
    if let deviation = sentBytes.acknowledge(sequence) { note(deviation) }
    notes.append(.acknowledged(sentBytes.acknowledged))
  }
}
