internal import MediaIO
internal import MediaJSON

/// Prints packets as they are found and a report behind them, in each result format.
final class PacketListPrinter<Line: Sendable, Result> {
  /// What is printed.
  struct Content {
    /// The document, whose member `packets` is the list; text needs none, and it takes a while to
    /// make.
    var document: @Sendable () -> Report<Result>
    var packet: @Sendable () -> Report<Line>
    /// The heading of the list as text, and a line of it.
    var columns: String
    var text: (Line) -> String
  }

  private let content: Content
  private let format: ResultFormat
  private let isListed: Bool
  /// The result before anything is known of it.
  private let empty: Result
  private let output: any ByteOutput
  private let lines: JSONLinePrinter<Line>
  private var hasBegun = false

  /// `runsAhead` prints on a thread of its own, which nobody may wait for.
  init(
    _ content: Content, _ format: ResultFormat, isListed: Bool, empty: Result,
    _ output: any ByteOutput, runsAhead: Bool
  ) {
    self.content = content
    self.format = format
    self.isListed = isListed
    self.empty = empty
    self.output = output
    let isLine = format == .jsonl
    let packet = content.packet
    lines = JSONLinePrinter(
      style: isLine ? .compact : .pretty, output: output, runsAhead: runsAhead
    ) { line, writer in
      packet().write(line, into: &writer)
      if isLine { writer.newline() }
    }
  }

  /// Prints what stands in front, when there is a first result.
  private func begin() throws {
    guard !hasBegun else { return }
    hasBegun = true
    switch format {
    case .json:
      try lines.print { writer in
        writer.begin(content.document(), of: empty, upTo: "packets", isListed: isListed)
      }
    case .text: if isListed { try output.write(content.columns) }
    case .jsonl: break
    }
  }

  func packet(_ line: Line) throws {
    try begin()
    switch format {
    case .text: try output.write(content.text(line))
    case .json, .jsonl: try lines.add(line)
    }
  }

  /// Prints a line between packets, where each is a line of JSON.
  func event<Subject>(
    _ name: String, at time: Double?, _ report: Report<Subject>,
    _ subject: @autoclosure () -> Subject
  ) throws {
    guard format == .jsonl else { return }
    try lines.print { writer in writer.event(name, at: time, report, subject()) }
  }

  /// Hands on what is printed so far: whoever watches wants it now.
  func flush() throws {
    try lines.settle()
    try output.flush()
  }

  /// Prints the report, which ends at `time`; `text` is that for a person, if one reads it.
  func finish(_ result: Result, at time: Double?, text: @autoclosure () -> String?) throws {
    switch format {
    case .json:
      try begin()
      try lines.print { writer in
        writer.end(content.document(), of: result, behind: "packets", isListed: isListed)
      }
    case .jsonl: try event("report", at: time, content.document(), result)
    case .text:
      guard let text = text() else { break }
      try begin()
      try output.write(text)
    }
    try flush()
  }
}
