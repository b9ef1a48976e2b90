internal import MediaIO
internal import MediaJSON

/// Prints packets as lines of JSON on a thread of its own, while the next ones are read.
final class PacketLinePrinter {
  private static let batchCount = 512
  private let worker: SerialWorker<[PacketLine], IOFailure>
  private var batch: [PacketLine] = []

  /// Until `finish`, `output` belongs to the thread.
  ///
  /// - Throws: `IOFailure` where there is no thread to be had.
  init(_ report: Report<PacketLine>, output: any ByteOutput) throws(IOFailure) {
    let page = Page(report, output)
    worker = try SerialWorker(capacity: 4) { (batch) throws(IOFailure) in try page.print(batch) }
  }

  /// - Throws: what writing this or an earlier line throws.
  func add(_ line: PacketLine) throws(IOFailure) {
    batch.append(line)
    if batch.count == Self.batchCount { try handOver() }
  }

  /// Waits until every line is written.
  func finish() throws(IOFailure) {
    try handOver()
    try worker.drain()
  }

  private func handOver() throws(IOFailure) {
    try worker.put(batch)
    batch = []
    batch.reserveCapacity(Self.batchCount)
  }

  /// What the thread owns; nobody else touches it while the thread works.
  private final class Page: @unchecked Sendable {
    private let report: Report<PacketLine>
    private let output: any ByteOutput
    private var writer = JSONWriter(style: .compact)

    init(_ report: Report<PacketLine>, _ output: any ByteOutput) {
      self.report = report
      self.output = output
    }

    func print(_ batch: [PacketLine]) throws(IOFailure) {
      for line in batch { writer.event("packet", at: line.dtsTime ?? line.ptsTime, report, line) }
      try writer.drain(to: output)
    }
  }
}

extension JSONWriter {
  /// Writes one line of JSONL.
  mutating func event<Subject>(
    _ name: String, at time: Double?, _ report: Report<Subject>, _ subject: Subject
  ) {
    beginObject()
    key("event")
    string(name)
    key("time")
    if let time { real(time) } else { null() }
    report.writeFields(of: subject, .all, into: &self)
    endObject()
    newline()
  }
}
