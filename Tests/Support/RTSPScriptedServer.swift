/// A server of RTSP that does what a script says, and otherwise what a good one does: bytes in,
/// bytes out.
public struct RTSPScriptedServer {
  /// A session description of two tracks, H.264 and AAC.
  public static let usualDescription = [
    "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=Script", "c=IN IP4 0.0.0.0", "t=0 0", "a=control:*",
    "m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000",
    "a=fmtp:96 packetization-mode=1;profile-level-id=42C00D;"
      + "sprop-parameter-sets=Z0LADdoFB+wEQAAAAwBAAAAMg8UKqA==,aM4PyA==",
    "a=control:track1", "m=audio 0 RTP/AVP 97", "a=rtpmap:97 mpeg4-generic/48000/2",
    "a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;"
      + "indexdeltalength=3;config=1190",
    "a=control:track2", "",
  ].joined(separator: "\r\n")

  /// A request, as far as a server needs it.
  public struct Request: Sendable {
    /// What is asked for.
    public var method: String
    /// What it is about.
    public var uri: String
    /// The header fields, in their order.
    public var headers: [(name: String, value: String)]

    /// The first value of a header field.
    public func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
  }

  private let script: RTSPScript
  private let host: String
  /// Media by channel, of which those asked for are sent where the script or the usual answer to PLAY says so.
  private let packets: [(channel: UInt8, bytes: [UInt8])]
  private var input: [UInt8] = []
  private var counts: [String: Int] = [:]
  /// Channels that were asked for.
  private var channels: Set<UInt8> = []
  /// All requests that came.
  public private(set) var requests: [Request] = []
  /// Whether the connection is to be closed behind what was sent.
  public private(set) var isClosed = false

  /// Begins a connection.
  public init(
    _ script: RTSPScript, host: String, packets: [(channel: UInt8, bytes: [UInt8])]
  ) {
    (self.script, self.host, self.packets) = (script, host, packets)
  }

  /// Takes bytes of a client's; gives what to send.
  public mutating func receive(_ bytes: [UInt8]) -> [UInt8] {
    input += bytes
    var output: [UInt8] = []
    while !isClosed, let request = nextRequest() {
      // An answer to what the script asked.
      guard !request.method.hasPrefix("RTSP/") else { continue }
      requests.append(request)
      noteChannels(request)
      output += answer(request)
    }
    return output
  }

