internal import MediaJSON
internal import MediaModel

/// An input that could not be described, or not to its end.
struct FailedInput {
  var input: String
  var exit: ExitCode
  var message: String
  var findings: [Finding]?
}

extension FailedInput {
  /// A failure as a report has it, without secrets.
  init(_ input: String, _ failure: Failure, _ redactor: Redactor) {
    self.init(input: input, exit: failure.exit, message: redactor.redact(failure.message))
  }

  /// What a report for a person says where `--check` found that nothing could be read.
  var text: String {
    let lines = ["\(input): cannot be read"] + FindingReport.lines(findings ?? [])
    return lines.map(Quantity.printable).joined(separator: "\n") + "\n"
  }

  /// `error` of a document about what came before.
  static let report = Report<FailedInput>([
    .integer("exit", "The exit code it leads to") { $0.exit.rawValue },
    .string("message", "The reason in a sentence") { $0.message },
  ])
}
