internal import MediaCLI
internal import MediaIO
internal import MediaJSON

/// `mediatool probe`: its inputs, one after the other or several at a time, results in order.
struct ProbeRun {
  private let request: ProbeRequest
  private let inputs: [String]
  private let diagnostics: Diagnostics
  private let redactor: Redactor
  private let environment: CommandEnvironment

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    request = try ProbeRequest(arguments)
    inputs = arguments.operands
    diagnostics = Diagnostics(command: "probe", arguments: arguments, environment: environment)
    self.environment = environment
    var redactor = Redactor(inputs, headers: arguments[CommonOptions.header])
    for option in arguments[Probe.option] {
      redactor.learn(urlsIn: option.value)
      if MediaURL.isSecretName(option.key) || ["headers", "cookies"].contains(option.key) {
        redactor.learn(headerValue: option.value)
      }
    }
    self.redactor = redactor
  }

  /// - Throws: `Failure` where results cannot be written, and what `IOFailure` says of that.
  func run() throws -> ExitCode {
    try request.outputs.refuse(inputs: inputs)
    let output = try ResultOutput(request.arguments, environment)
    return try output.finish { try describe(output) }
  }

  private func describe(_ output: ResultOutput) throws -> ExitCode {
    let sessions = InputSessions(
      output: output, isArray: request.format == .json || request.format == .ffprobe,
      separator: request.format == .text ? "\n" : "",
      progress: Progress.wanted(request.arguments, environment, diagnostics), say: diagnostics.say)
    let tasks = inputs.map { input in
      ProbeTask(
        text: input, request: request, redactor: redactor,
        standardInput: environment.standardInput, verbosity: diagnostics.verbosity,
        isOneOfSeveral: inputs.count > 1)
    }
    return try sessions.run(jobs: request.arguments[Probe.jobs], count: tasks.count) {
      ProbeSession(tasks[$0], output: $1, say: $2)
    }
  }
}