  private mutating func nextRequest() -> Request? {
    // What a client sends on channels is nobody's concern.
    while input.first == UInt8(ascii: "$") {
      guard input.count >= 4 else { return nil }
      let count = 4 + Int(input[2]) << 8 + Int(input[3])
      guard input.count >= count else { return nil }
      input.removeFirst(count)
    }
    let mark = Array("\r\n\r\n".utf8)
    guard let end = input.indices.first(where: { input[$0...].starts(with: mark) }) else {
      return nil
    }
    let head = String(decoding: input[..<end], as: UTF8.self)
    let lines = head.split(separator: "\r\n").map(String.init)
    let words = (lines.first ?? "").split(separator: " ").map(String.init)
    let headers = lines.dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
      let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
      return (name: parts.first ?? "", value: String(value))
    }
    let request = Request(
      method: words.first ?? "", uri: words.count > 1 ? words[1] : "", headers: headers)
    let bodyCount = request.header("Content-Length").flatMap { Int($0) } ?? 0
    guard input.count >= end + 4 + bodyCount else { return nil }
    input.removeFirst(end + 4 + bodyCount)
    return request
  }

  private mutating func noteChannels(_ request: Request) {
    for part in (request.header("Transport") ?? "").split(separator: ";") {
      guard part.hasPrefix("interleaved=") else { continue }
      channels.formUnion(part.dropFirst(12).split(separator: "-").compactMap { UInt8($0) })
    }
  }

  private mutating func answer(_ request: Request) -> [UInt8] {
    if let places = script.places[request.method],
      !places.contains(where: { $0.replacingHost(host) == request.uri })
    {
      return filled("RTSP/1.0 404 Not Found\r\nCSeq: {cseq}\r\n\r\n", request)
    }
    var count = counts[request.method, default: 0]
    let said = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    let needs = script.needs[request.method] ?? []
    if count > 0, !needs.allSatisfy({ said.contains($0) }) { count -= 1 }
    counts[request.method] = count + 1
    let scripted = script.answers[request.method]
    let text = scripted.map { $0[min(count, $0.count - 1)] } ?? Self.usual(request)
    return filled(text, request)
  }

  private static func usual(_ request: Request) -> String {
    let head = "RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\n"
    let session = "Session: 12345678;timeout=60\r\n"
    return switch request.method {
    case "OPTIONS": head + "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n\r\n"
    case "DESCRIBE":
      head + "Content-Type: application/sdp\r\nContent-Base: rtsp://{host}/live/\r\n{sdp}"
    case "SETUP": head + session + "Transport: {transport}\r\n\r\n"
    case "PLAY":
      head + session + "Range: npt=0.000-\r\n"
        + "RTP-Info: url=rtsp://{host}/live/track1;seq=1;rtptime=0,"
        + "url=rtsp://{host}/live/track2;seq=1;rtptime=0\r\n\r\n{packets}"
    case "TEARDOWN": head + "\r\n{close}"
    default: head + "\r\n"
    }
  }

  private mutating func filled(_ text: String, _ request: Request) -> [UInt8] {
    var output: [UInt8] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      output += rest[..<open].utf8
      output += value(of: rest[rest.index(after: open)..<close], request)
      rest = rest[rest.index(after: close)...]
    }
    return output + rest.utf8
  }

  private mutating func value(of name: Substring, _ request: Request) -> [UInt8] {
    let words = name.split(separator: " ", maxSplits: 1)
    switch words.first ?? "" {
    case "cseq": return Array((request.header("CSeq") ?? "").utf8)
    case "uri": return Array(request.uri.utf8)
    case "transport": return Array((request.header("Transport") ?? "").utf8)
    case "host": return Array(host.utf8)
    case "sdp":
      let body = (script.sdp ?? Self.usualDescription).replacingHost(host)
      return Array("Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
    case "packets":
      if words.count > 1, let channel = UInt8(words[1]) {
        return packets.filter { $0.channel == 0 }.flatMap { Self.framed($0.bytes, channel) }
      }
      let wanted = packets.filter { channels.contains($0.channel) }
      return wanted.flatMap { Self.framed(described($0.bytes, $0.channel), $0.channel) }
    case "hex": return Self.bytes(words.count > 1 ? words[1] : "")
    case "close": isClosed = true
    case "nothing": break
    case let word where word.hasPrefix("$"):
      let channel = UInt8(word.dropFirst()) ?? 0
      return Self.framed(Self.bytes(words.count > 1 ? words[1] : ""), channel)
    default: preconditionFailure("\(script.name): what is {\(name)}?")
    }
    return []
  }

  /// With the payload type that the description gives the track of an even channel.
  private func described(_ packet: [UInt8], _ channel: UInt8) -> [UInt8] {
    let lines = (script.sdp ?? Self.usualDescription).split(whereSeparator: \.isNewline)
    let media = lines.filter { $0.hasPrefix("m=") }
    guard channel % 2 == 0, media.indices.contains(Int(channel) / 2) else { return packet }
    let words = media[Int(channel) / 2].split(separator: " ")
    guard words.count > 3, let type = UInt8(words[3]) else { return packet }
    var packet = packet
    packet[1] = packet[1] & 0x80 | type
    return packet
  }

  private static func framed(_ packet: [UInt8], _ channel: UInt8) -> [UInt8] {
    [0x24, channel, UInt8(packet.count >> 8), UInt8(packet.count & 255)] + packet
  }

  private static func bytes(_ hex: Substring) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }
}

extension String {
  fileprivate func replacingHost(_ host: String) -> String {
    split(separator: "{host}", omittingEmptySubsequences: false).joined(separator: host)
  }
}
