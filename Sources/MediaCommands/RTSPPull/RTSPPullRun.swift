internal import MediaBytes
internal import MediaCLI
internal import MediaIO
internal import MediaModel
internal import MediaRTSP

/// `mediatool rtsp-pull`: one URL from the first connection to the exit code.
final class RTSPPullRun {
  let request: RTSPPullRequest
  let environment: CommandEnvironment
  let diagnostics: Diagnostics
  let printer: RTSPPullPrinter
  private(set) var redactor: Redactor
  /// The URL without its secrets.
  let name: String
  var result: RTSPPullResult
  let driver: Driver
  var input: RTSPInput?
  /// Of the present connection; nil before its tracks are set up.
  var reception: RTSPReception?
  let totals = RTSPTotals()
  var recording: Recording?
  var limit: RTSPPullLimit?
  var files = RTSPPullFiles()
  /// Why it ended early, where that was not the server.
  var failure: Failure?
  /// What was said of an outage that packets have not ended yet.
  var saidOutage: String?
  private var nextReport: Nanoseconds = 0
  /// When a look is taken at what waits; nil while nothing does.
  private var nextLook: Nanoseconds?
  private var lastLook: Nanoseconds = 0
  /// How often that is at most, while something waits or comes.
  private static let pause: Nanoseconds = 100_000_000

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    request = try RTSPPullRequest(arguments, environment)
    self.environment = environment
    diagnostics = Diagnostics(command: "rtsp-pull", arguments: arguments, environment: environment)
    var redactor = Redactor([arguments.operands[0]], secrets: request.server.secrets)
    for value in request.server.headerSecrets { redactor.learn(headerValue: value) }
    self.redactor = redactor
    name = request.server.url.description
    result = RTSPPullResult(input: name)
    printer = RTSPPullPrinter(request, environment, diagnostics)
    driver = try Driver()
    limit = request.arguments[CommonOptions.duration].map { RTSPPullLimit($0) }
  }

  /// - Throws: `Failure` where outputs cannot be made or written.
  func run() throws -> ExitCode {
    try openOutputs()
    let input = try makeInput()
    self.input = input
    do {
      input.start()
      try play(input)
      try finishOutputs()
    } catch {
      try? record { try $0.finish() }
      files.capture?.abandon()
      input.fail(Failure(error))
      try? input.windUp()
      // Where standard output cannot be written there is no report either.
      guard let reason = error as? Failure else { throw error }
      failure = reason
      try? endReception()
      complete()
    }
    return try finish()
  }

  private func makeInput() throws -> RTSPInput {
    var options = try request.server.options(traces: diagnostics.verbosity >= 2)
    // Sound between pictures need not wake anybody.
    if request.isUnwatched { options.patience = 50_000_000 }
    // Without a name hardly anybody is asked for a hash.
    let hashes = options.url.user == nil ? nil : try HashFunctions()
    let input = RTSPInput(
      options, driver, functions: RTSPFunctions(hashes: hashes),
      seed: UInt64.random(in: 0...UInt64.max)
    ) { [unowned self] in
      try choose($0)
    } tell: { [unowned self] in
      try hear($0)
    } packet: { [unowned self] bytes, arrival in
      try take(bytes, arrival)
    }
    if files.transcript != nil { input.transcript = RTSPTranscript(redact: redactor.redact) }
    return input
  }

  private func play(_ input: RTSPInput) throws {
    nextReport = MonotonicClock.now().addingOrMax(1_000_000_000)
    if reportsEachSecond { nextLook = nextReport }
    while !input.isEnded {
      let ending = try driver.run(until: nextLook)
      if let signal = Signals.received {
        failure = Failure(.signal(signal), "interrupted")
        input.finish()
      } else if case .finished = ending, !input.isEnded {
        input.fail(Failure(.software, "nothing is left to wait for"))
      }
      let now = MonotonicClock.now()
      if let due = nextLook, due <= now { try look(at: now) }
    }
    try input.windUp()
    complete()
  }

  /// What is to be done from time to time.
  private func look(at now: Nanoseconds) throws {
    lastLook = now
    let wall = WallClock.now()
    try reception?.tick(at: now, wall: wall)
    for report in reception?.takeReports(at: now) ?? [] {
      input?.send(rtcp: report.packet, track: report.track)
    }
    try record { try $0.flush(at: now, wall: wall) }
    endIfComplete()
    if now >= nextReport, reportsEachSecond { try report(at: now) }
    let isWaiting = reception?.isWaiting == true || recording?.isWaiting == true
    let moments = [
      isWaiting ? now.addingOrMax(Self.pause) : nil, reception?.nextReport,
      reportsEachSecond ? nextReport : nil,
    ]
    nextLook = moments.compactMap(\.self).min()
  }

  /// Whether something is to be done each second even where nothing comes.
  private var reportsEachSecond: Bool {
    printer.wantsFigures || files.transcript != nil || files.capture != nil
  }

  private func report(at now: Nanoseconds) throws {
    nextReport = now.addingOrMax(1_000_000_000)
    try files.flush(input)
    guard printer.wantsFigures, let input else { return }
    try printer.figures(totals.takeInterval(at: now), input.state)
  }

  /// Takes care that a look is taken soon: something has come, or happened.
  ///
  /// While packets come, it is taken together with them.
  func lookSoon(_ now: Nanoseconds) {
    let due = lastLook.addingOrMax(Self.pause)
    let moment = due <= now ? now : due.addingOrMax(Self.pause)
    guard nextLook.map({ moment < $0 }) ?? true else { return }
    nextLook = moment
    driver.stop()
  }

  /// Brings the result up to date.
  func complete() {
    guard let input else { return }
    (result.state, result.phases) = (input.state, input.phases)
    (result.reconnects, result.networkBytes) = (input.reconnects, input.byteCount)
    result.doctor = input.deviations
    result.leftOut = recording?.leftOut ?? result.leftOut
    result.streams = totals.streams(at: MonotonicClock.now())
  }

  // MARK: Packets

  private func take(_ bytes: RawSpan, _ arrival: RTSPArrival) throws {
    try files.capture?.add(bytes, arrival)
    try reception?.receive(bytes, arrival)
    lookSoon(arrival.now)
  }

  func take(_ frame: RTSPFrame) throws {
    try record { try $0.take(frame) }
    if recording == nil, limit?.reaches(frame) == true { input?.finish() }
    endIfComplete()
  }

  /// Does something with the recording; one that fails is left as far as it is whole.
  func record(_ body: (Recording) throws -> Void) throws {
    guard let recording else { return }
    do {
      try body(recording)
    } catch {
      recording.abandon()
      self.recording = nil
      throw error
    }
  }

  private func endIfComplete() {
    if recording?.isComplete == true { input?.finish() }
  }

  // MARK: Words

  /// Says something that holds no secret of ours; a server's words may.
  func say(_ level: Diagnostics.Level, _ text: String) {
    printer.status.clear()
    diagnostics.say(level, subject: name, redactor.redact(text))
  }
}
