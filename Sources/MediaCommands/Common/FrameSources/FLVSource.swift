internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// The frames of an FLV file.
final class FLVSource: FrameSource {
  private(set) var tracks: [Track] = []
  /// What a user should know about what is not in the frames.
  private(set) var notes: [String] = []

  /// How far the tags are searched for tracks: milliseconds and bytes of media.
  private static let lookahead: (time: Int64, byteCount: Int) = (3000, 32 << 20)

  private let input: FLVInput
  private var scanner = FLVScanner(bodyPrefix: Int.max)
  private var inspector = FLVInspector()
  private var queue = ArraySlice<Frame>()
  private var isAtEnd = false
  private var expected: (audio: Bool, video: Bool)?
  private var isReady = false
  /// The inspector's index of a stream to that of the track.
  private var trackIndices: [Int: Int] = [:]
  private var frames = FLVFrames()
  private var ignored: Set<Int> = []
  private var skipped = 0

  init(_ input: FLVInput) throws {
    self.input = input
    var span: ClosedRange<Int64>?
    var byteCount = 0
    while try readTag() {
      guard let last = queue.last, let dts = last.dts else { continue }
      byteCount += last.data.count
      span = span.map { min($0.lowerBound, dts)...max($0.upperBound, dts) } ?? dts...dts
      let time = span.map { $0.upperBound - $0.lowerBound } ?? 0
      if hasExpectedTracks || time > Self.lookahead.time || byteCount > Self.lookahead.byteCount {
        break
      }
    }
    makeTracks()
    guard !tracks.isEmpty else {
      throw Failure(.dataError, "there is no sound or picture in the FLV")
    }
    isReady = true
    queue = ArraySlice(queue.compactMap(renumbered))
  }

  private var hasExpectedTracks: Bool {
    guard let expected else { return false }
    func has(_ kind: MediaKind) -> Bool {
      inspector.streams.contains { $0.kind == kind && $0.frames > 0 }
    }
    return (!expected.audio || has(.audio)) && (!expected.video || has(.video))
      && (expected.audio || expected.video)
  }

  private func makeTracks() {
    for stream in inspector.streams where stream.frames > 0 {
      guard let codec = stream.codec else { continue }
      var track = Track(
        index: tracks.count, kind: stream.kind, codec: codec, timescale: .milliseconds)
      track.configuration = frames.configuration(stream, waiting: queue)
      if let sound = stream.soundHeader {
        track.sampleRate = sound.sampleRate
        track.channels = sound.channels
      }
      trackIndices[stream.index] = track.index
      tracks.append(track)
    }
  }

  func next() throws -> Frame? {
    while true {
      if let frame = queue.popFirst() { return frame }
      guard try readTag() else {
        if skipped > 0 {
          notes.append("\(Quantity.counted(skipped, "byte")) of damage skipped")
          skipped = 0
        }
        return nil
      }
    }
  }

  private func renumbered(_ frame: Frame) -> Frame? {
    guard let index = trackIndices[frame.track] else {
      if ignored.insert(frame.track).inserted {
        notes.append("a track that begins later than 3 s into the FLV is left out")
      }
      return nil
    }
    var frame = frame
    frame.track = index
    return frame
  }

  /// Goes on to the next tag; false at the end.
  private func readTag() throws -> Bool {
    while !isAtEnd {
      let step = try input.withWindow { window, offset in
        try scanner.step(window, at: offset, end: input.end, held: input.held)
      }
      switch step {
      case .needs(let range):
        do {
          try input.fill(range, retaining: scanner.retained)
        } catch let failure as FLVInputFailure {
          throw failure.reason
        }
      case .header(let header, _):
        if expected == nil { expected = (header.hasAudio, header.hasVideo) }
      case .tag(let tag):
        try input.withBytes(of: tag.body) { try take(tag, $0) }
        return true
      case .tagEnd: break
      case .skipped(let skip): skipped += skip.range.count
      case .end(let end):
        isAtEnd = true
        skipped += end.skipped?.range.count ?? 0
      }
    }
    return false
  }

  private func take(_ tag: FLVTag, _ body: RawSpan) throws {
    guard let record = inspector.inspect(tag, body: body) else { return }
    for frame in try frames.take(record, body, inspector) {
      if let ready = isReady ? renumbered(frame) : frame { queue.append(ready) }
    }
  }
}
