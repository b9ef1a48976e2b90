internal import MediaCLI
internal import MediaFFmpeg
internal import MediaIO
internal import MediaPlot
internal import MediaRaw
internal import MediaSignal

/// The files of --waveform, --spectrogram and --loudness-plot, begun before the work so that a bad
/// name is known at once.
final class PCMInfoPictures {
  /// Pixels to a unit, for screens of today.
  private static let scale = 2

  private let waveform: PictureFile?
  private let spectrogram: PictureFile?
  private let loudnessPlot: PictureFile?

  /// - Throws: `Failure` where a file may not be created.
  init(_ request: PCMInfoRequest) throws(Failure) {
    let force = request.arguments[CommonOptions.force]
    func begin(_ path: PicturePath?) throws(Failure) -> PictureFile? {
      guard let path else { return nil }
      return try PictureFile(path, force: force)
    }
    waveform = try begin(request.pictures.waveform)
    spectrogram = try begin(request.pictures.spectrogram)
    loudnessPlot = try begin(request.pictures.loudnessPlot)
  }

  /// Draws what was asked for; files appear when all of a picture is written.
  ///
  /// - Throws: `Failure` where a file cannot be written, or FFmpeg makes no PNG.
  func write(_ result: PCMInfoResult, _ history: LoudnessHistory) throws {
    if let waveform {
      let picture = Self.waveform(result)
      switch waveform.kind {
      case .svg: try waveform.write(picture.svg())
      case .png: try waveform.write(picture.canvas(scale: Self.scale))
      }
    }
    if let spectrogram {
      try spectrogram.write(Self.spectrogram(result).canvas(scale: Self.scale))
    }
    if let loudnessPlot { try loudnessPlot.write(Self.loudness(result, history).svg()) }
  }

  /// Leaves no file behind of what is not written.
  func abandon() {
    for file in [waveform, spectrogram, loudnessPlot] { file?.abandon() }
  }

  // MARK: Drawings

  private static func waveform(_ result: PCMInfoResult) -> WaveformPicture {
    let envelope = result.measurement.envelope
    let bucketFrames = envelope?.bucketFrames ?? 1
    let channels = result.channelLines.enumerated().map { place, line in
      let lists = envelope?.channels ?? []
      let buckets = lists.indices.contains(place) ? lists[place] : []
      return WaveformPicture.Channel(
        name: result.title(ofMeasured: place), minima: buckets.map(\.minimum),
        maxima: buckets.map(\.maximum), rms: rms(buckets, bucketFrames, result),
        clipped: line.measurement.clippedRuns.map { line.span($0).times }
          + clippedBuckets(line.measurement, buckets, bucketFrames, result))
    }
    return WaveformPicture(
      title: result.input, channels: channels,
      bucketDuration: Double(bucketFrames) / Double(result.rate), duration: result.span.duration,
      start: result.span.start, silences: result.silenceLines.map(\.span.times))
  }

  /// Where buckets reach full scale behind the last clipped run that is listed, if not all are.
  static func clippedBuckets(
    _ channel: ChannelMeasurement, _ buckets: [SoundEnvelope.Bucket], _ bucketFrames: Int,
    _ result: PCMInfoResult
  ) -> [Range<Double>] {
    guard channel.clippedRunCount > channel.clippedRuns.count, let last = channel.clippedRuns.last
    else { return [] }
    // The largest code of integers is a step nearer to 0 than the smallest.
    let isFloat = [.float, .double].contains(result.description.format.sampleFormat.lane)
    let bits = result.description.format.validBits
    let step = isFloat ? 0 : Double(sign: .plus, exponent: 1 - bits, significand: 1)
    let reach = Float(min(1, max(-channel.minimum, channel.maximum)) - step)
    return buckets.enumerated().compactMap { place, bucket in
      guard max(-bucket.minimum, bucket.maximum) >= reach else { return nil }
      let first = result.measured.lowerBound + Int64(place) * Int64(bucketFrames)
      let end = min(first + Int64(bucketFrames), result.measured.upperBound)
      guard first >= last.upperBound, first < end else { return nil }
      return FrameSpan.seconds(first, result.rate)..<FrameSpan.seconds(end, result.rate)
    }
  }

  /// The last bucket may be short.
  private static func rms(
    _ buckets: [SoundEnvelope.Bucket], _ bucketFrames: Int, _ result: PCMInfoResult
  ) -> [Float] {
    buckets.enumerated().map { place, bucket in
      let left = result.measurement.frameCount - Int64(place) * Int64(bucketFrames)
      let count = min(Int64(bucketFrames), max(1, left))
      return Float((bucket.sumOfSquares / Double(count)).squareRoot())
    }
  }

  private static func spectrogram(_ result: PCMInfoResult) -> SpectrogramPicture {
    let spectrogram = result.measurement.spectrogram
    let channels = (spectrogram?.channels ?? []).enumerated().map { place, columns in
      SpectrogramPicture.Channel(name: result.title(ofMeasured: place), columns: columns)
    }
    return SpectrogramPicture(
      title: result.input, channels: channels,
      columnDuration: Double(spectrogram?.columnFrames ?? 1) / Double(result.rate),
      duration: result.span.duration, start: result.span.start, sampleRate: Double(result.rate))
  }

  private static func loudness(_ result: PCMInfoResult, _ history: LoudnessHistory) -> LoudnessPlot
  {
    let loudness = result.loudnessLine
    let low = loudness?.figure(\.rangeLow).number
    let range = low.flatMap { low in
      (loudness?.figure(\.rangeHigh).number).flatMap { $0 >= low ? low...$0 : nil }
    }
    return LoudnessPlot(
      title: result.input, points: history.points, start: result.span.start,
      duration: result.span.duration, integrated: loudness?.figure(\.integrated).number,
      target: result.target?.target.integrated, range: range)
  }
}

extension PCMInfoResult {
  /// What a picture calls a channel that was measured.
  fileprivate func title(ofMeasured place: Int) -> String {
    let number = number(ofMeasured: place)
    return position(number)?.name ?? "channel \(number)"
  }
}

extension FrameSpan {
  fileprivate var times: Range<Double> { start..<max(start, end) }
}

/// One picture's file.
private final class PictureFile {
  let kind: PicturePath.Kind
  /// nil of SVG.
  private let encoder: StillPicture?
  private var file: OutputFile

  init(_ path: PicturePath, force: Bool) throws(Failure) {
    kind = path.kind
    do {
      encoder = try path.kind == .png ? StillPicture(.png) : nil
    } catch {
      throw Failure(error)
    }
    do {
      file = try OutputFile(path: path.path, force: force)
    } catch {
      throw .output(error)
    }
  }

  func write(_ svg: String) throws(Failure) { try write(Array(svg.utf8)) }

  func write(_ canvas: Canvas) throws {
    guard let encoder else { return }
    try write(encoder.file(ofRGB: canvas.pixels, width: canvas.width, height: canvas.height))
  }

  private func write(_ bytes: [UInt8]) throws(Failure) {
    do {
      try file.write(bytes)
      try file.finish()
    } catch {
      throw .output(error)
    }
  }

  func abandon() { file.abandon() }
}
