internal import MediaBytes
internal import MediaCLI
internal import MediaCapture
internal import MediaIO
internal import MediaModel
internal import MediaRTP

/// Reading captures: from records to datagrams and segments.
extension RTPUnpackRun {
  func readCapture(_ path: String) throws {
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
    func goesOn(_ position: Int, _ time: Int64?) -> Bool {
      progress?.update(position: Int64(position), time: session.seconds(time))
      return Signals.received == nil && !isPastDuration()
    }
    do {
      try input.read(&reader) { datagram, window, offset in
        try take(datagram, window, offset)
        return goesOn(datagram.payload.upperBound, datagram.time)
      } _: { record, reader, window, offset in
        try take(record, &reader, window, offset)
        return goesOn(record.data.upperBound, record.time)
      }
      if let signal = Signals.received { failure = Failure(.signal(signal), "interrupted") }
      try tellUnknownLinks()
    } catch let error as ParseError {
      try takeDamage(error, reader)
    } catch let error as ReadFailure {
      failure = Failure(error.reason)
      session.findings.add(.readError, failure?.message ?? "")
    }
    result.format = reader.format?.name
    result.records = reader.recordCount
  }

  /// What is wrong with a capture; what came before is reported all the same.
  private func takeDamage(_ error: ParseError, _ reader: CaptureReader) throws {
    guard reader.format != nil else { return try refuse(Self.noCapture(error), error.offset) }
    if case .unsupported = error.reason, session.counts.datagrams == 0 {
      return try refuse("\(error.field) \(error.reason)", error.offset)
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

  /// A capture of which nothing can be read; with `--check` that is a result too.
  private func refuse(_ message: String, _ offset: Int) throws {
    guard request.checks else { throw Failure(.dataError, "\(name): \(message)") }
    session.findings.add(.unreadable, message, offset: offset)
    failure = Failure(.dataError, message)
    media?.abandon()
    media = nil
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
    case .datagram(let found): try take(found, window, offset)
    case .segment(let segment):
      try connections.receive(segment, window, at: offset, session)
    case .malformed(let error):
      session.findings.add(
        .captureMalformed, "\(error.field): \(error.reason)", packet: record.number,
        time: session.seconds(record.time))
    case .fragment, .other: break
    }
  }

  private func take(_ found: PlainDatagram, _ window: RawSpan, _ offset: Int) throws {
    session.note(found.time, packet: found.number)
    hasKnownLink = true
    let datagram = RTPDatagram(
      number: found.number, time: found.time,
      flow: RTPFlow(source: found.source, destination: found.destination),
      byteCount: found.payload.count)
    let start = found.payload.lowerBound - offset
    try session.receive(window.extracting(start..<start + found.payload.count), datagram)
    if request.checks { check(CapturedDatagram(found), datagram, window, offset) }
  }

  private func take(_ found: CapturedDatagram, _ window: RawSpan, _ offset: Int) throws {
    let datagram = RTPDatagram(
      number: found.number, time: found.time,
      flow: RTPFlow(
        source: found.source, destination: found.destination,
        transport: found.checksum == nil ? .rtpdump : .udp),
      byteCount: found.originalByteCount, isCut: found.isCut)
    try found.payload.read(in: window, at: offset) { try session.receive($0, datagram) }
    if request.checks { check(found, datagram, window, offset) }
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
