internal import MediaJSON
internal import MediaSignal

/// A line `"event": "window"` of --jsonl.
struct SoundWindowLine: Sendable {
  var window: SoundWindow
  var span: FrameSpan
  /// FFmpeg's names of the channels measured, or their numbers.
  var names: [String]

  struct Channel: Sendable {
    var name: String
    var peak: Figure
    var rms: Figure
  }

  var channels: [Channel] {
    zip(window.peaks, window.rms).enumerated().map { place, levels in
      Channel(
        name: names.indices.contains(place) ? names[place] : String(place),
        peak: Figure(level: levels.0), rms: Figure(level: levels.1))
    }
  }
}

enum SoundWindowReport {
  static let report = Report<SoundWindowLine>(
    FrameSpan.fields { $0.span } + [
      .array("channels", "Each channel measured", report: channel) { $0.channels },
      .real("momentary", "Loudness of the last 400 ms, LUFS") { $0.window.momentary?.micro },
      .real("short_term", "Loudness of the last 3 s, LUFS") { $0.window.shortTerm?.micro },
    ])

  private static let channel = Report<SoundWindowLine.Channel>([
    .string("name", "Where it stands, or its number") { $0.name },
    .real("peak_db", "Largest magnitude of a sample, dBFS; null of silence") {
      $0.peak.number?.micro
    },
    .real("rms_db", "Root mean square, dBFS; null of silence") { $0.rms.number?.micro },
  ])
}
