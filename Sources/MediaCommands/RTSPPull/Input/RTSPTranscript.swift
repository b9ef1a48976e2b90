internal import MediaBytes
internal import MediaModel
internal import MediaRTP
internal import MediaRTSP

/// The dialogue with a server as a text that a fake server of the tests can play again.
///
/// Answers stand under the method that they are to (`on DESCRIBE`), what was asked is in comments. Lines
/// are indented, and end as on the wire unless a backslash or `{hex ...}` says otherwise; `{cseq}` is
/// the number of the question, `{host}` the server's place, `{sdp}` the description with its length,
/// `{packets}` where packets begin, `{close}` the end by the server, `{nothing}` no answer. Only the
/// first connection can be played; those that follow are comments.
///
/// Credentials are not in it: neither `Authorization`, nor the user and password of any URL, nor keys of
/// descriptions.
final class RTSPTranscript {
  private let redact: ([UInt8]) -> [UInt8]
  private var text = ""
  private var connections = 0
  /// As URLs say it: `://camera:554`.
  private var place: [UInt8] = []
  private var pending: [(number: String, method: String)] = []
  private var block: RTSPTranscriptBlock?
  /// What came before the answer that it belongs in front of.
  private var ahead: [RTSPTranscriptBlock.Piece] = []
  private var hasPackets = false
  private var hasDescription = false
  private var isClosed = false

  /// `redact` takes secrets out that are known from elsewhere.
  init(redact: @escaping ([UInt8]) -> [UInt8]) { self.redact = redact }

  private var isPlayable: Bool { connections <= 1 }

  /// What is written since the last call, and will not change.
  func takeText() -> String {
    defer { text = "" }
    return text
  }

  // MARK: What happens

  /// A connection begins.
  func begin(_ url: RTSPURL) {
    finish()
    connections += 1
    (pending, hasPackets, isClosed) = ([], false, false)
    let host = url.host.contains(":") ? "[\(url.host)]" : url.host
    place = Array("://\(host)".utf8)
    comment("connection \(connections), to \(url)")
  }

  /// A message went or came.
  func take(_ trace: RTSPTrace) {
    let (head, body) = Self.cut(trace.bytes)
    let lines = InterleavedMessage(head: head, body: []).lines
    if trace.isOutgoing {
      if !lines[0].hasPrefix("RTSP/") { asked(lines) }
      for line in clean(lines) where !line.isEmpty { comment("> " + line) }
      return
    }
    guard isPlayable else {
      for line in clean(lines) where !line.isEmpty { comment("< " + line) }
      return
    }
    heard(lines, head, body)
  }

  /// A packet came over the connection.
  func packets() {
    guard !hasPackets else { return }
    hasPackets = true
    isPlayable ? append([.mark("{packets}")]) : comment("< packets")
  }

  /// The server did something that it should not.
  func take(_ deviation: Deviation) {
    if isPlayable { text += "deviation \(deviation.code.name)\n" }
  }

  /// The server closed the connection.
  func closed() {
    guard !isClosed else { return }
    isClosed = true
    guard isPlayable else { return comment("< end") }
    if block == nil, let question = pending.first {
      pending.removeFirst()
      block = RTSPTranscriptBlock(method: question.method)
    }
    append([.mark("{close}")])
  }

  /// Writes what is left; nothing follows but another connection.
  func finish() {
    flush()
    guard isPlayable, !isClosed else { return }
    for question in pending { text += "on \(question.method)\n  {nothing}\\\n" }
    pending = []
  }

  // MARK: Questions and answers

  private func asked(_ lines: [String]) {
    flush()
    let fields = RTSPHeaders(lines.dropFirst().map { $0.cut(at: ":") }.map { ($0.0, $0.1 ?? "") })
    pending.append((fields["CSeq"]?.trimmed ?? "", lines[0].fields().first ?? ""))
  }

  private func heard(_ lines: [String], _ head: [UInt8], _ body: [UInt8]) {
    let number = lines.lazy.map { $0.cut(at: ":") }
      .first { $0.0.trimmed.isSameToken(as: "CSeq") }?.1?.trimmed
    let status = lines[0].fields().dropFirst().first ?? ""
    let isAnswer = lines[0].hasPrefix("RTSP/") || lines[0].hasPrefix("HTTP/")
    guard isAnswer, !status.hasPrefix("1"), let question = take(number) else {
      let pieces = self.pieces(head, body, number: nil)
      // More is to come of what is not answered yet.
      return isAnswer && status.hasPrefix("1") ? ahead += pieces : append(pieces)
    }
    flush()
    var next = RTSPTranscriptBlock(method: question.method)
    next.pieces = ahead + pieces(head, body, number: question.number)
    (block, ahead) = (next, [])
  }

  /// The question that an answer is to, found as a client does.
  private func take(_ number: String?) -> (number: String, method: String)? {
    let index = pending.firstIndex { $0.number == number } ?? pending.indices.first
    return index.map { pending.remove(at: $0) }
  }

  private func append(_ pieces: [RTSPTranscriptBlock.Piece]) {
    if block == nil { ahead += pieces } else { block?.pieces += pieces }
  }

  private func flush() {
    guard let block = block.take() else { return }
    text += block.text
  }

  // MARK: Bytes

  private static func cut(_ bytes: [UInt8]) -> (head: [UInt8], body: [UInt8]) {
    var start = 0
    while let end = bytes[start...].firstIndex(of: 0x0a) {
      if end == start || end == start + 1 && bytes[start] == 0x0d {
        return (Array(bytes[...end]), Array(bytes[(end + 1)...]))
      }
      start = end + 1
    }
    return (bytes, [])
  }

