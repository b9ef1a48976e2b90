internal import MediaCLI
internal import MediaIO
internal import MediaModel
internal import MediaRTMP

/// `mediatool rtmp-push`: one input and its URLs from the first connection to the exit code.
final class RTMPPushRun {
  private let request: RTMPPushRequest
  private let environment: CommandEnvironment
  private let diagnostics: Diagnostics
  private let redactor: Redactor
  private let name: String
  private let printer: RTMPPushPrinter
  private let driver: Driver
  private var outputs: [PushOutput] = []
  private var result: RTMPPushResult
  /// Why reading ended early.
  private var failure: Failure?
  private var silence: AddedSilence?
  /// Whether the input comes at the pace of its times by itself.
  private var isLive = false
  /// How long ago the last message should have been sent, at the pace of its times.
  private var lateness: Nanoseconds = 0
  private var nextReport: Nanoseconds = 0
  /// When the input's first frame was due.
  private var origin: Nanoseconds?
  /// What was said last of the outage of each output.
  private var said: [Int: String] = [:]

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    request = try RTMPPushRequest(arguments, environment)
    self.environment = environment
    diagnostics = Diagnostics(command: "rtmp-push", arguments: arguments, environment: environment)
    redactor = Redactor(arguments.operands, secrets: request.secrets)
    name = redactor.redact(request.input)
    result = RTMPPushResult(input: name)
    printer = RTMPPushPrinter(request, environment, diagnostics)
    driver = try Driver()
  }

  /// - Throws: `Failure` where the input cannot be opened, or results cannot be written.
  func run() throws -> ExitCode {
    FreedMemory.keep(64 << 20)
    let (feed, formatName) = try redactor.naming(name) { try openInput() }
    result.formatName = formatName
    try makeOutputs()
    nextReport = MonotonicClock.now().addingOrMax(1_000_000_000)
    try begin()
    try pump(feed)
    try windUp()
    return try finish(feed)
  }

  private func openInput() throws -> (PushFeed, formatName: String) {
    let arguments = request.arguments
    let input = environment.standardInput
    let inputs = PushInputs(
      sources: FrameSources(
        timeout: arguments[CommonOptions.timeout], standardInput: { try input($0) }),
      hevcIsDialect: arguments[RTMPPush.hevcDialect], coding: request.coding,
      isInOrder: request.isFast)
    let opened = try inputs.open(request.input)
    result.encoded = opened.encoded
    for track in opened.encoded { say(.detail, RTMPPushPrinter.words(track)) }
    var plan = request.plan
    (isLive, plan.isLive) = (opened.isLive, opened.isLive)
    var first: (any PushReading)? = opened.reading
    let text = request.input
    var source: any PushReading = try PushSource(plan) {
      defer { first = nil }
      return try first ?? inputs.open(text).reading
    }
    if request.coding.addsSilence {
      let added = try AddedSilence(source, hasSound: opened.hasSound)
      (source, silence) = (added, added)
    }
    return (try PushFeed(source, mayBlock: opened.mayBlock), opened.formatName)
  }

  private func makeOutputs() throws {
    let options = try request.options(traces: diagnostics.verbosity >= 2)
    // Hash functions are opened only where a server may ask who we are: publishers need none else.
    let isAuthenticated = request.urls.contains { $0.user != nil }
    let functions = RTMPFunctions(hashes: isAuthenticated ? try HashFunctions() : nil)
    for (index, url) in request.urls.enumerated() {
      let output = PushOutput(
        index, url, driver, options, functions, seed: UInt64.random(in: 0...UInt64.max)
      ) { [unowned self] output, news in
        hear(news, of: output)
      }
      outputs.append(output)
      if url.streamKey.isEmpty {
        hear(.warning("there is no stream key; many servers refuse that"), of: output)
      }
    }
  }

  // MARK: From the first connection to the last message

  /// Waits until each URL is published to, or has failed once.
  private func begin() throws {
    for output in outputs { output.start() }
    while Signals.received == nil, outputs.contains(where: { !$0.hasBegun && !$0.isEnded }) {
      guard try wait(until: nil) else { return }
    }
  }

  /// Sends the input; ends early by a signal, by its failure, or where nobody is left to send to.
  private func pump(_ feed: PushFeed) throws {
    while Signals.received == nil, outputs.contains(where: { !$0.isEnded }) {
      var batch: [PushMessage] = []
      let step = Result { try takeBatch(feed, &batch) }
      for output in outputs { output.send(batch) }
      switch step {
      case .success(.end): return
      case .success(.empty): try waitForInput(feed)
      case .success(.wait(let moment)): _ = try wait(until: moment)
      case .failure(let error):
        failure = Failure(error)
        return
      }
    }
  }

  /// Serves connections until there may be something to read.
  ///
  /// At other times the feed is not watched: what has been read and is not due yet would end every
  /// wait at once.
  private func waitForInput(_ feed: PushFeed) throws {
    let watch = try feed.descriptor.map { descriptor in
      try driver.watch(descriptor) { [driver] in driver.stop() }
    }
    defer { watch?.cancel() }
    _ = try wait(until: nil)
  }

  private enum PumpStep {
    case end
    /// Goes on once there is something to read.
    case empty
    /// Goes on at this moment, or once something has happened.
    case wait(until: Nanoseconds?)
  }

  /// Adds what is due, about as much as is worth a call of the kernel; servers are heard between two
  /// batches also where nothing ever has to wait.
  ///
  /// - Throws: what reading the input throws, behind what was read before.
  private func takeBatch(_ feed: PushFeed, _ batch: inout [PushMessage]) throws -> PumpStep {
    var byteCount = 0
    while batch.count < 256, byteCount < PushOutput.largeBatch {
      switch try feed.next() {
      case .end: return .end
      case .empty: return .empty
      case .value(let message):
        if let pause = pause(before: message, isFirst: batch.isEmpty, feed) {
          feed.putBack(message)
          return pause
        }
        byteCount += message.payload.count
        batch.append(message)
      }
    }
    return .wait(until: 0)
  }

  /// What to wait for before a message is sent; nil for nothing.
  private func pause(before message: PushMessage, isFirst: Bool, _ feed: PushFeed) -> PumpStep? {
    if request.isFast { return isFirst && mustWait ? .wait(until: nil) : nil }
    let now = MonotonicClock.now()
    // What came live has waited for the URLs.
    let begin = origin ?? (isLive && message.isFrame ? feed.begin : nil) ?? now
    if message.isFrame { origin = begin }
    let due = begin.addingOrMax(message.position.multipliedOrMax(1_000_000))
    lateness = now - due
    return due > now ? .wait(until: due) : nil
  }

  /// Without pacing, the slowest that takes anything sets the pace; where none does, the first that
  /// comes back.
  private var mustWait: Bool {
    outputs.contains(where: \.isFull)
      || !outputs.contains(where: \.isPublished)
  }

  /// How long servers have after an interruption to take what waits for them.
  private static let patience: Nanoseconds = 2_000_000_000

  /// Lets the URLs have what waits for them, and take leave.
  private func windUp() throws {
    for output in outputs { output.finish() }
    var limit: Nanoseconds?
    while outputs.contains(where: { !$0.isEnded }) {
      if limit == nil, Signals.received != nil {
        limit = MonotonicClock.now().addingOrMax(Self.patience)
        // Whoever interrupts does not mean to wait for servers to come back.
        for output in outputs where !output.isPublished { output.abort() }
        continue
      }
      guard try wait(until: limit), limit.map({ MonotonicClock.now() < $0 }) ?? true else { break }
    }
    for output in outputs { output.abort() }
    // What was aborted is told, and closed.
    _ = try driver.run(until: MonotonicClock.now())
  }

  /// Serves connections until `moment`, or until something has changed.
  ///
  /// - Returns: Whether there is anything left to wait for.
  private func wait(until moment: Nanoseconds?) throws -> Bool {
    let ending = try driver.run(until: min(moment ?? .max, nextReport))
    try reportIfDue()
    if case .finished = ending {
      // Nothing but time can change anything then.
      guard let moment, outputs.contains(where: { !$0.isEnded }) else { return false }
      return Pacer.sleep(until: min(moment, nextReport))
    }
    return true
  }

  // MARK: What happens meanwhile

  private func reportIfDue() throws {
    let now = MonotonicClock.now()
    guard now >= nextReport else { return }
    nextReport = now.addingOrMax(1_000_000_000)
    result.outputs = outputs.map(RTMPPushResult.Output.init)
    let wasLate = result.lateness != nil
    result.lateness = lateness > 5_000_000_000 ? lateness : nil
    if let lateness = result.lateness, !wasLate {
      printer.clearLine()
      say(
        .warning,
        "\(Quantity.seconds(Double(lateness) / 1e9)) behind real time: the input"
          + (result.encoded.isEmpty ? " is too slow" : ", or encoding it, is too slow"))
    }
    try printer.progress(result)
  }

  private func hear(_ news: PushNews, of output: PushOutput) {
    let subject = output.url.description
    func say(_ level: Diagnostics.Level, _ text: String) {
      printer.clearLine()
      diagnostics.say(level, subject: subject, redactor.redact(text))
    }
    var event = RTMPPushEvent(output: output.index, url: subject)
    switch news {
    case .publishing(let phases):
      let isAgain = said.removeValue(forKey: output.index) != nil
      say(isAgain ? .warning : .detail, "publishing (\(phases.words(start: "publish")))")
      event.phases = phases
      printer.event("publishing", event)
    case .lost(let failure, let retry):
      let next = retry.map { ", next try in \(Quantity.seconds(Double($0) / 1e9))" } ?? ""
      // An outage of hours ends each try the same way.
      let isNew = said.updateValue(failure.message, forKey: output.index) != failure.message
      say(retry == nil ? .error : isNew ? .warning : .detail, failure.message + next)
      (event.message, event.retry) = (redactor.redact(failure.message), retry)
      event.exit = retry == nil ? output.exit : failure.exit
      printer.event(retry == nil ? "failed" : "lost", event)
    case .moving(let url):
      say(.detail, "the server asks to go on at \(url)")
      event.message = "the server asks to go on at \(url)"
      printer.event("reconnect_request", event)
    case .finished:
      say(.detail, "finished")
      printer.event("finished", event)
    case .warning(let text):
      say(.warning, text)
      event.message = redactor.redact(text)
      printer.event("warning", event)
    case .status(let status): say(.detail, "the server says \(status.text)")
    case .deviation(let deviation):
      result.doctor.append(.init(output: output.index, deviation: deviation))
      say(.detail, "\(deviation)")
      event.deviation = deviation
      printer.event("deviation", event)
    case .trace(let trace): say(.detail, trace.words)
    }
  }

  // MARK: The end

  private func finish(_ feed: PushFeed) throws -> ExitCode {
    if let signal = Signals.received, failure == nil {
      failure = Failure(.signal(signal), "interrupted")
    }
    result.outputs = outputs.map { output in
      var described = RTMPPushResult.Output(output)
      if let failure = output.failure, output.state == .failed {
        described.failure = FailedInput(name, Failure(output.exit, failure.message), redactor)
      }
      return described
    }
    if failure == nil, silence?.isAdded == true {
      result.encoded.append(EncodedTrack(kind: .audio, from: nil, to: "aac", encoder: nil))
    }
    let notes = result.encoded.compactMap(\.note) + (failure == nil ? feed.notes : [])
    result.notes = notes.map(redactor.redact)
    result.failure = failure.map { FailedInput(name, $0, redactor) }
    printer.clearLine()
    for note in result.notes { say(.warning, note) }
    // What fails before it has a result prints none.
    if outputs.contains(where: \.hasPublished) || request.showsDoctor && !result.doctor.isEmpty {
      try printer.finish(result)
    }
    return verdict()
  }

  private func verdict() -> ExitCode {
    let verdict = request.expectations.verdict(result, RTMPPushReport.document, failure) {
      say(.error, $0)
    }
    let exit = max(verdict, outputs.map(\.exit).max() ?? .success)
    for output in outputs where output.state == .finished && output.dropped > 0 {
      diagnostics.say(
        .error, subject: output.url.description,
        "\(Quantity.counted(output.dropped, "frame")) were dropped")
    }
    return exit
  }

  private func say(_ level: Diagnostics.Level, _ text: String) {
    diagnostics.say(level, subject: name, redactor.redact(text))
  }
}
