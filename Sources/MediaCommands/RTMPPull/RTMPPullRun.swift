internal import MediaCLI
internal import MediaFLV
internal import MediaIO
internal import MediaModel
internal import MediaRTMP

/// `mediatool rtmp-pull`: one URL from the first connection to the exit code.
final class RTMPPullRun {
  let request: RTMPPullRequest
  let environment: CommandEnvironment
  let diagnostics: Diagnostics
  let redactor: Redactor
  let printer: RTMPPullPrinter
  /// The URL without its secrets.
  let name: String
  var result: RTMPPullResult
  var timeline = PullTimeline()
  var sink: (any PullSink)?
  var gaps: JSONLineFile<RecordingGap>?
  var inspector = FLVInspector()
  var checker = FLVChecker()
  var findings = FindingCollector(keptOfEach: 100)
  /// How many bytes the messages are as tags of FLV.
  var byteCount = FLVWriter.openingByteCount
  /// Why it ended early, where that was not the server.
  var failure: Failure?
  private let driver: Driver
  private var input: PullInput?
  /// Why playing failed.
  var inputFailure: Failure? { input?.failure }
  private var nextReport: Nanoseconds = 0
  /// What was said of an outage that media has not ended yet, and whether that it plays again.
  private var (saidOutage, saidReturn): (String?, Bool) = (nil, false)
  /// Whether the publisher has left, which is not said yet: a recording may have ended.
  private var isWaiting = false

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    request = try RTMPPullRequest(arguments, environment)
    self.environment = environment
    diagnostics = Diagnostics(command: "rtmp-pull", arguments: arguments, environment: environment)
    redactor = Redactor([arguments.operands[0]], secrets: request.secrets)
    name = request.url.description
    result = RTMPPullResult(input: name)
    printer = RTMPPullPrinter(request, environment, diagnostics)
    driver = try Driver()
  }

  /// - Throws: `Failure` where outputs cannot be made or written.
  func run() throws -> ExitCode {
    try openOutputs()
    checker.header(FLVHeader(hasAudio: true, hasVideo: true), at: 0)
    let input = try makeInput()
    self.input = input
    nextReport = MonotonicClock.now().addingOrMax(1_000_000_000)
    do {
      input.start()
      try play(input)
      try finishOutputs()
    } catch {
      sink?.abandon()
      throw error
    }
    // The server is told, and what it still says is of no more use.
    _ = try driver.run(until: MonotonicClock.now().addingOrMax(200_000_000))
    return try finish()
  }

  private func openOutputs() throws {
    sink = try request.output.map { try makeSink($0.path, $0.format) }
    gaps = try request.arguments[ConnectionOptions.gaps].map {
      try JSONLineFile(
        $0, of: RecordingGap.report, force: request.arguments[CommonOptions.force], environment)
    }
  }

  private func makeInput() throws -> PullInput {
    // Only Adobe's own servers want digests, and others do without.
    let hashes = request.url.user == nil ? try? HashFunctions() : try HashFunctions()
    let options = try request.options(
      traces: diagnostics.verbosity >= 2, usesDigests: hashes != nil
    ) { [unowned self] in Double(timeline.end) / 1000 }
    return PullInput(
      request.url, driver, options, RTMPFunctions(hashes: hashes),
      seed: UInt64.random(in: 0...UInt64.max)
    ) { [unowned self] news in try hear(news) }
  }

  private func play(_ input: PullInput) throws {
    while !input.isEnded {
      let ending = try driver.run(until: nextReport)
      if let signal = Signals.received {
        failure = Failure(.signal(signal), "interrupted")
        input.finish()
      } else if case .finished = ending {
        input.fail(Failure(.software, "nothing is left to wait for"))
      }
      try sink?.flush()
      try printer.flush()
      try reportIfDue()
    }
    complete()
  }

  private func reportIfDue() throws {
    let now = MonotonicClock.now()
    guard now >= nextReport else { return }
    nextReport = now.addingOrMax(1_000_000_000)
    complete()
    if isWaiting {
      isWaiting = false
      try tell("left", "the publisher left; waiting for its return", .warning)
    }
    printer.progress(result)
  }

  /// Brings the result up to date.
  private func complete() {
    guard let input else { return }
    (result.state, result.phases) = (input.state, input.phases)
    (result.reconnects, result.networkBytes) = (input.reconnects, input.byteCount)
    result.doctor = input.deviations
    (result.end, result.leftOut) = (timeline.end, timeline.leftOut)
    (result.sourceOffset, result.facts) = (timeline.sourceOffset, inspector.facts)
  }

  // MARK: What happens meanwhile

  private func hear(_ news: PullNews) throws {
    var event = RTMPPullEvent()
    switch news {
    case .media(let message):
      (saidOutage, saidReturn, isWaiting) = (nil, false, false)
      try take(message)
    case .playing(let phases):
      timeline.interrupt("the server moved the stream")
      let isAgain = saidOutage != nil && !saidReturn
      saidReturn = true
      say(isAgain ? .warning : .detail, "playing (\(phases.words(start: "play")))")
      event.phases = phases
      try printer.event("playing", event)
    case .lost(let failure, let retry):
      let message = redactor.redact(failure.message)
      timeline.interrupt(message)
      // An outage of hours ends each try the same way; the last failure is said at the end.
      if let retry {
        let next = ", next try in \(Quantity.seconds(Double(retry) / 1e9))"
        say(saidOutage != message ? .warning : .detail, message + next)
      }
      saidOutage = message
      (event.message, event.exit, event.retry) = (message, failure.exit, retry)
      try printer.event(retry == nil ? "failed" : "lost", event)
    case .moving(let url):
      event.message = "the server asks to go on at \(url)"
      say(.detail, event.message ?? "")
      try printer.event("reconnect_request", event)
    case .ended(let status):
      isWaiting = false
      let text = status.map { redactor.redact($0.text) } ?? "Stream EOF"
      result.ending = text
      say(.detail, "the server ended the stream: \(text)")
      (event.code, event.message) = (status?.code, text)
      try printer.event("ended", event)
    case .left:
      timeline.interrupt("the publisher left", mayRepeat: false)
      isWaiting = true
    case .status(let status):
      say(.detail, "the server says \(status.text)")
      (event.code, event.message) = (status.code, redactor.redact(status.text))
      try printer.event("status", event)
    case .deviation(let deviation):
      say(.detail, "\(deviation)")
      (event.code, event.deviation) = (deviation.code.name, deviation)
      try printer.event("deviation", event)
    case .trace(let trace): say(.detail, trace.words)
    }
  }

  private func take(_ message: RTMPMessage) throws {
    let moment = PullTimeline.Moment(now: MonotonicClock.now(), wall: WallClock.now())
    let hadBegun = timeline.sourceOffset != nil
    let messages = timeline.take(message, at: moment)
    if !hadBegun, let offset = timeline.sourceOffset {
      var event = RTMPPullEvent()
      event.sourceOffset = offset
      try printer.event("begin", event)
    }
    for gap in timeline.takeGaps() { try tell(gap) }
    for message in messages {
      if message.isFrame, let duration = request.duration, message.time >= duration {
        input?.finish()
        return
      }
      try record(message)
    }
    // What has come is handed on before more is waited for.
    driver.stop()
  }

  // MARK: Words

  /// Says something that holds no secret of ours; a server's words may.
  func say(_ level: Diagnostics.Level, _ text: String) {
    printer.status.clear()
    diagnostics.say(level, subject: name, redactor.redact(text))
  }
}
