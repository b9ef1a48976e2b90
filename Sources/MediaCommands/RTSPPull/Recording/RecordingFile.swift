internal import Glibc
internal import MediaBytes
internal import MediaIO
internal import MediaModel

/// A file of a recording, while it is written.
final class RecordingFile {
  let path: String
  private let output: ResultOutput
  /// Where it begins in the recording, and when that came.
  let origin: Nanoseconds
  let start: Nanoseconds
  /// The segment of the wall clock that it is of.
  let slot: SegmentClock.Slot?
  /// What frames are written to.
  enum Writer {
    case container(RecordingContainer, ContainerFormat)
    case elementary(any ElementaryStream)
  }
  private(set) var writer: Writer?
  /// What an elementary stream was configured with.
  var configured: [UInt8] = []
  /// Frames of the main track.
  private(set) var frames = 0
  /// When the last frame of the main track is over.
  private var end: Nanoseconds
  private var flushed: Int64 = 0

  init(
    _ path: String, _ output: ResultOutput, origin: Nanoseconds, start: Nanoseconds,
    slot: SegmentClock.Slot?
  ) {
    (self.path, self.output, self.slot) = (path, output, slot)
    (self.origin, self.start, end) = (origin, start, origin)
  }

  /// Begins a container, behind another one where there is one.
  func begin(_ format: ContainerFormat, _ tracks: [RecordedTrack]) throws {
    let isFurther = writer != nil
    writer = .container(
      try RecordingContainer(
        format, tracks.compactMap(\.entry), hasVideo: tracks.contains { $0.kind == .video },
        isFurther: isFurther, to: output), format)
  }

  func begin(_ format: ElementaryFormat, _ track: RecordedTrack) throws {
    writer = .elementary(try format.make(track.source, output))
  }

  /// Counts a frame of the main track that ends at a moment of the recording.
  func count(until end: Nanoseconds) {
    frames += 1
    self.end = max(self.end, end)
  }

  /// Hands on what is written so far; the file appears with that.
  func flush() throws {
    flushed = output.byteCount
    try writing { () throws(IOFailure) in try output.flush() }
  }

  /// Hands on fragments that are complete, of containers that write nothing else.
  func flushFragments() throws {
    guard case .container(_, let format) = writer, format.writesFragments,
      output.byteCount > flushed
    else { return }
    try flush()
  }

  /// Completes it, and says what is in it; its last frame was over at a moment of the wall clock.
  func finish() throws -> RecordedFile {
    switch writer {
    case .container(let container, _): try container.finish()
    case .elementary(let stream):
      do { try stream.finish() } catch let error as IOFailure { throw Self.failure(error) }
    case nil: break
    }
    try writing { () throws(IOFailure) in try output.finish() }
    let duration = end &- origin
    return RecordedFile(
      path: path, start: start, end: start &+ duration, frames: frames, duration: duration,
      byteCount: output.byteCount)
  }

  func abandon() { output.abandon() }

  private func writing(_ body: () throws(IOFailure) -> Void) throws {
    do { try body() } catch { throw Self.failure(error) }
  }

  /// A reader who goes away is no failure of writing.
  static func failure(_ error: IOFailure) -> any Error {
    error.code == EPIPE ? error : Failure.output(error)
  }
}

extension ContainerFormat {
  /// Whether what is written is of use in large pieces only, which are written as a whole.
  fileprivate var writesFragments: Bool { isISO || muxer == "matroska" || muxer == "webm" }

  /// Whether tracks can begin anew within a file.
  var beginsAnew: Bool { muxer == "mpegts" }
  /// Whether parameter sets may change within a file.
  var takesNewSets: Bool { muxer == "matroska" }
}
