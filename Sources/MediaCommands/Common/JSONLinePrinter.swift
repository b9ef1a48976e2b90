internal import MediaIO
internal import MediaJSON

/// Prints lines of JSON on a thread of its own, while the next ones are found.
///
/// Few lines, and those that must not wait, are printed at once.
final class JSONLinePrinter<Line: Sendable> {
  /// What malloc takes anew from the system each time, 128 KiB and more, costs page faults; a batch
  /// of tags or packets has less.
  private static var batchCount: Int { 512 }

  private let page: Page
  private let runsAhead: Bool
  private var worker: SerialWorker<[Line], IOFailure>?
  private var batch: [Line] = []

  /// Where lines run ahead, `output` belongs to a thread until `settle`.
  init(
    style: JSONWriter.Style, output: any ByteOutput, runsAhead: Bool,
    print: @escaping @Sendable (Line, inout JSONWriter) -> Void
  ) {
    page = Page(style, output, print)
    self.runsAhead = runsAhead
  }

  /// - Throws: what writing this or an earlier line throws.
  func add(_ line: Line) throws(IOFailure) {
    guard runsAhead else { return try page.print(line) }
    if batch.isEmpty { batch.reserveCapacity(Self.batchCount) }
    batch.append(line)
    guard batch.count == Self.batchCount else { return }
    // Without a second thread, lines are printed between others.
    if worker == nil {
      worker = try? SerialWorker(capacity: 4) { [page] (batch) throws(IOFailure) in
        try page.print(batch)
      }
    }
    try handOver()
  }

  /// Prints what stands before, between or behind lines.
  func print(_ body: (inout JSONWriter) throws -> Void) throws {
    try settle()
    try body(&page.writer)
    try page.drainIfFull()
  }

  /// Waits until every line is printed, and hands all to the output.
  func settle() throws(IOFailure) {
    try handOver()
    try worker?.drain()
    try page.drain()
  }

  private func handOver() throws(IOFailure) {
    guard !batch.isEmpty else { return }
    let full = batch
    batch = []
    if let worker { try worker.put(full) } else { try page.print(full) }
  }

  /// What the thread owns; nobody else touches it while the thread works.
  private final class Page: @unchecked Sendable {
    private static var drainAt: Int { 60_000 }

    var writer: JSONWriter
    private let output: any ByteOutput
    private let print: @Sendable (Line, inout JSONWriter) -> Void

    init(
      _ style: JSONWriter.Style, _ output: any ByteOutput,
      _ print: @escaping @Sendable (Line, inout JSONWriter) -> Void
    ) {
      writer = JSONWriter(style: style)
      self.output = output
      self.print = print
    }

    func print(_ batch: [Line]) throws(IOFailure) {
      let lines = batch.span
      for index in lines.indices { print(lines[index], &writer) }
      try drainIfFull()
    }

    func print(_ line: Line) throws(IOFailure) {
      print(line, &writer)
      try drainIfFull()
    }

    func drainIfFull() throws(IOFailure) {
      if writer.byteCount > Self.drainAt { try drain() }
    }

    func drain() throws(IOFailure) { try writer.drain(to: output) }
  }
}

extension JSONWriter {
  /// Begins a document whose member `list` is filled as its elements are found; where it is not
  /// `isListed`, that member is left out.
  mutating func begin<Subject>(
    _ document: Report<Subject>, of subject: Subject, upTo list: String, isListed: Bool = true
  ) {
    beginObject()
    document.writeFields(of: subject, .before(list), into: &self)
    guard isListed else { return }
    key(list)
    beginArray()
  }

  /// Ends it with what is known then.
  mutating func end<Subject>(
    _ document: Report<Subject>, of subject: Subject, behind list: String, isListed: Bool = true
  ) {
    if isListed { endArray() }
    document.writeFields(of: subject, .after(list), into: &self)
    endObject()
    newline()
  }

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
