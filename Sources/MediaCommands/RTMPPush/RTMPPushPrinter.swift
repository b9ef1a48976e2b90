internal import MediaCLI
internal import MediaIO
internal import MediaJSON
internal import MediaModel
internal import MediaRTMP

/// Prints what happens as it happens, and the rest at the end.
final class RTMPPushPrinter {
  private let request: RTMPPushRequest
  private let environment: CommandEnvironment
  private let isSilent: Bool
  private let status: StatusLine
  private let start: Int64
  private var writer = JSONWriter(style: .compact)
  /// Why an event could not be printed; thrown as soon as that is possible.
  private var failure: IOFailure?
  private var lastBytes: Int64 = 0
  private var lastTime: Int64

  init(
    _ request: RTMPPushRequest, _ environment: CommandEnvironment, _ diagnostics: Diagnostics
  ) {
    (self.request, self.environment) = (request, environment)
    isSilent = diagnostics.verbosity < 0
    status = StatusLine(request.arguments, environment, diagnostics)
    start = environment.now()
    lastTime = start
  }

  private var seconds: Double { Double(environment.now() - start) / 1e9 }

  // MARK: Meanwhile

  /// Tells of one URL, where lines of JSON are wanted.
  func event(_ name: String, _ event: RTMPPushEvent) {
    guard request.format == .jsonl else { return }
    writer.event(name, at: seconds, RTMPPushReport.event, event)
    do throws(IOFailure) {
      try writer.drain(to: environment.standardOutput)
      try environment.standardOutput.flush()
    } catch {
      failure = failure ?? error
    }
  }

  /// Tells how it goes on, each second.
  func progress(_ result: RTMPPushResult) throws {
    if let failure { throw failure }
    if request.format == .jsonl {
      writer.event("progress", at: seconds, RTMPPushReport.progress, result)
      try writer.drain(to: environment.standardOutput)
      try environment.standardOutput.flush()
    }
    if status.isShown { status.show(line(result)) }
  }

  private func line(_ result: RTMPPushResult) -> String {
    let (now, bytes) = (environment.now(), result.outputs.reduce(0) { $0 + $1.totals.bytes })
    let elapsed = max(Double(now - lastTime) / 1e9, 0.001)
    let rate = Double(bytes - lastBytes) * 8 / elapsed
    (lastTime, lastBytes) = (now, bytes)
    let outputs = result.outputs
    var parts = [
      Quantity.time(Double(outputs.map(\.totals.mediaTime).max() ?? 0) / 1000),
      Quantity.bitRate(rate),
      Quantity.counted(outputs.reduce(0) { $0 + $1.totals.frames }, "frame"),
      "queue \(Quantity.seconds(Double(outputs.map(\.queued).max() ?? 0) / 1000))",
    ]
    if let roundTrip = outputs.compactMap(\.roundTrip).max() {
      parts.append("rtt \(Quantity.short(Double(roundTrip) / 1e6, digits: 1)) ms")
    }
    parts.append("dropped \(outputs.reduce(0) { $0 + $1.dropped })")
    if let lateness = result.lateness {
      parts.append("late \(Quantity.seconds(Double(lateness) / 1e9))")
    }
    if outputs.count > 1 {
      parts.append("\(outputs.count { $0.state == .publishing }) of \(outputs.count) publishing")
    }
    return parts.joined(separator: "  ")
  }

  /// Takes the line away, before something else is said.
  func clearLine() { status.clear() }

  // MARK: The end

  func finish(_ result: RTMPPushResult) throws {
    if let failure { throw failure }
    let output = environment.standardOutput
    switch request.format {
    case .json:
      var writer = JSONWriter(style: .pretty)
      RTMPPushReport.document.write(result, into: &writer)
      writer.newline()
      try writer.drain(to: output)
    case .jsonl:
      RTMPPushReport.document.write(result, into: &writer)
      writer.newline()
      try writer.drain(to: output)
    case .text:
      if !isSilent { try output.write(Quantity.printableLines(text(result))) }
    }
    try output.flush()
  }

  private func text(_ result: RTMPPushResult) -> String {
    var text = ""
    for output in result.outputs {
      let totals = output.totals
      text +=
        "#\(output.index) \(output.url): \(output.state.rawValue); "
        + "\(Quantity.counted(totals.frames, "frame")), \(Quantity.bytes(totals.bytes)), "
        + "\(Quantity.time(Double(totals.mediaTime) / 1000)); \(output.dropped) dropped, "
        + "\(Quantity.counted(totals.reconnects, "reconnect"))\n"
      let phases = output.phases.words(start: "publish")
      if !phases.isEmpty { text += "   \(phases)\n" }
      guard request.showsDoctor else { continue }
      let found = result.doctor.filter { $0.output == output.index }
      if found.isEmpty { text += "   nothing odd about this server\n" }
      for each in found { text += "   \(each.deviation)\n" }
    }
    return text
  }

  // MARK: Words

  /// `video: mpeg2video becomes h264 by libx264`.
  static func words(_ track: EncodedTrack) -> String {
    "\(track.kind.rawValue): \(track.from ?? "silence") becomes \(track.to)"
      + (track.encoder.map { " by \($0)" } ?? "")
  }
}
