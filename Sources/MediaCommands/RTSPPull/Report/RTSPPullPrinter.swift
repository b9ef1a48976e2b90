internal import MediaCLI
internal import MediaIO
internal import MediaJSON
internal import MediaModel
internal import MediaRTSP

/// Prints what happens as it happens, and the rest at the end.
final class RTSPPullPrinter {
  let status: StatusLine
  private let request: RTSPPullRequest
  private let environment: CommandEnvironment
  private let isSilent: Bool
  private let start: Int64
  private var writer = JSONWriter(style: .compact)
  private var statistics: RTSPStatsLine

  init(
    _ request: RTSPPullRequest, _ environment: CommandEnvironment, _ diagnostics: Diagnostics
  ) {
    (self.request, self.environment) = (request, environment)
    isSilent = diagnostics.verbosity < 0
    status = StatusLine(
      request.arguments, environment, diagnostics, isWanted: request.showsStatistics)
    start = environment.now()
    statistics = RTSPStatsLine(isTerminal: environment.errorIsTerminal)
  }

  /// Seconds since the beginning.
  var elapsed: Double { Double(environment.now() - start) / 1e9 }

  // MARK: Meanwhile

  /// Tells of something that happened, where lines of JSON are wanted.
  func event(_ name: String, _ event: RTSPPullEvent) throws {
    guard request.format == .jsonl else { return }
    writer.event(name, at: elapsed, RTSPPullReport.event, event)
    try flush()
  }

  /// Whether anybody wants figures each second.
  var wantsFigures: Bool { request.format == .jsonl || status.isShown }

  /// Tells the figures of a second.
  func figures(_ interval: RTSPInterval, _ state: RTSPInput.State) throws {
    if request.format == .jsonl {
      writer.event("stats", at: elapsed, RTSPInterval.report, interval)
      try flush()
    }
    guard status.isShown, let words = statistics.text(interval, at: environment.now()) else {
      return
    }
    status.show(state == .playing ? words : "\(words)  \(state.rawValue)")
  }

  /// Hands on what is printed so far: whoever watches wants it now.
  func flush() throws {
    try writer.drain(to: environment.standardOutput)
    try environment.standardOutput.flush()
  }

  // MARK: The end

  func finish(_ result: RTSPPullResult) throws {
    switch request.format {
    case .json:
      writer = JSONWriter(style: .pretty)
      RTSPPullReport.document.write(result, into: &writer)
      writer.newline()
    case .jsonl: writer.event("report", at: elapsed, RTSPPullReport.document, result)
    case .text:
      guard request.reports, !isSilent else { break }
      try environment.standardOutput.write(Quantity.printableLines(text(result)))
    }
    try flush()
  }

  private func text(_ result: RTSPPullResult) -> String {
    var lines = [head(result)]
    if !result.phases.words.isEmpty { lines.append("  \(result.phases.words)") }
    if request.onlyDescribes || result.streams.isEmpty, let presentation = result.presentation {
      lines += RTSPPresentationReport.lines(presentation)
      if request.onlyDescribes {
        let text = String(decoding: presentation.text, as: UTF8.self)
        lines += [""] + text.split(whereSeparator: \.isNewline).map(String.init)
      }
    }
    lines += result.streams.flatMap(\.lines).map { "  \($0)" }
    lines += result.gaps.map { "  \($0)" }
    lines += RTPFindingReport.lines(result.findings).map { "  \($0)" }
    if request.showsDoctor {
      lines += result.doctor.map { "  \($0)" }
      if result.doctor.isEmpty { lines.append("  nothing odd about this server") }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func head(_ result: RTSPPullResult) -> String {
    if request.onlyDescribes { return result.input }
    var parts = [result.state.rawValue]
    let snapshot = request.recording.snapshot
    if result.frames > 0 {
      let frames = Quantity.counted(result.frames, "frame")
      let place = place(of: result.files.filter { $0 != snapshot })
      parts.append("\(frames), \(Quantity.time(result.duration)) recorded\(place)")
    }
    if let snapshot, result.files.contains(snapshot) { parts.append("picture in \(snapshot)") }
    if result.reconnects > 0 { parts.append(Quantity.counted(result.reconnects, "reconnect")) }
    if let ending = result.ending { parts.append(ending) }
    return "\(result.input): \(parts.joined(separator: "; "))"
  }

  private func place(of files: [String]) -> String {
    guard let first = files.first else { return "" }
    return files.count == 1 ? " in \(first)" : " in \(first) and \(files.count - 1) more"
  }
}
