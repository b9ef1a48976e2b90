internal import MediaCLI
internal import MediaFFmpeg
internal import MediaIO
internal import MediaJSON
internal import MediaModel
internal import MediaRaw
internal import MediaSignal

/// `mediatool yuv-convert`: from the command line to the exit code.
struct YUVConvertRun {
  private let request: YUVConvertRequest
  private let environment: CommandEnvironment
  private let diagnostics: Diagnostics
  private let redactor: Redactor

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    request = try YUVConvertRequest(arguments)
    self.environment = environment
    diagnostics = Diagnostics(
      command: "yuv-convert", arguments: arguments, environment: environment)
    redactor = Redactor([request.input])
  }

  /// The input's name without secrets.
  private var name: String { redactor.redact(request.input) }

  /// - Throws: `UsageError`; `Failure` where outputs cannot be written, and what `IOFailure` says.
  func run() throws -> ExitCode {
    // A report that cannot be written is known before the work.
    let report = request.guesses || request.checks.isReported ? try openReport() : nil
    do {
      let exit = try request.guesses ? guess(report) : convert(report)
      // A file with nothing in it would look like a report.
      if let report, report.byteCount == 0 { report.abandon() } else { try report?.finish() }
      return exit
    } catch {
      report?.abandon()
      throw error
    }
  }

  private func openReport() throws(Failure) -> ResultOutput {
    try ResultOutput(
      path: request.checks.reportPath, force: request.arguments[CommonOptions.force],
      environment: environment)
  }

  private func printer(_ report: ResultOutput?) -> YUVConvertPrinter? {
    report.map {
      YUVConvertPrinter(request, output: $0, isTerminal: environment.outputIsTerminal)
    }
  }

  private func guess(_ report: ResultOutput?) throws -> ExitCode {
    guard let report else { return .success }
    do {
      let file =
        request.input == "-"
        ? try environment.standardInput(request.timeout)
        : try ReadableFile.open(request.input, readTimeout: request.timeout)
      return try YUVGuess.run(request, file: file, output: report)
    } catch  where report.byteCount == 0 {
      return try refuse(error, nil)
    }
  }

  // MARK: Converting

  private func convert(_ report: ResultOutput?) throws -> ExitCode {
    let printer = printer(report)
    let session: YUVConvertSession
    do {
      session = try YUVConvertSession(
        request, input: name, forwardLog: forwardLog, environment: environment)
    } catch let error as UsageError {
      throw error
    } catch {
      return try refuse(error, printer)
    }
    for note in session.notes { say(.warning, note) }
    let line = Progress.wanted(request.arguments, environment, diagnostics)?(
      session.source.description.byteCount)
    defer { line?.finish() }
    printer?.frameRate = session.source.description.frameRate
    var result: YUVConvertResult
    do {
      result = try session.run(
        onPicture: { try printer?.add($0) }, progress: { line?.update(position: $0, time: nil) })
    } catch let error as UsageError {
      throw error
    } catch let failure as Failure {
      return try refuse(failure, printer)
    }
    line?.finish()
    if var failure = result.failure {
      failure.message = redactor.redact(failure.message)
      result.failure = failure
    }
    try printer?.finish(result)
    return verdict(result)
  }

  /// FFmpeg's voice at -v, without secrets.
  private var forwardLog: ((FFmpegLog.Line) -> Void)? {
    guard diagnostics.verbosity > 0 else { return nil }
    return { line in
      say(.detail, (line.context.isEmpty ? "" : "[\(line.context)] ") + line.text)
    }
  }

  /// An input of which nothing could be converted; with --check that is a result too.
  private func refuse(_ error: any Error, _ printer: YUVConvertPrinter?) throws -> ExitCode {
    let failure = Failure(error)
    let text = redactor.redact(failure.message)
    say(.error, text)
    if request.checks.failOn != nil, failure.exit == .dataError {
      try printer?.finish(
        FailedInput(
          input: name, exit: failure.exit, message: text, findings: [Finding(.unreadable, text)]))
    }
    return failure.exit
  }

  private func say(_ level: Diagnostics.Level, _ text: String) {
    diagnostics.say(level, subject: name, redactor.redact(text))
  }

  // MARK: Verdict

  /// Findings, verification and expectations decide over the exit code.
  private func verdict(_ result: YUVConvertResult) -> ExitCode {
    var exit = ExitCode.success
    let checks = request.checks
    if let failOn = checks.failOn, result.findings.contains(where: { $0.severity >= failOn }) {
      exit = .checkFailed
      if !checks.isReported {
        for finding in result.findings where finding.severity >= failOn {
          say(.error, finding.message)
        }
      }
    }
    if result.leftOver > 0 {
      let size = result.description.layout.byteCount
      let rest = Quantity.counted(result.leftOver, "byte")
      say(
        .error,
        "the last frame is not whole: \(rest) of \(size) are left after "
          + Quantity.counted(result.frames, "frame"))
      if checks.failOn == nil { exit = max(exit, .dataError) }
    }
    if result.undecodablePackets > 0 {
      say(.warning, "\(Quantity.counted(result.undecodablePackets, "packet")) could not be decoded")
    }
    var messages = checks.expectations.disappointments(result, YUVConvertReport.document)
    messages += result.verification?.failures ?? []
    if !messages.isEmpty { exit = max(exit, .checkFailed) }
    for message in messages { say(.error, message) }
    if let failure = result.failure {
      say(.error, failure.message)
      exit = max(exit, failure.exit)
    }
    return exit
  }
}
