internal import MediaBytes
internal import MediaCLI
internal import MediaFLV
internal import MediaIO
internal import MediaJSON
internal import MediaModel

/// Prints tags as they are found, and the rest at the end.
final class FLVDumpPrinter: FLVTagObserver {
  private static let findingsKept = 1000

  private let request: FLVDumpRequest
  private let name: String
  private let output: any ByteOutput
  private let filter: FLVTagFilter
  private let limit: Int
  private let lines: JSONLinePrinter<FLVTagLine>
  private var detail: FLVTagDetail?
  private var listed = 0
  private var collector = FindingCollector(keptOfEach: FLVDumpPrinter.findingsKept)
  private(set) var counts: [Severity: Int] = [:]
  private let detailer: FLVTagDetailer
  /// Whether the tags asked for are all there, and nothing else needs the rest.
  private(set) var isDone: Bool

  /// `runsAhead`: whether what is listed may wait for more.
  init(request: FLVDumpRequest, name: String, output: any ByteOutput, runsAhead: Bool) {
    self.request = request
    self.name = name
    self.output = output
    filter = FLVTagFilter(request.arguments)
    limit = request.arguments[FLVDump.limit] ?? Int.max
    isDone = limit == 0 && !request.isAboutAll
    let isLine = request.format == .jsonl
    lines = JSONLinePrinter(
      style: isLine ? .compact : .pretty, output: output, runsAhead: runsAhead
    ) { line, writer in
      FLVTagReport.report.write(line, into: &writer)
      if isLine { writer.newline() }
    }
    detailer = FLVTagDetailer(request)
  }

  var findings: [Finding] { collector.all() }
  var bodyPrefix: Int { detailer.bodyPrefix }
  var wantsPlainFrames: Bool { listsTags || detailer.bodyPrefix > 0 }
  private var listsTags: Bool { request.listsTags }
  /// A person who asks for a check wants to see all that it found.
  private var listsFindings: Bool {
    request.format == .text && request.checks && !request.isSummary
  }

  func add(_ finding: Finding) {
    collector.add(finding)
    counts[finding.severity, default: 0] += 1
  }

  /// Adds a finding that no tag shows.
  func tell(_ finding: Finding) throws {
    add(finding)
    guard request.format == .text, !request.isSummary, listsFindings || !request.onlyChanges
    else { return }
    try output.write(FLVDumpText.finding(finding))
  }

  func begin() throws {
    guard request.format == .json else { return }
    try lines.print { writer in
      writer.begin(
        FLVDumpReport.document, of: FLVDumpResult(input: name), upTo: "tags", isListed: listsTags)
    }
  }

  // MARK: The walk

  func header(_ header: FLVHeader, at offset: Int) throws {
    guard request.format == .text, listsTags, !request.onlyChanges else { return }
    let columns = offset == 0 ? FLVDumpText.columns : ""
    try output.write(FLVDumpText.header(header, at: offset) + columns)
  }

  func tag(_ record: inout FLVTagRecord, body: RawSpan, _ inspector: inout FLVInspector) throws {
    detail = detailer.detail(&record, body: body, &inspector)
    // The last one is not listed before its findings are known, but nothing behind it is needed.
    guard listed == limit - 1, !request.isAboutAll else { return }
    isDone = wants(FLVTagLine(record: record, detail: detail), &inspector)
  }

  private func wants(_ line: FLVTagLine, _ inspector: inout FLVInspector) -> Bool {
    (filter.isOpen || filter.wants(line, inspector))
      && (!request.onlyChanges || !line.record.configurationChanges.isEmpty)
  }

  func complete(_ record: inout FLVTagRecord, _ inspector: inout FLVInspector) throws {
    for finding in record.findings { add(finding) }
    guard listsTags, listed < limit else { return try list(record.findings) }
    let line = FLVTagLine(record: record, detail: detail)
    guard wants(line, &inspector) else { return try list(record.findings) }
    listed += 1
    switch request.format {
    case .text: try output.write(FLVDumpText.lines(line, onlyChanges: request.onlyChanges))
    case .json, .jsonl: try lines.add(line)
    }
  }

  /// Lists findings about a tag that is not.
  private func list(_ findings: [Finding]) throws {
    guard listsFindings else { return }
    for finding in findings { try output.write(FLVDumpText.finding(finding)) }
  }

  /// Hands on what is printed so far; whoever watches a live input wants it now.
  func flush() throws {
    try lines.settle()
    try output.flush()
  }

  // MARK: The end

  func finish(_ result: FLVDumpResult) throws {
    switch request.format {
    case .json:
      try lines.print { writer in
        writer.end(FLVDumpReport.document, of: result, behind: "tags", isListed: listsTags)
      }
    case .jsonl:
      if !listsTags {
        try lines.print { writer in
          FLVDumpReport.document.write(result, into: &writer)
          writer.newline()
        }
      }
    case .text:
      if request.isSummary || request.follows {
        try output.write(FLVDumpSummary.text(result))
      } else if listsFindings {
        try output.write(FLVDumpSummary.verdict(result))
      }
    }
    try flush()
  }
}
