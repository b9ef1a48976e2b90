// Checks an FLV file: one line for each finding, with code, place and clause.
import MediaFLV
import MediaIO
import MediaModel

guard CommandLine.arguments.count == 2 else { fatalError("usage: flv-findings IN.flv") }
let input = try ReadableFile.open(CommandLine.arguments[1])
var (reader, inspector, checker) = (FLVReader(), FLVInspector(), FLVChecker())
var header: FLVHeader?
var isAtEnd = false

while !isAtEnd {
  guard let event = try reader.next() else {
    let bytes = try input.read(upTo: 1 << 16)
    if bytes.isEmpty { reader.finish() } else { reader.receive(bytes.span) }
    continue
  }
  var findings: [Finding] = []
  switch event {
  case .header(let found, let offset):
    header = header ?? found
    checker.header(found, at: offset)
  case .tag(let tag, let body):
    guard var record = inspector.inspect(tag, body: body.span.bytes) else { continue }
    checker.check(&record, inspector)
    findings = record.findings
  case .tagEnd(let size): findings = checker.previousTagSize(size)
  case .skipped(let skip):
    inspector.skip(skip)
    checker.skipped(skip)
  case .end(let end):
    if let skip = end.skipped { inspector.skip(skip) }
    findings = checker.finish(
      inspector, header: header, end: end, byteCount: input.byteCount.map { Int($0) })
    isAtEnd = true
  }
  for finding in findings { print(finding) }
}
