import MediaBytes

/// Reads a session description line by line.
struct SDPParser {
  private let limits: SDPLimits
  private var session = SDPSession(lines: [])
  private var anomalies: [SDPAnomaly] = []
  private var lineCount = 0
  private var isLineFeedNoted = false
  /// The types met in this section, and how far its order has got.
  private var met: Set<SDPLineType> = []
  private var rank = 0

  init(limits: SDPLimits) {
    self.limits = limits
  }

  private enum LineEnd { case crlf, lineFeed, odd, none }

  mutating func parse(_ reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    guard reader.remaining <= limits.maxByteCount else {
      throw ParseError(
        .overLimit(UInt64(reader.remaining), limit: limits.maxByteCount), "SDP", at: start)
    }
    if let mark = reader.peek(3), [UInt8](copying: mark) == [0xef, 0xbb, 0xbf] {
      note(.byteOrderMark, start)
      try reader.skip(3, "SDP")
    }
    while !reader.isAtEnd {
      let offset = reader.offset
      let (text, end) = try line(&reader)
      switch end {
      case .crlf: break
      case .lineFeed:
        if !isLineFeedNoted { note(.lineFeedOnly, offset) }
        isLineFeedNoted = true
      case .odd: note(.oddLineEnd, offset)
      case .none: note(.missingLastLineEnd, offset)
      }
      guard !text.isEmpty else {
        note(.blankLine, offset)
        continue
      }
      lineCount += 1
      guard lineCount <= limits.maxLines else {
        throw ParseError(.overLimit(UInt64(lineCount), limit: limits.maxLines), "SDP", at: offset)
      }
      try take(text, at: offset)
    }
    guard lineCount > 0 else { throw ParseError(.truncated(needed: 2), "v=", at: start) }
    checkMissing(at: start)
  }

  func finish() -> SDPSession {
    var result = session
    result.anomalies = anomalies
    return result
  }

  /// Reads up to the end of a line, and the end itself.
  private mutating func line(
    _ reader: inout ByteReader
  ) throws(ParseError) -> (text: [UInt8], end: LineEnd) {
    let bytes = reader.bytes
    var index = reader.position
    while index < bytes.byteCount, bytes.byte(at: index) != 0x0a, bytes.byte(at: index) != 0x0d {
      index += 1
    }
    let offset = reader.offset
    var text = try reader.array(index - reader.position, "SDP")
    if text.contains(0) {
      note(.nullBytes, offset)
      text.removeAll { $0 == 0 }
    }
    var returns = 0
    while reader.peekU8 == 0x0d {
      try reader.skip(1, "SDP")
      returns += 1
    }
    let hasLineFeed = reader.peekU8 == 0x0a
    if hasLineFeed { try reader.skip(1, "SDP") }
    switch (returns, hasLineFeed) {
    case (0, false): return (text, .none)
    case (0, true): return (text, .lineFeed)
    case (1, true): return (text, .crlf)
    default: return (text, .odd)
    }
  }

  private mutating func take(_ bytes: [UInt8], at offset: Int) throws(ParseError) {
    let isLine = bytes.count >= 2 && (0x61...0x7a).contains(bytes[0]) && bytes[1] == 0x3d
    guard isLine else {
      // The first line decides whether this is SDP at all.
      guard lineCount > 1 else { throw ParseError(.invalid(UInt64(bytes[0])), "v=", at: offset) }
      note(.malformedLine, offset)
      append(SDPLine(malformed: text(bytes[...], at: offset)))
      return
    }
    let type = SDPLineType(rawValue: bytes[0])
    let value = text(bytes[2...], at: offset)
    // A lone space is how `s=` says that there is no name (RFC 8866 5.3).
    if bytes.last == 0x20, value != " " { note(.trailingSpace(type), offset) }
    if type == .version, value.trimmed != "0" {
      guard let number = value.trimmed.number(0...UInt64.max) else {
        throw ParseError(.invalid(UInt64(bytes.last ?? 0)), "v=", at: offset)
      }
      throw ParseError(.unsupported(number), "v=", at: offset)
    }
    if type == .media {
      let media = try SDPMediaLine(parsing: value, at: offset)
      if media.formats.isEmpty { note(.malformedValue(.media), offset) }
      session.media.append(SDPMedia(media))
      if session.media.count == 1 { metInSession = met }
      met = []
      rank = 0
      return
    }
    checkOrder(type, at: offset)
    checkValue(type, value, at: offset)
    append(SDPLine(type, value))
  }

