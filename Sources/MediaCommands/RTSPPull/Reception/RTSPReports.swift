internal import MediaBytes
internal import MediaModel
internal import MediaRTP

/// When receiver reports are due, and who sends them (RFC 3550 6.2, 6.4.2).
///
/// Every track is a session of RTP of its own. Some cameras want a sign of life each five seconds, so
/// that is the longest interval; the first report comes after half of it.
struct RTSPReports {
  /// Who we are in the session of a track.
  struct Identity {
    var ssrc: UInt32
    /// The same in all of them.
    var cname: String

    /// A receiver report with our name, which says nothing yet where `block` is nil (6.1).
    func packet(about block: RTCPReportBlock?) -> [UInt8] {
      var ssrc = ssrc
      // Both chose the same number (8.2); the sender was there first.
      if block?.ssrc == ssrc { ssrc = ~ssrc }
      var writer = ByteWriter(capacity: 80)
      RTCPReceiverReport(ssrc: ssrc, reports: block.map { [$0] } ?? []).write(to: &writer)
      RTCPSourceDescription(ssrc: ssrc, cname: cname).write(to: &writer)
      return writer.bytes
    }
  }

  private static let interval = 5e9
  /// How much shorter an interval may be, so that receivers do not fall into step.
  private static let variation = 0.2

  private var random: SplitMix64
  private var identities: [Identity] = []
  private var due: [Nanoseconds?]

  init(tracks: Int, seed: UInt64) {
    random = SplitMix64(seed: seed)
    let cname = random.canonicalName()
    due = Array(repeating: nil, count: tracks)
    for _ in 0..<tracks {
      identities.append(
        Identity(ssrc: UInt32(truncatingIfNeeded: random.next()), cname: cname))
    }
  }

  /// When the next one is due; nil before the first look, and without tracks.
  var next: Nanoseconds? { due.compactMap(\.self).min() }

  /// Who is to send a report now; nil where it is not time.
  ///
  /// Intervals begin with the first call.
  mutating func takeDue(_ position: Int, at now: Nanoseconds) -> Identity? {
    guard let time = due[position] else {
      due[position] = now.addingOrMax(interval() / 2)
      return nil
    }
    guard now >= time else { return nil }
    due[position] = now.addingOrMax(interval())
    return identities[position]
  }

  private mutating func interval() -> Nanoseconds {
    Nanoseconds(Self.interval * (1 - Self.variation * random.unit()))
  }
}
