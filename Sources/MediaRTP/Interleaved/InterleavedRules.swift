import MediaBytes

/// What packets and messages look like.
struct InterleavedRules: Sendable {
  var framing: InterleavedFraming
  var limits: InterleavedLimits
  /// Whether no byte will follow those that are there.
  var isLast: Bool

  /// What stands at some place.
  enum Shape: Equatable {
    case packet(Int)
    case message(head: Int, body: Int)
    case nothing
    /// More bytes are needed to tell; never where none will follow.
    case undecided
    /// The input ends inside of it.
    case cut
  }

  /// How far the head of a message was read, from its first byte.
  struct HeadProgress: Sendable {
    var lineStart = 0
    var position = 0
    /// The sizes of head and body, once the head is there: the body may take many reads to arrive.
    var sizes: (head: Int, body: Int)?
  }

  private var unfinished: Shape { isLast ? .cut : .undecided }

  /// What begins at `place`, which is a byte that is there.
  func shape(_ bytes: RawSpan, at place: Int, _ progress: inout HeadProgress) -> Shape {
    if framing == .rtsp {
      let first = bytes.byte(at: place)
      if Self.isUppercase(first) { return message(bytes, at: place, &progress) }
      guard first == UInt8(ascii: "$") else { return .nothing }
    }
    let header = framing.headerByteCount
    guard bytes.byteCount - place >= header else { return unfinished }
    let count = Int(bytes.u16(at: place + header - 2))
    let start = place + header
    // Without a mark of its own, the packet itself must look like one.
    if framing == .lengthPrefixed, count > 0, start < bytes.byteCount,
      !isPacket(bytes.byte(at: start))
    {
      return .nothing
    }
    return count <= bytes.byteCount - start ? .packet(count) : unfinished
  }

  /// Whether a line end, or the second half of one, stands at `place`; of RTSP only.
  func isLineEnd(_ bytes: RawSpan, at place: Int) -> Bool {
    guard framing == .rtsp, place < bytes.byteCount else { return false }
    return bytes.byte(at: place) == 0x0d || bytes.byte(at: place) == 0x0a
  }

  /// Whether a packet may begin with a byte: RTP, RTCP, or behind a length STUN and DTLS too.
  func isPacket(_ first: UInt8) -> Bool {
    (128...191).contains(first)
      || framing == .lengthPrefixed && ((0...3).contains(first) || (20...63).contains(first))
  }

  /// Whether behind the framing at `place` begins no packet, however much of it is there.
  func isNoPacket(_ bytes: RawSpan, at place: Int) -> Bool {
    let header = framing.headerByteCount
    return bytes.byteCount - place > header && !isPacket(bytes.byte(at: place + header))
  }

  /// Whether what stands behind a packet confirms it; nil where more bytes must tell.
  func canFollowPacket(_ bytes: RawSpan, at place: Int) -> Bool? {
    let left = bytes.byteCount - place
    if left == 0 { return isLast ? true : nil }
    let header = framing.headerByteCount
    if framing == .rtsp {
      if isLineEnd(bytes, at: place) { return true }
      if bytes.byte(at: place) != UInt8(ascii: "$") { return beginsMessage(bytes, at: place) }
    }
    guard left > header else { return isLast ? framing == .rtsp : nil }
    let count = bytes.u16(at: place + header - 2)
    return count == 0 || isPacket(bytes.byte(at: place + header))
  }

  private static func isUppercase(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) }
}

// MARK: - Messages

extension InterleavedRules {
  /// How messages begin (RFC 2326 6, 7; RFC 7826 7, 8; HTTP for tunnels).
  private static let beginnings: [[UInt8]] = [
    "RTSP/", "HTTP/", "OPTIONS ", "DESCRIBE ", "ANNOUNCE ", "SETUP ", "PLAY ", "PAUSE ",
    "TEARDOWN ", "GET_PARAMETER ", "SET_PARAMETER ", "REDIRECT ", "RECORD ", "PLAY_NOTIFY ",
    "GET ", "POST ",
  ].map { [UInt8]($0.utf8) }

  /// Whether one of the usual words begins at `place`; nil where more bytes must tell.
  func beginsMessage(_ bytes: RawSpan, at place: Int) -> Bool? {
    guard Self.isUppercase(bytes.byte(at: place)) else { return false }
    var isPrefix = false
    for word in Self.beginnings {
      let count = min(word.count, bytes.byteCount - place)
      if (0..<count).allSatisfy({ bytes.byte(at: place + $0) == word[$0] }) {
        if count == word.count { return true }
        isPrefix = true
      }
    }
    return isPrefix && !isLast ? nil : false
  }

  private func message(
    _ bytes: RawSpan, at place: Int, _ progress: inout HeadProgress
  ) -> Shape {
    while progress.sizes == nil, progress.position < bytes.byteCount - place {
      guard progress.position < limits.maxHeadByteCount else { return .nothing }
      let index = place + progress.position
      let byte = bytes.byte(at: index)
      if byte == 0x0a {
        let lineStart = place + progress.lineStart
        let hasReturn = index > lineStart && bytes.byte(at: index - 1) == 0x0d
        let line = bytes.extracting(lineStart..<(hasReturn ? index - 1 : index))
        if progress.lineStart == 0 {
          guard Self.isStartLine(line) else { return .nothing }
        } else if line.byteCount == 0 {
          let head = bytes.extracting(place..<index + 1)
          progress.sizes = (head.byteCount, bodyByteCount(head))
          break
        }
        progress.lineStart = progress.position + 1
      } else if byte < 0x20 && byte != 0x0d && byte != 0x09 || byte == 0x7f {
        return .nothing
      }
      progress.position += 1
    }
    guard let (head, body) = progress.sizes, body <= bytes.byteCount - place - head else {
      return unfinished
    }
    return .message(head: head, body: body)
  }

  /// `Content-Length`, 0 where it is missing, senseless or over the limit.
  private func bodyByteCount(_ head: RawSpan) -> Int {
    let message = InterleavedMessage(head: [UInt8](copying: head), body: [])
    return message.header("Content-Length")?.number(0...limits.maxBodyByteCount) ?? 0
  }

  /// `RTSP/1.0 200 OK`, or `PLAY rtsp://... RTSP/1.0`; of HTTP likewise.
  private static func isStartLine(_ line: RawSpan) -> Bool {
    let words = String(decoding: [UInt8](copying: line), as: UTF8.self).fields()
    guard words.count >= 2, let first = words.first, let last = words.last else { return false }
    let isVersion = { (word: String) in
      word.utf8.starts(with: "RTSP/".utf8) || word.utf8.starts(with: "HTTP/".utf8)
    }
    return isVersion(first) || words.count >= 3 && isVersion(last)
  }
}
