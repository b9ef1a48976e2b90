internal import Glibc
internal import MediaBitstream
internal import MediaBytes
internal import MediaCLI
internal import MediaFLV
internal import MediaIO
internal import MediaModel

/// Writes one track of an FLV to a file of its own while the tags pass.
final class TrackExtractor: FLVTagObserver {
  let request: ExtractionRequest
  private let tracks: TrackSelection?
  private let output: ResultOutput
  /// The track's index among the inspector's streams; nil before its first tag.
  private var selected: Int?
  private var codec: Codec?
  private var stream: (any ElementaryStream)?
  private var frames = 0
  /// Frames left out, and why the first of them was.
  private var lost: (count: Int, reason: String)?
  /// Why nothing more is extracted.
  private var failure: Failure?

  /// - Throws: `Failure` when the file may not be created.
  init(
    _ request: ExtractionRequest, tracks: TrackSelection?, force: Bool,
    _ environment: CommandEnvironment
  ) throws(Failure) {
    self.request = request
    self.tracks = tracks
    output = try ResultOutput(path: request.path, force: force, environment: environment)
  }

  var bodyPrefix: Int { Int.max }
  /// Whether tags may still bring something.
  var isRunning: Bool { failure == nil }

  // MARK: The walk

  func tag(_ record: inout FLVTagRecord, body: RawSpan, _ inspector: inout FLVInspector) throws {
    guard isRunning, record.mediaKind == request.kind else { return }
    for part in record.parts where isRunning {
      guard let index = inspector.streamIndex(request.kind, trackID: part.trackID),
        isSelected(index, inspector)
      else { continue }
      let payload = body.extracting(part.payload.clamped(to: 0..<body.byteCount))
      do {
        try take(part, payload, record, inspector)
      } catch let error as Failure {
        failure = Failure(error.exit, "\(error.message), at byte \(record.tag.offset)")
      } catch let error as IOFailure {
        // Who reads our output may go whenever he likes.
        throw error.code == EPIPE ? error : Failure.output(error)
      }
    }
  }

  /// The first track of the kind, or the first of those asked for.
  private func isSelected(_ index: Int, _ inspector: FLVInspector) -> Bool {
    if let selected { return selected == index }
    if let tracks {
      let wanted = tracks.indices(kinds: inspector.streams.map(\.kind.rawValue))
      guard wanted.contains(index) else { return false }
    }
    selected = index
    return true
  }

  private func take(
    _ part: FLVMediaPart, _ payload: RawSpan, _ record: FLVTagRecord,
    _ inspector: FLVInspector
  ) throws {
    guard part.kind == .codedFrames || part.kind == .sequenceHeader else { return }
    if record.isEncrypted {
      throw Failure(.dataError, "encrypted \(request.kind.rawValue) cannot be extracted")
    }
    let stream = try writer(for: part)
    if part.kind == .sequenceHeader {
      // Headers that only repeat what is known change nothing.
      let isNew = record.configurationChanges.contains { $0.stream == selected }
      if isNew { try configure(stream, [UInt8](copying: payload)) }
      return
    }
    guard payload.byteCount > 0 else { return }
    do {
      try stream.write(payload, pts: record.dts + Int64(part.compositionTimeOffset))
      frames += 1
    } catch let error as ParseError {
      lose("\(error.field): \(error.reason)", at: record.tag.offset)
    } catch let error as ADTSFramer.Failure {
      lose("\(error)", at: record.tag.offset)
    } catch let error as LostHiddenFrames {
      frames += 1
      lose("\(error)", at: record.tag.offset, count: error.count)
    } catch let error as MissingConfiguration {
      lose("\(error)", at: record.tag.offset)
    } catch  where !(error is IOFailure) {
      throw Failure(error)
    }
  }

  private func writer(for part: FLVMediaPart) throws(Failure) -> any ElementaryStream {
    guard let codec = part.codec else {
      let name = part.fourCC.map { "codec \($0)" } ?? "a codec without a known name"
      throw Failure(.unavailable, "\(name) cannot be extracted")
    }
    if let known = self.codec, known != codec {
      throw Failure(.dataError, "the codec changes from \(known) to \(codec)")
    }
    self.codec = codec
    if let stream { return stream }
    let stream = try ElementaryStreams.writer(for: codec, to: output)
    self.stream = stream
    return stream
  }

  private func configure(_ stream: any ElementaryStream, _ configuration: [UInt8]) throws {
    do {
      try stream.configure(configuration)
    } catch let error as ParseError {
      throw Failure(
        .dataError, "the sequence header cannot be read: \(error.field): \(error.reason)")
    }
  }

  private func lose(_ reason: String, at offset: Int, count: Int = 1) {
    lost = (
      count: (lost?.count ?? 0) + count, reason: lost?.reason ?? "at byte \(offset): \(reason)"
    )
  }

  // MARK: The end

  func flush() throws { try output.flush() }

  /// Leaves no file behind.
  func abandon() { output.abandon() }

  /// Completes the file, or leaves none, and says what is missing from it.
  ///
  /// - Throws: `Failure` or `IOFailure` where it cannot be written.
  func finish() throws -> Failure? {
    if let failure = failure ?? emptiness {
      output.abandon()
      return prefixed(failure)
    }
    do {
      try stream?.finish()
      try output.finish()
    } catch let error as IOFailure where error.code != EPIPE {
      throw Failure.output(error)
    }
    guard let lost else { return nil }
    let count = lost.count == 1 ? "1 frame is" : "\(lost.count) frames are"
    return prefixed(Failure(.dataError, "\(count) left out, the first \(lost.reason)"))
  }

  private var emptiness: Failure? {
    guard frames == 0 else { return nil }
    if let lost {
      return Failure(.dataError, "no frame can be extracted, the first \(lost.reason)")
    }
    if selected == nil, let tracks {
      return Failure(.dataError, "no \(request.kind.rawValue) track is among '\(tracks.text)'")
    }
    return Failure(.dataError, "there is no \(request.kind.rawValue)")
  }

  private func prefixed(_ failure: Failure) -> Failure {
    Failure(failure.exit, "\(request.option): \(failure.message)")
  }
}

/// All tracks that are extracted in one run.
struct Extraction {
  let tracks: [TrackExtractor]

  /// - Throws: `Failure` when a file may not be created.
  init(_ request: FLVDumpRequest, _ environment: CommandEnvironment) throws(Failure) {
    var tracks: [TrackExtractor] = []
    for track in request.extractions {
      tracks.append(
        try TrackExtractor(
          track, tracks: request.arguments[CommonOptions.tracks],
          force: request.arguments[CommonOptions.force], environment))
    }
    self.tracks = tracks
  }

  /// Whether tags may still bring something.
  var isRunning: Bool { tracks.contains(where: \.isRunning) }

  func flush() throws { for track in tracks { try track.flush() } }

  /// Leaves no files behind.
  func abandon() { for track in tracks { track.abandon() } }

  /// Completes the files that can be, and says what is missing.
  func finish() throws -> [Failure] { try tracks.compactMap { try $0.finish() } }
}
