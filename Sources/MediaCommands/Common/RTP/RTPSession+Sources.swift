internal import MediaBytes
internal import MediaCapture
internal import MediaModel
internal import MediaRTP

/// From datagrams of RTP to packets of sources in their order.
extension RTPSession {
  /// How many packets a source may hold before it must be known.
  static var maxHeldPackets: Int { 64 }

  func receiveRTP(_ bytes: RawSpan, _ datagram: RTPDatagram) throws {
    var reader = ByteReader(bytes)
    let parsed: Result<RTPPacket, ParseError> = Result { () throws(ParseError) in
      try RTPPacket(parsing: &reader, isCut: datagram.isCut)
    }
    switch parsed {
    case .success(let packet): try take(packet, bytes, datagram)
    case .failure(let error):
      // Other protocols look like RTP by chance.
      guard let source = followedOfFlow[datagram.flow] else {
        counts.other += 1
        return
      }
      counts.rtp += 1
      findings.add(
        .rtpMalformed, "\(error.field): \(error.reason)", packet: datagram.number,
        time: seconds(datagram.time), source: source.number)
    }
  }

  func take(_ packet: RTPPacket, _ bytes: RawSpan, _ datagram: RTPDatagram) throws {
    guard let source = source(of: packet, datagram) else {
      counts.other += 1
      return
    }
    guard source.state != .refused else {
      counts.other += 1
      return
    }
    guard !isAside(packet, source) else {
      counts.aside += 1
      return
    }
    counts.rtp += 1
    let index = packetIndex
    packetIndex += 1
    try keepWithinBudget()
    try lines?.add(line(of: packet, index, bytes, datagram))
    if source.state == .followed {
      try receive(packet, index, bytes, datagram, source)
    } else {
      try hold(packet, index, bytes, datagram, source)
    }
  }

  private func line(
    of packet: RTPPacket, _ index: Int, _ bytes: RawSpan, _ datagram: RTPDatagram
  ) -> RTPPacketLine {
    RTPPacketLine(
      index: index, packet: datagram.number, time: seconds(datagram.time), ssrc: packet.ssrc,
      payloadType: packet.payloadType, sequenceNumber: packet.sequenceNumber,
      timestamp: packet.timestamp, marker: packet.marker, size: datagram.byteCount,
      payloadSize: max(
        0, datagram.byteCount - packet.payload.lowerBound - packet.paddingByteCount))
  }

  private func source(of packet: RTPPacket, _ datagram: RTPDatagram) -> RTPSource? {
    if let last = lastSource, last.ssrc == packet.ssrc, last.flow == datagram.flow { return last }
    let key = SourceKey(flow: datagram.flow, ssrc: packet.ssrc)
    if let known = sourceOfKey[key] {
      lastSource = known
      return known
    }
    if options.isOneTrack { keepFew() }
    if sourceOfKey.count >= Self.maxSources, counts.datagrams >= nextRoom { makeRoom() }
    guard sourceOfKey.count < Self.maxSources else {
      if !isOverfull {
        findings.add(
          .rtpTooManySources, "more than \(Self.maxSources) sources", packet: datagram.number,
          time: seconds(datagram.time))
      }
      isOverfull = true
      return nil
    }
    let source = RTPSource(
      number: options.isOneTrack ? 0 : sourceCount, flow: datagram.flow, first: packet,
      packet: datagram.number, limits: options.reorderLimits)
    sourceCount += 1
    sources.append(source)
    sourceOfKey[key] = source
    lastSource = source
    return source
  }

  /// Forgets sources of which too little came to be sure of them.
  ///
  /// It looks at all of them, so not for every datagram where hardly any can be forgotten.
  private func makeRoom() {
    nextRoom = counts.datagrams + Self.maxSources / 4
    for source in sources where source.state == .held && !source.probe.isValid { refuse(source) }
    sourceOfKey = sourceOfKey.filter { $0.value.state != .refused }
    sources.removeAll { $0.state == .refused }
  }

  // MARK: Before a source is known

