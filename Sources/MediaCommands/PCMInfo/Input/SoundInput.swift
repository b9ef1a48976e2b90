internal import MediaCLI
internal import MediaFFmpeg
internal import MediaIO
internal import MediaModel
internal import MediaRaw
internal import MediaSignal

/// How an input is to be read and measured, apart from its name.
struct SoundInputOptions {
  /// Raw samples of this form, without a container; positions are not known.
  var rawFormat: PCMFormat?
  /// Media time in nanoseconds; the frames in between are measured.
  var from: Int64?
  var to: Int64?
  /// Only these channels; all where nil.
  var channels: ChannelSelection?
  var timeout: Int64
  var isDualMono = false
  var measuresLoudness = true
  var measuresTruePeak = true
  /// Nanoseconds of a window of the series; nil for none.
  var seriesWindow: Int64?
  var keepsEnvelope = false
  /// Columns and rows wanted of a spectrogram; nil for none.
  var spectrogram: SpectrogramPlan?
  /// dBFS and nanoseconds of silence.
  var silenceThreshold = -60.0
  var minimumSilence: Int64 = 500_000_000
  /// Threads that may work on this input.
  var threads = 1
  /// Which track of sound; the one meant to be heard where nil.
  var tracks: TrackSelection?
  /// Of every HTTP request.
  var headers: [KeyValuePair] = []
  var userAgent: String?
  /// What FFmpeg says at this level (24 is that of warnings) and below, where somebody listens.
  var logLevel = 24
  var forwardLog: ((FFmpegLog.Line) -> Void)?
}

/// Channels named on a command line.
enum ChannelSelection: Hashable, Sendable {
  /// By place, from 0.
  case numbers([Int])
  /// By FFmpeg's names.
  case positions([ChannelPosition])
}

/// One input, open, with its form known.
///
/// Made by `open`, which decides between our own readers and FFmpeg; `measure` passes the sound once.
/// Belongs to one thread.
final class SoundInput {
  var description: SoundDescription { source.description }
  /// How the sound is measured; channels chosen and weights decided.
  let plan: SoundPlan

  private let name: String
  private let source: any SoundSource
  private let options: SoundInputOptions
  /// Numbers of the channels measured within the input.
  let channels: [Int]
  private let gather: ChannelGather?
  /// Collects what FFmpeg says as long as it reads.
  private let log: FFmpegLog?

  /// Opens a file, standard input, a URL.
  ///
  /// - Throws: `Failure` with the exit code of what is wrong.
  static func open(
    _ text: String, _ options: SoundInputOptions,
    standardInput: (Int64) throws(IOFailure) -> ReadableFile
  ) throws -> SoundInput {
    do {
      var opening = SoundOpening(text, options)
      let source = try opening.open(standardInput)
      return try SoundInput(
        source, options, name: Redactor.shown(text), log: opening.log)
    } catch {
      throw Failure(error)
    }
  }

  private init(
    _ source: any SoundSource, _ options: SoundInputOptions, name: String, log: FFmpegLog?
  ) throws {
    self.source = source
    self.options = options
    self.name = name
    self.log = log
    let description = source.description
    let all = Array(0..<description.format.channelCount)
    channels = try options.channels?.numbers(in: description) ?? all
    gather = channels == all ? nil : ChannelGather(description.format, channels: channels)
    plan = Self.plan(description, channels, options)
  }

  private static func plan(
    _ description: SoundDescription, _ channels: [Int], _ options: SoundInputOptions
  ) -> SoundPlan {
    var format = description.format
    let isWhole = channels.count == format.channelCount
    // Which pair counts as the surrounds depends on the whole of a layout.
    let weights = LoudnessWeights.weights(
      positions: description.positions, channelCount: format.channelCount)
    if channels != Array(0..<format.channelCount) {
      format.channelCount = channels.count
      format.blockAlign = channels.count * format.sampleFormat.byteCount
      format.positions = isWhole ? format.positions : nil
    }
    var plan = SoundPlan(
      format: format,
      loudnessWeights: channels.count == 1 && options.isDualMono
        ? LoudnessWeights.weights(positions: [], channelCount: 1, isDualMono: true)
        : channels.map { weights[$0] })
    plan.measuresLoudness = options.measuresLoudness
    plan.measuresTruePeak = options.measuresTruePeak
    func frames(_ time: Int64) -> Int {
      Int(clamping: max(1, MediaFrames.roundedUp(time, rate: format.sampleRate)))
    }
    plan.seriesWindow = options.seriesWindow.map(frames)
    plan.keepsEnvelope = options.keepsEnvelope
    plan.spectrogram = options.spectrogram
    plan.silenceThreshold = Decibels.amplitude(options.silenceThreshold)
    plan.minimumSilence = frames(options.minimumSilence)
    return plan
  }

  // MARK: Measuring

