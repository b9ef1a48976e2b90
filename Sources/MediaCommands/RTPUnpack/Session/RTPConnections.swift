internal import MediaBytes
internal import MediaCapture
internal import MediaModel
internal import MediaRTP

/// Finds packets of RTP and messages of RTSP on the connections of a capture.
struct RTPConnections {
  /// One direction of a connection.
  private struct Stream {
    var flow: RTPFlow
    /// nil until its first bytes have shown what it is.
    var deframer: InterleavedDeframer?
    var start: [UInt8] = []
    var isIgnored = false
    var junk = 0
  }
  private static let maxDialogues = 1024

  private var reassembler = TCPReassembler()
  private var streams: [Int: Stream] = [:]
  private(set) var dialogues: [RTSPDialogue] = []
  private var dialogueOfFlow: [RTPFlow: Int] = [:]

  init() {}

  /// Takes a segment, whose bytes the window holds.
  mutating func receive(
    _ segment: CapturedSegment, _ window: RawSpan, at offset: Int, _ session: RTPSession
  ) throws {
    reassembler.receive(segment, window, at: offset)
    try takeEvents(window, offset, session)
  }

  /// Takes what is left at the end.
  mutating func finish(_ session: RTPSession) throws {
    reassembler.finish()
    try takeEvents(RawSpan(), 0, session)
  }

  private mutating func takeEvents(
    _ window: RawSpan, _ offset: Int, _ session: RTPSession
  ) throws {
    while let event = reassembler.next() {
      switch event.kind {
      case .opened(let source, let destination, _):
        streams[event.stream] = Stream(
          flow: RTPFlow(source: source, destination: destination, transport: .tcp))
      case .bytes(let bytes, _):
        guard var stream = streams[event.stream], !stream.isIgnored else { continue }
        streams[event.stream] = nil
        let copy = bytes.read(in: window, at: offset) { [UInt8](copying: $0) }
        try take(copy, &stream, event, session)
        streams[event.stream] = stream
      case .gap(_, let count):
        guard streams[event.stream]?.deframer != nil else { continue }
        streams[event.stream]?.deframer?.lose(count)
        session.findings.add(
          .captureGap, Quantity.counted(count, "byte"), packet: event.number,
          time: session.seconds(event.time))
      case .closed:
        guard var stream = streams.removeValue(forKey: event.stream), !stream.isIgnored else {
          continue
        }
        stream.deframer?.finish()
        try drain(&stream, event, session)
      }
    }
  }

  private mutating func take(
    _ bytes: [UInt8], _ stream: inout Stream, _ event: TCPReassembler.Event,
    _ session: RTPSession
  ) throws {
    if stream.deframer == nil {
      stream.start += bytes
      guard stream.start.count >= 8 else { return }
      guard let framing = Self.framing(stream.start) else {
        stream.isIgnored = true
        stream.start = []
        return
      }
      if framing == .rtsp { stream.flow.transport = .interleaved }
      var deframer = InterleavedDeframer(framing)
      deframer.receive(stream.start.span)
      stream.deframer = deframer
      stream.start = []
    } else {
      stream.deframer?.receive(bytes.span)
    }
    try drain(&stream, event, session)
  }

  /// How packets are framed on a connection that begins so; nil where it is about something else.
  private static func framing(_ bytes: [UInt8]) -> InterleavedFraming? {
    let words = [
      "RTSP/", "OPTIONS ", "DESCRIBE", "ANNOUNCE", "SETUP ", "PLAY ", "GET_PARA", "SET_PARA",
      "TEARDOWN", "RECORD ", "PAUSE ",
    ]
    // OPTIONS is HTTP's too: what follows it then is no RTSP and becomes nothing.
    if words.contains(where: { bytes.starts(with: $0.utf8) }) { return .rtsp }
    let length = Int(bytes[2]) << 8 | Int(bytes[3])
    if bytes[0] == UInt8(ascii: "$"), bytes[4] >> 6 == 2, length >= 8 { return .rtsp }
    let isPacket = bytes[2] >> 6 == 2 && (bytes[3] & 0x7f < 35 || bytes[3] & 0x7f >= 72)
    return isPacket && Int(bytes[0]) << 8 | Int(bytes[1]) >= 12 ? .lengthPrefixed : nil
  }

  private mutating func drain(
    _ stream: inout Stream, _ event: TCPReassembler.Event, _ session: RTPSession
  ) throws {
    while let found = stream.deframer?.next() {
      switch found {
      case .packet(let bytes, let channel, _):
        var flow = stream.flow
        flow.channel = channel
        if flow.transport == .interleaved { noteInterleaved(stream.flow) }
        let datagram = RTPDatagram(
          number: event.number, time: event.time, flow: flow, byteCount: bytes.count)
        try session.receive(bytes.span.bytes, datagram)
      case .message(let message, _): take(message, stream.flow, event, session)
      case .skipped(let range, .junk):
        stream.junk += range.count
        session.findings.add(
          .captureJunk, Quantity.counted(range.count, "byte"), packet: event.number,
          time: session.seconds(event.time))
      case .skipped, .end: break
      }
    }
  }

  // MARK: RTSP

  private mutating func noteInterleaved(_ flow: RTPFlow) {
    guard let index = dialogueOfFlow[flow] ?? dialogueOfFlow[flow.reversed] else { return }
    dialogues[index].noteInterleaved()
  }

  private mutating func take(
    _ message: InterleavedMessage, _ flow: RTPFlow, _ event: TCPReassembler.Event,
    _ session: RTPSession
  ) {
    // Requests go to the server; a server's own are rare.
    let client = message.isResponse ? flow.reversed : flow
    var index = dialogueOfFlow[client] ?? dialogueOfFlow[client.reversed]
    if index == nil, dialogues.count < Self.maxDialogues {
      index = dialogues.count
      dialogues.append(RTSPDialogue(flow: client, firstPacket: event.number))
      dialogueOfFlow[client] = index
    }
    guard let index else { return }
    let dialogue = dialogues[index].flow
    switch dialogues[index].take(message) {
    case .none: break
    case .description(let bytes): describe(bytes, dialogue, event, session)
    case .setUp(let url, let order, let ports, let channels):
      session.descriptions.setUp(
        dialogue, uri: url, order: order, ports: ports, channels: channels)
    }
  }

  private func describe(
    _ bytes: [UInt8], _ dialogue: RTPFlow, _ event: TCPReassembler.Event, _ session: RTPSession
  ) {
    var reader = ByteReader(bytes.span)
    do throws(ParseError) {
      let description = try SDPSession(parsing: &reader)
      session.check(description, name: "SDP of RTSP", packet: event.number)
      session.descriptions.add(description, origin: .rtsp, dialogue: dialogue)
    } catch {
      session.findings.add(
        .sdpUnreadable, "SDP of RTSP: \(error.field): \(error.reason)", packet: event.number,
        time: session.seconds(event.time))
    }
  }
}

extension RTPFlow {
  /// The other way.
  var reversed: RTPFlow {
    RTPFlow(source: destination, destination: source, transport: transport, channel: channel)
  }
}