  private func hold(
    _ packet: RTPPacket, _ index: Int, _ bytes: RawSpan, _ datagram: RTPDatagram,
    _ source: RTPSource
  ) throws {
    _ = source.probe.update(packet.sequenceNumber)
    source.held.append(
      RTPSource.Held(bytes: [UInt8](copying: bytes), datagram: datagram, index: index))
    heldByteCount += bytes.byteCount
    let isFull =
      source.held.count >= Self.maxHeldPackets || heldByteCount > Self.maxHeldBytes
    if options.isOneTrack { return try succeed(with: source, isFull: isFull) }
    if source.probe.isValid {
      if isFull || isDescribed(source) { try follow(source) }
    } else if isFull {
      if isLikely(source) { try follow(source) } else { refuse(source) }
    }
  }

  /// Whether a source of which no two numbers in sequence came is followed all the same: a
  /// description names it, or its numbers go on, as when every other packet is lost.
  func isLikely(_ source: RTPSource) -> Bool {
    if source.isSteady { return true }
    guard let type = source.held.first?.payloadType,
      let format = descriptions.format(type, of: source.flow, ssrc: source.ssrc)
    else { return false }
    return format.origin != .staticType
  }

  /// Whether something else than the packets says what the first one held is.
  func isDescribed(_ source: RTPSource) -> Bool {
    guard let type = source.held.first?.payloadType else { return false }
    return descriptions.format(type, of: source.flow, ssrc: source.ssrc) != nil
  }

  func refuse(_ source: RTPSource) {
    source.state = .refused
    counts.rtp -= source.held.count
    counts.other += source.held.count
    for held in source.held { heldByteCount -= held.bytes.count }
    source.held = []
    if !options.isOneTrack { findings.forget(source: source.number) }
  }

  /// Begins to follow a source with the packets that it held.
  func follow(_ source: RTPSource) throws {
    let held = source.held
    source.held = []
    source.state = .followed
    if followedOfFlow[source.flow] == nil { followedOfFlow[source.flow] = source }
    let key = reportKey(source)
    if followedOfReport[key] == nil { followedOfReport[key] = source }
    guard let first = held.first, let type = first.payloadType else { return }
    let format = format(type, of: source, held)
    source.statistics = ReceptionStatistics(
      ssrc: source.ssrc, clockRate: format?.payload.clockRate)
    source.isEncrypted = format?.isEncrypted ?? false || isKeyed(source.flow)
    // A description that says RTP outweighs how payloads look; so does a guess that fits them.
    if let origin = format?.origin, origin != .staticType { source.evidence = nil }
    addPayload(type, format, source, packet: first.datagram.number)
    for packet in held {
      heldByteCount -= packet.bytes.count
      let bytes = packet.bytes.span.bytes
      var reader = ByteReader(bytes)
      guard let header = try? RTPPacket(parsing: &reader, isCut: packet.datagram.isCut) else {
        continue
      }
      try receive(header, packet.index, bytes, packet.datagram, source)
    }
  }

  private func format(
    _ type: RTPPayloadType, of source: RTPSource, _ held: [RTPSource.Held]
  ) -> RTPFormat? {
    if let known = descriptions.format(type, of: source.flow, ssrc: source.ssrc) { return known }
    guard !descriptions.isFinal, !isKeyed(source.flow) else { return nil }
    return RTPGuess.format(type, held)
  }

  private func addPayload(
    _ type: RTPPayloadType, _ format: RTPFormat?, _ source: RTPSource, packet: Int
  ) {
    // Every value of the seven bits at most.
    var payload = RTPPayloadState(type, format, options)
    if source.isEncrypted { payload.unpacker = nil }
    source.payloads.append(payload)
    tell(type, format, source, packet: packet)
  }

  // MARK: Packets of a source that is known

