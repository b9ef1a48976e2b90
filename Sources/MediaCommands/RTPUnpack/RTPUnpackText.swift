internal import MediaModel
internal import MediaRTP

/// The lines a person reads.
enum RTPUnpackText {
  static let columns =
    "  index  packet        time        ssrc  pt    seq   timestamp  m   size  kind\n"

  static func line(_ line: RTPPacketLine) -> String {
    var text = right("\(line.index)", 7) + right("\(line.packet)", 8) + "  "
    text += right(line.time.map { Quantity.decimal($0, digits: 6) } ?? "-", 10) + "  "
    text += right(Quantity.ssrc(line.ssrc), 10) + right("\(line.payloadType)", 4)
    text += right("\(line.sequenceNumber.rawValue)", 7)
    text += right("\(line.timestamp.rawValue)", 12) + "  " + (line.marker ? "M" : "-")
    text += right("\(line.size)", 7) + "  " + line.kind
    if let types = line.nalUnitTypes {
      text += " " + types.map { "\($0)" }.joined(separator: ",")
    }
    switch line.arrival {
    case .ahead(let missing), .resumed(let missing): text += "  \(missing) missing before it"
    case .late, .duplicate, .stray, .restarted: text += "  " + (line.arrivalName ?? "")
    case .first, .inOrder, nil: break
    }
    return text + "\n"
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }

  // MARK: The report

  static func report(_ result: RTPUnpackResult, listsAll: Bool) -> String {
    var lines = [head(result)]
    lines += result.dialogues.map(dialogue)
    lines += result.streams.flatMap(stream)
    if result.streams.isEmpty { lines.append("  no stream of RTP") }
    if listsAll {
      if !result.findings.isEmpty { lines.append("") }
      lines += RTPFindingReport.lines(result.findings)
      lines.append(verdict(result))
    } else if result.levels.contains(where: { $0.key >= .warning && $0.value > 0 }) {
      lines.append("  findings: \(verdict(result)); --check lists them")
    }
    return lines.map { Quantity.printable($0) + "\n" }.joined()
  }

  private static func head(_ result: RTPUnpackResult) -> String {
    guard let format = result.format else { return "\(result.input): no capture" }
    let counts = result.counts
    var parts = [format]
    if let duration = result.duration { parts.append(Quantity.time(duration)) }
    if let records = result.records { parts.append(Quantity.counted(records, "packet")) }
    parts.append("\(counts.rtp) of RTP")
    let others = [
      (counts.rtcp, "RTCP"), (counts.stun, "STUN"), (counts.dtls, "DTLS"), (counts.zrtp, "ZRTP"),
      (counts.turnChannel, "TURN channels"),
    ]
    parts += others.filter { $0.0 > 0 }.map { "\($0.0) of \($0.1)" }
    return "\(result.input): " + parts.joined(separator: ", ")
  }

  private static func dialogue(_ dialogue: RTSPDialogueResult) -> String {
    var words = "  RTSP \(dialogue.client) -> \(dialogue.server)"
    if let url = dialogue.url { words += "  \(url)" }
    words += "  " + dialogue.methods.joined(separator: " ")
    if let server = dialogue.serverName { words += "; \(server)" }
    if !dialogue.failures.isEmpty { words += "; " + dialogue.failures.joined(separator: ", ") }
    return words
  }

  private static func stream(_ stream: RTPStreamResult) -> [String] {
    var lines = [
      "  #\(stream.index) \(stream.kind?.rawValue ?? "unknown")  \(formatWords(stream)), "
        + "PT \(stream.type), SSRC \(Quantity.ssrc(stream.ssrc)), "
        + "\(stream.flow.source) -> \(stream.flow.destination)"
        + (stream.flow.transport == .udp ? "" : " (\(stream.flow.transport.rawValue))")
    ]
    lines += stream.figures.lines(stream.kind).map { "     " + $0 }
    for found in stream.elementaryStreams {
      lines.append(
        "     stream 0x\(String(found.stream, radix: 16)): \(found.codec?.rawValue ?? "unknown"), "
          + Quantity.counted(found.counts.frames, "frame"))
    }
    if let reports = reports(stream) { lines.append("     " + reports) }
    return lines
  }

  private static func formatWords(_ stream: RTPStreamResult) -> String {
    if stream.isEncrypted { return "SRTP" }
    guard let format = stream.format else { return "unknown format" }
    switch format.origin {
    case .map: return "\(format.description) (--map)"
    case .sdp: return "\(format.description) (SDP)"
    case .rtsp: return "\(format.description) (SDP of RTSP)"
    case .staticType: return format.description
    case .guess: return "\(format.description) (guessed: \(format.evidence ?? ""))"
    }
  }

  private static func reports(_ stream: RTPStreamResult) -> String? {
    guard let facts = stream.facts else { return nil }
    var parts: [String] = []
    if facts.senderReports > 0 {
      parts.append(Quantity.counted(facts.senderReports, "sender report"))
    }
    if let drift = stream.drift {
      let words = Quantity.decimal(drift.partsPerMillion, digits: 1)
      parts.append("drift \(words) ppm over \(Quantity.seconds(drift.seconds))")
    }
    if let name = facts.canonicalName { parts.append("CNAME \(name)") }
    if facts.goodbye != nil { parts.append("BYE") }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private static func verdict(_ result: RTPUnpackResult) -> String {
    let parts = Severity.allCases.reversed().compactMap { level -> String? in
      guard let count = result.levels[level], count > 0 else { return nil }
      return level == .error || level == .warning
        ? Quantity.counted(count, level.rawValue) : "\(count) \(level.rawValue)"
    }
    return parts.isEmpty ? "no findings" : parts.joined(separator: ", ")
  }
}