  private func clean(_ lines: [String]) -> [String] {
    lines.map { String(decoding: redact(Self.withoutUsers(Array($0.utf8))), as: UTF8.self) }
  }

  private func comment(_ line: String) { text += "# \(Quantity.printable(line))\n" }

  private func pieces(
    _ head: [UInt8], _ body: [UInt8], number: String?
  ) -> [RTSPTranscriptBlock.Piece] {
    let cleanBody = redact(Self.withoutKeys(Self.withoutUsers(body)))
    var lines = head.split(separator: 0x0a, omittingEmptySubsequences: false).map(Array.init)
    let isDescription = !hasDescription && Self.isPlain(cleanBody) && !body.isEmpty
    var pieces: [RTSPTranscriptBlock.Piece] = []
    // The length comes with the description.
    if isDescription {
      lines.removeAll { Self.name(of: $0) == "content-length" }
      // The blank line too.
      lines.removeLast(2)
      lines.append([])
    }
    for (index, line) in lines.enumerated() {
      let end: [UInt8] = index + 1 < lines.count ? [0x0a] : []
      switch Self.name(of: line) {
      case "cseq" where number != nil && Self.value(of: line) == number:
        pieces += [.bytes(line.prefix { $0 != 0x3a } + Array(": ".utf8)), .mark("{cseq}")]
        pieces.append(.bytes(Array((line.last == 0x0d ? "\r" : "").utf8) + end))
      case "content-length" where cleanBody.count != body.count:
        pieces.append(.bytes(Array("Content-Length: \(cleanBody.count)\r".utf8) + end))
      default: pieces += placed(redact(Self.withoutUsers(line)) + end)
      }
    }
    guard isDescription else { return pieces + [.bytes(cleanBody)] }
    hasDescription = true
    flush()
    text += "sdp\n"
    for line in cleanBody.split(separator: 0x0a) {
      text += "  " + RTSPTranscriptBlock.plain(placed(Array(line.dropLast()))) + "\n"
    }
    return pieces + [.mark("{sdp}")]
  }

  /// Whether a script can have it as a description: lines with their ends, of UTF-8, without its marks.
  private static func isPlain(_ body: [UInt8]) -> Bool {
    let lines = body.split(separator: 0x0a, omittingEmptySubsequences: false)
    return lines.last?.isEmpty == true
      && lines.dropLast().allSatisfy { $0.last == 0x0d }
      && !body.contains(UInt8(ascii: "{")) && String(validating: body, as: UTF8.self) != nil
      && !lines.contains { $0.dropLast().contains { $0 < 0x20 && $0 != 0x09 } }
  }

  private static func name(of line: [UInt8]) -> String {
    String(decoding: line, as: UTF8.self).cut(at: ":").0.trimmed.lowercased()
  }

  private static func value(of line: [UInt8]) -> String {
    let text = String(decoding: line.last == 0x0d ? line.dropLast() : line[...], as: UTF8.self)
    return text.cut(at: ":").1?.trimmed ?? ""
  }

  /// Bytes with the server's place in URLs as a mark.
  private func placed(_ bytes: [UInt8]) -> [RTSPTranscriptBlock.Piece] {
    var pieces: [RTSPTranscriptBlock.Piece] = []
    var rest = bytes[...]
    while !place.isEmpty, let range = rest.firstRange(of: place) {
      var end = range.upperBound
      if end < rest.endIndex, rest[end] == UInt8(ascii: ":") {
        end += 1 + rest[(end + 1)...].prefix { (0x30...0x39).contains($0) }.count
      }
      let isWhole = end == rest.endIndex || "/ ?\r\n;,\"".utf8.contains(rest[end])
      pieces.append(.bytes(Array(rest[..<range.lowerBound])))
      pieces +=
        isWhole ? [.bytes(Array("://".utf8)), .mark("{host}")] : [.bytes(Array(rest[range]))]
      rest = rest[(isWhole ? end : range.upperBound)...]
    }
    return pieces + [.bytes(Array(rest))]
  }

  // MARK: Secrets

  /// Bytes without what stands before the `@` of a URL.
  private static func withoutUsers(_ bytes: [UInt8]) -> [UInt8] {
    let mark = Array("://".utf8)
    var result: [UInt8] = []
    var rest = bytes[...]
    while let range = rest.firstRange(of: mark) {
      result += rest[..<range.upperBound]
      rest = rest[range.upperBound...]
      let word = rest.prefix { $0 > 0x20 && !"\"<>;,".utf8.contains($0) }
      let end = word.firstRange(of: mark)?.lowerBound ?? word.endIndex
      guard let at = word[..<end].lastIndex(of: UInt8(ascii: "@")) else { continue }
      result += "***".utf8
      rest = rest[at...]
    }
    return result + rest
  }

  /// A description without keys of what is encrypted (RFC 4566 §5.12, RFC 4568, RFC 4567).
  private static func withoutKeys(_ body: [UInt8]) -> [UInt8] {
    let secret = ["k=", "a=crypto:", "a=key-mgmt:"].map { Array($0.utf8) }
    let lines = body.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
      guard let start = secret.first(where: { line.starts(with: $0) }) else { return Array(line) }
      return start + "***".utf8 + (line.last == 0x0d ? [0x0d] : [])
    }
    return Array(lines.joined(separator: [0x0a]))
  }
}
