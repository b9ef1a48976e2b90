internal import MediaJSON
internal import MediaModel

/// What came in a second or so, of each track that is set up.
struct RTSPInterval: Sendable {
  /// Of one track.
  struct Stream: Sendable {
    /// In the presentation.
    var index: Int
    var kind: MediaKind?
    /// How long the interval was, in seconds.
    var seconds: Double
    var packets: Int
    /// What was not there at the end of the interval and had not been told; never negative.
    var lost: Int
    var duplicates: Int
    var reordered: Int
    var payloadByteCount: Int
    /// nil where packets are not put together.
    var frames: Int?
    var keyframes: Int?
    var dropped: Int?
    /// Everything as it stands now.
    var now: RTSPStreamResult

    init(_ result: RTSPStreamResult, since before: RTPStreamFigures, seconds: Double) {
      let figures = result.figures
      (index, kind, self.seconds, now) = (result.index, result.kind, seconds, result)
      packets = figures.packets - before.packets
      lost = max(0, figures.lost - before.lost)
      duplicates = figures.duplicates - before.duplicates
      reordered = figures.reordered - before.reordered
      payloadByteCount = figures.payloadByteCount - before.payloadByteCount
      frames = figures.frames.map { $0.count - (before.frames?.count ?? 0) }
      keyframes = figures.frames.map { $0.keyframes - (before.frames?.keyframes ?? 0) }
      dropped = figures.frames.map { $0.dropped - (before.frames?.dropped ?? 0) }
    }

    var bitRate: Double? { rate(payloadByteCount * 8) }
    var frameRate: Double? { frames.flatMap(rate) }

    private func rate(_ count: Int) -> Double? {
      seconds > 0 ? (Double(count) / seconds * 1000).rounded() / 1000 : nil
    }
  }

  var streams: [Stream]
}

extension RTSPInterval {
  /// The members of `{"event":"stats"}`.
  static let report = Report<RTSPInterval>([
    .array("streams", "What came of each track since the last such line", report: stream) {
      $0.streams
    }
  ])

  private static let stream = Report<Stream>([
    .integer("index", "The track's position in the description") { $0.index },
    .string("codec_type", "video, audio or data") { $0.kind?.rawValue },
    .integer("packets", "All packets, duplicates too") { $0.packets },
    .integer("lost", "Sequence numbers that had not come by now") { $0.lost },
    .integer("duplicated", "Packets whose number had come before") { $0.duplicates },
    .integer("reordered", "Packets behind one with a higher number") { $0.reordered },
    .real("jitter_ms", "Interarrival jitter now (RFC 3550 A.8)") {
      $0.now.figures.jitter.map { RTPStreamFields.rounded($0.last) }
    },
    .real("bit_rate", "Bits of payload a second") { $0.bitRate },
    .integer("frames", "Frames put together; null where packets are not") { $0.frames },
    .integer("keyframes", "Keyframes among them") { $0.keyframes },
    .integer("dropped_frames", "Frames dropped because packets are missing") { $0.dropped },
    .real("frame_rate", "Frames a second") { $0.frameRate },
    .real("keyframe_interval", "Seconds from a keyframe to the next on average, since the start") {
      $0.now.figures.frames?.meanInterval
    },
    .real("drift_ppm", "How much faster its clock runs than ours, since the start") {
      $0.now.drift.map(RTPStreamFields.rounded)
    },
    .real("av_offset", "Of sound, seconds that it comes later than its pictures") {
      $0.now.soundDelay.map(RTPStreamFields.rounded)
    },
    .real("last_frame_age", "Seconds since the last frame was complete") {
      $0.now.lastFrameAge.map(RTPStreamFields.rounded)
    },
  ])

  /// One line for a person: `video 8.02 Mbit/s 25 fps 0 lost jitter 0.3 ms | audio ...`.
  var words: String { streams.map(\.words).joined(separator: " | ") }
}

extension RTSPInterval.Stream {
  fileprivate var words: String {
    var parts = [kind?.rawValue ?? "track \(index)"]
    if let bitRate { parts.append(Quantity.bitRate(bitRate)) }
    if kind == .video, let frameRate { parts.append("\(Quantity.short(frameRate, digits: 1)) fps") }
    // A viewer wants to know of all of them, not only of those of the last second.
    parts.append("\(now.figures.lost) lost")
    if let jitter = now.figures.jitter {
      parts.append("jitter \(Quantity.short(jitter.last, digits: 1)) ms")
    }
    if let interval = now.figures.frames?.meanInterval {
      parts.append("key \(Quantity.short(interval, digits: 1)) s")
    }
    if let drift = now.drift { parts.append("\(Quantity.short(drift, digits: 0)) ppm") }
    if let age = now.lastFrameAge, age >= 1 {
      parts.append("last frame \(Quantity.short(age, digits: 0)) s ago")
    }
    return parts.joined(separator: " ")
  }
}
