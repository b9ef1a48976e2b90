internal import MediaCLI
internal import MediaFFmpeg
internal import MediaIO
internal import MediaJSON
internal import MediaModel
internal import MediaPlot
internal import MediaRaw
internal import MediaSignal

/// What one input needs, handed to whatever thread takes it.
struct PCMInfoTask: Sendable {
  typealias StandardInput = @Sendable (Int64) throws(IOFailure) -> ReadableFile

  var text: String
  var request: PCMInfoRequest
  var redactor: Redactor
  var standardInput: StandardInput
  var style: PCMInfoText.Style
  var verbosity: Int
  /// Threads that may work on it.
  var threads: Int
  /// Its document stands in an array with others.
  var isOneOfSeveral = false
}

/// One input from opening to the last byte of its result.
///
/// Belongs to one thread.
final class PCMInfoSession: InputSession {
  private let task: PCMInfoTask
  private let printer: PCMInfoPrinter
  private let say: (InputMessage) -> Void
  /// Makes a progress line for an input of so many bytes.
  var progress: ((Int64?) -> Progress)?
  var hasResult: Bool { printer.hasPrinted }

  private var request: PCMInfoRequest { task.request }
  /// The input's name without secrets.
  private var name: String { task.redactor.redact(task.text) }

  init(_ task: PCMInfoTask, output: any ByteOutput, say: @escaping (InputMessage) -> Void) {
    self.task = task
    self.say = say
    printer = PCMInfoPrinter(
      format: task.request.format, style: task.style, output: output,
      isOneOfSeveral: task.isOneOfSeveral, runsAhead: Self.isRegularFile(task.text))
  }

  private static func isRegularFile(_ text: String) -> Bool {
    (try? fileStatus(text))?.kind == .regular
  }

  func run() throws -> ExitCode {
    // A bad name is known before the work.
    let pictures = try PCMInfoPictures(request)
    do {
      let (result, history) = try measure()
      try printer.finish(result)
      try pictures.write(result, history)
      return verdict(result)
    } catch {
      pictures.abandon()
      throw error
    }
  }

  // MARK: Measuring

  private func measure() throws -> (PCMInfoResult, LoudnessHistory) {
    let input: SoundInput
    do {
      var options = request.inputOptions(threads: task.threads, drawsWave: task.style.drawsWave)
      options.logLevel = [16, 24, 40][min(max(task.verbosity, 0), 2)]
      options.forwardLog = forward
      input = try SoundInput.open(task.text, options, standardInput: task.standardInput)
    } catch {
      throw try unreadable(error)
    }
    var history = LoudnessHistory()
    let keepsHistory = request.pictures.loudnessPlot != nil
    let (rate, names) = (input.description.format.sampleRate, Self.channelNames(input))
    let line = progress?(input.description.byteCount)
    defer { line?.finish() }
    var result: PCMInfoResult
    do {
      result = try input.measure(
        onWindow: { [printer] window in
          let span = FrameSpan(frames: window.frames, rate: rate)
          try printer.window(SoundWindowLine(window: window, span: span, names: names))
        },
        onLoudness: { frame, momentary, shortTerm in
          guard keepsHistory else { return }
          history.add(
            .init(
              time: FrameSpan.seconds(frame, rate), momentary: momentary, shortTerm: shortTerm))
        },
        progress: { line?.update(position: $0, time: $1) })
    } catch let failure as Failure {
      throw try unreadable(failure)
    }
    result.input = name
    if var failure = result.failure {
      failure.input = name
      failure.message = task.redactor.redact(failure.message)
      result.failure = failure
    }
    result.loudnessWeights = input.plan.loudnessWeights
    result.findings += SoundFindings.all(of: result)
    result.target = request.target.map(result.verdict)
    return (result, history)
  }

  /// FFmpeg's voice at -v, without secrets.
  private var forward: ((FFmpegLog.Line) -> Void)? {
    guard task.verbosity > 0 else { return nil }
    return { [say, name, redactor = task.redactor] line in
      let speaker = line.context.isEmpty ? "" : "[\(line.context)] "
      say(InputMessage(level: .detail, subject: name, text: redactor.redact(speaker + line.text)))
    }
  }

  /// What people call the channels measured.
  private static func channelNames(_ input: SoundInput) -> [String] {
    let positions = input.description.positions
    return input.channels.map { number in
      (positions.indices.contains(number) ? positions[number]?.name : nil) ?? String(number)
    }
  }

  // MARK: Verdict

  /// Findings, expectations and the target decide over the exit code.
  private func verdict(_ result: PCMInfoResult) -> ExitCode {
    var exit = ExitCode.success
    if let failOn = request.failOn, result.findings.contains(where: { $0.severity >= failOn }) {
      exit = .checkFailed
    }
    // What is there is measured, but it is not the whole sound.
    if request.failOn == nil, let cut = result.findings.first(where: { $0.code == .pcmDataCut }) {
      exit = .dataError
      say(cut.message)
    }
    var messages = request.expectations.disappointments(result, PCMInfoReport.document)
    if let target = result.target, !target.isMet {
      messages.append(
        "\(target.target.name) is not met: \(target.failures.joined(separator: "; "))")
    }
    if !messages.isEmpty { exit = max(exit, .checkFailed) }
    for message in messages { say(message) }
    if let failure = result.failure {
      say(failure.message)
      exit = max(exit, failure.exit)
    }
    return exit
  }

  private func say(_ text: String) {
    say(InputMessage(level: .error, subject: name, text: task.redactor.redact(text)))
  }

  // MARK: Inputs that cannot be read

  /// With --check an unreadable input is a result too.
  private func unreadable(_ error: any Error) throws -> InputFailure {
    let failure = inputFailure(error)
    if request.failOn != nil, failure.exit == .dataError, !hasResult {
      let finding = Finding(.unreadable, failure.message.text)
      try printer.finish(failed(failure, [finding]))
    }
    return failure
  }

  private func inputFailure(_ error: any Error) -> InputFailure {
    let failure = Failure(error)
    return InputFailure(
      exit: failure.exit,
      message: InputMessage(
        level: .error, subject: name, text: task.redactor.redact(failure.message)))
  }

  private func failed(_ failure: InputFailure, _ findings: [Finding]?) -> FailedInput {
    FailedInput(
      input: name, exit: failure.exit, message: failure.message.text, findings: findings)
  }

  func writeError(_ failure: InputFailure) throws { try printer.finish(failed(failure, nil)) }
}
