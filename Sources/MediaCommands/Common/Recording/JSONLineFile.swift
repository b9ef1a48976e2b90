internal import MediaIO
internal import MediaJSON

/// A file of lines of JSON that is of use at any moment: `--gaps`, `--segment-list`.
final class JSONLineFile<Line> {
  private let output: ResultOutput
  private let report: Report<Line>

  /// - Throws: `Failure` where it cannot be made.
  init(
    _ path: String, of report: Report<Line>, force: Bool, _ environment: CommandEnvironment
  ) throws(Failure) {
    self.report = report
    output = try ResultOutput(
      path: path, force: force, isRecording: true, environment: environment)
  }

  /// Makes it appear: that there was nothing to tell is worth a file, too.
  func begin() throws(IOFailure) {
    try output.write("")
    try output.flush()
  }

  func add(_ line: Line) throws(IOFailure) {
    var writer = JSONWriter(style: .compact)
    report.write(line, into: &writer)
    writer.newline()
    try writer.drain(to: output)
    try output.flush()
  }

  func finish() throws(IOFailure) { try output.finish() }

  func abandon() { output.abandon() }
}
