internal import MediaCLI
internal import MediaFFmpeg
internal import MediaIO
internal import MediaJSON
internal import MediaModel

/// What one input needs, handed to whatever thread takes it.
struct ProbeTask: Sendable {
  var text: String
  var request: ProbeRequest
  var redactor: Redactor
  typealias StandardInput = @Sendable (Int64) throws(IOFailure) -> ReadableFile
  var standardInput: StandardInput
  var verbosity: Int
  /// Its document stands in an array with others.
  var isOneOfSeveral = false
}

/// One input from opening to the last byte of its result.
///
/// Belongs to one thread.
final class ProbeSession: InputSession {
  private let task: ProbeTask
  private let output: any ByteOutput
  private let say: (InputMessage) -> Void
  /// Makes a progress line for an input of so many bytes.
  var progress: ((Int64?) -> Progress)?
  /// Whether something of the result has gone out.
  private(set) var hasResult = false

  private var request: ProbeRequest { task.request }
  /// The input's name without secrets.
  private var name: String { task.redactor.redact(task.text) }

  init(_ task: ProbeTask, output: any ByteOutput, say: @escaping (InputMessage) -> Void) {
    self.task = task
    self.output = output
    self.say = say
  }

  /// - Throws: `InputFailure`; `IOFailure` or `Failure` for outputs.
  func run() throws -> ExitCode {
    let plot = try request.plotPath.map { path throws(Failure) in
      try PlotFile(path: path, force: request.arguments[CommonOptions.force])
    }
    var opened: ProbeInput?
    let (demuxer, input, log): (Demuxer, ProbeInput, FFmpegLog)
    do {
      log = try FFmpegLog(level: [16, 24, 40][min(max(task.verbosity, 0), 2)], forward: forward)
      input = try ProbeInput(task.text, request: request)
      opened = input
      demuxer = try input.open(task.standardInput, log: log)
    } catch {
      let failure = inputFailure(error)
      try reportUnreadable(failure, opened)
      throw failure
    }
    let printer = ProbePrinter(
      request: request, name: name, output: output, isOneOfSeveral: task.isOneOfSeveral,
      runsAhead: input.isRegularFile)
    let reading = ProbeReading(
      demuxer, input: input, log: log, request: request, name: name, redactor: task.redactor)
    do {
      try reading.prepare(printer)
    } catch {
      throw inputFailure(error)
    }
    hasResult = true
    let walkFailure = try reading.run(printer, progress: progress)
    let result = reading.result
    try printer.finish(result)
    if let plot { try plot.write(reading.plot()) }
    return try verdict(result, walkFailure)
  }

  /// FFmpeg's voice at -v, without secrets.
  private var forward: ((FFmpegLog.Line) -> Void)? {
    guard task.verbosity > 0 else { return nil }
    return { [say, name, redactor = task.redactor] line in
      let speaker = line.context.isEmpty ? "" : "[\(line.context)] "
      say(InputMessage(level: .detail, subject: name, text: redactor.redact(speaker + line.text)))
    }
  }

  private func inputFailure(_ error: any Error) -> InputFailure {
    let failure = Failure(error)
    return InputFailure(
      exit: failure.exit,
      message: InputMessage(
        level: .error, subject: name, text: task.redactor.redact(failure.message)))
  }

  /// Expectations and findings decide over the exit code.
  private func verdict(_ result: ProbeResult, _ walkFailure: (any Error)?) throws -> ExitCode {
    var exit = ExitCode.success
    if let findings = result.findings {
      if findings.contains(where: { $0.severity >= request.failOn }) { exit = .checkFailed }
      // Where the result has no place for them, findings are told here.
      if !request.printsFindings {
        for finding in findings {
          say(
            InputMessage(
              level: finding.severity >= .error ? .error : .warning, subject: name,
              text: FindingReport.line(finding)))
        }
      }
    }
    if !request.expectations.isEmpty {
      let document = ProbeReport.document.value(result)
      for expectation in request.expectations {
        let answer = expectation.evaluate(on: document)
        guard !answer.passed else { continue }
        exit = max(exit, .checkFailed)
        say(
          InputMessage(
            level: .error, subject: name, text: task.redactor.redact(answer.message)))
      }
    }
    if let walkFailure {
      let failure = inputFailure(walkFailure)
      say(failure.message)
      exit = max(exit, failure.exit)
    }
    return exit
  }

  // MARK: Inputs that cannot be read

  /// With --check an unreadable input is a result too.
  private func reportUnreadable(_ failure: InputFailure, _ input: ProbeInput?) throws {
    guard request.checks != nil, failure.exit == .dataError else { return }
    var findings = input?.structure()?.findings ?? []
    if !findings.contains(where: { $0.severity == .fatal }) {
      findings.insert(Finding(.unreadable, failure.message.text), at: 0)
    }
    findings.sort { $0.severity > $1.severity }
    hasResult = true
    if request.format == .text || request.format == .flat {
      let lines = ["\(name): cannot be read"] + findings.map { "    " + FindingReport.line($0) }
      try output.write(lines.map(Quantity.printable).joined(separator: "\n") + "\n")
    } else {
      try writeError(failure, findings: findings)
    }
    try output.flush()
  }

  func writeError(_ failure: InputFailure) throws { try writeError(failure, findings: nil) }

  /// The object of an input that failed, where others succeed.
  private func writeError(_ failure: InputFailure, findings: [Finding]?) throws {
    guard request.format != .text, request.format != .flat else { return }
    let isLine = request.format == .jsonl
    var writer = JSONWriter(style: isLine ? .compact : .pretty, depth: isArrayMember ? 1 : 0)
    let failed = FailedInput(
      input: name, exit: failure.exit, message: failure.message.text, findings: findings)
    ProbeReport.failure.write(failed, into: &writer)
    if !isArrayMember { writer.newline() }
    if isArrayMember { try output.write("  ") }
    try writer.drain(to: output)
  }

  private var isArrayMember: Bool { task.isOneOfSeveral && request.format != .jsonl }
}

/// The file of `--plot`, begun before the work so that a bad name is known at once.
private final class PlotFile {
  private var file: OutputFile

  init(path: String, force: Bool) throws(Failure) {
    do {
      file = try OutputFile(path: path, force: force)
    } catch {
      throw .output(error)
    }
  }

  func write(_ text: String) throws(Failure) {
    do {
      try file.write(text)
      try file.finish()
    } catch {
      throw .output(error)
    }
  }
}

extension JSONWriter {
  /// Hands what is written to an output.
  mutating func drain(to output: any ByteOutput) throws(IOFailure) {
    try drain { (span) throws(IOFailure) in
      try span.bytes.withUnsafeBytes { (raw) throws(IOFailure) in try output.write(raw) }
    }
  }
}
