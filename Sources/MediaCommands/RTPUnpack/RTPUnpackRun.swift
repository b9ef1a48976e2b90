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
  private(set) var media: (any RTPMediaOutput)?
  private var missing: [Failure] = []
  private var connections = RTPConnections()
  private var timelines = RTPFrameTimelines()
  private var limit: RTPDurationLimit?
  /// Records of links that are not known, and whether there were others.
  private var unknownLinks: [LinkType: Int] = [:]
  private var hasKnownLink = false
  var result: RTPUnpackResult
  var failure: Failure?
  /// The input's name without secrets.
  var name: String { redactor.redact(text) }

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    request = try RTPUnpackRequest(arguments)
    diagnostics = Diagnostics(command: "rtp-unpack", arguments: arguments, environment: environment)
    self.environment = environment
    text = arguments.operands[0]
    var redactor = Redactor()
    redactor.learn(urlsIn: text)
    self.redactor = redactor
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
    session.output.listsNALUnitTypes = request.listsPackets
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

  // MARK: Captures

  private func readCapture(_ path: String) throws {
    let timeout = request.arguments[CommonOptions.timeout]
    let input: CaptureInput
    do {
      let file =
        path == "-"
        ? try environment.standardInput(timeout) : try ReadableFile.open(path, readTimeout: timeout)
      input = try CaptureInput(file)
    } catch {
      throw Failure(Failure(error).exit, "\(name): \(Failure(error).message)")
    }
    // Whoever reads what comes out of a pipe wants it now.
    input.willWait = { [unowned self] in
      try printer?.flush()
      try media?.flush()
    }
    var reader = CaptureReader()
    let total = input.byteCount.map(Int64.init)
    let progress = Progress.wanted(request.arguments, environment, diagnostics)?(total)
    defer { progress?.finish() }
    do {
      try input.read(&reader) { record, reader, window, offset in
        progress?.update(
          position: Int64(record.data.upperBound), time: session.seconds(record.time))
        try take(record, &reader, window, offset)
        return Signals.received == nil && !isPastDuration()
      }
      if let signal = Signals.received { failure = Failure(.signal(signal), "interrupted") }
      try tellUnknownLinks()
    } catch let error as ParseError {
      try takeDamage(error, reader)
    } catch let error as CaptureReadFailure {
      failure = Failure(error.reason)
      session.findings.add(.readError, failure?.message ?? "")
    }
    result.format = reader.format?.name
    result.records = reader.recordCount
  }

  /// What is wrong with a capture; what came before is reported all the same.
  private func takeDamage(_ error: ParseError, _ reader: CaptureReader) throws {
    guard reader.format != nil else {
      throw Failure(.dataError, "\(name): \(Self.noCapture(error))")
    }
    if case .unsupported = error.reason, session.counts.datagrams == 0 {
      throw Failure(.dataError, "\(name): \(error.field) \(error.reason)")
    }
    if case .truncated = error.reason {
      let message = "the capture ends inside record \(reader.recordCount + 1)"
      session.findings.add(.truncated, message, offset: error.offset)
      failure = Failure(.dataError, "\(message), at byte \(error.offset)")
    } else {
      session.findings.add(.unreadable, "\(error.field): \(error.reason)", offset: error.offset)
      failure = Failure(.dataError, "\(error)")
    }
  }

  private static func noCapture(_ error: ParseError) -> String {
    switch error.reason {
    case .truncated where error.offset == 0: "the input is too short for a capture"
    default: "no capture that is known: \(error)"
    }
  }

  /// Whether `--duration` is over.
  func isPastDuration() -> Bool { limit?.isOver(session) ?? false }

  private func take(
    _ record: CaptureRecord, _ reader: inout CaptureReader, _ window: RawSpan, _ offset: Int
  ) throws {
    session.note(record.time, packet: record.number)
    let packet = reader.decode(record, window, at: offset)
    if case .other(.linkType(let type)) = packet { return try passOver(record, type, reader) }
    hasKnownLink = true
    switch packet {
    case .datagram(let found):
      let datagram = RTPDatagram(
        number: found.number, time: found.time,
        flow: RTPFlow(
          source: found.source, destination: found.destination,
          transport: found.checksum == nil ? .rtpdump : .udp),
        byteCount: found.originalByteCount, isCut: found.isCut)
      try found.payload.read(in: window, at: offset) { try session.receive($0, datagram) }
      if request.checks { check(found, datagram, window, offset) }
    case .segment(let segment):
      try connections.receive(segment, window, at: offset, session)
    case .malformed(let error):
      session.findings.add(
        .captureMalformed, "\(error.field): \(error.reason)", packet: record.number,
        time: session.seconds(record.time))
    case .fragment, .other: break
    }
  }

  /// Counts a record of a link that is not known; a capture other than pcapng has no second one.
  private func passOver(
    _ record: CaptureRecord, _ type: LinkType, _ reader: CaptureReader
  ) throws {
    guard case .pcapng = reader.format else {
      throw ParseError(.unsupported(UInt64(type.rawValue)), "link type", at: record.offset)
    }
    unknownLinks[type, default: 0] += 1
  }

  private func tellUnknownLinks() throws {
    let links = unknownLinks.sorted { $0.key.rawValue < $1.key.rawValue }
    if !hasKnownLink, let first = links.first {
      throw ParseError(.unsupported(UInt64(first.key.rawValue)), "link type", at: 0)
    }
    for (type, count) in links {
      session.findings.add(
        .captureUnknownLink, "\(Quantity.counted(count, "record")) of link type \(type.rawValue)")
    }
  }

  /// Checks below RTP, of packets that are RTP.
  private func check(
    _ found: CapturedDatagram, _ datagram: RTPDatagram, _ window: RawSpan, _ offset: Int
  ) {
    guard let source = session.lastSource, source.flow == datagram.flow else { return }
    let time = session.seconds(found.time)
    if case .held = found.payload {
      session.findings.add(
        .rtpFragmented, "\(found.originalByteCount) bytes", packet: found.number, time: time,
        source: source.number)
    }
    if case .wrong(let expected) = found.verifyChecksum(in: window, at: offset) {
      let seen = String(found.checksum ?? 0, radix: 16)
      session.findings.add(
        .captureChecksum, "0x\(seen), 0x\(String(expected, radix: 16)) is right",
        packet: found.number, time: time, source: source.number)
    }
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
    result.failure = failure.map {
      FailedInput(input: name, exit: $0.exit, message: redactor.redact($0.message))
    }
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
    for message in request.expectations.disappointments(result, RTPUnpackReport.document) {
      exit = max(exit, .checkFailed)
      say(message)
    }
    if let failure {
      say(failure.message)
      exit = max(exit, failure.exit)
    }
    return exit
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
    diagnostics.say(
      .error, subject: name, redactor.redact(text), on: environment.standardError)
  }
}

/// What reading an input threw, apart from what writing results throws.
struct CaptureReadFailure: Error {
  var reason: IOFailure
}

extension CaptureFormat {
  /// Its usual name.
  fileprivate var name: String {
    switch self {
    case .pcap: "pcap"
    case .pcapng: "pcapng"
    case .rtpdump: "rtpdump"
    }
  }
}
