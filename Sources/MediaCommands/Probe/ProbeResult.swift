internal import MediaFFmpeg
internal import MediaModel

/// All that `probe` found out about one input: the subject of its report.
struct ProbeResult {
  /// The input as the user gave it, secrets masked.
  var input: String
  var description: MediaDescription
  /// Codec strings, HDR kinds and measures, by track.
  var tracks: [ProbedTrack]
  var gops: [GOPSummary]?
  var hashes: [TrackHash]?
  var totals: WalkTotals?
  var findings: [Finding]?
  /// Why the reading ended early.
  var failure: FailedInput?
  var sections: ProbeRequest.Sections
}

/// A track and what was derived from it or measured on it.
struct ProbedTrack {
  var stream: StreamDescription
  var codecString: String?
  var hdr: String?
  var rotation: Double?
  var measured: TrackMeasure?
  /// Packets read, where --count asked for it.
  var readPackets: Int64?
  /// The container has an identifier of its own for the track.
  var showsIdentifier: Bool

  /// Length in seconds and where it comes from.
  var duration: (seconds: Double, source: String)? {
    if let duration = stream.duration, let seconds = stream.timeBase.seconds(duration) {
      return (seconds, "stream")
    }
    // Matroska writers note each track's length in a tag.
    if let text = stream.tag("duration"), let seconds = Self.clockTime(text) {
      return (seconds, "tag")
    }
    return nil
  }

  /// `00:00:20.023000000` in seconds.
  private static func clockTime(_ text: String) -> Double? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let hours = UInt32(parts[0]), let minutes = UInt32(parts[1]),
      let seconds = Double(parts[2]), seconds >= 0, seconds < 61
    else { return nil }
    return Double(hours) * 3600 + Double(minutes) * 60 + seconds
  }
}

/// What a walk measured on one track.
struct TrackMeasure: Equatable {
  var packets: Int64 = 0
  var bytes: Int64 = 0
  var keyframes: Int64 = 0
  /// Seconds; nil where packets carry no time.
  var duration: Double?
  /// Where the last presentation ends, seconds.
  var end: Double?
  var bitRate: Double?
  var peakBitRate: Double?
  /// Where the peak second begins, seconds.
  var peakTime: Double?
  var frameRate: Double?
  /// Frames that came out of the decoder; nil unless decoded.
  var frames: Int64?
}

/// Sums over all tracks.
struct WalkTotals: Equatable {
  var packets: Int64 = 0
  var bytes: Int64 = 0
  var frames: Int64?
  /// Seconds from the first presentation to the end of the last.
  var duration: Double?
  /// The end of the last presentation, seconds.
  var end: Double?
  var bitRate: Double?
}

/// A track's hash over packet payloads.
struct TrackHash: Equatable {
  var index: Int
  var kind: String
  var algorithm: String
  /// nil where the track was not read to its end.
  var hash: String?

  var withoutHash: TrackHash {
    var copy = self
    copy.hash = nil
    return copy
  }
}

/// Keyframes of a video track.
struct GOPSummary: Equatable {
  var index: Int
  var frames: Int64 = 0
  var keyframes: Int64 = 0
  /// Frames from a keyframe to the next; nil with fewer than two keyframes.
  var intervalFrames: Spread?
  /// The same in seconds.
  var interval: Spread?
  /// Longest run of B frames in display order; nil where picture types are not known.
  var longestBRun: Int64?
  var closed: Int64 = 0
  var open: Int64 = 0
  /// GOPs of which it cannot be told.
  var unknown: Int64 = 0
  /// Picture types of the first GOPs in display order.
  var patterns: [String] = []

  struct Spread: Equatable {
    var min: Double
    var mean: Double
    var max: Double
  }

  /// The first GOP has nothing before it that it could be open to.
  var firstIsClosed = false

  /// `open`, `closed` or `mixed`.
  var structure: String? {
    let closedLater = firstIsClosed && open > 0 ? closed - 1 : closed
    return switch (open > 0, closedLater > 0) {
    case (true, true): "mixed"
    case (true, false): "open"
    case (false, true): "closed"
    case (false, false): nil
    }
  }
}
