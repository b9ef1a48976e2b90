public import MediaRTP

import MediaBytes

/// Asks the other side for something (RFC 2326 §6).
public struct RTSPRequest: Hashable, Sendable {
  /// What is asked for.
  public var method: RTSPMethod
  /// What it is about, without user and password; `*` for the server itself.
  public var uri: String
  /// The header fields.
  public var headers: RTSPHeaders
  /// What follows the head.
  public var body: [UInt8]

  /// Makes one of its parts.
  public init(
    _ method: RTSPMethod, _ uri: String, headers: RTSPHeaders = RTSPHeaders(), body: [UInt8] = []
  ) {
    (self.method, self.uri, self.headers, self.body) = (method, uri, headers, body)
  }

  /// The number that its answer repeats (§12.17); nil where there is none.
  public var sequenceNumber: Int? { headers.sequenceNumber }

  /// As it is sent; `Content-Length` is added where there is a body.
  public var bytes: [UInt8] {
    RTSPMessage.bytes("\(method) \(uri) RTSP/1.0", headers, body)
  }
}

/// Answers a request (RFC 2326 §7).
public struct RTSPResponse: Hashable, Sendable {
  /// How the request ended.
  public var status: RTSPStatus
  /// The header fields.
  public var headers: RTSPHeaders
  /// What follows the head.
  public var body: [UInt8]

  /// Makes one of its parts.
  public init(
    _ status: RTSPStatus, headers: RTSPHeaders = RTSPHeaders(), body: [UInt8] = []
  ) {
    (self.status, self.headers, self.body) = (status, headers, body)
  }

  /// The number of the request that it answers (§12.17); nil where there is none.
  public var sequenceNumber: Int? { headers.sequenceNumber }

  /// As it is sent; `Content-Length` is added where there is a body.
  public var bytes: [UInt8] {
    RTSPMessage.bytes("RTSP/1.0 \(status.code) \(status.reason)", headers, body)
  }
}

/// A request or its answer, taken out of the bytes of a connection.
public enum RTSPMessage: Hashable, Sendable {
  /// A request.
  case request(RTSPRequest)
  /// An answer.
  case response(RTSPResponse)

  /// Takes apart what a deframer found.
  ///
  /// Answers of HTTP are taken as those of RTSP: tunnels begin with one, and some servers say no
  /// otherwise. What follows the words of a start line is ignored.
  ///
  /// - Throws: `RTSPError.invalidStartLine`.
  public init(_ message: InterleavedMessage) throws(RTSPError) {
    let lines = message.lines
    let start = lines.first ?? ""
    let headers = RTSPHeaders(lines: lines.dropFirst())
    if message.isResponse {
      let words = start.fields(maxSplits: 2)
      guard words.count >= 2, let code: Int = words[1].number(100...999) else {
        throw .invalidStartLine(start)
      }
      let status = RTSPStatus(code, words.count > 2 ? words[2] : "")
      self = .response(RTSPResponse(status, headers: headers, body: message.body))
    } else {
      let words = start.fields()
      guard words.count >= 3 else { throw .invalidStartLine(start) }
      // Of an address with blanks in it the words between are all.
      let uri = words[1..<words.count - 1].joined(separator: " ")
      self = .request(
        RTSPRequest(RTSPMethod(words[0]), uri, headers: headers, body: message.body))
    }
  }

  /// The header fields of either.
  public var headers: RTSPHeaders {
    switch self {
    case .request(let request): request.headers
    case .response(let response): response.headers
    }
  }

  static func bytes(_ start: String, _ headers: RTSPHeaders, _ body: [UInt8]) -> [UInt8] {
    var text = start + "\r\n"
    for field in headers.fields { text += "\(field.name): \(field.value)\r\n" }
    if !body.isEmpty, headers["Content-Length"] == nil {
      text += "Content-Length: \(body.count)\r\n"
    }
    return Array((text + "\r\n").utf8) + body
  }
}

/// Why a message is none.
public enum RTSPError: Error, Hashable, Sendable {
  /// A first line that neither asks nor answers.
  case invalidStartLine(String)
}

extension RTSPError: CustomStringConvertible {
  /// A sentence without its full stop.
  public var description: String {
    switch self {
    case .invalidStartLine(let line):
      "a message begins with '\(line.printable)', which is neither a request nor an answer"
    }
  }
}

extension RTSPHeaders {
  /// `CSeq`, blanks around it and what follows it not regarded.
  var sequenceNumber: Int? {
    self["CSeq"]?.fields().first.flatMap { $0.number(0...Int(Int32.max)) }
  }
}
