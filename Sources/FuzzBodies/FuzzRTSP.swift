import MediaBytes
import MediaModel
import MediaRTSP

/// Lets a client have the bytes as what a server says, message by message and all at once.
///
/// The client sets all tracks up, plays and takes leave; nothing stops it but its own failures.
public func fuzzRTSPClient(_ bytes: RawSpan) {
  let whole = [UInt8](copying: bytes)
  let mark = Array("RTSP/1.0 ".utf8)
  let starts = whole.indices.filter { whole[$0...].starts(with: mark) }
  let ends = starts.dropFirst() + [whole.count]
  let messages =
    [Array(whole[..<(starts.first ?? whole.count)])]
    + zip(starts, ends).map { Array(whole[$0..<$1]) }
  for parts in [messages, [whole]] { converse(parts) }
}

/// Lets a server have the bytes as what a client says, whole and in pieces, and says yes to all wishes,
/// or no.
///
/// Any cut gives the same, and nothing stops the server but its own failures.
public func fuzzRTSPServer(_ bytes: RawSpan) {
  let whole = [UInt8](copying: bytes)
  let size = Int(whole.last ?? 0) + 1
  for (isSecret, agrees) in [(false, true), (false, false), (true, true)] {
    let once = serve(whole, piece: max(1, whole.count), isSecret, agrees)
    let cut = serve(whole, piece: size, isSecret, agrees)
    precondition(once.events == cut.events && once.sent == cut.sent, "pieces differ")
  }
}

/// Reads the bytes as the values of header fields; what is written is read as the same again.
public func fuzzRTSPHeaders(_ bytes: RawSpan) {
  let text = String(decoding: [UInt8](copying: bytes), as: UTF8.self)
  for transport in RTSPTransport.parse(text) {
    let again = RTSPTransport.parse(transport.description).first
    precondition(again?.lower == transport.lower, "carried by something else")
  }
  if let range = RTSPRange(parsing: text) {
    precondition(RTSPRange(parsing: range.description) != nil, "no range any more")
  }
  _ = (RTSPSessionID(parsing: text)?.timeout, RTSPStreamInfo.parse(text).count)
  let challenges = RTSPChallenge.parse(text)
  var authentication = RTSPAuthentication(user: "user", password: "password", functions: functions)
  let request = RTSPRequest(.describe, "rtsp://host/path")
  var rounds = 0
  while authentication.take(challenges, wasAnswered: rounds > 0) == .retry {
    precondition(authentication.authorization(request) != nil, "nothing to say")
    rounds += 1
    precondition(rounds <= 3, "asks for ever")
  }
}

private let functions = RTSPFunctions(
  randomBytes: { [UInt8](repeating: 0x5a, count: $0) },
  md5: { _ in [UInt8](repeating: 1, count: 16) },
  sha256: { _ in [UInt8](repeating: 2, count: 32) })

/// A client hears these parts one after the other.
private func converse(_ parts: [[UInt8]]) {
  guard let url = try? RTSPURL("rtsp://user:password@host/path") else { return }
  var client = RTSPClient(RTSPClientOptions(url), functions: functions, at: 0)
  var isClosed = false
  func settle() {
    while !isClosed {
      switch client.nextOutput() {
      case .send: break
      case .close: isClosed = true
      case .wait: return
      case .event(let event):
        switch event {
        case .described(let presentation):
          let plans = presentation.tracks.prefix(8).map {
            RTSPTrackPlan($0.index, RTSPTransport(.tcp))
          }
          client.setUp(plans, at: 0)
        case .phase(.ready, _): client.play(at: 0)
        default: break
        }
      }
    }
  }
  settle()
  for part in parts where !isClosed {
    try? client.receive(part, at: 0)
    settle()
  }
  client.finish(at: 0)
  settle()
  precondition([.finishing, .finished].contains(client.phase), "goes on behind the end")
}

/// What a server tells and sends of what a client says.
private func serve(
  _ bytes: [UInt8], piece: Int, _ isSecret: Bool, _ agrees: Bool
) -> (events: [RTSPServerEvent], sent: [UInt8]) {
  var options = RTSPServerOptions()
  if isSecret { options.access = RTSPAccess(user: "user", password: "password") }
  var server = RTSPServer(options, functions: functions, at: 0)
  var (events, sent): ([RTSPServerEvent], [UInt8]) = ([], [])
  func settle() throws(RTSPServerFailure) {
    while true {
      switch server.nextOutput() {
      case .send(let bytes): sent += bytes
      case .wait, .close: return
      case .event(let event):
        events.append(event)
        if case .wish(let wish) = event { try answer(wish, &server, agrees) }
      }
    }
  }
  do throws(RTSPServerFailure) {
    for start in stride(from: 0, to: bytes.count, by: piece) {
      try server.receive(Array(bytes[start..<min(bytes.count, start + piece)]), at: 1)
      try settle()
    }
    try server.tick(at: 1 << 60)
    try settle()
  } catch {
    precondition(!error.description.isEmpty, "says nothing")
    // What it had to say before remains to be said.
    while let event = next(&server, &sent) { events.append(event) }
  }
  return (events, sent)
}

private func next(_ server: inout RTSPServer, _ sent: inout [UInt8]) -> RTSPServerEvent? {
  while true {
    switch server.nextOutput() {
    case .send(let bytes): sent += bytes
    case .event(let event): return event
    case .wait, .close: return nil
    }
  }
}

private func answer(
  _ wish: RTSPWish, _ server: inout RTSPServer, _ agrees: Bool
) throws(RTSPServerFailure) {
  guard agrees else { return try server.reject(.badRequest) }
  switch wish {
  case .describe: try server.describe(Array("v=0\r\n".utf8))
  case .setUp(_, let transports): try server.setUp(transports[0], at: 1)
  case .play(let uri, let request):
    try server.play([RTSPStreamInfo(url: uri, sequenceNumber: 1)], range: request.range)
  case .pause, .announce, .record: try server.accept()
  }
}
