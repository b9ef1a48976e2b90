internal import MediaCLI
internal import MediaFFmpeg
internal import MediaModel

/// Reads an opened input as far as the request wants, and holds what was found.
final class ProbeReading {
  private let demuxer: Demuxer
  private let input: ProbeInput
  private let log: FFmpegLog
  private let request: ProbeRequest
  private let wanted: Set<Int>
  private let redactor: Redactor
  private var decoders: [Int: Decoder] = [:]
  private var meter: PacketMeter?
  private var check: TimingCheck?
  private var gop: GOPAnalyzer?
  private var hasher: TrackHasher?
  private var frames: FrameWalk?
  private(set) var result: ProbeResult

  init(
    _ demuxer: Demuxer, input: ProbeInput, log: FFmpegLog, request: ProbeRequest, name: String,
    redactor: Redactor
  ) {
    self.demuxer = demuxer
    self.input = input
    self.log = log
    self.request = request
    self.redactor = redactor
    var description = demuxer.describe()
    description.format.filename = name
    // Players echo the address they were given into titles and comments.
    for index in description.format.tags.indices {
      description.format.tags[index].value = redactor.redact(description.format.tags[index].value)
    }
    wanted =
      request.arguments[CommonOptions.tracks]?.indices(
        kinds: description.streams.map(\.kind.rawValue))
      ?? Set(description.streams.indices)
    result = ProbeResult(
      input: name, description: description, tracks: [], sections: request.sections)
    deriveTracks()
  }

  /// Makes ready everybody who wants packets.
  ///
  /// - Throws: what is wrong with the input or the libraries; nothing has been written then.
  func prepare(_ printer: ProbePrinter) throws {
    let streams = result.description.streams
    if wanted.isEmpty, let selection = request.arguments[CommonOptions.tracks], !streams.isEmpty {
      let there = streams.map { "#\($0.index) \($0.kind.rawValue)" }.joined(separator: ", ")
      throw Failure(.noInput, "no track is \(selection.text); the tracks are \(there)")
    }
    demuxer.discard { [wanted] in wanted.contains($0) }
    // A hash is of all packets, also those a demuxer reads only for itself (chapter titles).
    if request.hash != nil { demuxer.keepAll { [wanted] in wanted.contains($0) } }
    if request.needsFrames || request.format == .ffprobe { openDecoders() }
    guard request.needsWalk else { return }
    meter = PacketMeter(trackCount: streams.count, keepsSeconds: request.plotPath != nil)
    check = request.checks.map { TimingCheck($0, result.description) }
    if request.sections.gop { gop = try GOPAnalyzer(demuxer, streams: wantedStreams) }
    hasher = try request.hash.map { try TrackHasher($0, streams: wantedStreams) }
    if request.needsFrames { frames = frameWalk(printer) }
    if request.checks?.decodes == true { reportMissingDecoders() }
  }

  private func deriveTracks() {
    result.tracks = result.description.streams.filter { wanted.contains($0.index) }.map {
      TrackFacts.derive($0, showsIdentifier: result.description.format.showsIdentifiers)
    }
  }

  /// Reads packets where somebody wants them.
  ///
  /// - Returns: what ended the reading early; the result then holds what came before.
  /// - Throws: only what writing results throws.
  func run(_ printer: ProbePrinter, progress: ((Int64?) -> Progress)?) throws -> (any Error)? {
    guard let meter else {
      if request.format == .ffprobe { describeAgain() }
      return nil
    }
    var observers: [any PacketObserver] = [meter]
    if request.sections.packets { observers.append(printer) }
    let others: [(any PacketObserver)?] = [check, gop, hasher, frames]
    observers += others.compactMap { $0 }

    try printer.beginWalk()
    let line = progress?(result.description.format.byteCount)
    let end = try PacketWalk(
      demuxer: demuxer, wanted: wanted, limit: request.durationLimit.map { Double($0) / 1e9 },
      observers: observers
    ).run(result.description.streams.map { TrackClock($0) }, progress: line)
    try frames?.finish()
    line?.finish()
    try printer.endWalk()

    if request.format == .ffprobe { describeAgain() }
    measure(meter)
    result.gops = gop?.finish()
    result.hashes = hasher?.finish()
    var failure: (any Error)?
    if case .failed(let error) = end { failure = input.judge(error) }
    if let check { result.findings = findings(check, failure: failure) }
    if let failure {
      let said = Failure(failure)
      result.failure = FailedInput(
        input: result.input, exit: said.exit, message: redactor.redact(said.message))
      // A hash of a part is the hash of nothing.
      result.hashes = result.hashes.map { $0.map { $0.withoutHash } }
    }
    return failure
  }

