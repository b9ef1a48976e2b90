internal import MediaCLI
internal import MediaFLV
internal import MediaIO
internal import MediaJSON
internal import MediaModel

/// Prints what happens as it happens, and the rest at the end.
final class RTMPPullPrinter {
  let status: StatusLine
  private let request: RTMPPullRequest
  private let environment: CommandEnvironment
  private let isSilent: Bool
  private let start: Int64
  private var writer = JSONWriter(style: .compact)
  private var lastBytes: Int64 = 0
  private var lastTime: Int64

  init(
    _ request: RTMPPullRequest, _ environment: CommandEnvironment, _ diagnostics: Diagnostics
  ) {
    (self.request, self.environment) = (request, environment)
    isSilent = diagnostics.verbosity < 0
    status = StatusLine(request.arguments, environment, diagnostics)
    start = environment.now()
    lastTime = start
  }

  // MARK: Meanwhile

  /// Tells of something that happened, where lines of JSON are wanted.
  func event(_ name: String, _ event: RTMPPullEvent) throws {
    guard request.format == .jsonl else { return }
    let seconds = Double(environment.now() - start) / 1e9
    writer.event(name, at: seconds, RTMPPullReport.event, event)
    try flush()
  }

  /// Prints a message.
  func message(_ record: FLVTagRecord) throws {
    guard request.format == .jsonl else { return }
    FLVTagReport.report.write(FLVTagLine(record: record), into: &writer)
    writer.newline()
    if writer.byteCount > 60_000 { try writer.drain(to: environment.standardOutput) }
  }

  /// Hands on what is printed so far: whoever watches wants it now.
  func flush() throws {
    try writer.drain(to: environment.standardOutput)
    try environment.standardOutput.flush()
  }

  /// Says how it goes on, each second.
  func progress(_ result: RTMPPullResult) {
    guard status.isShown else { return }
    let now = environment.now()
    let elapsed = max(Double(now - lastTime) / 1e9, 0.001)
    let rate = Double(result.networkBytes - lastBytes) * 8 / elapsed
    (lastTime, lastBytes) = (now, result.networkBytes)
    var parts = [
      Quantity.time(Double(result.end) / 1000), Quantity.bitRate(rate),
      Quantity.counted(result.frames, "frame"),
    ]
    if !result.gaps.isEmpty { parts.append(Quantity.counted(result.gaps.count, "gap")) }
    if result.state != .playing { parts.append(result.state.rawValue) }
    status.show(parts.joined(separator: "  "))
  }

  // MARK: The end

  func finish(_ result: RTMPPullResult) throws {
    switch request.format {
    case .json:
      writer = JSONWriter(style: .pretty)
      RTMPPullReport.document.write(result, into: &writer)
      writer.newline()
    case .jsonl:
      let seconds = Double(environment.now() - start) / 1e9
      writer.event("report", at: seconds, RTMPPullReport.document, result)
    case .text:
      guard request.reports, !isSilent else { break }
      try environment.standardOutput.write(Quantity.printableLines(text(result)))
    }
    try flush()
  }

  private func text(_ result: RTMPPullResult) -> String {
    var lines = [
      "\(result.input): \(result.state.rawValue); "
        + "\(Quantity.counted(result.frames, "frame")), \(Quantity.bytes(result.payloadBytes)), "
        + "\(Quantity.time(Double(result.end) / 1000)); \(result.leftOut) left out, "
        + Quantity.counted(result.reconnects, "reconnect")
    ]
    let phases = result.phases.words(start: "play")
    if !phases.isEmpty { lines.append("   \(phases)") }
    lines += result.facts.streams.flatMap { FLVStreamLine($0).lines }.map { " " + $0 }
    lines += result.gaps.map { "   \($0)" }
    if request.showsDoctor {
      lines += result.doctor.map { "   \($0)" }
      if result.doctor.isEmpty { lines.append("   nothing odd about this server") }
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
