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
      where Self.names(of: input).contains(where: { FileIdentity.isSame(path, $0) }) {
        throw UsageError("\(option) \(path) is an input")
      }
    }
  }

  /// The files a word of the command line may mean: itself, and what FFmpeg's protocols nest.
  private static func names(of input: String) -> [String] {
    if input == "-" { return ["/dev/stdin"] }
    var names = [input]
    for part in input.split(separator: "|") {
      if let colon = part.lastIndex(of: ":") {
        let rest = part[part.index(after: colon)...]
        names.append(String(rest.hasPrefix("//") ? rest.dropFirst(2) : rest))
      } else {
        names.append(String(part))
      }
    }
    return names
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

  private func say(_ message: ProbeMessage) {
    diagnostics.say(
      message.level, subject: message.subject, message.text, on: environment.standardError)
  }

  // MARK: Several inputs

  private struct Outcome: Sendable {
    var exit: ExitCode
    var messages: [ProbeMessage]
    var output: SpoolOutput
    var writeFailure: IOFailure?
  }

  private func runAll(_ output: ResultOutput) throws -> ExitCode {
    let isArray = request.format == .json || request.format == .ffprobe
    var worst = ExitCode.success
    if isArray { try output.write("[") }
    var hasWritten = false
    let tasks = inputs.map { input in
      ProbeTask(
        text: input, request: request, redactor: redactor,
        standardInput: environment.standardInput, verbosity: diagnostics.verbosity,
        isOneOfSeveral: true)
    }
    do {
      try mapInOrder(
        jobs: request.arguments[Probe.jobs], count: tasks.count,
        work: { Self.outcome(tasks[$0]) },
        deliver: { _, outcome in
          if let failure = outcome.writeFailure { throw Failure.output(failure) }
          if !outcome.output.isEmpty {
            if hasWritten { try output.write(separator(isArray)) }
            if isArray { try output.write("\n") }
            try outcome.output.copy(to: output)
            hasWritten = true
          }
          try output.flush()
          for message in outcome.messages { say(message) }
          worst = max(worst, outcome.exit)
          if let signal = Signals.received { throw Interrupted(signal: signal) }
        })
    } catch let interruption as Interrupted {
      // What is done stays a whole document; the rest is not begun.
      worst = .signal(interruption.signal)
    }
    if isArray { try output.write("\n]\n") }
    return worst
  }

  private func separator(_ isArray: Bool) -> String {
    isArray ? "," : request.format == .text ? "\n" : ""
  }

  private static func outcome(_ task: ProbeTask) -> Outcome {
    let output = SpoolOutput()
    var messages: [ProbeMessage] = []
    let session = ProbeSession(task, output: output) { messages.append($0) }
    do {
      let exit = try session.run()
      return Outcome(exit: exit, messages: messages, output: output)
    } catch let failure as InputFailure {
      messages.append(failure.message)
      if session.hasResult {
        return Outcome(exit: failure.exit, messages: messages, output: output)
      }
      do {
        try session.writeError(failure)
        return Outcome(exit: failure.exit, messages: messages, output: output)
      } catch {
        return Outcome(
          exit: .ioError, messages: messages, output: output, writeFailure: error as? IOFailure)
      }
    } catch {
      return Outcome(
        exit: .ioError, messages: messages, output: output,
        writeFailure: error as? IOFailure
          ?? IOFailure(call: "write", code: 5, subject: "results"))
    }
  }
}

/// A signal came between two inputs.
private struct Interrupted: Error {
  var signal: Int32
}

/// A line for standard error.
struct ProbeMessage: Sendable {
  var level: Diagnostics.Level
  var subject: String?
  var text: String
}

/// One input that failed, with its exit code.
struct InputFailure: Error {
  var exit: ExitCode
  var message: ProbeMessage
}
