internal import MediaBytes
internal import MediaCapture
internal import MediaModel
internal import MediaRTP

/// Rules of RTP itself; those of payload formats are with their depacketizers.
extension RTPSession {
  /// Says what a payload type is taken for.
  func tell(_ type: RTPPayloadType, _ format: RTPFormat?, _ source: RTPSource, packet: Int) {
    func add(_ code: FindingCode, _ message: String, clause: String? = nil) {
      findings.add(code, message, packet: packet, source: source.number, clause: clause)
    }
    if type.conflictsWithRTCP { add(.rtpConflictingType, "payload type \(type)") }
    if source.payloads.count > 1 {
      let before = source.payloads[source.payloads.count - 2].type
      add(.rtpTypeChange, "payload type \(type) besides \(before)")
    }
    guard let format else {
      if !descriptions.isFinal {
        add(.rtpUnknownFormat, "payload type \(type)")
      } else {
        add(.sdpUndescribed, "payload type \(type) is not described")
      }
      return
    }
    for remark in format.remarks { add(remark.code, remark.message, clause: remark.clause) }
    if let helper = format.helper { add(.rtpHelperFormat, "\(format.description): \(helper)") }
    if format.isEncrypted { add(.rtpEncrypted, "the session description says so") }
    if format.origin == .guess {
      add(.rtpGuessedFormat, "\(format.description): \(format.evidence ?? "")")
    }
    if let (rate, clause) = format.fixedClockRate, let given = format.payload.clockRate,
      given != rate
    {
      add(
        .sdpWrongClock, "\(format.payload.encodingName) counts at \(rate) Hz, not \(given)",
        clause: clause)
    }
  }

  /// Looks at a packet as it arrives.
  func check(
    _ arrival: RTPArrival, _ packet: RTPPacket, _ ticks: Int64, _ datagram: RTPDatagram,
    _ source: RTPSource
  ) {
    func add(_ code: FindingCode, _ message: @autoclosure () -> String) {
      findings.add(
        code, message(), packet: datagram.number, time: seconds(datagram.time),
        source: source.number)
    }
    let number = packet.sequenceNumber.rawValue
    followNumbers(arrival, packet, datagram, source)
    switch arrival {
    case .first, .inOrder, .ahead, .resumed: checkStep(packet, ticks, datagram, source)
    case .late: add(.rtpReordered, "sequence number \(number) comes late")
    case .duplicate: add(.rtpDuplicated, "sequence number \(number)")
    case .stray: break
    case .restarted:
      source.media.restart(ticks, at: datagram.time)
      reports[reportKey(source)]?.loseClock()
      source.pace.interrupt()
    }
    if options.checks, datagram.byteCount > options.mtu {
      add(.rtpOverMTU, "\(datagram.byteCount) bytes, the MTU allows \(options.mtu)")
    }
    if datagram.isCut { add(.captureCut, "\(datagram.byteCount) bytes on the wire") }
    if hasGoodbye, let facts = facts(source), let goodbye = facts.goodbye,
      goodbye.packet < datagram.number
    {
      source.packetsAfterGoodbye += 1
      // What BYE overtook arrives within moments.
      if let then = goodbye.arrival, let now = datagram.time, now - then > 500_000_000 {
        add(.rtpAfterGoodbye, "BYE came in packet \(goodbye.packet)")
      }
    }
  }

  private func checkStep(
    _ packet: RTPPacket, _ ticks: Int64, _ datagram: RTPDatagram, _ source: RTPSource
  ) {
    guard
      let jump = source.media.add(ticks, at: datagram.time, clockRate: source.clockRate)
    else { return checkPace(packet, ticks, datagram, source) }
    source.pace.interrupt()
    reports[reportKey(source)]?.loseClock()
    let (media, elapsed) = (Quantity.seconds(jump.media), Quantity.seconds(jump.elapsed))
    findings.add(
      .rtpTimestampJump, "the timestamp goes on by \(media), \(elapsed) passed",
      packet: datagram.number, time: seconds(datagram.time), source: source.number)
  }

