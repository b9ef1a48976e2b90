internal import MediaIO

/// A line for standard error.
struct InputMessage: Sendable {
  var level: Diagnostics.Level
  var subject: String?
  var text: String
}

extension Diagnostics {
  func say(_ message: InputMessage) {
    say(message.level, subject: message.subject, message.text)
  }
}

/// One input that failed, with its exit code.
struct InputFailure: Error {
  var exit: ExitCode
  var message: InputMessage
}

/// What does a command's work on one input.
protocol InputSession: AnyObject {
  /// Makes a progress line for an input of so many bytes.
  var progress: ((Int64?) -> Progress)? { get set }
  /// Whether something of the result has gone out.
  var hasResult: Bool { get }
  /// - Throws: `InputFailure`; `IOFailure` or `Failure` for outputs.
  func run() throws -> ExitCode
  /// Prints the result of an input that failed, where others succeed.
  func writeError(_ failure: InputFailure) throws
}

/// The inputs of one command, some at a time, with their results and messages in order.
struct InputSessions {
  let output: ResultOutput
  /// Whether the results are members of one array.
  let isArray: Bool
  /// What stands between results that are not.
  let separator: String
  /// Of a single input: makes a progress line.
  let progress: ((Int64?) -> Progress)?
  let say: (InputMessage) -> Void

  private struct Outcome: Sendable {
    var exit: ExitCode
    var messages: [InputMessage]
    var output: SpoolOutput
    var writeFailure: IOFailure?
  }

  /// A signal came between two inputs.
  private struct Interrupted: Error {
    var signal: Int32
  }

  /// Does the work of the sessions that `session` makes for each number up to `count`, so many
  /// `jobs` at a time.
  ///
  /// - Returns: The worst of their exit codes.
  /// - Throws: `Failure` where results cannot be written, and what `IOFailure` says of that.
  func run<Session: InputSession & SendableMetatype>(
    jobs: Int, count: Int,
    session: @escaping @Sendable (Int, any ByteOutput, @escaping (InputMessage) -> Void) -> Session
  ) throws -> ExitCode {
    guard count > 1 else { return try run(session(0, output, say)) }
    var worst = ExitCode.success
    if isArray { try output.write("[") }
    var hasWritten = false
    do {
      try mapInOrder(
        jobs: jobs, count: count,
        work: { index in Self.outcome { session(index, $0, $1) } },
        deliver: { _, outcome in
          if let failure = outcome.writeFailure { throw Failure.output(failure) }
          if !outcome.output.isEmpty {
            if hasWritten { try output.write(isArray ? "," : separator) }
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

  /// A single one: its results and messages go out as they come.
  private func run(_ session: some InputSession) throws -> ExitCode {
    session.progress = progress
    do {
      return try session.run()
    } catch let failure as InputFailure {
      say(failure.message)
      // Where nothing was found out, nothing is written.
      if !session.hasResult { output.abandon() }
      return failure.exit
    }
  }

  private static func outcome<Session: InputSession>(
    _ session: (SpoolOutput, @escaping (InputMessage) -> Void) -> Session
  ) -> Outcome {
    let output = SpoolOutput()
    var messages: [InputMessage] = []
    let session = session(output) { messages.append($0) }
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
        return failed(error, messages, output)
      }
    } catch {
      return failed(error, messages, output)
    }
  }

  private static func failed(
    _ error: any Error, _ messages: [InputMessage], _ output: SpoolOutput
  ) -> Outcome {
    Outcome(
      exit: .ioError, messages: messages, output: output,
      writeFailure: error as? IOFailure ?? IOFailure(call: "write", code: 5, subject: "results"))
  }
}
