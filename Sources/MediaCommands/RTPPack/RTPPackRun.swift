internal import MediaBytes
internal import MediaCapture
internal import MediaCLI
internal import MediaIO
internal import MediaModel
internal import MediaRTP

/// `mediatool rtp-pack`: one input from opening to the exit code.
final class RTPPackRun {
  private let request: RTPPackRequest
  private let environment: CommandEnvironment
  private let diagnostics: Diagnostics
  private let name: String
  private let sources: FrameSources
  private let redactor: Redactor
  private var result: RTPPackResult

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    request = try RTPPackRequest(arguments)
    self.environment = environment
    diagnostics = Diagnostics(command: "rtp-pack", arguments: arguments, environment: environment)
    redactor = Redactor([arguments.operands[0]])
    name = redactor.redact(arguments.operands[0])
    let input = environment.standardInput
    sources = FrameSources(
      timeout: arguments[CommonOptions.timeout], rate: arguments[RTPPack.fps],
      keepsTransportStream: request.options.choice == .mp2t, standardInput: { try input($0) })
    result = RTPPackResult(input: name)
  }

  /// - Throws: `Failure` where the input cannot be opened or results cannot be written.
  func run() throws -> ExitCode {
    let opened = try naming { try sources.open(request.arguments.operands[0]) }
    var random = SplitMix64(seed: request.seed ?? UInt64.random(in: 0...UInt64.max))
    let session = try naming { try RTPPackSession(opened, request, &random) }
    result.formatName = opened.formatName
    let sinks = try makeSinks(session, random)
    do {
      for note in session.notes { say(.warning, note) }
      let progress = Progress.wanted(request.arguments, environment, diagnostics)?(opened.byteCount)
      let failure = try pump(session, sinks, progress)
      return try finish(session, sinks, failure)
    } catch {
      sinks.abandon()
      throw error
    }
  }

  private func naming<Result>(_ body: () throws -> Result) throws -> Result {
    try redactor.naming(name, body)
  }

  // MARK: Where packets go

  private func makeSinks(_ session: RTPPackSession, _ random: SplitMix64) throws -> RTPPackSinks {
    let sending = try makeSender(session)
    let description = try makeDescription(session)
    let output = try request.output.map {
      try ResultOutput(
        path: $0, force: request.arguments[CommonOptions.force], environment: environment)
    }
    session.start()
    let capture = try output.map {
      CaptureSink(
        CaptureWriter.Format(suffixOf: request.output ?? ""), to: $0,
        flows: try session.addresses.flows(),
        wallClock: session.wallClock)
    }
    let printer = RTPPackPrinter(request, name: name, environment.standardOutput)
    return RTPPackSinks(
      capture: capture, sending: sending, description: description,
      printer: printer,
      listsPackets: request.listsPackets,
      impairments: request.impairments.isActive
        ? RTPImpairments(request.impairments, random: random) : nil)
  }

  private func makeSender(_ session: RTPPackSession) throws -> SendingSink? {
    guard let addresses = session.addresses.destinations else { return nil }
    do {
      return try SendingSink(
        addresses, isPaced: !request.arguments[RTPPack.fast], ttl: request.arguments[RTPPack.ttl],
        interface: try request.arguments[CommonOptions.interface].map { try NetworkInterface($0) })
    } catch let error as IOFailure {
      throw Failure.socket(error)
    }
  }

  private func makeDescription(_ session: RTPPackSession) throws -> RTPPackSinks.Description? {
    guard let path = request.sdp else { return nil }
    return RTPPackSinks.Description(
      text: RTPPackDescription.text(
        session.streams, isMultiplexed: request.arguments[RTPPack.rtcpMux],
        ttl: request.arguments[RTPPack.ttl], sessionID: session.id),
      output: try ResultOutput(
        path: path, force: request.arguments[CommonOptions.force], environment: environment))
  }

  // MARK: From the first frame to the last

  /// Why it ended early, if it did.
  private func pump(
    _ session: RTPPackSession, _ sinks: RTPPackSinks, _ progress: Progress?
  ) throws -> Failure? {
    defer { progress?.finish() }
    var round = 1
    while true {
      do {
        if try send(session, sinks, progress) { break }
      } catch let failure as ReadFailure {
        return Failure(failure.reason)
      }
      guard Signals.received == nil else { break }
      round += 1
      if let rounds = request.rounds, round > rounds { break }
      do {
        try session.restart(sources.open(request.arguments.operands[0]))
      } catch {
        return Failure(error)
      }
    }
    return Signals.received.map { Failure(.signal($0), "interrupted") }
  }

  /// Sends the input once; whether that was enough.
  private func send(
    _ session: RTPPackSession, _ sinks: RTPPackSinks, _ progress: Progress?
  ) throws -> Bool {
    let limit = request.arguments[CommonOptions.duration]
    while Signals.received == nil {
      guard let frame = try session.nextFrame() else { return false }
      if let limit, frame.time >= limit { return true }
      progress?.update(
        position: frame.frame.offset.map(Int64.init), time: Double(frame.time) / 1e9)
      try session.write(frame, sinks)
    }
    return true
  }

  private func finish(
    _ session: RTPPackSession, _ sinks: RTPPackSinks, _ failure: Failure?
  ) throws -> ExitCode {
    if let failure, session.packetCount == 0 {
      sinks.abandon()
      throw redactor.naming(name, failure)
    }
    try session.finish(sinks)
    // A signal ends a capture that has all until then; of a bad input it is not complete.
    if failure != nil, Signals.received == nil { sinks.abandon() } else { try sinks.finish() }
    result.streams = session.streams
    result.verification = request.verifies ? session.verifier?.result : nil
    result.impairments = sinks.impairments?.totals
    result.sending = sinks.sending?.totals
    result.duration = session.duration
    result.notes = session.notes + session.lateNotes()
    for note in session.lateNotes() { say(.warning, note) }
    result.failure = failure.map { FailedInput(name, $0, redactor) }
    let isSilent = request.output == "-" || request.sdp == "-" || diagnostics.verbosity < 0
    try sinks.printer.finish(result, isSilent: isSilent)
    return verdict(session, failure)
  }

  private func verdict(_ session: RTPPackSession, _ failure: Failure?) -> ExitCode {
    var exit = ExitCode.success
    if request.verifies, let verifier = session.verifier {
      for difference in verifier.differences { say(.error, difference) }
      if verifier.result.different > 0 || !verifier.differences.isEmpty { exit = .checkFailed }
    }
    return max(
      exit,
      request.expectations.verdict(result, RTPPackReport.document, failure) { say(.error, $0) })
  }

  private func say(_ level: Diagnostics.Level, _ text: String) {
    diagnostics.say(level, subject: name, redactor.redact(text))
  }
}
