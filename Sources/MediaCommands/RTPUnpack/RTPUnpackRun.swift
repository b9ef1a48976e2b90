internal import MediaBytes
internal import MediaCLI
internal import MediaCapture
internal import MediaIO
internal import MediaModel
internal import MediaRTP

/// `mediatool rtp-unpack`: one input from opening to the exit code.
final class RTPUnpackRun: RTPSessionObserver {
  private static let maxDescription = 1 << 20

  let request: RTPUnpackRequest
  let session: RTPSession
  let diagnostics: Diagnostics
  let redactor: Redactor
  let environment: CommandEnvironment
  private let text: String
  private(set) var printer: RTPUnpackPrinter?
  var media: (any RTPMediaOutput)?
  private var missing: [Failure] = []
  var connections = RTPConnections()
  private var timelines = RTPFrameTimelines()
  var limit: RTPDurationLimit?
  /// Records of links that are not known, and whether there were others.
  var unknownLinks: [LinkType: Int] = [:]
  var hasKnownLink = false
  var result: RTPUnpackResult
  var failure: Failure?
  /// The input's name without secrets.
  var name: String { redactor.redact(text) }

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    request = try RTPUnpackRequest(arguments)
    diagnostics = Diagnostics(command: "rtp-unpack", arguments: arguments, environment: environment)
    self.environment = environment
    text = arguments.operands[0]
    redactor = Redactor([text])
    result = RTPUnpackResult(input: redactor.redact(text))
    var options = RTPSessionOptions()
    options.keepDamaged = arguments[RTPUnpack.keepDamaged]
    options.keepContents = request.output != nil
    options.checks = request.checks
    options.mtu = arguments[RTPUnpack.mtu]
    options.isLive = request.isLive
    if !request.isLive {
      // Nobody waits for the result of a packet in a file.
      options.reorderLimits.maxWait = 1_000_000_000
      options.reorderLimits.initialWait = 50_000_000
    }
    session = RTPSession(options)
    session.descriptions.maps = arguments[RTPUnpack.map]
  }

  /// - Throws: `Failure` where the input cannot be opened or results cannot be written.
  func run() throws -> ExitCode {
    if let path = request.arguments[RTPUnpack.sdp] {
      try describe(path)
    }
    session.observer = self
    let output = try ResultOutput(path: nil, force: false, environment: environment)
    let printer = RTPUnpackPrinter(
      request, name: name, request.reports ? output : NoOutput())
    self.printer = printer
    session.output.describesPackets = request.listsPackets
    if request.listsPackets {
      session.lines = RTPPacketLines { [unowned printer] in try printer.packet($0) }
    }
    media = try request.output.map {
      try RTPOutputs.output($0, request, environment)
    }
    let beginsWithKeyframes = media?.beginsWithKeyframes ?? false
    limit = request.arguments[CommonOptions.duration].map {
      RTPDurationLimit($0, beginsWithKeyframes: beginsWithKeyframes)
    }
    do {
      try read()
      try printer.finish(result)
    } catch {
      media?.abandon()
      throw error
    }
    return try verdict()
  }

  private func read() throws {
    switch request.input {
    case .capture(let path): try readCapture(path)
    case .description(let path): try receive(LivePlan(try describe(path)))
    case .receive(let url): try receive(LivePlan(url))
    }
    try connections.finish(session)
    try session.finish()
    missing = try media?.finish(session) ?? []
    // Who stops a capture half way knows that there is more.
    if Signals.received != nil, !request.isLive { missing = [] }
    media?.omissions.report(to: session)
    complete()
  }

  /// Reads a session description.
  @discardableResult
  private func describe(_ path: String) throws -> SDPSession {
    let file: ReadableFile
    var bytes = [UInt8](repeating: 0, count: Self.maxDescription + 1)
    do {
      file = try ReadableFile.open(path)
      var count = 0
      while count < bytes.count {
        let more = try bytes[count...].withUnsafeMutableBytes { try file.read(into: $0) }
        guard more > 0 else { break }
        count += more
      }
      bytes.removeLast(bytes.count - count)
    } catch {
      throw Failure(Failure(error).exit, "\(Redactor.shown(path)): \(Failure(error).message)")
    }
    var reader = ByteReader(bytes.span)
    let session: SDPSession
    do {
      session = try SDPSession(parsing: &reader)
    } catch {
      throw Failure(.dataError, "\(Redactor.shown(path)): no session description: \(error)")
    }
    guard session.media.contains(where: \.isRTP) else {
      throw Failure(.dataError, "\(Redactor.shown(path)): no m= line is about RTP")
    }
    if let type = session.unmappedTypes.first, self.session.descriptions.maps.isEmpty {
      throw Failure(
        .dataError,
        "\(Redactor.shown(path)): payload type \(type) has no a=rtpmap; --map \(type)=NAME/CLOCK "
          + "says what it is")
    }
    self.session.descriptions.add(session, origin: .sdp)
    self.session.check(session, name: Redactor.shown(path))
    return session
  }

  // MARK: RTPSessionObserver

  func frame(_ frame: RTPFrame, of source: RTPSource, _ payload: Int) throws {
    guard media != nil || limit != nil,
      let track = RTPTrack(source, payload, stream: frame.elementaryStream)
    else { return }
    var frame = frame
    timelines.place(&frame, track, at: session.lastTime)
    guard limit?.takes(frame, track) ?? true else { return }
    try media?.add(frame, track, session)
  }

  func rtcp(_ compound: RTCPCompound, _ datagram: RTPDatagram, time: Double?) throws {
    try printer?.rtcp(compound, datagram, time: time)
  }

  // MARK: The end

  private func complete() {
    result.startTime = session.times?.lowerBound
    result.duration = session.times.map { Double($0.upperBound - $0.lowerBound) / 1e9 }
    result.counts = session.counts
    result.streams = session.streams.enumerated().map {
      RTPStreamResult($0.element, index: $0.offset, session)
    }
    result.dialogues = connections.dialogues.map { RTSPDialogueResult($0, redactor.redact) }
    result.findings = session.allFindings
    result.levels = session.findingCounts
    result.failure = failure.map { FailedInput(name, $0, redactor) }
  }

  /// Findings, expectations and the input's end decide over the exit code.
  private func verdict() throws -> ExitCode {
    var exit = ExitCode.success
    if request.checks {
      let worst = result.levels.filter { $0.value > 0 }.keys.max()
      if let worst, worst >= request.failOn { exit = .checkFailed }
    }
    if let message = undescribed {
      say(message)
      exit = max(exit, .dataError)
    }
    for failure in missing {
      say(failure.message)
      exit = max(exit, failure.exit)
    }
    if let output = request.output, let sentence = media?.omissions.sentence(session) {
      let name = output == "-" ? "standard output" : Redactor.shown(output)
      note("\(name): \(sentence)")
    }
    return max(
      exit, request.expectations.verdict(result, RTPUnpackReport.document, failure, say: say))
  }

  /// A description was given that explains nothing of what came.
  private var undescribed: String? {
    guard session.descriptions.isGiven, let first = result.streams.first,
      result.streams.allSatisfy({ $0.format == nil })
    else { return nil }
    let given = request.arguments[RTPUnpack.sdp].map(Redactor.shown) ?? "--map"
    return "payload type \(first.type) is not in \(given); "
      + "--map \(first.type)=NAME/CLOCK says what it is"
  }

  func say(_ text: String) {
    diagnostics.say(.error, subject: name, redactor.redact(text))
  }
}
