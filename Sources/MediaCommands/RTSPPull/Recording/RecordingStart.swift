internal import MediaModel
internal import MediaRTP
internal import MediaRTSP

/// The first frames of a connection, which wait until it is known how its tracks lie to each other.
struct RecordingStart {
  /// A track that has begun.
  struct Candidate {
    /// The first frame that decoding can begin with.
    var first: RTSPFrame
    /// A timestamp and the sender's wall clock then.
    var clock: (ticks: Int64, wall: Nanoseconds)?
    /// Where playing began, by the server's word.
    var origin: UInt32?

    var track: RTPTrack { first.track }

    /// The sender's wall clock at the first frame.
    var wallClock: Nanoseconds? {
      clock.map { $0.wall &+ nanoseconds(first.frame.timestamp &- $0.ticks) }
    }

    /// How long after the beginning of playing it comes.
    var playingTime: Nanoseconds? {
      origin.map {
        let timestamp = UInt32(truncatingIfNeeded: first.frame.timestamp)
        return nanoseconds(Int64(Int32(bitPattern: timestamp &- $0)))
      }
    }

    /// When it came, going by the first packet of its source.
    var arrival: Nanoseconds {
      guard let time = track.source.firstTime, let ticks = track.source.firstTicks else {
        return first.now
      }
      return time &+ nanoseconds(first.frame.timestamp &- ticks)
    }

    private func nanoseconds(_ ticks: Int64) -> Nanoseconds {
      Int64(clamping: Int128(ticks) * 1_000_000_000 / Int128(max(1, track.clockRate)))
    }
  }

  /// How long a track is waited for that nothing comes of, and one that has no keyframe yet.
  private static let longestWait: (nothing: Nanoseconds, keyframe: Nanoseconds) = (
    5_000_000_000, 30_000_000_000
  )
  /// How long for word of how tracks lie to each other.
  private static let longestWaitForClocks: Nanoseconds = 1_000_000_000
  private static let mostWaitingBytes = 64 << 20
  /// How far clocks may be off what arrival says: those of senders, and the server's word.
  private static let mostOff: (clock: Nanoseconds, word: Nanoseconds) = (
    30_000_000_000, 2_000_000_000
  )

  /// The tracks that are to come, by their places in the presentation.
  private let expected: Set<Int>
  private let origins: [Int: UInt32]
  private(set) var candidates: [Candidate] = []
  private(set) var waiting: [RTSPFrame] = []
  private var waitingByteCount = 0
  private var seen: Set<Int> = []
  /// When the first frame came, and the first that decoding can begin with.
  private var firstArrival: Nanoseconds?
  private var firstKeyArrival: Nanoseconds?
  /// Pictures in front of the first keyframe.
  private(set) var early = 0

  init(_ expected: Set<Int>, _ origins: [Int: UInt32]) {
    (self.expected, self.origins) = (expected, origins)
  }

  mutating func add(_ frame: RTSPFrame) {
    seen.insert(frame.index)
    firstArrival = firstArrival ?? frame.now
    if let known = candidates.firstIndex(where: { $0.track.isSame(as: frame.track) }) {
      note(frame, &candidates[known])
    } else if frame.track.kind != .video || frame.frame.isKeyframe {
      guard frame.track.isDescribed else { return }
      firstKeyArrival = firstKeyArrival ?? frame.now
      var new = Candidate(first: frame, origin: origins[frame.index])
      note(frame, &new)
      // In the order of the presentation, whichever begins first.
      let place = candidates.firstIndex { $0.first.index > frame.index }
      candidates.insert(new, at: place ?? candidates.endIndex)
    } else {
      early += 1
      return
    }
    waiting.append(frame)
    waitingByteCount += frame.frame.data.count
    if !hasPictures { dropOld() }
  }

  private func note(_ frame: RTSPFrame, _ candidate: inout Candidate) {
    if let clock = frame.senderClock { candidate.clock = (frame.frame.timestamp, clock) }
  }

  var hasPictures: Bool { candidates.contains { $0.track.kind == .video } }

  /// Sound that comes long before the first picture is not kept.
  private mutating func dropOld() {
    guard waitingByteCount > 1 << 20, let newest = waiting.last?.now else { return }
    waiting.removeAll { newest - $0.now > Self.longestWait.nothing }
    waitingByteCount = waiting.reduce(0) { $0 + $1.frame.data.count }
  }

  /// Whether there is nothing more to wait for.
  func isReady(at now: Nanoseconds) -> Bool {
    guard let firstArrival, !candidates.isEmpty else { return false }
    if waitingByteCount > Self.mostWaitingBytes { return true }
    let begun = Set(candidates.map { $0.first.index })
    if expected.isSubset(of: begun) {
      // The streams of a programme come one by one.
      let isAlone = candidates.count == 1 && candidates[0].track.stream == nil
      return isAlone || hasClocks
        || now - (firstKeyArrival ?? now) >= Self.longestWaitForClocks
    }
    // A keyframe of a track that comes is worth a longer wait than a track that does not.
    let limit =
      seen.isSubset(of: begun) ? Self.longestWait.nothing : Self.longestWait.keyframe
    return now - firstArrival >= limit
  }

  private var hasClocks: Bool {
    candidates.allSatisfy { $0.wallClock != nil } || candidates.allSatisfy { $0.origin != nil }
  }

  /// The track that the others are placed by: the first of pictures, else the one that came first.
  var main: Int? {
    candidates.firstIndex { $0.track.kind == .video }
      ?? candidates.indices.min { candidates[$0].arrival < candidates[$1].arrival }
  }

  /// How much earlier than the main track others begin, where that is how a presentation begins and
  /// not that it was joined between two keyframes.
  static func lead(_ offsets: [Nanoseconds]) -> Nanoseconds {
    -(offsets.filter { -longestLead...0 ~= $0 }.min() ?? 0)
  }
  private static let longestLead: Nanoseconds = 200_000_000

  /// How long behind the first frame of the main track those of the others come; less than 0 in front.
  ///
  /// By the wall clocks of their senders where all have one, else by the server's word, else by their
  /// arrivals.
  var offsets: [Nanoseconds] {
    guard let main else { return [] }
    let arrivals = candidates.map { $0.arrival &- candidates[main].arrival }
    func offsets(
      _ times: [Nanoseconds?], _ mostOff: Nanoseconds
    ) -> [Nanoseconds]? {
      let known = times.compactMap(\.self)
      guard known.count == candidates.count else { return nil }
      let found = known.map { $0 &- known[main] }
      // Clocks that nobody set say nothing.
      let isSane = zip(found, arrivals).allSatisfy { ($0 &- $1).magnitude < UInt64(mostOff) }
      return isSane ? found : nil
    }
    return offsets(candidates.map(\.wallClock), Self.mostOff.clock)
      ?? offsets(candidates.map(\.playingTime), Self.mostOff.word) ?? arrivals
  }
}

extension RTPTrack {
  /// Whether enough is known to decode it.
  fileprivate var isDescribed: Bool {
    switch codec {
    case .h264, .hevc, .aac: !configuration.isEmpty
    default: true
    }
  }
}
