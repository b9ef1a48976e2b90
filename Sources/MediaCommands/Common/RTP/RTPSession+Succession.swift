internal import MediaModel
internal import MediaRTP

/// Sources of one track, of which one succeeds another where a sender begins anew.
///
/// For days of reception: whatever is ended is forgotten, so that nothing grows with time.
extension RTPSession {
  /// How many sources and their reports are remembered besides the one at hand.
  static var maxSuccessors: Int { 8 }
  /// How long the source at hand is silent before one that it succeeded may return, in nanoseconds.
  private static var patience: Nanoseconds { 1_000_000_000 }

  /// The source of the track that is followed.
  var current: RTPSource? { sources.first { $0.state == .followed } }

  /// Whether a packet has nothing to do with the media of its source.
  ///
  /// Devices send packets of their own in between, of types that they do not describe. Where these
  /// are numbered with the others they count, or they would seem lost; else they would be a restart.
  func isAside(_ packet: RTPPacket, _ source: RTPSource) -> Bool {
    guard options.isOneTrack, source.state == .followed,
      source.payloads.first?.type != packet.payloadType, let before = source.previous,
      descriptions.format(packet.payloadType, of: source.flow, ssrc: source.ssrc) == nil
    else { return false }
    let distance = packet.sequenceNumber.distance(from: before.sequenceNumber)
    return distance == 0 || abs(distance) >= RTPSourceState.maxMisorder
  }

  /// Follows the source that a packet came from, where it is the first or succeeds the one at hand.
  func succeed(with source: RTPSource, isFull: Bool) throws {
    guard let first = source.held.first, isMedia(first, of: source) else {
      if current == nil { tellAside(source) }
      return forget(source)
    }
    if let current {
      let last = current.statistics.lastArrival ?? .min
      letGo(of: source, before: last)
      guard source.probe.isValid, hasGone(current, since: last, for: source) else {
        if isFull { forget(source) }
        return
      }
      try end(current)
    }
    try follow(source)
  }

  /// Whether a source may be what the track is about: not retransmissions and the like.
  private func isMedia(_ packet: RTPSource.Held, of source: RTPSource) -> Bool {
    guard let type = packet.payloadType,
      let format = descriptions.format(type, of: source.flow, ssrc: source.ssrc)
    else { return false }
    return format.helper == nil
  }

  /// Where nothing else comes, what does come should have been described.
  private func tellAside(_ source: RTPSource) {
    guard let first = source.held.first, let type = first.payloadType else { return }
    findings.add(
      .sdpUndescribed, "payload type \(type) is not described", packet: first.datagram.number,
      time: seconds(first.datagram.time), source: source.number)
  }

  /// Lets go of what came of a source while the one at hand went on: only what comes behind counts.
  private func letGo(of source: RTPSource, before last: Nanoseconds) {
    let count = source.held.prefix { $0.datagram.time ?? last < last }.count
    guard count > 0 else { return }
    for packet in source.held[..<count] { heldByteCount -= packet.bytes.count }
    counts.rtp -= count
    counts.other += count
    source.held.removeFirst(count)
    let numbers = source.held.compactMap(\.sequenceNumber)
    guard let first = numbers.first else { return }
    source.probe = RTPSourceState(first: first)
    for number in numbers { _ = source.probe.update(number) }
  }

  /// Whether the source at hand, of which the last came at `last`, makes room for another.
  ///
  /// Where two send at a time, the later one is followed, and the other only once that is silent.
  private func hasGone(
    _ current: RTPSource, since last: Nanoseconds, for source: RTPSource
  ) -> Bool {
    if facts(current)?.goodbye != nil || !succeeded.contains(source.ssrc) { return true }
    return (source.held.last?.datagram.time ?? last) &- last >= Self.patience
  }

  /// Ends a source: what it holds is put together, and what is known of it told, then forgotten.
  func end(_ source: RTPSource) throws {
    source.order.finish()
    try drain(source, at: .max)
    for index in source.payloads.indices { try finish(source, index) }
    checkAtEnd(source, isShared: false)
    observer?.ended(source)
    succeeded =
      succeeded.filter { $0 != source.ssrc }.suffix(Self.maxSuccessors - 1) + [source.ssrc]
    let key = reportKey(source)
    reports[key] = nil
    if followedOfReport[key] === source { followedOfReport[key] = nil }
    if followedOfFlow[source.flow] === source { followedOfFlow[source.flow] = nil }
    remove(source)
  }

  /// Makes room for another source where there are too many of which little came.
  func keepFew() {
    guard sources.count > Self.maxSuccessors,
      let oldest = sources.first(where: { $0.state == .held })
    else { return }
    forget(oldest)
  }

  /// Forgets a source that is not followed: its next packet is the first again.
  private func forget(_ source: RTPSource) {
    refuse(source)
    remove(source)
  }

  private func remove(_ source: RTPSource) {
    sources.removeAll { $0 === source }
    sourceOfKey[SourceKey(flow: source.flow, ssrc: source.ssrc)] = nil
    if lastSource === source { lastSource = nil }
  }
}
