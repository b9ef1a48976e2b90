internal import MediaJSON
internal import MediaSignal

/// What is reported of loudness.
struct LoudnessLine: Sendable {
  var measurement: LoudnessMeasurement
  var truePeak: Figure
  var rate: Int
  var frameCount: Int64
  var isDualMono: Bool
  /// How much each measured channel counts.
  var weights: [Double]
  /// FFmpeg's names of the positions assumed; nil where the file says them.
  var assumedLayout: String?

  private var seconds: Double { Double(frameCount) / Double(max(rate, 1)) }

  func figure(_ value: KeyPath<LoudnessMeasurement, LoudnessValue>) -> Figure {
    Figure(measurement[keyPath: value], of: seconds)
  }

  /// Seconds of the input where a window ends.
  func time(_ frame: Int64?) -> Double? {
    frame.map { FrameSpan.seconds($0, rate) }
  }
}

/// `loudness`.
enum LoudnessReport {
  static let report = Report<LoudnessLine>(
    [
      ReportField.figure("integrated", "Of the whole, gated, LUFS (BS.1770)") {
        $0.figure(\.integrated)
      },
      ReportField.figure("range", "Loudness range, LU (EBU Tech 3342)") { $0.figure(\.range) },
      ReportField.figure("range_low", "Its lower end, LUFS") { $0.figure(\.rangeLow) },
      ReportField.figure("range_high", "Its upper end, LUFS") { $0.figure(\.rangeHigh) },
      ReportField.figure("momentary_max", "Largest loudness of 400 ms, LUFS (EBU Tech 3341)") {
        $0.figure(\.momentaryMaximum)
      },
      [
        .real("momentary_max_time", "Seconds where its window ends") {
          $0.time($0.measurement.momentaryMaximumEnd)
        }
      ],
      ReportField.figure("short_term_max", "Largest loudness of 3 s, LUFS (EBU Tech 3341)") {
        $0.figure(\.shortTermMaximum)
      },
      [
        .real("short_term_max_time", "Seconds where its window ends") {
          $0.time($0.measurement.shortTermMaximumEnd)
        }
      ],
      ReportField.figure("true_peak", "Largest of all channels, dBTP") { $0.truePeak },
      ReportField.figure("threshold", "Relative gate of the integrated loudness, LUFS") {
        $0.figure(\.threshold)
      },
      [
        .bool("dual_mono", "Whether mono was counted as two equal channels, 3 LU louder") {
          $0.isDualMono
        },
        .json(
          "channel_weights", "How much each channel's power counts; 0 of LFE", shape: .array(.real)
        ) { .array($0.weights.map(JSONValue.real)) },
        .string("assumed_layout", "The order of channels assumed where the file says none") {
          $0.assumedLayout
        },
      ],
    ].flatMap(\.self))
}

/// `target`.
enum TargetReport {
  static let report = Report<TargetVerdict>([
    .string("name", "As it was given") { $0.target.name },
    .bool("met", "Whether the sound is right for it") { $0.isMet },
    .strings("reasons", "What is wrong; nothing where it is met") { $0.failures },
    .real("integrated", "Loudness asked for, LUFS") { $0.target.integrated },
    .real("tolerance", "LU that it may be off") { $0.target.tolerance },
    .bool("accepts_softer", "Whether softer sound is right too") { $0.target.acceptsSofter },
    .real("true_peak", "True peak allowed, dBTP") { $0.truePeakLimit },
    .real("loudness_gain_db", "Gain that brings the loudness to it") { $0.loudnessGain?.micro },
    .real("headroom_db", "Gain that brings the true peak to its limit") { $0.headroom?.micro },
    .real("gain_db", "Gain to apply: the smaller of both") { $0.gain?.micro },
    .bool("limited_by_true_peak", "Whether the true peak stands in the way of the loudness") {
      $0.isLimitedByPeak
    },
    .string("reference", "The document it rests on") { $0.target.reference },
  ])
}
