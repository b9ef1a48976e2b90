internal import MediaBytes
internal import MediaCLI
internal import MediaFFmpeg
internal import MediaFLV
internal import MediaIO
internal import MediaJSON
internal import MediaModel

/// `mediatool flv-dump`: one input from opening to the exit code.
struct FLVDumpRun {
  private let request: FLVDumpRequest
  private let diagnostics: Diagnostics
  private let redactor: Redactor
  private let environment: CommandEnvironment
  private let text: String
  /// The input's name without secrets.
  private var name: String { redactor.redact(text) }

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    request = try FLVDumpRequest(arguments)
    diagnostics = Diagnostics(command: "flv-dump", arguments: arguments, environment: environment)
    self.environment = environment
    text = arguments.operands[0]
    redactor = Redactor([text], headers: arguments[CommonOptions.header])
  }

  /// - Throws: `Failure` where the input cannot be opened or results cannot be written.
  func run() throws -> ExitCode {
    if request.repairs { return try FLVRepairRun(request, environment, say).run() }
    let input = try redactor.naming(name) { try openInput() }
    let output = try ResultOutput(request.arguments, environment)
    let extraction = try Extraction(request, environment)
    do {
      return try output.finish {
        try dump(input, request.lists ? output : NoOutput(), extraction)
      }
    } catch {
      extraction.abandon()
      throw error
    }
  }

  private func openInput() throws -> FLVInput {
    let arguments = request.arguments
    let timeout = arguments[CommonOptions.timeout]
    if text == "-" { return FLVInput(try environment.standardInput(timeout)) }
    if let url = MediaURL(text), url.scheme != "file" { return try openNetwork(url, timeout) }
    let file = try ReadableFile.open(MediaURL(text)?.rest ?? text, readTimeout: timeout)
    return FLVInput(file, growthTimeout: arguments[FLVDump.follow] ? timeout : nil)
  }

  private func openNetwork(_ url: MediaURL, _ timeout: Int64) throws -> FLVInput {
    guard url.scheme == "http" || url.scheme == "https" else {
      throw Failure(.unavailable, "FLV is read from files, http and https, not \(url.scheme)")
    }
    try url.resolveHost(timeout: timeout)
    var options = NetworkOptions()
    options.timeout = timeout
    options.headers = request.arguments[CommonOptions.header].map { ($0.key, $0.value) }
    options.userAgent = request.arguments[CommonOptions.userAgent]
    options.cancelled = Signals.interrupts
    return FLVInput(try NetworkInput(url: url.spelledForFFmpeg(text), options: options))
  }

  private func dump(
    _ input: FLVInput, _ output: any ByteOutput, _ extraction: Extraction
  ) throws -> ExitCode {
    let printer = FLVDumpPrinter(
      request: request, name: name, output: output, runsAhead: !input.isLive)
    let statistics = followStatistics()
    var limits = FLVLimits()
    limits.maxTagSize = request.arguments[FLVDump.maxTagSize]
    let readsAll = request.lists || request.isAboutAll
    let isEnough = { !extraction.isRunning && (!readsAll || printer.isDone) }
    let analysis = FLVTagAnalysis(
      checks: FLVChecker(maxJump: request.arguments[FLVDump.maxJump] / 1_000_000),
      observers: [printer] + extraction.tracks + (statistics.map { [$0] } ?? []),
      duration: request.arguments[CommonOptions.duration].map { $0 / 1_000_000 },
      isEnough: readsAll && request.arguments[FLVDump.limit] == nil ? nil : isEnough)
    var walk = FLVTagWalk(input, limits: limits, analysis)
    input.willWait = {
      try printer.flush()
      try extraction.flush()
    }
    try printer.begin()
    var result = FLVDumpResult(input: name)
    var failure: Failure?
    var readError: Finding?
    do {
      try walk.run()
      if let signal = Signals.received { failure = Failure(.signal(signal), "interrupted") }
    } catch let error as ParseError {
      // Only what is no FLV at all cannot be read.
      if let signal = Signals.received { throw Failure(.signal(signal), "interrupted") }
      failure = Failure(.dataError, Self.notFLV(error))
      printer.add(Finding(.unreadable, Self.notFLV(error), offset: error.offset))
    } catch let error as ReadFailure {
      let reason = Failure(error.reason)
      failure = reason
      if Signals.received == nil {
        readError = Finding(
          .readError, redactor.redact(reason.message),
          offset: input.isLive ? input.byteCount : nil)
      }
    }
    let byteCount = failure != nil && input.isLive ? nil : input.byteCount
    try walk.analysis.finish(byteCount: byteCount, readError)
    statistics?.finish()
    for finding in walk.analysis.findings { try printer.tell(finding) }
    result.header = walk.analysis.header
    result.byteCount = byteCount
    result.facts = walk.analysis.inspector.facts
    result.findings = printer.findings
    result.counts = printer.counts
    result.failure = failure.map { FailedInput(name, $0, redactor) }
    try printer.finish(result)
    let exit = try verdict(result, failure, walk.analysis.end)
    if request.checks, !request.lists {
      let count = result.counts.reduce(0) { $0 + ($1.key >= request.failOn ? $1.value : 0) }
      let told = "\(Quantity.counted(count, "finding")) of --fail-on or worse; --summary lists them"
      if count > 0 { say(told) }
    }
    // A signal, or a live input that fails, ends a recording that has all that came until then;
    // of another input that could not be read to its end nothing is complete.
    let isRecording = input.isLive && [.ioError, .timedOut].contains(failure?.exit)
    let isKept = failure == nil || Signals.received != nil || isRecording
    if !isKept { extraction.abandon() }
    var missing = isKept ? try extraction.finish() : []
    // Who stops a file half way knows that there is more.
    if Signals.received != nil, !input.isLive { missing = [] }
    for failure in missing { say(failure.message) }
    return missing.reduce(exit) { max($0, $1.exit) }
  }

  /// Statistics unless --quiet or --progress never.
  private func followStatistics() -> FLVFollowStatistics? {
    guard request.follows, diagnostics.verbosity >= 0,
      request.arguments[CommonOptions.progress] != .never
    else { return nil }
    return FLVFollowStatistics(
      environment.standardError, isTerminal: environment.errorIsTerminal, now: environment.now)
  }

  static let noTags = "there is no whole tag behind the FLV header"

  static func notFLV(_ error: ParseError) -> String {
    switch error.reason {
    case .truncated where error.offset == 0: "the input is empty"
    case .truncated: "the input ends inside the FLV header, at byte \(error.offset)"
    case .invalid(let bytes):
      "not FLV: begins with the bytes "
        + HexDump.digits((0..<3).map { UInt8(truncatingIfNeeded: bytes >> (16 - 8 * $0)) })
    default: "not FLV: \(error)"
    }
  }

  /// Findings, expectations and the input's end decide over the exit code.
  private func verdict(
    _ result: FLVDumpResult, _ failure: Failure?, _ end: FLVEnd?
  ) throws -> ExitCode {
    var exit = ExitCode.success
    if request.checks {
      let worst = result.counts.filter { $0.value > 0 }.keys.max()
      if let worst, worst >= request.failOn { exit = .checkFailed }
    } else if result.facts.totals.skippedBytes > 0 {
      exit = .dataError
      say("\(Quantity.counted(result.facts.totals.skippedBytes, "byte")) skipped as damage")
    }
    if result.facts.totals.tags == 0, failure == nil, end?.isDamage ?? false {
      exit = .dataError
      say(Self.noTags)
    }
    if case .truncatedTag(let offset, _, _)? = end, failure == nil, !request.checks {
      exit = .dataError
      say("the input ends inside the tag at byte \(offset)")
    }
    return max(
      exit, request.expectations.verdict(result, FLVDumpReport.document, failure, say: say))
  }

  private func say(_ text: String) {
    diagnostics.say(.error, subject: name, redactor.redact(text))
  }
}
