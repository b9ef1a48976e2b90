internal import MediaJSON
internal import MediaRaw
internal import MediaSignal

/// What is reported of one channel, or of all together.
struct LevelLine: Sendable {
  /// Number within the input; nil of all together.
  var index: Int?
  /// Where the channel stands, if that is known.
  var position: ChannelPosition?
  var measurement: ChannelMeasurement
  var rate: Int
  /// Frames measured.
  var frameCount: Int64
  /// Whether true peaks were asked for.
  var hasTruePeak: Bool

  /// What people call it.
  var name: String {
    position?.name ?? index.map { String($0) } ?? "overall"
  }

  private var seconds: Double { Double(frameCount) / Double(max(rate, 1)) }

  var peak: Figure { Figure(level: measurement.peak) }
  var truePeak: Figure {
    guard hasTruePeak else { return .unknown("not measured") }
    return Figure(level: measurement.truePeak ?? 0)
  }
  var rms: Figure { Figure(level: measurement.rms) }
  /// Full scale is that of a sine: AES17.
  var rmsAES17: Figure { rms.adding(Self.sineFactor) }
  var rmsMinimum: Figure { Figure(level: measurement.rmsMinimum, ofWindowsOf: seconds) }
  var rmsMaximum: Figure { Figure(level: measurement.rmsMaximum, ofWindowsOf: seconds) }
  var noiseFloor: Figure { Figure(level: measurement.noiseFloor, ofWindowsOf: seconds) }
  var crestFactor: Figure { measurement.crestFactor.map(Figure.value) ?? .silence }
  var crestFactorLevel: Figure {
    measurement.crestFactor.map(Figure.init(level:)) ?? .silence
  }

  /// 10 log10 2.
  private static let sineFactor = 3.010299956639812

  func span(_ frames: Range<Int64>) -> FrameSpan {
    FrameSpan(frames: frames, rate: rate)
  }
}

/// `channels[]` and `overall`.
enum LevelReport {
  static let channel = Report<LevelLine>(
    [
      .integer("index", "Number of the channel within the input, from 0") { $0.index },
      .string("name", "FFmpeg's name of where it stands, such as FL") { $0.position?.name },
    ] + figures)

  static let overall = Report<LevelLine>(figures)

  private static let figures: [ReportField<LevelLine>] =
    levels + counts + [
      .array("clipped_runs", "The first 1000 runs", report: FrameSpan.report) { line in
        line.measurement.clippedRuns.map(line.span)
      },
      .integer("dropout_count", "Zeros of 1 ms and more that interrupt sound") {
        $0.measurement.dropoutCount
      },
      .array("dropouts", "The first 1000 of them", report: FrameSpan.report) { line in
        line.measurement.dropouts.map(line.span)
      },
      .integer("invalid_samples", "Samples that are not a number or infinite") {
        $0.measurement.invalidSamples
      },
    ]

  private static var levels: [ReportField<LevelLine>] {
    [
      ReportField.figure("peak_db", "Largest magnitude of a sample, dBFS") { $0.peak },
      [
        .integer("peak_frame", "The first frame with that magnitude") {
          $0.measurement.peakFrame
        },
        .real("peak_time", "Its time in seconds") { line in
          line.measurement.peakFrame.map { FrameSpan.seconds($0, line.rate) }
        },
      ],
      ReportField.figure(
        "true_peak_db", "Largest magnitude between samples too, dBTP (BS.1770 Annex 2)"
      ) { $0.truePeak },
      ReportField.figure(
        "rms_db", "Root mean square, DC included, dB to the magnitude of the lowest code"
      ) { $0.rms },
      ReportField.figure("rms_aes17_db", "The same by AES17: 3.01 dB more") { $0.rmsAES17 },
      ReportField.figure("rms_min_db", "Smallest root mean square of 50 ms") { $0.rmsMinimum },
      ReportField.figure("rms_max_db", "Largest root mean square of 50 ms") { $0.rmsMaximum },
      ReportField.figure("crest_factor", "Peak over root mean square, a ratio") { $0.crestFactor },
      ReportField.figure("crest_factor_db", "The same in dB") { $0.crestFactorLevel },
      ReportField.figure("noise_floor_db", "Smallest peak of 50 ms, dBFS") { $0.noiseFloor },
    ].flatMap(\.self)
  }

  private static var counts: [ReportField<LevelLine>] {
    [
      .real("dc_offset", "Mean of the samples, full scale being 1") { $0.measurement.dcOffset },
      .real("min_level", "Smallest sample, full scale being 1") { $0.measurement.minimum },
      .real("max_level", "Largest sample, full scale being 1") { $0.measurement.maximum },
      .integer("effective_bits", "Bits really used") { $0.measurement.effectiveBits },
      .string(
        "effective_bits_reason", "Why that is null",
        when: { $0.measurement.effectiveBits == nil }
      ) { _ in "not integers of up to 32 bits" },
      .integer("zero_crossings", "Changes of sign") { $0.measurement.zeroCrossings },
      .real(
        "low_frequency_share", "Share of the power below 120 Hz; null of mono and stereo"
      ) { $0.measurement.lowFrequencyShare?.micro },
      .integer("clipped_samples", "Samples at full scale, or of floating point beyond too") {
        $0.measurement.clippedSamples
      },
      .integer("clipped_run_count", "Runs of two and more of them") {
        $0.measurement.clippedRunCount
      },
    ]
  }
}
