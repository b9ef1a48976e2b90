internal import MediaCLI
internal import MediaFLV
internal import MediaIO
internal import MediaModel

// What becomes of what is played.

extension RTMPPullRun {
  /// Years of outages are all in --gaps, but not in memory.
  private static let gapsKept = 1000

  func makeSink(_ path: String, _ format: PullFormat) throws -> any PullSink {
    let files = RecordedFiles(path, force: request.arguments[CommonOptions.force], environment) {
      [unowned self] in result.files.append($0)
    }
    switch format {
    case .flv: return FLVPullSink(try files.next(), hasWayBack: files.isRegular)
    case .container(let suffix):
      guard let format = ContainerFormat(suffix: suffix) else {
        preconditionFailure("no container \(suffix)")
      }
      return try ContainerPullSink(format, files)
    }
  }

  /// Counts a message, prints it and writes it.
  func record(_ message: PullMessage) throws {
    let header = FLVTagHeader(
      message.type, dataSize: UInt32(clamping: message.payload.count),
      timestamp: Int32(truncatingIfNeeded: message.time))
    let tag = FLVTag(index: result.messages, offset: byteCount, header: header)
    guard var record = inspector.inspect(tag, body: message.payload.span.bytes) else { return }
    byteCount = tag.body.upperBound + 4
    result.messages += 1
    result.payloadBytes += Int64(message.payload.count)
    if message.isFrame { result.frames += 1 }
    if record.mediaKind == .video, record.isKeyframe { result.keyframes += 1 }
    if !checker.passes(&record) { checker.check(&record, inspector) }
    for finding in record.findings { findings.add(finding) }
    for change in record.configurationChanges where change.before != nil {
      let words = CodecInfo(inspector.streams[change.stream]).words
      try tell("configuration", "#\(change.stream) goes on as \(words)", .detail)
    }
    try printer.message(record)
    try sink?.write(message, record, inspector)
    for note in sink?.takeNotes() ?? [] {
      result.notes.append(note)
      try tell("warning", note, .warning)
    }
    if message.isFrame, result.frames == 1 { try gaps?.begin() }
  }

  func tell(
    _ name: String, _ message: String, _ level: Diagnostics.Level
  ) throws {
    say(level, message)
    var event = RTMPPullEvent()
    event.message = message
    try printer.event(name, event)
  }

  func tell(_ gap: RecordingGap) throws {
    if result.gaps.count < Self.gapsKept { result.gaps.append(gap) }
    result.missing += gap.length
    say(.warning, "\(gap)")
    var event = RTMPPullEvent()
    event.gap = gap
    try printer.event("gap", event)
    try gaps?.add(gap)
  }

  // MARK: The end

  func finishOutputs() throws {
    guard result.frames > 0 else {
      sink?.abandon()
      gaps?.abandon()
      return result.files = []
    }
    try sink?.finish(inspector)
    try gaps?.finish()
  }

  func finish() throws -> ExitCode {
    result.findings = findings.all()
    if result.frames == 0, failure == nil, result.state == .finished {
      let words = result.ending.map { ": \($0)" } ?? ""
      failure = Failure(.unavailable, "the stream ended before anything came\(words)")
    }
    if failure == nil { failure = inputFailure }
    result.failure = failure.map { FailedInput(name, $0, redactor) }
    printer.status.clear()
    // What fails before it has a result prints none.
    if result.messages > 0 || request.showsDoctor && !result.doctor.isEmpty {
      try printer.finish(result)
    }
    return request.expectations.verdict(result, RTMPPullReport.document, failure) {
      say(.error, $0)
    }
  }
}
