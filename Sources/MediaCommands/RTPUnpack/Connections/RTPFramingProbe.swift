internal import MediaBytes
internal import MediaRTP

/// Finds out how packets are framed on a connection, of which a capture may hold only a later part.
///
/// Anything may look like one packet. Two packets of one source are proof, and so is a message of
/// RTSP.
struct RTPFramingProbe {
  enum Verdict: Equatable {
    /// More bytes are needed.
    case undecided
    /// `isMidway` where the first bytes are the rest of something.
    case framing(InterleavedFraming, isMidway: Bool)
    /// The connection is about something else.
    case nothing
  }

  private struct Trial {
    var deframer: InterleavedDeframer
    /// Whether the first bytes are those of a packet.
    var isFromStart: Bool
    /// Sources of the packets, each with its channel.
    var sources: Set<UInt64> = []
  }

  /// How many bytes may pass without proof: a packet is as long, and what looks like the length of
  /// one.
  static let maxByteCount = 2 * 65_536
  private static let words = [
    "RTSP/", "OPTIONS ", "DESCRIBE", "ANNOUNCE", "SETUP ", "PLAY ", "GET_PARA", "SET_PARA",
    "TEARDOWN", "RECORD ", "PAUSE ",
  ]

  /// The first bytes, until they are enough to begin with.
  private var start: [UInt8] = []
  private var trials: [Trial] = []
  private var byteCount = 0

  mutating func receive(_ bytes: [UInt8]) -> Verdict {
    byteCount += bytes.count
    guard trials.isEmpty else { return tryAll(bytes) }
    start += bytes
    guard start.count >= 8 else { return .undecided }
    // OPTIONS is HTTP's too: what follows it then is no RTSP and becomes nothing.
    if Self.words.contains(where: { start.starts(with: $0.utf8) }) {
      return .framing(.rtsp, isMidway: false)
    }
    begin()
    return tryAll(start)
  }

  /// Says that bytes are missing here.
  mutating func lose(_ count: Int) {
    for index in trials.indices { trials[index].deframer.lose(count) }
  }

  /// What is most likely where no more bytes follow.
  mutating func finish() -> Verdict {
    for index in trials.indices {
      trials[index].deframer.finish()
      if Self.isProved(&trials[index]) { return verdict(trials[index]) }
    }
    return trials.first { $0.isFromStart && !$0.sources.isEmpty }.map(verdict) ?? .nothing
  }

  private mutating func begin() {
    let length = Int(start[2]) << 8 | Int(start[3])
    let isInterleaved = start[0] == UInt8(ascii: "$") && start[4] >> 6 == 2 && length >= 8
    var rtsp = InterleavedDeframer(.rtsp)
    if !isInterleaved { rtsp.lose(0) }  // it looks for the first packet
    trials = [Trial(deframer: rtsp, isFromStart: isInterleaved)]
    let isPacket = start[2] >> 6 == 2 && (start[3] & 0x7f < 35 || start[3] & 0x7f >= 72)
    if isPacket, Int(start[0]) << 8 | Int(start[1]) >= 12 {
      trials.append(Trial(deframer: InterleavedDeframer(.lengthPrefixed), isFromStart: true))
    }
  }

  private mutating func tryAll(_ bytes: [UInt8]) -> Verdict {
    for index in trials.indices {
      trials[index].deframer.receive(bytes.span)
      if Self.isProved(&trials[index]) { return verdict(trials[index]) }
    }
    return byteCount < Self.maxByteCount ? .undecided : .nothing
  }

  private func verdict(_ trial: Trial) -> Verdict {
    .framing(trial.deframer.framing, isMidway: !trial.isFromStart)
  }

  private static func isProved(_ trial: inout Trial) -> Bool {
    while let event = trial.deframer.next() {
      switch event {
      case .packet(let packet, let channel, _):
        guard let source = source(packet) else { continue }
        let key = UInt64(channel) << 32 | UInt64(source)
        if !trial.sources.insert(key).inserted { return true }
      case .message(let message, _):
        if message.startLine.contains("RTSP/") { return true }
      // What was no packet from the start on is none by chance later.
      case .skipped(_, .junk): trial.isFromStart = false
      case .skipped, .end: break
      }
    }
    return false
  }

  /// `SSRC` of RTP, or of the first packet of RTCP.
  private static func source(_ packet: [UInt8]) -> UInt32? {
    guard packet.count >= 12, packet[0] >> 6 == 2 else { return nil }
    let place = (192...223).contains(packet[1]) ? 4 : 8
    return packet[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
