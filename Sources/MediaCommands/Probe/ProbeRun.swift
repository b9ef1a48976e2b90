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
    var redactor = Redactor()
    for input in inputs { redactor.learn(urlsIn: input) }
    for header in arguments[CommonOptions.header] { redactor.learn(headerValue: header.value) }
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
  private func refuseInputsAsOutputs() throws {
    let arguments = request.arguments
    var outputs: [(option: String, path: String)] = []
    if let path = arguments[CommonOptions.output], path != "-" {
      outputs.append(("--output", path))
    }
    if let path = request.plotPath, path != "-" { outputs.append(("--plot", path)) }
    if outputs.count == 2, FileIdentity.isSame(outputs[0].path, outputs[1].path) {
      throw UsageError("--output and --plot cannot both be \(outputs[0].path)")
    }
    for (option, path) in outputs {
      for input in inputs
      where FileIdentity.isSame(path, asInput: input) {
        throw UsageError("\(option) \(path) is an input")
      }
    }
  }

  /// One input: results and messages go out as they come.
  private func runOne(_ input: String, _ output: ResultOutput) throws -> ExitCode {
    let task = ProbeTask(
      text: input, request: request, redactor: redactor,
      standardInput: environment.standardInput, verbosity: diagnostics.verbosity)
    let session = ProbeSession(task, output: output, say: say)
    session.progress = Progress.wanted(request.arguments, environment, diagnostics)
    do {
      return try session.run()
    } catch let failure as InputFailure {
      say(failure.message)
      if session.hasResult { return failure.exit }
      // Nothing was found out, so nothing is written.
      output.abandon()
      return failure.exit
    }
  }

  private func say(_ message: InputMessage) {
    diagnostics.say(
      message.level, subject: message.subject, message.text, on: environment.standardError)
  }

  // MARK: Several inputs

  private func runAll(_ output: ResultOutput) throws -> ExitCode {
    let several = SeveralInputs(
      output: output, isArray: request.format == .json || request.format == .ffprobe,
      separator: request.format == .text ? "\n" : "", say: say)
    let tasks = inputs.map { input in
      ProbeTask(
        text: input, request: request, redactor: redactor,
        standardInput: environment.standardInput, verbosity: diagnostics.verbosity,
        isOneOfSeveral: true)
    }
    return try several.run(jobs: request.arguments[Probe.jobs], count: tasks.count) {
      ProbeSession(tasks[$0], output: $1, say: $2)
    }
  }
}
