internal import MediaBytes
internal import MediaCapture
internal import MediaModel
internal import MediaRTP

/// What RTCP tells of sources.
extension RTPSession {
  func receiveRTCP(_ bytes: RawSpan, _ form: RTCPForm, _ datagram: RTPDatagram) throws {
    counts.rtcp += 1
    let time = seconds(datagram.time)
    guard form != .encrypted else {
      findings.add(
        .rtcpEncrypted, "from \(datagram.flow.source)", packet: datagram.number, time: time)
      return
    }
    var reader = ByteReader(bytes)
    let compound = RTCPCompound(parsing: &reader)
    for packet in compound.packets { take(packet, datagram) }
    if !datagram.isCut { check(compound, datagram, time) }
    try observer?.rtcp(compound, datagram, time: time)
  }

  private func take(_ packet: RTCPPacket, _ datagram: RTPDatagram) {
    switch packet {
    case .senderReport(let report):
      let isPlaced = checkPlace(of: report, datagram)
      change(report.ssrc, datagram) { $0.add(report, at: datagram.time, isPlaced: isPlaced) }
    case .sourceDescription(let description):
      for chunk in description.chunks {
        guard let item = chunk.items.first(where: { $0.type == .cname }) else { continue }
        change(chunk.ssrc, datagram) { $0.canonicalName = item.text }
      }
    case .goodbye(let goodbye):
      hasGoodbye = true
      for ssrc in goodbye.sources {
        change(ssrc, datagram) {
          guard $0.goodbye == nil else { return }
          $0.goodbye = (datagram.number, datagram.time, goodbye.reasonText)
        }
      }
    case .receiverReport, .applicationDefined, .transportFeedback, .payloadFeedback,
      .extendedReport, .unknown, .malformed:
      break
    }
  }

  private func change(_ ssrc: UInt32, _ datagram: RTPDatagram, _ body: (inout RTCPFacts) -> Void) {
    let key = ReportKey(address: datagram.flow.source.address, ssrc: ssrc)
    // Of a track only the source at hand is of use, and those that may come next.
    if options.isOneTrack, reports[key] == nil, reports.count >= Self.maxSuccessors {
      reports = reports.filter { followedOfReport[$0.key] != nil }
    }
    guard reports[key] != nil || reports.count < Self.maxReports else { return }
    body(&reports[key, default: RTCPFacts()])
  }

  // MARK: Rules

  /// Whether a report's RTP timestamp is near those of the packets around it.
  ///
  /// It is the moment of its sending on the clock of the packets; pictures that change places, and
  /// encoders that buffer, move packets by a second or two.
  private func checkPlace(of report: RTCPSenderReport, _ datagram: RTPDatagram) -> Bool {
    let longest = 5.0
    let key = ReportKey(address: datagram.flow.source.address, ssrc: report.ssrc)
    guard let source = followedOfReport[key], let rate = source.clockRate,
      let last = source.media.last, let now = datagram.time, let then = last.time
    else { return true }
    let elapsed = Double(now - then) / 1e9
    guard elapsed < longest else { return true }
    let timestamp = RTPTimestamp(rawValue: UInt32(truncatingIfNeeded: last.ticks))
    let media = Double(report.rtpTimestamp.distance(from: timestamp)) / Double(rate)
    guard abs(media - elapsed) > longest else { return true }
    findings.add(
      .rtcpMisplacedTime,
      "RTP timestamp \(report.rtpTimestamp.rawValue) is \(Quantity.seconds(media - elapsed)) from "
        + "the packets around it", packet: datagram.number, time: seconds(datagram.time),
      source: source.number)
    return false
  }

  private func check(_ compound: RTCPCompound, _ datagram: RTPDatagram, _ time: Double?) {
    let isAllowed = descriptions.allowsReducedSizeRTCP
    for violation in compound.violations(isReducedSizeAllowed: isAllowed) {
      let (code, message) = Self.words(violation, compound)
      findings.add(code, message, packet: datagram.number, time: time)
    }
    for anomaly in compound.anomalies {
      guard let (code, message) = Self.words(anomaly.kind) else { continue }
      findings.add(code, message, packet: datagram.number, time: time)
    }
    for packet in compound.packets {
      switch packet {
      case .malformed(let raw, let error):
        findings.add(
          .rtcpMalformed, "packet of type \(raw.type.rawValue): \(error.field): \(error.reason)",
          packet: datagram.number, time: time)
      case .unknown(let raw):
        findings.add(
          .rtcpUnknownType, "type \(raw.type.rawValue)", packet: datagram.number, time: time)
      default: break
      }
    }
  }

  private static func words(_ anomaly: RTCPAnomaly.Kind) -> (FindingCode, String)? {
    switch anomaly {
    case .paddingBeforeLast: nil  // a violation
    case .badPadding(let count): (.rtcpAnomaly, "the padding count is \(count)")
    case .oddPadding(let count):
      (.rtcpAnomaly, "the padding count is \(count), no multiple of four")
    case .missingSDESEnd: (.rtcpAnomaly, "no null ends the items of the last SDES chunk")
    case .trailingBytes(let count): (.rtcpTrailingBytes, Quantity.counted(count, "byte"))
    }
  }

  private static func words(
    _ violation: RTCPViolation, _ compound: RTCPCompound
  ) -> (FindingCode, String) {
    switch violation {
    case .empty: (.rtcpMalformed, "the datagram holds no packet")
    case .firstIsNoReport:
      (.rtcpFirstIsNoReport, "the first packet is of type \(compound.firstType)")
    case .missingCNAME: (.rtcpMissingCNAME, "no SDES packet names the source")
    case .byeNotLast: (.rtcpByeNotLast, "a source has a packet behind its BYE")
    case .paddingBeforeLast: (.rtcpPaddingBeforeLast, "a packet that is not the last is padded")
    case .lengthMismatch: (.rtcpMalformed, "the packets do not fill the datagram")
    }
  }
}

extension RTCPCompound {
  fileprivate var firstType: String { packets.first.map { "\($0.type.rawValue)" } ?? "none" }
}
