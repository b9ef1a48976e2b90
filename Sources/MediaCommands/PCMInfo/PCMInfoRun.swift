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
    redactor = Redactor(inputs, headers: arguments[CommonOptions.header])
  }

  /// - Throws: `Failure` where results cannot be written, and what `IOFailure` says of that.
  func run() throws -> ExitCode {
    try request.outputs.refuse(inputs: inputs)
    let output = try ResultOutput(request.arguments, environment)
    return try output.finish { try measure(output) }
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

  private func measure(_ output: ResultOutput) throws -> ExitCode {
    let sessions = InputSessions(
      output: output, isArray: request.format == .json,
      separator: request.format == .text ? "\n" : "",
      progress: Progress.wanted(request.arguments, environment, diagnostics), say: diagnostics.say)
    let abreast = min(jobs, inputs.count)
    let tasks = inputs.map { task($0, threads: max(1, jobs / abreast)) }
    return try sessions.run(jobs: abreast, count: tasks.count) {
      PCMInfoSession(tasks[$0], output: $1, say: $2)
    }
  }

}
