internal import MediaBytes
internal import MediaCapture
internal import MediaModel
internal import MediaRTP

/// Finds packets of RTP and messages of RTSP on the connections of a capture.
struct RTPConnections {
  /// One direction of a connection.
  private struct Stream {
    var flow: RTPFlow
    /// nil until it has shown what it is.
    var deframer: InterleavedDeframer?
    /// Whether its first bytes are the rest of something from before the capture.
    var isMidway = false
    var probe = RTPFramingProbe()
    /// What came until then.
    var pieces: [Piece] = []
  }
  /// What a segment brought.
  fileprivate struct Piece {
    /// nil where they are missing from the capture.
    var bytes: [UInt8]?
    var byteCount: Int
    var number: Int
    var time: Nanoseconds?
    /// About how much memory it takes.
    var cost: Int { 64 + (bytes?.count ?? 0) }
  }
  /// Bytes of connections that have not shown yet what they are, in all.
  private static let maxProbedBytes = 32 << 20
  private static let maxDialogues = 1024

  private var reassembler = TCPReassembler()
  /// Those that may have packets.
  private var streams: [Int: Stream] = [:]
  private var probedByteCount = 0
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
        let place = event.stream
        guard streams[place] != nil else { continue }
        let copy = bytes.read(in: window, at: offset) { [UInt8](copying: $0) }
        try take(Piece(event, copy, copy.count), place, session)
      case .gap(_, let count): try take(Piece(event, nil, count), event.stream, session)
      case .closed:
        guard var stream = streams.removeValue(forKey: event.stream) else { continue }
        let end = Piece(event, [], 0)
        if stream.deframer == nil {
          try follow(stream.probe.finish(), &stream, session)
        }
        guard stream.deframer != nil else { continue }
        stream.deframer?.finish()
        try drain(&stream, end, session)
      }
    }
  }

  /// Takes what came on a connection; one that is about something else is left out from then on.
  private mutating func take(_ piece: Piece, _ place: Int, _ session: RTPSession) throws {
    guard var stream = streams.removeValue(forKey: place) else { return }
    if stream.deframer != nil {
      try apply(piece, &stream, session)
    } else {
      stream.pieces.append(piece)
      probedByteCount += piece.cost
      var verdict = RTPFramingProbe.Verdict.undecided
      if let bytes = piece.bytes {
        verdict = stream.probe.receive(bytes)
      } else {
        stream.probe.lose(piece.byteCount)
      }
      if probedByteCount > Self.maxProbedBytes, verdict == .undecided { verdict = .nothing }
      try follow(verdict, &stream, session)
      if verdict == .nothing { return }
    }
    streams[place] = stream
  }

  /// Begins to take packets out of a connection, with all that came of it.
  private mutating func follow(
    _ verdict: RTPFramingProbe.Verdict, _ stream: inout Stream, _ session: RTPSession
  ) throws {
    guard verdict != .undecided else { return }
    let pieces = stream.pieces
    probedByteCount -= pieces.reduce(0) { $0 + $1.cost }
    stream.pieces = []
    stream.probe = RTPFramingProbe()
    guard case .framing(let framing, let isMidway) = verdict else { return }
    if framing == .rtsp { stream.flow.transport = .interleaved }
    stream.deframer = InterleavedDeframer(framing)
    stream.isMidway = isMidway
    if isMidway { stream.deframer?.lose(0) }  // it looks for the first packet
    for piece in pieces { try apply(piece, &stream, session) }
  }

  private mutating func apply(
    _ piece: Piece, _ stream: inout Stream, _ session: RTPSession
  ) throws {
    if let bytes = piece.bytes {
      stream.deframer?.receive(bytes.span)
      return try drain(&stream, piece, session)
    }
    stream.deframer?.lose(piece.byteCount)
    session.findings.add(
      .captureGap, Quantity.counted(piece.byteCount, "byte"), packet: piece.number,
      time: session.seconds(piece.time))
  }

  private mutating func drain(
    _ stream: inout Stream, _ event: Piece, _ session: RTPSession
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
        if stream.isMidway, range.lowerBound == 0 { continue }
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
    _ message: InterleavedMessage, _ flow: RTPFlow, _ event: Piece, _ session: RTPSession
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
    _ bytes: [UInt8], _ dialogue: RTPFlow, _ event: Piece, _ session: RTPSession
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

extension RTPConnections.Piece {
  fileprivate init(_ event: TCPReassembler.Event, _ bytes: [UInt8]?, _ byteCount: Int) {
    self.init(bytes: bytes, byteCount: byteCount, number: event.number, time: event.time)
  }
}

extension RTPFlow {
  /// The other way.
  var reversed: RTPFlow {
    RTPFlow(source: destination, destination: source, transport: transport, channel: channel)
  }
}
