internal import MediaCLI
internal import MediaIO
internal import MediaJSON
internal import MediaModel
internal import MediaRaw
internal import MediaSignal

/// What a command line asked of `pcm-info`, understood and checked.
struct PCMInfoRequest: Sendable {
  var format: ResultFormat
  var expectations: [Expectation]
  /// Findings from this level on end with 1; nil without --check.
  var failOn: Severity?
  var target: LoudnessTarget?
  var pictures: PictureRequests
  var arguments: ParsedArguments
  private var rawFormat: PCMFormat?

  /// Pictures asked for, each with its option.
  struct PictureRequests: Sendable {
    var waveform: PicturePath?
    var spectrogram: PicturePath?
    var loudnessPlot: PicturePath?

    var all: [NamedOutputs.Output] {
      [
        ("--waveform", waveform), ("--spectrogram", spectrogram),
        ("--loudness-plot", loudnessPlot),
      ].compactMap { option, picture in picture.map { (option, $0.path) } }
    }
  }

  init(_ arguments: ParsedArguments) throws {
    self.arguments = arguments
    format = try ResultFormat(arguments)
    expectations = try arguments[CommonOptions.expect].map {
      try Expectation(parsing: $0, shape: PCMInfoReport.document.shape)
    }
    failOn = arguments[CommonOptions.check] ? arguments[CommonOptions.failOn].severity : nil
    target = arguments[PCMInfo.target]
    pictures = PictureRequests(
      waveform: arguments[PCMInfo.waveform], spectrogram: arguments[PCMInfo.spectrogram],
      loudnessPlot: arguments[PCMInfo.loudnessPlot])
    rawFormat = try Self.rawFormat(arguments)
    try checkOptions()
    try checkOutputs()
  }

  // MARK: Checks

  private static func rawFormat(_ arguments: ParsedArguments) throws(UsageError) -> PCMFormat? {
    guard let sampleFormat = arguments[PCMInfo.sampleFormat] else {
      for option in [PCMInfo.rate, PCMInfo.channels] where arguments.given(option) {
        throw UsageError(
          "\(option.spec.longWord) is of raw samples: add --sample-format, such as s16le")
      }
      return nil
    }
    guard let rate = arguments[PCMInfo.rate], let channels = arguments[PCMInfo.channels] else {
      let missing = [
        arguments.given(PCMInfo.rate) ? nil : "--rate 48000",
        arguments.given(PCMInfo.channels) ? nil : "--channels 2",
      ].compactMap(\.self).joined(separator: " ")
      throw UsageError("--sample-format needs rate and channels: add such as \(missing)")
    }
    return PCMFormat(sampleFormat: sampleFormat, sampleRate: rate, channelCount: channels)
  }

  private func checkOptions() throws(UsageError) {
    if arguments.given(CommonOptions.failOn), failOn == nil {
      throw UsageError("--fail-on needs --check")
    }
    if arguments.given(PCMInfo.window), format != .jsonl {
      throw UsageError("--window needs --jsonl")
    }
    if let from = arguments[PCMInfo.from], let to = arguments[PCMInfo.to], from >= to {
      throw UsageError("--from must be before --to")
    }
    let loud: [any OptionDescribing] = [PCMInfo.target, PCMInfo.dualMono, PCMInfo.loudnessPlot]
    for option in loud where arguments[PCMInfo.noLoudness] && arguments.given(option) {
      throw UsageError("\(option.spec.longWord) and --no-loudness exclude each other")
    }
    if rawFormat != nil, arguments.given(CommonOptions.tracks) {
      throw UsageError("--tracks does not go with --sample-format: raw samples are one track")
    }
    if arguments.operands.filter({ $0 == "-" }).count > 1 {
      throw UsageError("standard input can be read only once")
    }
  }

  private func checkOutputs() throws(UsageError) {
    let inputs = arguments.operands.count
    if let first = pictures.all.first, inputs > 1 {
      throw UsageError("\(first.name) \(first.path) draws one input, \(inputs) were given")
    }
    try outputs.refuseSharing()
  }

  /// Where results and pictures go.
  var outputs: NamedOutputs { NamedOutputs(results: arguments, pictures.all) }

  // MARK: What it means for reading

  /// How an input is measured, by so many threads; `drawsWave` on a terminal.
  func inputOptions(threads: Int, drawsWave: Bool) -> SoundInputOptions {
    var options = SoundInputOptions(timeout: arguments[CommonOptions.timeout])
    options.rawFormat = rawFormat
    options.from = arguments[PCMInfo.from]
    options.to = arguments[PCMInfo.to]
    options.channels = arguments[PCMInfo.channelsOnly]
    options.tracks = arguments[CommonOptions.tracks]
    options.headers = arguments[CommonOptions.header]
    options.userAgent = arguments[CommonOptions.userAgent]
    options.isDualMono = arguments[PCMInfo.dualMono]
    options.measuresLoudness = !arguments[PCMInfo.noLoudness]
    options.measuresTruePeak = !arguments[PCMInfo.noLoudness]
    if format == .jsonl { options.seriesWindow = arguments[PCMInfo.window] }
    options.keepsEnvelope = drawsWave || pictures.waveform != nil
    if pictures.spectrogram != nil {
      options.spectrogram = SpectrogramPlan(transformSize: 2048, maxColumns: 2048)
    }
    options.silenceThreshold = arguments[PCMInfo.silenceThreshold]
    options.minimumSilence = arguments[PCMInfo.silenceDuration]
    options.threads = threads
    return options
  }
}
