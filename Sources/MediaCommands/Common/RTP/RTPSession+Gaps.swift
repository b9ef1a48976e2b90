internal import MediaCapture
internal import MediaModel
internal import MediaRTP

/// Where packets, frames and time are missing.
extension RTPSession {
  // MARK: Sequence numbers

  /// Notes which numbers are missing, and where a source begins anew.
  func followNumbers(
    _ arrival: RTPArrival, _ packet: RTPPacket, _ datagram: RTPDatagram, _ source: RTPSource
  ) {
    let number = packet.sequenceNumber
    let before = source.previous
    source.previous = (datagram.number, datagram.time, number)
    switch arrival {
    case .first, .inOrder, .duplicate, .stray: break
    case .ahead(let missing):
      source.holes.open(missing, before: number, packet: datagram.number, time: datagram.time)
    case .late: source.holes.fill(number)
    case .resumed(let missing):
      // The packet before was the first behind the hole.
      guard let before else { return }
      source.holes.open(
        missing, before: before.sequenceNumber, packet: before.packet, time: before.time)
    case .restarted:
      source.holes.close()
      guard let before else { return }
      findings.add(
        .rtpRestarted, "sequence number \(before.sequenceNumber.rawValue)", packet: before.packet,
        time: seconds(before.time), source: source.number)
    }
  }

  /// Tells each hole in the sequence numbers that nothing filled, and the sum with the first.
  func tellHoles(_ source: RTPSource) {
    let statistics = source.statistics
    let total = "\(statistics.lost) of \(Quantity.counted(statistics.expected, "packet"))"
    let holes = source.holes.kept
    for (index, hole) in holes.enumerated() {
      let place = "before sequence number \(hole.next.rawValue)"
      var message = "\(Quantity.counted(hole.missing, "packet")) \(place)"
      if index == 0 {
        message =
          hole.missing == statistics.lost
          ? "\(total), \(place)" : "\(total), the first \(hole.missing) of them \(place)"
      }
      findings.add(
        .rtpLost, message, packet: hole.packet, time: seconds(hole.time), source: source.number)
    }
    if holes.isEmpty { findings.add(.rtpLost, total, source: source.number) }
    // Of those beyond the limit only their number is told.
    for _ in 0..<source.holes.others { findings.add(.rtpLost, "", source: source.number) }
  }

  /// Tells a packet that was not waited for any more.
  func tellTooLate(_ packet: RTPPacket, _ datagram: RTPDatagram, _ source: RTPSource) {
    source.tooLate += 1
    findings.add(
      .rtpTooLate, "sequence number \(packet.sequenceNumber.rawValue)", packet: datagram.number,
      time: seconds(datagram.time), source: source.number)
  }

  // MARK: Frames

  /// Says where a source begins or ends inside a frame, as captures cut out of a stream do.
  func tellEdges(_ source: RTPSource) {
    for payload in source.payloads {
      let edges = payload.edges
      if edges.isBegunInside, let first = edges.first {
        findings.add(
          .rtpPartialFrame, "the beginning of the first frame is missing", packet: first.packet,
          time: seconds(first.time), source: source.number)
      }
      if edges.isEndedInside, let last = edges.last {
        findings.add(
          .rtpPartialFrame, "the end of the last frame is missing", packet: last.packet,
          time: seconds(last.time), source: source.number)
      }
    }
  }

  // MARK: Time

  /// Compares timestamps with the time that passes.
  func checkPace(
    _ packet: RTPPacket, _ ticks: Int64, _ datagram: RTPDatagram, _ source: RTPSource
  ) {
    // Packets that keep a path open repeat timestamps.
    guard options.checks, !source.payloads.isEmpty, source.payloads[0].isPaced,
      source.payloads[0].type == packet.payloadType, !packet.payload.isEmpty,
      let rate = source.clockRate, let time = datagram.time,
      let slow = source.pace.add(ticks, at: time, clockRate: rate)
    else { return }
    findings.add(
      .rtpWrongPace, Self.words(slow), packet: datagram.number, time: seconds(datagram.time),
      source: source.number)
  }

  private static func words(_ stretch: RTPPace.Stretch) -> String {
    let (media, elapsed) = (Quantity.seconds(stretch.media), Quantity.seconds(stretch.elapsed))
    return "the timestamps go on by \(media) while \(elapsed) pass"
  }

  /// Tells what only all timestamps of a source show.
  func tellPace(_ source: RTPSource) {
    // Over TCP whoever has more to send may send it.
    let isTCP = source.flow.transport == .tcp || source.flow.transport == .interleaved
    if !isTCP, let fast = source.pace.fast {
      findings.add(.rtpWrongPace, Self.words(fast), source: source.number)
    }
    for payload in source.payloads {
      guard let rate = payload.format?.payload.clockRate,
        let found = payload.steps?.contradiction(clockRate: rate)
      else { continue }
      let (step, ticks) = (Quantity.short(found.step), Quantity.short(found.ticks))
      findings.add(
        .rtpWrongStep, "it goes on by \(step) ticks a packet, whose sound lasts \(ticks)",
        source: source.number)
    }
  }
}
