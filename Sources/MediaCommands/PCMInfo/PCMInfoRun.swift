internal import MediaCLI
internal import MediaIO
internal import MediaPlot

/// `mediatool pcm-info`: its inputs, one after the other or several at a time, results in order.
struct PCMInfoRun {
  private let request: PCMInfoRequest
  private let inputs: [String]
  private let diagnostics: Diagnostics
  private let redactor: Redactor
  private let environment: CommandEnvironment

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    request = try PCMInfoRequest(arguments)
    inputs = arguments.operands
    diagnostics = Diagnostics(command: "pcm-info", arguments: arguments, environment: environment)
    self.environment = environment
    var redactor = Redactor()
    for input in inputs { redactor.learn(urlsIn: input) }
    for header in arguments[CommonOptions.header] { redactor.learn(headerValue: header.value) }
    self.redactor = redactor
  }

  /// - Throws: `Failure` where results cannot be written, and what `IOFailure` says of that.
  func run() throws -> ExitCode {
    try refuseInputsAsOutputs()
    let output = try ResultOutput(
      path: request.arguments[CommonOptions.output],
      force: request.arguments[CommonOptions.force], environment: environment)
    do {
      let exit = inputs.count == 1 ? try runOne(inputs[0], output) : try runAll(output)
      try output.finish()
      return exit
    } catch {
      output.abandon()
      throw error
    }
  }

  /// A result must never take the place of what it describes.
  private func refuseInputsAsOutputs() throws(UsageError) {
    var outputs = request.pictures.all
    if let path = request.arguments[CommonOptions.output] { outputs.append(("--output", path)) }
    for (option, path) in outputs where path != "-" {
      for input in inputs where FileIdentity.isSame(path, asInput: input) {
        throw UsageError("\(option) \(path) is an input")
      }
    }
  }

  // MARK: Inputs

  /// Threads in all.
  private var jobs: Int { request.arguments[PCMInfo.jobs] ?? Processors.availableCount }

  private func task(_ input: String, threads: Int) -> PCMInfoTask {
    PCMInfoTask(
      text: input, request: request, redactor: redactor,
      standardInput: environment.standardInput, style: style,
      verbosity: diagnostics.verbosity, threads: threads,
      isOneOfSeveral: inputs.count > 1)
  }

  private var style: PCMInfoText.Style {
    let goesToTerminal =
      environment.outputIsTerminal && (request.arguments[CommonOptions.output] ?? "-") == "-"
    var style = PCMInfoText.Style()
    style.width = goesToTerminal ? environment.width : 80
    style.drawsWave = goesToTerminal && request.format == .text
    style.alphabet = isUnicode ? .unicode : .ascii
    style.usesColor =
      switch request.arguments[CommonOptions.color] {
      case .always: true
      case .never: false
      case .auto:
        goesToTerminal && (environment.variable("NO_COLOR") ?? "").isEmpty
          && environment.variable("TERM") != "dumb"
      }
    return style
  }

  /// Whether the terminal shows more than ASCII, as far as the locale says.
  private var isUnicode: Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment.variable)
      .first { !$0.isEmpty }
    return (locale ?? "").uppercased().contains("UTF")
  }

  /// One input: results and messages go out as they come.
  private func runOne(_ input: String, _ output: ResultOutput) throws -> ExitCode {
    let session = PCMInfoSession(task(input, threads: jobs), output: output, say: say)
    session.progress = Progress.wanted(request.arguments, environment, diagnostics)
    do {
      return try session.run()
    } catch let failure as InputFailure {
      say(failure.message)
      // Where nothing was found out, nothing is written.
      if !session.hasResult { output.abandon() }
      return failure.exit
    }
  }

  private func runAll(_ output: ResultOutput) throws -> ExitCode {
    let several = SeveralInputs(
      output: output, isArray: request.format == .json,
      separator: request.format == .text ? "\n" : "", say: say)
    let abreast = min(jobs, inputs.count)
    let tasks = inputs.map { task($0, threads: max(1, jobs / abreast)) }
    return try several.run(jobs: abreast, count: tasks.count) {
      PCMInfoSession(tasks[$0], output: $1, say: $2)
    }
  }

  private func say(_ message: InputMessage) {
    diagnostics.say(
      message.level, subject: message.subject, message.text, on: environment.standardError)
  }
}