  private func receive(
    _ packet: RTPPacket, _ index: Int, _ bytes: RawSpan, _ datagram: RTPDatagram,
    _ source: RTPSource
  ) throws {
    let now = datagram.time ?? lastTime ?? 0
    if datagram.time == nil { source.isTimeless = true }
    source.packets = source.packets.lowerBound...max(source.packets.upperBound, datagram.number)
    source.largestPacket = max(source.largestPacket, datagram.byteCount)
    let arrival = source.statistics.add(packet, byteCount: datagram.byteCount, at: now)
    let ticks = source.ticks(packet, arrival)
    check(arrival, packet, ticks, datagram, source)
    if packet.payload.isEmpty { source.emptyPayloads += 1 }
    let payload = bytes.extracting(packet.payload)
    if var evidence = source.evidence { gather(&evidence, payload, source) }
    if source.firstTicks == nil {
      (source.firstTime, source.firstTicks) = (datagram.time, ticks)
    }
    let ticket = RTPTicket(
      index: index, packet: datagram.number, payloadType: packet.payloadType,
      timestamp: ticks, marker: packet.marker,
      time: datagram.time, isCut: datagram.isCut)
    if lines != nil { try lines?.settle(index, isDone: false) { $0.arrival = arrival } }
    if let number = source.order.pass(arrival) {
      dropStray(source, arrival)
      return try depacketize(ticket, number, payload, source)
    }
    let isLate = source.order.insert(ticket, packet.sequenceNumber, arrival, at: now)
    if isLate { tellTooLate(packet, datagram, source) }
    let isWaiting = try drain(source, at: now, current: index, payload)
    try settle(arrival, index, payload, source, isWaiting, isLate: isLate)
  }

  /// Keeps the payload of a packet that waits, or lets a packet go that is not waited for.
  private func settle(
    _ arrival: RTPArrival, _ index: Int, _ payload: RawSpan, _ source: RTPSource,
    _ isWaiting: Bool, isLate: Bool
  ) throws {
    dropStray(source, arrival)
    switch arrival {
    case .duplicate, .stray:
      source.kept[index] = [UInt8](copying: payload)
      source.strayIndex = index
      try lines?.settle(index)
    default:
      if isLate {
        try lines?.settle(index)
      } else if isWaiting {
        source.kept[index] = [UInt8](copying: payload)
      }
    }
  }

  /// Forgets the packet that this one might have confirmed, unless it does.
  private func dropStray(_ source: RTPSource, _ arrival: RTPArrival) {
    guard let stray = source.strayIndex else { return }
    source.strayIndex = nil
    switch arrival {
    case .restarted, .resumed: break
    default: source.kept[stray] = nil
    }
  }

  /// Puts together what is due; true where the packet at hand is not among it.
  @discardableResult
  func drain(
    _ source: RTPSource, at now: Nanoseconds, current: Int? = nil, _ payload: RawSpan = RawSpan()
  ) throws -> Bool {
    var isWaiting = true
    while let released = source.order.next(at: now) {
      let (ticket, number) = (released.packet, released.number)
      if released.lost > 0 {
        for index in source.payloads.indices { source.payloads[index].lost += released.lost }
      }
      if ticket.index == current {
        isWaiting = false
        try depacketize(ticket, number, payload, source)
      } else if let bytes = source.kept.removeValue(forKey: ticket.index) {
        try depacketize(ticket, number, bytes.span.bytes, source)
      }
    }
    return isWaiting
  }

  /// Which of a source's payload types a packet has.
  private func payloadIndex(_ ticket: RTPTicket, _ source: RTPSource) -> Int {
    if !source.payloads.isEmpty, source.payloads[0].type == ticket.payloadType { return 0 }
    if let index = source.payloads.firstIndex(where: { $0.type == ticket.payloadType }) {
      return index
    }
    let format = descriptions.format(ticket.payloadType, of: source.flow, ssrc: source.ssrc)
    addPayload(ticket.payloadType, format, source, packet: ticket.packet)
    return source.payloads.count - 1
  }