  /// The types met before the first `m=`.
  private var metInSession: Set<SDPLineType>?

  private mutating func append(_ line: SDPLine) {
    if session.media.isEmpty {
      session.lines.append(line)
    } else {
      session.media[session.media.count - 1].lines.append(line)
    }
  }

  private mutating func text(_ bytes: ArraySlice<UInt8>, at offset: Int) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    note(.notUTF8, offset)
    var text = ""
    for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte)) }
    return text
  }

  private mutating func note(_ kind: SDPAnomaly.Kind, _ offset: Int) {
    guard anomalies.count < limits.maxAnomalies else { return }
    anomalies.append(SDPAnomaly(kind, at: offset))
  }
}

// MARK: - What is odd about a line

extension SDPParser {
  /// The order of RFC 8866 5; the lines about time form one group.
  private static let sessionOrder: [SDPLineType] = [
    .version, .origin, .sessionName, .information, .uri, .email, .phone, .connection, .bandwidth,
    .timing, .encryptionKey, .attribute,
  ]
  private static let mediaOrder: [SDPLineType] = [
    .information, .connection, .bandwidth, .encryptionKey, .attribute,
  ]
  private static let single: Set<SDPLineType> = [
    .version, .origin, .sessionName, .information, .uri, .timeZones, .encryptionKey,
  ]

  private mutating func checkOrder(_ type: SDPLineType, at offset: Int) {
    let isSession = session.media.isEmpty
    let order = isSession ? Self.sessionOrder : Self.mediaOrder
    let isTime = type == .repeatTimes || type == .timeZones
    guard let place = order.firstIndex(of: isSession && isTime ? .timing : type) else {
      let isKnown = Self.sessionOrder.contains(type) || isTime
      note(isKnown ? .wrongOrder(type) : .unknownType(type), offset)
      return
    }
    if place < rank { note(.wrongOrder(type), offset) }
    rank = max(rank, place)
    let isSingle = Self.single.contains(type) || isSession && type == .connection
    if !met.insert(type).inserted, isSingle { note(.duplicate(type), offset) }
  }

  private mutating func checkMissing(at offset: Int) {
    let found = metInSession ?? met
    for type in [SDPLineType.version, .origin, .sessionName, .timing] where !found.contains(type) {
      note(.missing(type), offset)
    }
    let hasConnection = session.media.allSatisfy { !$0.values(.connection).isEmpty }
    if !found.contains(.connection), !hasConnection { note(.missing(.connection), offset) }
  }

  private mutating func checkValue(_ type: SDPLineType, _ value: String, at offset: Int) {
    let isGood: Bool
    switch type {
    case .origin: isGood = SDPOrigin(parsing: value)?.isWellFormed ?? false
    case .connection:
      let connection = SDPConnection(parsing: value)
      isGood = connection?.description == value.trimmed
    case .bandwidth: isGood = SDPBandwidth(parsing: value) != nil
    case .timing: isGood = SDPTiming(parsing: value) != nil
    case .attribute:
      let attribute = SDPAttribute(parsing: value)
      if !attribute.isWellFormed { note(.malformedAttribute(attribute.name), offset) }
      return
    default: return
    }
    if !isGood { note(.malformedValue(type), offset) }
  }
}

extension SDPAttribute {
  /// Whether the value can be read as what the name says; true of names not known here.
  fileprivate var isWellFormed: Bool {
    let text = value ?? ""
    switch name {
    case "rtpmap": return SDPRTPMap(parsing: text) != nil
    case "fmtp": return SDPFormatParameters(parsing: text) != nil
    case "ssrc": return SDPSourceAttribute(parsing: text) != nil
    case "ssrc-group": return SDPSourceGroup(parsing: text) != nil
    case "rtcp": return SDPRTCPPort(parsing: text) != nil
    case "rtcp-fb": return SDPFeedback(parsing: text) != nil
    case "extmap": return SDPExtensionMap(parsing: text) != nil
    case "group": return SDPGroup(parsing: text) != nil
    case "ptime", "maxptime": return text.decimal != nil
    case "framerate": return SDPMedia.frameRate(text) != nil
    default: return !name.isEmpty
    }
  }
}