  /// What only the end shows of a source.
  func checkAtEnd(_ source: RTPSource, isShared: Bool) {
    func add(_ code: FindingCode, _ message: String) {
      findings.add(code, message, source: source.number)
    }
    let statistics = source.statistics
    if statistics.lost > 0 { tellHoles(source) }
    if statistics.strays > 0 { add(.rtpStray, Quantity.counted(statistics.strays, "packet")) }
    if source.emptyPayloads > 0 {
      add(.rtpEmptyPayload, Quantity.counted(source.emptyPayloads, "packet"))
    }
    let dropped = source.payloads.reduce(0) { $0 + $1.incompleteFrames }
    if dropped > 0 { add(.rtpDroppedFrames, Quantity.counted(dropped, "frame")) }
    if isShared { add(.rtpSharedSSRC, "SSRC \(source.ssrc) from several places") }
    if options.checks { tellPace(source) }
    guard source.isEncrypted == false else { return }
    tellEdges(source)
    let facts = facts(source)
    if let rate = source.clockRate, let drift = facts?.drift(clockRate: rate),
      abs(drift.partsPerMillion) > 1000, drift.seconds >= 2
    {
      let words = Quantity.decimal(drift.partsPerMillion, digits: 0)
      add(
        .rtcpDrift,
        "\(words) ppm over \(Quantity.seconds(drift.seconds)) of the sender's wall clock")
    }
    // Reports come every five seconds or so (RFC 3550 6.2).
    if facts?.senderReports ?? 0 == 0, statistics.duration > 15 {
      add(.rtcpNoSenderReport, "none in \(Quantity.seconds(statistics.duration))")
    }
  }

  /// What descriptions promise and nobody sends.
  func checkDescriptions() {
    guard options.checks else { return }
    for (index, media) in descriptions.media.enumerated() {
      let types = Set(media.formats.map(\.payloadType))
      let isSent = streams.contains { source in
        source.payloads.contains { types.contains($0.type) }
      }
      guard !isSent else { continue }
      findings.add(
        .sdpMissingStream, "m=\(media.section.media.kind), number \(index + 1) of the description")
    }
  }

  /// Takes notice of what is odd about a description.
  func check(_ description: SDPSession, name: String, packet: Int? = nil) {
    for anomaly in description.anomalies {
      let code: FindingCode = anomaly.kind == .lineFeedOnly ? .sdpLineEnds : .sdpAnomaly
      findings.add(code, "\(name): \(anomaly.kind)", packet: packet, offset: anomaly.offset)
    }
    for type in description.unmappedTypes {
      findings.add(.sdpMissingMap, "\(name): payload type \(type)", packet: packet)
    }
  }
}

extension SDPSession {
  /// Payload types on `m=` lines that nothing gives a meaning.
  var unmappedTypes: [RTPPayloadType] {
    media.filter(\.isRTP).flatMap { media in
      let mapped = Set(media.payloadFormats.map(\.payloadType))
      return media.media.formats.compactMap { UInt8($0) }.filter { $0 < 128 }
        .map { RTPPayloadType(rawValue: $0) }.filter { !mapped.contains($0) }
    }
  }
}

extension RTPFormat {
  /// What is wrong with its parameters.
  fileprivate var remarks: [RTPRemark] {
    switch payload.encodingName.uppercased() {
    case "H264": H264FormatParameters(payload.parameters).remarks
    case "H265": H265FormatParameters(payload.parameters).remarks
    default: []
    }
  }

  /// The one clock rate that a payload format has, where it has one, and who says so.
  var fixedClockRate: (UInt32, clause: String)? {
    switch payload.encodingName.uppercased() {
    case "H264": (90_000, "RFC 6184 8.2.1")
    case "H265": (90_000, "RFC 7798 7.1")
    case "VP8": (90_000, "RFC 7741 6.1")
    case "VP9": (90_000, "RFC 9628 5")
    case "AV1": (90_000, "AV1 RTP 7.1")
    case "JPEG": (90_000, "RFC 2435 3")
    case "MP2T", "MPA", "MPV": (90_000, "RFC 3551 6")
    case "OPUS": (48_000, "RFC 7587 4.1")
    case "G722": (8000, "RFC 3551 4.5.2")
    default: nil
    }
  }
}
