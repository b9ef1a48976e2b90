internal import MediaBytes
internal import MediaCLI
internal import MediaFLV
internal import MediaIO
internal import MediaJSON
internal import MediaModel

/// Prints tags as they are found, and the rest at the end.
final class FLVDumpPrinter: FLVTagObserver {
  private static let drainAt = 60_000
  private static let findingsKept = 1000

  private let request: FLVDumpRequest
  private let name: String
  private let output: any ByteOutput
  private let filter: FLVTagFilter
  private let limit: Int
  private var writer: JSONWriter
  private var detail = FLVTagDetail()
  private var listed = 0
  private var collector = FindingCollector(keptOfEach: FLVDumpPrinter.findingsKept)
  private(set) var counts: [Severity: Int] = [:]
  private let detailer: FLVTagDetailer
  /// Whether as many tags are listed as were asked for, and nothing else needs the rest.
  private(set) var isDone = false

  init(request: FLVDumpRequest, name: String, output: any ByteOutput) {
    self.request = request
    self.name = name
    self.output = output
    filter = FLVTagFilter(request.arguments)
    limit = request.arguments[FLVDump.limit] ?? Int.max
    writer = JSONWriter(style: request.format == .json ? .pretty : .compact)
    detailer = FLVTagDetailer(request)
  }

  var findings: [Finding] { collector.all() }
  var bodyPrefix: Int { detailer.bodyPrefix }
  private var listsTags: Bool { !request.isSummary && !listsFindings }
  /// A person who asks for a check wants to see what it found.
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
    guard request.format == .text, listsTags || listsFindings, !request.onlyChanges else { return }
    try output.write(FLVDumpText.finding(finding))
  }

  func begin() throws {
    guard request.format == .json else { return }
    writer.beginObject()
    FLVDumpReport.document.writeFields(
      of: FLVDumpResult(input: name, inspector: FLVInspector()), .before("tags"), into: &writer)
    guard listsTags else { return }
    writer.key("tags")
    writer.beginArray()
  }

  // MARK: The walk

  func header(_ header: FLVHeader, at offset: Int) throws {
    guard request.format == .text, listsTags, !request.onlyChanges else { return }
    let columns = offset == 0 ? FLVDumpText.columns : ""
    try output.write(FLVDumpText.header(header, at: offset) + columns)
  }

  func tag(_ record: inout FLVTagRecord, body: RawSpan, _ inspector: inout FLVInspector) throws {
    detail = detailer.detail(&record, body: body, &inspector)
  }

  func complete(_ record: FLVTagRecord, _ inspector: FLVInspector) throws {
    for finding in record.findings {
      add(finding)
      if listsFindings { try output.write(FLVDumpText.finding(finding)) }
    }
    guard listsTags, listed < limit else { return }
    let line = FLVTagLine(record: record, detail: detail)
    guard filter.wants(line, inspector), !request.onlyChanges || !detail.changes.isEmpty else {
      return
    }
    listed += 1
    // Checks and expectations are about the whole input.
    if listed == limit, !request.checks, request.expectations.isEmpty { isDone = true }
    switch request.format {
    case .text: try output.write(FLVDumpText.lines(line, onlyChanges: request.onlyChanges))
    case .json: FLVTagReport.report.write(line, into: &writer)
    case .jsonl:
      FLVTagReport.report.write(line, into: &writer)
      writer.newline()
    }
    if writer.byteCount > Self.drainAt { try writer.drain(to: output) }
  }

  /// Hands on what is printed so far; whoever watches a live input wants it now.
  func flush() throws {
    try writer.drain(to: output)
    try output.flush()
  }

  // MARK: The end

  func finish(_ result: FLVDumpResult) throws {
    switch request.format {
    case .json:
      if listsTags { writer.endArray() }
      FLVDumpReport.document.writeFields(of: result, .after("tags"), into: &writer)
      writer.endObject()
      writer.newline()
    case .jsonl:
      if !listsTags {
        FLVDumpReport.document.write(result, into: &writer)
        writer.newline()
      }
    case .text:
      if request.isSummary || request.follows {
        try output.write(FLVDumpSummary.text(result))
      } else if listsFindings {
        try output.write(FLVDumpSummary.verdict(result))
      }
    }
    try writer.drain(to: output)
    try output.flush()
  }
}
