internal import MediaModel
internal import MediaRTP

/// What all sources hold back together, which each of them bounds only for itself.
extension RTPSession {
  /// Packets from one look at it to the next.
  private static var budgetInterval: Int { 1024 }

  /// Gives up what the largest sources hold where all of them hold too much.
  func keepWithinBudget() throws {
    guard packetIndex % Self.budgetInterval == 0 else { return }
    let followed = sources.filter { $0.state == .followed }
    var held = followed.map { (source: $0, bytes: $0.heldByteCount) }
    var total = held.reduce(0) { $0 + $1.bytes }
    guard total > options.maxHeldBytes else { return }
    findings.add(
      .rtpTooMuchHeld, "\(total) bytes of \(Quantity.counted(followed.count, "source"))",
      time: seconds(lastTime))
    held.sort { $0.bytes > $1.bytes }
    for (source, bytes) in held where total > options.maxHeldBytes / 2 {
      try giveUp(source)
      total -= bytes - source.heldByteCount
    }
  }

  private func giveUp(_ source: RTPSource) throws {
    try drain(source, at: .max)
    for index in source.payloads.indices {
      guard source.payloads[index].unpacker?.heldByteCount ?? 0 > 0 else { continue }
      try giveUp(source, index)
      // What comes next may be the rest of it.
      source.payloads[index].lost += 1
    }
  }
}

extension RTPSource {
  /// Payloads of packets that wait for others, and of frames that are not complete.
  fileprivate var heldByteCount: Int {
    kept.values.reduce(0) { $0 + $1.count }
      + payloads.reduce(0) { $0 + ($1.unpacker?.heldByteCount ?? 0) }
  }
}
