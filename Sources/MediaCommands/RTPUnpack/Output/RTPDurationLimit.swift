internal import MediaModel
internal import MediaRTP

/// What `--duration` leaves of a session: of each track so much media from its first frame on.
struct RTPDurationLimit {
  private struct Key: Hashable {
    var source: Int
    var payload: Int
    var stream: UInt8?
  }
  /// A track that ends later, or has ended before, holds the end up for so long, in seconds.
  private static let patience = 1.0

  private let seconds: Double
  private let beginsWithKeyframes: Bool
  /// The first timestamp of each track, and how far it is behind it.
  private var tracks: [Key: (start: Int64, seconds: Double)] = [:]
  /// When the first packet of a source came that is followed.
  private var arrival: Nanoseconds?

  init(_ limit: Nanoseconds, beginsWithKeyframes: Bool) {
    seconds = Double(limit) / 1e9
    self.beginsWithKeyframes = beginsWithKeyframes
  }

  /// Whether a frame is before the end of its track.
  mutating func takes(_ frame: RTPFrame, _ track: RTPTrack) -> Bool {
    let key = Key(source: track.source.number, payload: track.payload, stream: track.stream)
    if tracks[key] == nil {
      // What is left out before the first keyframe is not counted.
      let waits = beginsWithKeyframes && track.kind == .video && !frame.isKeyframe
      guard !waits else { return true }
      tracks[key] = (frame.timestamp, 0)
    }
    guard let (start, furthest) = tracks[key] else { return true }
    let passed = Double(frame.timestamp &- start) / Double(track.clockRate)
    tracks[key] = (start, max(furthest, passed))
    return passed < seconds
  }

  /// Whether nothing that follows would be taken; where nothing puts frames together, time is that of
  /// arrival.
  mutating func isOver(_ session: RTPSession) -> Bool {
    if !tracks.isEmpty {
      return tracks.values.allSatisfy { $0.seconds >= seconds }
        || tracks.values.contains { $0.seconds >= seconds + Self.patience }
    }
    guard let now = session.lastTime else { return false }
    if arrival == nil, session.lastSource?.state == .followed { arrival = now }
    guard let arrival, Double(now) - Double(arrival) >= seconds * 1e9 else { return false }
    return !session.sources.contains { $0.payloads.contains { $0.unpacker != nil } }
  }
}
