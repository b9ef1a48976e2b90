internal import MediaIO
internal import MediaJSON
internal import MediaSignal

/// Prints a result in the form asked for; windows as they are measured.
final class PCMInfoPrinter {
  private let format: ResultFormat
  private let output: any ByteOutput
  private let isArrayMember: Bool
  private let lines: JSONLinePrinter<SoundWindowLine>
  private let style: PCMInfoText.Style
  /// Whether something has gone out.
  private(set) var hasPrinted = false

  /// `runsAhead`: windows may go out later than they are measured, as nobody watches a file.
  init(
    format: ResultFormat, style: PCMInfoText.Style, output: any ByteOutput, isOneOfSeveral: Bool,
    runsAhead: Bool
  ) {
    self.format = format
    self.style = style
    self.output = output
    isArrayMember = isOneOfSeveral && format == .json
    lines = JSONLinePrinter(style: .compact, output: output, runsAhead: runsAhead) {
      $1.event("window", at: $0.span.start, SoundWindowReport.report, $0)
    }
  }

  /// A window of --jsonl.
  func window(_ line: SoundWindowLine) throws {
    hasPrinted = true
    try lines.add(line)
  }

  /// Everything that is not streamed.
  func finish(_ result: PCMInfoResult) throws {
    hasPrinted = true
    switch format {
    case .jsonl:
      try lines.print { writer in
        PCMInfoReport.document.write(result, into: &writer)
        writer.newline()
      }
      try lines.settle()
    case .json: try write(result, PCMInfoReport.document)
    case .text: try output.write(PCMInfoText(result, style).text)
    }
    try output.flush()
  }

  /// The object of an input that could not be measured; nothing in text.
  func finish(_ failure: FailedInput) throws {
    switch format {
    case .text:
      guard failure.findings != nil else { return }
      try output.write(failure.text)
    case .json, .jsonl: try write(failure, PCMInfoReport.failure)
    }
    hasPrinted = true
    try output.flush()
  }

  private func write<Subject>(_ subject: Subject, _ report: Report<Subject>) throws {
    var writer = JSONWriter(
      style: format == .json ? .pretty : .compact, depth: isArrayMember ? 1 : 0)
    report.write(subject, into: &writer)
    if !isArrayMember { writer.newline() }
    if isArrayMember { try output.write("  ") }
    try writer.drain(to: output)
  }
}
