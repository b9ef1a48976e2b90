internal import MediaCLI
internal import MediaIO
internal import MediaModel

/// What is written besides the recording.
struct RTSPPullFiles {
  var transcript: ResultOutput?
  var capture: RTSPCapture?
  var gaps: JSONLineFile<RecordingGap>?

  /// Hands on what is written so far.
  func flush(_ input: RTSPInput?) throws {
    if let transcript, let text = input?.transcript?.takeText(), !text.isEmpty {
      try transcript.write(text)
      try transcript.flush()
    }
    try capture?.flush()
  }
}

// What becomes of what is played.

extension RTSPPullRun {
  /// Years of outages are all in --gaps, but not in memory.
  private static let kept = 1000

  func openOutputs() throws {
    let arguments = request.arguments
    let plan = request.recording
    if plan.output != nil || plan.snapshot != nil {
      recording = try Recording(plan, environment) { [unowned self] in try hear($0) }
    }
    files.transcript = try arguments[RTSPPull.transcript].map {
      try ResultOutput(
        path: $0, force: arguments[CommonOptions.force], isRecording: true,
        environment: environment)
    }
    files.capture = try arguments[RTSPPull.capture].map {
      try RTSPCapture($0, force: arguments[CommonOptions.force], environment)
    }
    files.gaps = try arguments[ConnectionOptions.gaps].map {
      try JSONLineFile(
        $0, of: RecordingGap.report, force: arguments[CommonOptions.force], environment)
    }
  }

  private func hear(_ news: RecordingNews) throws {
    var event = RTSPPullEvent()
    switch news {
    case .opened(let path):
      if result.files.count < Self.kept { result.files.append(path) }
      event.file = path
      try printer.event("file", event)
      try files.gaps?.begin()
    case .closed(let segment):
      result.frames += segment.frames
      result.duration += Double(segment.duration) / 1e9
      event.file = segment.path
      try printer.event("closed", event)
    case .gap(let gap): try tell(gap)
    case .configuration(let words):
      say(.detail, words)
      event.message = words
      try printer.event("configuration", event)
    case .note(let words):
      note(words)
      event.message = words
      try printer.event("note", event)
    case .snapshot(let path):
      result.files.append(path)
      event.file = path
      try printer.event("snapshot", event)
    }
  }

  private func tell(_ gap: RecordingGap) throws {
    if result.gaps.count < Self.kept { result.gaps.append(gap) }
    result.missing += gap.length
    say(.warning, "\(gap)")
    var event = RTSPPullEvent()
    event.gap = gap
    try printer.event("gap", event)
    try files.gaps?.add(gap)
  }

  // MARK: The end

  func finishOutputs() throws {
    try endReception()
    try record { try $0.finish() }
    complete()
    input?.transcript?.finish()
    try files.flush(input)
    try files.transcript?.finish()
    try files.capture?.finish()
    if result.frames > 0 { try files.gaps?.finish() } else { files.gaps?.abandon() }
  }

  func finish() throws -> ExitCode {
    failure = failure ?? input?.failure ?? nothing
    result.failure = failure.map { FailedInput(name, $0, redactor) }
    printer.status.clear()
    // What fails before it has a result prints none.
    let hasPlayed = result.streams.contains { $0.figures.packets > 0 }
    let isDescribed = request.onlyDescribes && result.presentation != nil
    if hasPlayed || isDescribed || request.showsDoctor && !result.doctor.isEmpty {
      try printer.finish(result)
    }
    return request.expectations.verdict(result, RTSPPullReport.document, failure) {
      say(.error, $0)
    }
  }

  /// What is wrong where all went well and nothing came of it.
  private var nothing: Failure? {
    guard !request.onlyDescribes else { return nil }
    if result.streams.allSatisfy({ $0.figures.packets == 0 }) {
      let words = result.ending.map { ": \($0)" } ?? ""
      return Failure(.unavailable, "the presentation ended before anything came\(words)")
    }
    guard let recording, recording.frames == 0, result.files.isEmpty else { return nil }
    return Failure(.dataError, "nothing could be recorded: no whole keyframe came")
  }
}
