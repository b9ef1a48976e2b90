internal import MediaCLI
internal import MediaFFmpeg
internal import MediaIO
internal import MediaRaw
internal import MediaSignal

/// One conversion: its source, plan, threads and sink.
///
/// Belongs to one thread, which draws pictures, hands them to the workers and writes what they made.
final class YUVConvertSession {
  let source: any PictureSource
  let plan: ConversionPlan
  private let request: YUVConvertRequest
  private let output: PictureOutputRequest
  private let input: String
  private let measurer: PictureMeasurer?
  private let sink: any PictureSink
  private let jobs: Int
  /// What the input is, before anything is done to it.
  private let description: PictureSourceDescription

  /// Opens everything, so that what cannot be is known before the first picture.
  ///
  /// - Parameters:
  ///   - request: with an output.
  ///   - input: its name without secrets.
  ///   - forwardLog: gets what FFmpeg says at -v.
  ///   - environment: its streams serve for `-`.
  /// - Throws: `UsageError`, `Failure`, `FFmpegError`.
  init(
    _ request: YUVConvertRequest, input: String, forwardLog: ((FFmpegLog.Line) -> Void)?,
    environment: CommandEnvironment
  ) throws {
    guard let output = request.output else { throw UsageError("OUTPUT is missing") }
    self.request = request
    self.output = output
    self.input = input
    let opened = try PictureOpening.open(
      request, forwardLog: forwardLog, standardInput: environment.standardInput)
    description = opened.description
    source =
      request.geometry.deinterlaces
      ? try DeinterlacedSource(
        opened, order: request.color.interlacing ?? opened.description.fieldOrder)
      : opened
    plan = try ConversionPlan(request, source.description, keeping: description.layout.format)
    measurer = try PictureMeasurer(request, plan)
    jobs = request.jobs ?? Processors.availableCount
    sink = try Self.sink(output, plan, source.description, request, environment)
  }

  private static func sink(
    _ output: PictureOutputRequest, _ plan: ConversionPlan,
    _ description: PictureSourceDescription, _ request: YUVConvertRequest,
    _ environment: CommandEnvironment
  ) throws -> any PictureSink {
    if case .image = output.container {
      return try ImageSink(
        output, sources: [request.input, request.checks.reference].compactMap(\.self),
        frameCount: description.frameCount, environment: environment)
    }
    let file = try ResultOutput(path: output.path, force: output.force, environment: environment)
    guard output.container == .y4m else { return try StreamSink(file) }
    return try StreamSink(
      file, header: Y4MOutput.header(plan, description, request).line,
      frameLine: Y4MHeader.frameLine)
  }

  /// What users should know before the work: what was assumed, and what is lost.
  var notes: [String] {
    let assumed = plan.colors.assumed
    let form = output.notes(
      plan.output.layout.format, isInputRaw: description.containerName == "rawvideo")
    return (assumed.isEmpty ? [] : ["assumed " + assumed.sentence])
      + plan.colors.notes + plan.notes + form
  }

  /// Converts all pictures.
  ///
  /// - Returns: What was done; `failure` where the input broke off behind whole pictures.
  /// - Throws: `Failure` where nothing of use was made, `UsageError`, `IOFailure` of outputs.
  func run(
    onPicture: (PictureMeasurement) throws -> Void, progress: (Int64) -> Void
  ) throws -> YUVConvertResult {
    var result = YUVConvertResult(
      input: input, output: output.path, description: description, container: output.container,
      plan: plan)
    result.jobs = jobs
    result.adopt(request, measurer)
    do {
      try convert(&result, onPicture, progress)
      try sink.finish()
    } catch {
      sink.abandon()
      throw error
    }
    result.bytesRead = source.bytesRead
    result.bytesWritten = sink.bytesWritten
    result.leftOver = source.leftOver
    result.undecodablePackets = source.undecodablePackets
    result.findings = PictureFindings.all(of: result)
    return result
  }

  private func convert(
    _ result: inout YUVConvertResult, _ onPicture: (PictureMeasurement) throws -> Void,
    _ progress: (Int64) -> Void
  ) throws {
    let bands = self.bands
    let worker = PictureWorker(plan, measurer, encoding, bands: bands)
    var waiting: ArraySlice<PictureWorker.Item> = []
    var ending: Failure?
    try mapInOrder(
      jobs: jobs,
      next: { () throws(any Error) -> PictureWorker.Item? in
        if let item = waiting.popFirst() { return item }
        do {
          guard let picture = try source.next() else { return nil }
          waiting = bands?.items(picture)?[...] ?? [PictureWorker.Item(picture: picture, band: nil)]
          return waiting.popFirst()
        } catch {
          let failure = Failure(error)
          guard failure.exit == .dataError else { throw failure }
          ending = failure
          return nil
        }
      },
      work: { item in Result { try worker.convert(item) } },
      deliver: { (done: Result<PictureWorker.Done, any Error>) throws(any Error) in
        let done = try done.mapError { $0 is UsageError ? $0 : Failure($0) }.get()
        try done.bytes.withBytes { try sink.write($0) }
        guard !done.isUnfinished else { return }
        result.frames += 1
        if let measurement = done.measurement {
          result.add(measurement)
          try onPicture(measurement)
        }
        progress(source.bytesRead)
      })
    guard let ending else { return }
    // Whole pictures are of use.
    guard result.frames > 0 else { throw ending }
    result.failure = FailedInput(
      input: input, exit: ending.exit, message: ending.message, findings: nil)
  }

  /// Bands where each may be written as it comes: nothing else looks at pictures.
  private var bands: PictureBands? {
    guard measurer == nil, output.container == .raw else { return nil }
    return PictureBands(plan, jobs: jobs)
  }

  private var encoding: ImageEncoding? {
    guard case .image(let format) = output.container else { return nil }
    return ImageEncoding(
      format, plan.output.layout,
      aspectRatio: plan.aspectRatio(after: source.description.sampleAspectRatio))
  }
}