  private func depacketize(
    _ ticket: RTPTicket, _ number: Int64, _ payload: RawSpan, _ source: RTPSource
  ) throws {
    let place = payloadIndex(ticket, source)
    if ticket.isCut, source.payloads[place].unpacker != nil {
      return try passOver(ticket, payload, source, place)
    }
    guard source.payloads[place].receive(payload, ticket, number, into: &output) else {
      try lines?.settle(ticket.index)
      return
    }
    if lines != nil {
      try lines?.settle(ticket.index) { line in
        line.kind = output.kind
        if !output.nalUnitTypes.isEmpty { line.nalUnitTypes = output.nalUnitTypes }
      }
    }
    if !output.isEmpty { try takeOutput(source, place, time: ticket.time) }
  }

  /// Passes over a packet of which the capture holds a part: what it begins with tells what it is.
  private func passOver(
    _ ticket: RTPTicket, _ payload: RawSpan, _ source: RTPSource, _ place: Int
  ) throws {
    source.payloads[place].noteCut(ticket.timestamp)
    guard lines != nil else { return }
    var found = RTPOutput()
    var unpacker = source.payloads[place].format.flatMap { RTPUnpacker($0.payload) }
    let info = RTPPacketInfo(
      packet: ticket.packet, number: 0, timestamp: ticket.timestamp, marker: ticket.marker)
    unpacker?.receive(payload, info, into: &found)
    try lines?.settle(ticket.index) { line in
      line.kind = found.kind
      if !found.nalUnitTypes.isEmpty { line.nalUnitTypes = found.nalUnitTypes }
    }
  }

  private func takeOutput(_ source: RTPSource, _ place: Int, time: Nanoseconds?) throws {
    if !output.remarks.isEmpty {
      for remark in output.remarks {
        findings.add(
          remark.code, remark.message, packet: remark.packet, time: seconds(time),
          source: source.number, clause: remark.clause)
      }
      output.remarks.removeAll(keepingCapacity: true)
    }
    guard !output.frames.isEmpty || !output.packs.isEmpty else { return }
    for frame in output.frames {
      source.payloads[place].add(frame, at: time)
      try observer?.frame(frame, of: source, place)
    }
    output.frames.removeAll(keepingCapacity: true)
    for pack in output.packs { try observer?.frame(pack, of: source, place) }
    output.packs.removeAll(keepingCapacity: true)
  }

  /// Gives up what a payload type still holds.
  func giveUp(_ source: RTPSource, _ place: Int) throws {
    source.payloads[place].giveUp(into: &output)
    try takeOutput(source, place, time: lastTime)
  }

  /// Takes what a payload type still holds at the end.
  func finish(_ source: RTPSource, _ place: Int) throws {
    guard !source.isEncrypted else { return }
    // Who says goodbye has said all.
    let isWhole = facts(source)?.goodbye != nil
    source.payloads[place].finish(isWhole: isWhole, into: &output)
    try takeOutput(source, place, time: lastTime)
  }

  /// Looks whether payloads are spread as ciphertext is.
  private func gather(_ evidence: inout SRTPEvidence, _ payload: RawSpan, _ source: RTPSource) {
    evidence.add(payload)
    guard evidence.packets >= SRTPEvidence.minPackets else {
      source.evidence = evidence
      return
    }
    source.evidence = nil
    guard evidence.isEncrypted else { return }
    source.isEncrypted = true
    // What seemed wrong with ciphertext is nothing.
    findings.forgetPayload(source: source.number)
    findings.add(
      .rtpEncrypted, "the payloads are spread as ciphertext is", packet: source.packets.lowerBound,
      source: source.number)
    for index in source.payloads.indices { source.payloads[index].stopUnpacking() }
  }
}

extension RTPSource.Held {
  /// `sequence number`.
  var sequenceNumber: RTPSequenceNumber? {
    bytes.count > 3
      ? RTPSequenceNumber(rawValue: UInt16(bytes[2]) << 8 | UInt16(bytes[3])) : nil
  }
  /// `PT`.
  var payloadType: RTPPayloadType? {
    bytes.count > 1 ? RTPPayloadType(rawValue: bytes[1]) : nil
  }
}