  /// Measures all that was chosen of the sound, on as many threads as the options allow.
  ///
  /// Places are counted from the beginning of the input, also where `--from` left some of it out.
  /// - Parameters:
  ///   - onWindow: each window of the series, in order.
  ///   - onLoudness: as `SoundMeter.onLoudness`.
  ///   - progress: bytes passed and media time in seconds.
  /// - Returns: The result with the findings about the container; a failure behind the first
  ///   sample is in it and not thrown.
  /// - Throws: `Failure` where nothing could be read, and what the closures throw.
  func measure(
    onWindow: @escaping (SoundWindow) throws -> Void,
    onLoudness: @escaping (Int64, Double?, Double?) throws -> Void,
    progress: (Int64, Double) -> Void
  ) throws -> PCMInfoResult {
    let range = try chosenFrames()
    var meter = SoundMeter(plan)
    meter.onWindow = { window in
      var window = window
      window.shift(by: range.lowerBound)
      try onWindow(window)
    }
    meter.onLoudness = { try onLoudness($0 + range.lowerBound, $1, $2) }
    var end = range.lowerBound
    var failure: Failure?
    do {
      try pass(range) { outcome in
        if let chunk = outcome.chunk { try meter.append(chunk) }
        end = outcome.end
        progress(position(of: end), Double(end) / Double(plan.format.sampleRate))
        if let failure = outcome.failure { throw SoundPass.Ended(failure: failure) }
      }
    } catch let ended as SoundPass.Ended {
      failure = ended.failure
    }
    if let failure, end == range.lowerBound { throw failure }
    if failure == nil, range.upperBound == .max || source.stored != nil {
      do { try source.finish() } catch { failure = Failure(error) }
    }
    try refuseBeyondEnd(range.lowerBound, end)
    var measurement = try meter.finish()
    measurement.shift(by: range.lowerBound)
    return result(measurement, range.lowerBound..<end, failure)
  }

  private func result(
    _ measurement: SoundMeasurement, _ measured: Range<Int64>, _ failure: Failure?
  ) -> PCMInfoResult {
    var result = PCMInfoResult(
      input: name, description: description, measurement: measurement, measured: measured,
      channels: channels, isDualMono: channels.count == 1 && options.isDualMono)
    result.findings = source.findings
    result.undecodablePackets = source.undecodablePackets
    result.failure = failure.map {
      FailedInput(input: name, exit: $0.exit, message: $0.message)
    }
    return result
  }

  /// The frames of `--from` and `--to`, up to the last where that is known.
  private func chosenFrames() throws(Failure) -> Range<Int64> {
    func frame(_ time: Int64) -> Int64 {
      MediaFrames.roundedUp(time, rate: plan.format.sampleRate)
    }
    let from = options.from.map(frame) ?? 0
    let last = source.stored?.frameCount ?? .max
    let to = min(options.to.map(frame) ?? .max, last)
    if source.stored != nil { try refuseBeyondEnd(from, last) }
    return from..<max(from, to)
  }

  private func refuseBeyondEnd(_ from: Int64, _ end: Int64) throws(Failure) {
    guard from > 0, from >= end else { return }
    throw Failure(.usage, "--from lies behind the end of the sound")
  }

  /// How far the input has been read when a frame is done.
  private func position(of frame: Int64) -> Int64 {
    guard let stored = source.stored else { return source.position }
    return stored.offset + frame * Int64(source.description.format.blockAlign)
  }

  private func pass(
    _ range: Range<Int64>, deliver: (SoundPass.Outcome) throws -> Void
  ) throws {
    let sizes = PieceSizes(source.description.format, settlingFrames: plan.settlingFrames)
    let most =
      range.upperBound == .max
      ? sizes.frames
      : Int(
        clamping: min(Int64(sizes.frames), range.upperBound))
    let pass = SoundPass(
      plan, source.description.format, gather: gather, stored: source.stored,
      start: range.lowerBound, pieceFrames: max(1, most))
    var stored = StoredPieces(sizes: sizes, next: range.lowerBound, end: range.upperBound)
    var read = ReadPieces(source, sizes, range: range)
    let isStored = source.stored != nil
    try mapInOrder(
      jobs: options.threads,
      next: { () throws -> SoundPiece? in
        if let signal = Signals.received {
          throw SoundPass.Ended(failure: Failure(.signal(signal), "interrupted"))
        }
        if isStored { return stored.draw() }
        do {
          return try read.draw()
        } catch {
          throw SoundPass.Ended(failure: Failure(error))
        }
      },
      work: { pass.measure($0) }, deliver: deliver)
  }
}

/// Frames and media time.
enum MediaFrames {
  /// The first frame that is not before a time in nanoseconds.
  static func roundedUp(_ time: Int64, rate: Int) -> Int64 {
    guard time > 0 else { return 0 }
    let product = UInt64(time).multipliedFullWidth(by: UInt64(max(0, rate)))
    guard product.high < 1_000_000_000 else { return .max }
    let (quotient, remainder) = UInt64(1_000_000_000).dividingFullWidth(product)
    let frames = Int64(clamping: quotient)
    return remainder > 0 && frames < .max ? frames + 1 : frames
  }
}
