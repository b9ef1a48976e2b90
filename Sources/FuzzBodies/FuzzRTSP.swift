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
