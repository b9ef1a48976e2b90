import MediaBytes
import MediaRTP

/// What both connections of a tunnel through HTTP say of themselves (Apple, "Tunnelling RTSP and RTP
/// through HTTP").
///
/// What the server says comes as the endless answer to a GET; what the client says goes as the endless
/// body of a POST, in Base64. A cookie of the client's choice ties the two together.
struct RTSPTunnel: Sendable {
  let options: RTSPClientOptions
  let functions: RTSPFunctions
  private let cookie: String
  private var authentication: RTSPAuthentication

  init(_ options: RTSPClientOptions, functions: RTSPFunctions) {
    (self.options, self.functions) = (options, functions)
    cookie = RTSPDigest.hexadecimal(functions.randomBytes(11))
    authentication = RTSPAuthentication(
      user: options.url.user, password: options.url.password, functions: functions)
  }

  /// What a connection begins with, and whether it says who we are.
  ///
  /// It is HTTP/1.0, whose answers have no other framing than the end of the connection.
  mutating func head(_ method: RTSPMethod) -> (bytes: [UInt8], isAuthorized: Bool) {
    let url = options.url
    let path = url.path.utf8.first == UInt8(ascii: "/") ? url.path : "/" + url.path
    let authorization = authentication.authorization(RTSPRequest(method, path))
    var headers = RTSPHeaders([
      ("Host", url.place), ("User-Agent", options.userAgent), ("x-sessioncookie", cookie),
      ("Pragma", "no-cache"), ("Cache-Control", "no-cache"),
    ])
    if method == .httpPost {
      headers.append("Content-Type", Self.type)
      // The length that all clients say; it may be passed. The past date keeps caches off.
      headers.append("Content-Length", "32767")
      headers.append("Expires", "Sun, 9 Jan 1972 00:00:00 GMT")
    } else {
      headers.append("Accept", Self.type)
    }
    if let authorization { headers.append("Authorization", authorization) }
    let bytes = RTSPMessage.bytes("\(method) \(path) HTTP/1.0", headers, [])
    return (bytes, authorization != nil)
  }

  private static let type = "application/x-rtsp-tunnelled"

  /// Takes note that the server believes who we are.
  mutating func succeeded() { authentication.succeeded() }

  /// Takes a 401.
  mutating func challenged(
    _ response: RTSPResponse, wasAnswered: Bool
  ) -> RTSPAuthentication.Step {
    authentication.take(
      RTSPChallenge.parse(response.headers.values("WWW-Authenticate")), wasAnswered: wasAnswered)
  }

  /// A message, where they are told.
  func trace(_ bytes: [UInt8], isOutgoing: Bool) -> RTSPTrace? {
    options.traces ? RTSPTrace(bytes, isOutgoing: isOutgoing) : nil
  }
}

extension RTSPMethod {
  /// What a tunnel's server is heard by (RFC 9110 §9.3.1).
  static let httpGet = Self("GET")
  /// What it is told by (RFC 9110 §9.3.3).
  static let httpPost = Self("POST")
}

extension RTSPURL {
  /// Where the connections of a tunnel lead: the port that was written, else HTTP's.
  public var tunnelPort: UInt16 {
    guard !isPortGiven else { return port }
    return scheme == .rtsp ? 80 : 443
  }
}

/// Takes the head of one answer out of a stream; what follows it is not held.
struct RTSPTunnelAnswer: Sendable {
  private var head: [UInt8] = []

  /// An answer, as it came, and what follows its head.
  struct Answer {
    var head: [UInt8]
    var response: RTSPResponse
    var rest: [UInt8]
  }

  /// Takes bytes; nil while the head is not whole.
  ///
  /// - Throws: `RTSPClientFailure` for what is no answer of HTTP.
  mutating func receive(
    _ bytes: [UInt8], limit: Int
  ) throws(RTSPClientFailure) -> Answer? {
    for (index, byte) in bytes.enumerated() {
      head.append(byte)
      try check(limit)
      guard byte == 0x0a, isWhole else { continue }
      let message = InterleavedMessage(head: head, body: [])
      guard case .response(let response)? = try? RTSPMessage(message) else {
        throw Self.broken("the server's answer has no status: \(message.startLine.printable)")
      }
      return Answer(head: head, response: response, rest: Array(bytes[(index + 1)...]))
    }
    return nil
  }

  /// A server of something else is seen at once.
  private func check(_ limit: Int) throws(RTSPClientFailure) {
    guard head.count <= limit else {
      throw Self.broken("the server's answer has more than \(limit) bytes of head")
    }
    guard head.count <= 5, !["HTTP/", "RTSP/"].contains(where: { $0.utf8.starts(with: head) })
    else { return }
    let text = String(decoding: head, as: UTF8.self).printable
    throw Self.broken("the server does not speak HTTP: it begins with '\(text)'")
  }

  private var isWhole: Bool {
    head.suffix(2) == [0x0a, 0x0a] || head.suffix(3) == [0x0a, 0x0d, 0x0a]
  }

  private static func broken(_ what: String) -> RTSPClientFailure {
    RTSPClientFailure(.broken(what), in: .options)
  }
}