  private var wantedStreams: [StreamDescription] {
    result.description.streams.filter { wanted.contains($0.index) }
  }

  private func openDecoders() {
    for index in wanted.sorted() {
      // A codec that cannot be opened is described without its decoder's view.
      if let decoder = try? Decoder(demuxer, streamIndex: index) { decoders[index] = decoder }
    }
  }

  /// What cannot be decoded was not checked, and that must not look like "no findings".
  private func reportMissingDecoders() {
    for stream in wantedStreams where decoders[stream.index] == nil {
      guard stream.kind == .video || stream.kind == .audio else { continue }
      check?.add(
        Finding(
          .decodingError, "this FFmpeg cannot decode \(stream.kindAndCodec)", stream: stream.index))
    }
  }

  /// Decoders know some things only once they have decoded.
  private func describeAgain() {
    let name = result.description.format.filename
    result.description = demuxer.describe(decoders: decoders)
    result.description.format.filename = name
    let measured = result.tracks
    deriveTracks()
    for index in result.tracks.indices where index < measured.count {
      result.tracks[index].measured = measured[index].measured
    }
  }

  private func frameWalk(_ printer: ProbePrinter) -> FrameWalk {
    let (log, check, redactor) = (log, check, redactor)
    return FrameWalk(
      decoders: decoders, errors: { log.takeErrors() },
      onFrame: request.sections.frames ? { try printer.frame($0) } : nil,
      onError: request.checks?.decodes == true
        ? { finding in
          var finding = finding
          finding.message = redactor.redact(finding.message)
          check?.add(finding)
        } : nil)
  }

  private func measure(_ meter: PacketMeter) {
    for index in result.tracks.indices {
      let stream = result.tracks[index].stream
      result.tracks[index].measured = meter.measure(
        stream.index, declaredStart: declaredStart(stream),
        frames: frames.flatMap { $0.frames[stream.index] })
      if request.sections.count || request.sections.packets {
        result.tracks[index].readPackets = meter.tracks[stream.index].packets
      }
    }
    result.totals = meter.totals(
      declaredStarts: result.description.streams.map(declaredStart),
      frames: frames.flatMap { $0.frames.isEmpty ? nil : $0.frames.values.reduce(0, +) })
  }

  private func declaredStart(_ stream: StreamDescription) -> Double? {
    stream.startTime.flatMap { stream.timeBase.seconds($0) }
  }

  // MARK: Findings

  private func findings(_ check: TimingCheck, failure: (any Error)?) -> [Finding] {
    check.isPartial = request.durationLimit != nil || failure != nil
    if let failure {
      let said = Failure(failure)
      check.add(Finding(.readError, redactor.redact(said.message)))
    }
    if let totals = result.totals {
      check.finish(result.description.format, result.tracks, totals)
    }
    let structure = input.structure()
    var timing = check.collector.all()
    if let structure, structure.holdsAllItsMedia {
      // FFmpeg calls the last packet of a file with an open-ended size incomplete.
      timing.removeAll { $0.code == .corruptPackets && $0.offset == check.lastOffset }
    }
    return ((structure?.findings ?? indexFindings()) + timing).sorted { $0.severity > $1.severity }
  }

  /// Where the bytes cannot be walked natively, the container's index may still point past them.
  private func indexFindings() -> [Finding] {
    guard let size = result.description.format.byteCount else { return [] }
    return result.tracks.compactMap { track in
      guard let end = demuxer.indexedEnd(of: track.stream.index), end > size else { return nil }
      return Finding(
        .truncated, "the index points to byte \(end), the input has \(size)",
        offset: Int(exactly: size), stream: track.stream.index)
    }
  }

  /// The drawing of `--plot`.
  func plot() -> String {
    guard let meter else { return "" }
    return BitRatePlot.svg(input: result.input, tracks: result.tracks, meter: meter)
  }
}
