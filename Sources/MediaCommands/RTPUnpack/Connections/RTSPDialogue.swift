internal import MediaBytes
internal import MediaCapture
internal import MediaModel
internal import MediaRTP

/// What a client and a server of RTSP said to each other on one connection.
struct RTSPDialogue {
  /// From the client to the server.
  var flow: RTPFlow
  var firstPacket: Int
  private(set) var messages = 0
  /// The methods asked for, in order, each once.
  private(set) var methods: [String] = []
  private(set) var url: String?
  private(set) var server: String?
  private(set) var userAgent: String?
  /// Answers other than 2xx.
  private(set) var failures: [String] = []
  private(set) var hasDescription = false
  private(set) var hasInterleaved = false
  /// What was asked and not answered yet, by CSeq.
  private var pending: [String: (method: String, url: String)] = [:]
  private var setUps = 0
  private static let maxPending = 256
  private static let maxWords = 32

  init(flow: RTPFlow, firstPacket: Int) {
    self.flow = flow
    self.firstPacket = firstPacket
  }

  mutating func noteInterleaved() { hasInterleaved = true }

  /// What a message changes.
  enum Effect {
    case none
    case description([UInt8])
    case setUp(url: String, order: Int, ports: Set<UInt16>, channels: Set<UInt8>)
  }

  mutating func take(_ message: InterleavedMessage) -> Effect {
    messages += 1
    return message.isResponse ? takeResponse(message) : takeRequest(message)
  }

  private mutating func takeRequest(_ message: InterleavedMessage) -> Effect {
    let words = message.startLine.split(separator: " ").map(String.init)
    guard words.count >= 2 else { return .none }
    if !methods.contains(words[0]), methods.count < Self.maxWords { methods.append(words[0]) }
    if url == nil, words[1] != "*" { url = words[1] }
    userAgent = userAgent ?? message.header("User-Agent")
    if pending.count < Self.maxPending {
      pending[message.header("CSeq") ?? ""] = (words[0], words[1])
    }
    // A source that records says itself what it sends.
    if let description = message.sessionDescription {
      hasDescription = true
      return .description(description)
    }
    return .none
  }

  private mutating func takeResponse(_ message: InterleavedMessage) -> Effect {
    let request = pending.removeValue(forKey: message.header("CSeq") ?? "")
    server = server ?? message.header("Server")
    let words = message.startLine.split(separator: " ", maxSplits: 1).map(String.init)
    if words.count == 2, !words[1].hasPrefix("2"), failures.count < Self.maxWords {
      failures.append((request.map { $0.method + " " } ?? "") + words[1])
    }
    if let description = message.sessionDescription {
      hasDescription = true
      return .description(description)
    }
    guard let request, request.method == "SETUP", let transport = message.header("Transport") else {
      return .none
    }
    defer { setUps += 1 }
    return .setUp(
      url: request.url, order: setUps,
      ports: Set(Self.numbers(transport, "client_port") + Self.numbers(transport, "server_port")),
      channels: Set(Self.numbers(transport, "interleaved")))
  }

  /// Both numbers of `name=4588-4589` (RFC 2326 12.39).
  private static func numbers<Number: FixedWidthInteger>(
    _ transport: String, _ name: String
  ) -> [Number] {
    for part in transport.split(whereSeparator: { $0 == ";" || $0 == "," }) {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, pair[0].trimmedSpaces == name else { continue }
      return pair[1].split(separator: "-").compactMap { Number($0.trimmedSpaces) }
    }
    return []
  }
}

extension Substring {
  fileprivate var trimmedSpaces: String {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
